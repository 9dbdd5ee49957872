"""What keeps the tunes of a network playable, and gives them a form?

The acceptor that composing uses: `acceptor.grammar` with the conditions that the user set, narrowed to what a network
can keep in mind (`Conditions.tidy`), and without fields that claim a person, a place or a source, because what a
network writes there has nothing to do with them. Headers and forms are kept to those of the tunes that the network
learned from, as its checkpoint tells (see `acceptor.header.known_headers` and `acceptor.forms`). A beginning of the
user's own is taken as it is: where it has a title or combination of its own, claims something or is untidy, the rest
may be so too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tunewright.acceptor.forms import from_json
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.header.known_headers import KnownHeaders
from tunewright.acceptor.words import ASTRAY, CLAIMS
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint

_ANY_TUNE = Conditions()
_FIELD = re.compile(r"^([A-Za-z]):", re.MULTILINE)


def playable(model: Checkpoint, conditions: Conditions = _ANY_TUNE, *, beginning: str = "") -> Grammar:
    """Return the acceptor for composing with `model`.

    Parameters
    ----------
    model
        Whose characters the tunes have, and whose `style` their headers and forms.
    conditions
        What the tune must be; `leave_out`, `tidy`, `headers`, and `forms` unless it is `any_form`, are set here.
    beginning
        What the tune begins with, if it does not begin with nothing.

    Raises
    ------
    GrammarError
        If no such tune can be written, or none can begin like this; then with line and column.
    """
    given = {*_FIELD.findall(beginning), *(mark for mark in "%!\\" if mark in beginning)}
    left_out = "".join(character for character in CLAIMS + ASTRAY if character not in given)
    narrow = replace(conditions, leave_out=left_out, tidy=True)
    for narrowed in _from_narrow_to_wide(narrow, model.style):
        grammar = Grammar(model.vocabulary.symbols, narrowed)
        refusal = grammar.refusal(beginning) if beginning else None
        if refusal is None or refusal.offset >= len(beginning):
            return grammar
    assert refusal is not None  # noqa: S101 - else it would have been taken
    raise GrammarError(f"no tune can begin like this: {refusal.reason}", line=refusal.line, column=refusal.column)


def _from_narrow_to_wide(conditions: Conditions, style: Mapping[str, Any]) -> Iterator[Conditions]:
    """What to hold a tune to: the first that takes its beginning."""
    untidy = replace(conditions, tidy=False)
    if not conditions.any_form:
        conditions = replace(conditions, forms=from_json(style.get("forms", ())))
    if "headers" in style:
        headers = KnownHeaders.of(style["headers"])
        yield replace(conditions, headers=headers)
        yield replace(conditions, headers=replace(headers, titled=False))
    yield conditions
    yield untidy
