"""What keeps the tunes of a network playable, and gives them a form?

The acceptor that composing uses: `notation.grammar` with the conditions that the user set, narrowed to what a network
can keep in mind (`Conditions.tidy`) and to forms that the tunes have which it learned from, and without fields that
claim a person, a place or a source, because what a network writes there has nothing to do with them. A beginning of the
user's own may hold such fields, and may be untidy; then the rest may be so too, and has any form.
"""

import re
from dataclasses import replace

from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.notation.forms import from_json
from tunewright.notation.grammar import Conditions, Grammar
from tunewright.notation.words import ASTRAY, CLAIMS

_ANY_TUNE = Conditions()
_FIELD = re.compile(r"^([A-Za-z]):", re.MULTILINE)


def playable(model: Checkpoint, conditions: Conditions = _ANY_TUNE, *, beginning: str = "") -> Grammar:
    """Return the acceptor for composing with `model`.

    Parameters
    ----------
    model
        Whose characters the tunes have, and from whose `style` they get their forms.
    conditions
        What the tune must be; `leave_out`, `tidy`, and `forms` unless it is `any_form`, are set here.
    beginning
        What the tune begins with, if it does not begin with nothing.

    Raises
    ------
    GrammarError
        If no such tune can be written, or none can begin like this; then with line and column.
    """
    given = {*_FIELD.findall(beginning), *(mark for mark in "%!\\" if mark in beginning)}
    left_out = "".join(character for character in CLAIMS + ASTRAY if character not in given)
    forms = () if conditions.any_form else from_json(model.style.get("forms", ()))
    narrow = replace(conditions, leave_out=left_out, tidy=True, forms=forms)
    for asked in (narrow, replace(narrow, tidy=False, forms=())):
        grammar = Grammar(model.vocabulary.symbols, asked)
        refusal = grammar.refusal(beginning) if beginning else None
        if refusal is None or refusal.offset >= len(beginning):
            return grammar
    assert refusal is not None  # noqa: S101 - else it would have been taken
    raise GrammarError(f"no tune can begin like this: {refusal.reason}", line=refusal.line, column=refusal.column)
