"""The default acceptor of composing: tunes that play, with headers and forms like those of the network's corpus.

It is `tunewright.acceptor.grammar` with the user's conditions, restricted to what a network does well
(`Conditions.tidy`), and without fields that claim a person, a place or a source, which the network would invent.
Headers and forms are limited to those of the tunes that the network learned from, as in its checkpoint (see
`tunewright.acceptor.header.known_headers` and `tunewright.acceptor.forms`). The user's own beginning is accepted as it
is: where it has another title or combination of fields, claims something or is not tidy, the rest may be so too.
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
        The network; its vocabulary limits the characters, and its `style` the headers and forms.
    conditions
        Conditions of the user; `leave_out`, `tidy`, `headers`, and without `any_form` also `forms` are set here.
    beginning
        Given beginning of the tune; may be empty.

    Raises
    ------
    GrammarError
        If no such tune exists, or none can begin like this; then with line and column.
    """
    given = {*_FIELD.findall(beginning), *(mark for mark in "%!\\" if mark in beginning)}
    left_out = "".join(character for character in CLAIMS + ASTRAY if character not in given)
    narrow = replace(conditions, leave_out=left_out, tidy=True)
    problem = GrammarError("no tune can be written")
    for narrowed in _from_narrow_to_wide(narrow, model.style):
        try:
            grammar = Grammar(model.vocabulary.symbols, narrowed)
        except GrammarError as error:  # of the few words of a tiny corpus no new title can be made, for instance
            problem = error
            continue
        refusal = grammar.refusal(beginning) if beginning else None
        if refusal is None or refusal.offset >= len(beginning):
            return grammar
        problem = GrammarError(
            f"no tune can begin like this: {refusal.reason}", line=refusal.line, column=refusal.column
        )
    raise problem


def _from_narrow_to_wide(conditions: Conditions, style: Mapping[str, Any]) -> Iterator[Conditions]:
    """Yield conditions from the strictest to the loosest; the first that accepts the beginning is used."""
    untidy = replace(conditions, tidy=False)
    if not conditions.any_form:
        conditions = replace(conditions, forms=from_json(style.get("forms", ())))
    if "headers" in style:
        headers = KnownHeaders.of(style["headers"])
        yield replace(conditions, headers=headers)
        yield replace(conditions, headers=replace(headers, titled=False))
    yield conditions
    yield untidy
