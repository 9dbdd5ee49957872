"""What keeps the tunes of a network playable?

The acceptor that composing uses: `notation.grammar` with the conditions that the user set, narrowed to what a network
can keep in mind (`Conditions.tidy`), and without fields that claim a person, a place or a source, because what a
network writes there has nothing to do with them. Headers are kept to what those of the network's tunes are like, as
its checkpoint tells (see `notation.known_headers`). A beginning of the user's own is taken as it is: where it has a
title or combination of its own, claims something or is untidy, the rest may be so too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError
from tunewright.notation.grammar import Conditions, Grammar
from tunewright.notation.known_headers import KnownHeaders
from tunewright.notation.words import ASTRAY, CLAIMS

_ANY_TUNE = Conditions()
_FIELD = re.compile(r"^([A-Za-z]):", re.MULTILINE)


def playable(
    vocabulary: Vocabulary,
    conditions: Conditions = _ANY_TUNE,
    *,
    beginning: str = "",
    style: Mapping[str, Any] | None = None,
) -> Grammar:
    """Return the acceptor for composing with the characters of `vocabulary`.

    Parameters
    ----------
    conditions
        What the tune must be; `leave_out`, `tidy` and `headers` are set here.
    beginning
        What the tune begins with, if it does not begin with nothing.
    style
        What the network's tunes are like (`Checkpoint.style`); without it, headers are the network's own.

    Raises
    ------
    GrammarError
        If no such tune can be written, or none can begin like this; then with line and column.
    """
    given = {*_FIELD.findall(beginning), *(mark for mark in "%!\\" if mark in beginning)}
    left_out = "".join(character for character in CLAIMS + ASTRAY if character not in given)
    for narrowed in _from_narrow_to_wide(replace(conditions, leave_out=left_out, tidy=True), style or {}):
        grammar = Grammar(vocabulary.symbols, narrowed)
        refusal = grammar.refusal(beginning) if beginning else None
        if refusal is None or refusal.offset >= len(beginning):
            return grammar
    assert refusal is not None  # noqa: S101 - else it would have been taken
    raise GrammarError(f"no tune can begin like this: {refusal.reason}", line=refusal.line, column=refusal.column)


def _from_narrow_to_wide(conditions: Conditions, style: Mapping[str, Any]) -> Iterator[Conditions]:
    """What to hold a tune to: the first that takes its beginning."""
    if "headers" in style:
        headers = KnownHeaders.of(style["headers"])
        yield replace(conditions, headers=headers)
        yield replace(conditions, headers=replace(headers, titled=False))
    yield conditions
    yield replace(conditions, tidy=False)
