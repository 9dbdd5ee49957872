"""Which texts are tunes that always play?

A `Grammar` is built for the characters that a network knows and for what the tune must be. It accepts only texts that
abc2midi plays without a complaint, and wherever it stands it knows a way to the end. It works character by character,
on a list of integers (the registers), so that composing can ask it before each choice; `automaton` has the functions.
"""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

from tunewright.errors import GrammarError
from tunewright.notation import automaton
from tunewright.notation.automaton_forms import draw_form
from tunewright.notation.conditions import Conditions, is_hornpipe
from tunewright.notation.grammar_reasons import explain
from tunewright.notation.grammar_rules import END
from tunewright.notation.grammar_tables import build
from tunewright.notation.registers import (
    BAR,
    BUDGET,
    DEGREE,
    DRAW,
    DRAWS,
    FIELD,
    FORM,
    FORM_DRAWN,
    FORM_ROW,
    FORM_SECTIONS,
    FORMS,
    HOMING,
    HORNPIPE,
    IMPOSSIBLE,
    NOTES,
    OPENING,
    REASON,
    SECTION,
    SIZE,
    UNIT,
    UNKNOWN_WORD,
)  # fmt: skip
from tunewright.notation.words import UNITS

__all__ = ["Conditions", "Grammar", "Refusal"]


@dataclass(frozen=True)
class Refusal:
    """Why a text is not accepted, and where."""

    offset: int
    """Of the first character that is refused; the text's length if it may not end there."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    reason: str
    bar: int
    """Bar in which it stands: 0 in the header or a pick-up, else from 1."""


_ANY_TUNE = Conditions()


class Grammar:
    """The tunes that can be written with these characters under these conditions.

    Parameters
    ----------
    symbols
        Every character of the vocabulary; the end of a tune is U+0003.
    conditions
        What the tune must be.

    Raises
    ------
    GrammarError
        If no such tune can be written with these characters.
    """

    def __init__(self, symbols: Sequence[str], conditions: Conditions = _ANY_TUNE) -> None:
        self.symbols, self.conditions = tuple(symbols), conditions
        self._numbers = {symbol: number for number, symbol in enumerate(symbols)}
        self.tables: tuple[list[int], ...] = build(self._numbers, conditions)
        self.begin(10**6)

    draws = DRAWS

    @property
    def draws_forms(self) -> bool:
        """Whether `draw` of `begin` plays a part."""
        return bool(self.tables[FORM_DRAWN])

    def begin(self, budget: int, draw: int = 0) -> list[int]:
        """The registers before the first character of a tune that has at most `budget` characters, its end included.

        Parameters
        ----------
        budget
            Characters.
        draw
            Decides which of the conditions' forms the tune gets, 1 to `DRAWS` - 1; 0 for none of them. A form that is
            too long for the budget is not taken.

        Raises
        ------
        GrammarError
            If no such tune is that short.
        """
        registers = [0] * (3 * SIZE)
        registers[BUDGET], registers[DRAW] = budget, draw
        rhythm, unit = self.conditions.rhythm, self.conditions.unit_length
        registers[HORNPIPE] = int(bool(rhythm and is_hornpipe(rhythm)))
        registers[UNIT] = UNITS[unit] if unit else 0
        least = automaton.distance(self.tables, registers.copy(), 10**6)
        if least >= IMPOSSIBLE:
            raise GrammarError(f"no tune can be written with these characters{self.conditions.describe()}")
        if least > budget:
            raise GrammarError(
                f"at most {budget:,} characters are allowed; a tune{self.conditions.describe()} takes {least:,}"
            )
        return registers

    def is_in_header(self, registers: list[int]) -> bool:
        """Whether the music is still to come, so that no form is drawn yet."""
        return registers[NOTES] == 0 and registers[OPENING] == 0

    def drawn(self, registers: list[int], draw: int) -> list[int]:
        """The same registers, in a header, with another draw."""
        others = registers.copy()
        others[DRAW] = draw
        return others

    def form_of(self, registers: list[int], draw: int) -> int:
        """A number for the form that `draw` draws, given the header that was read."""
        others = self.drawn(registers, draw)
        draw_form(self.tables, others)
        return others[FORM]

    def sections_of(self, registers: Sequence[int]) -> tuple[int, int]:
        """How many sections are closed, and how many there are to be; 0 where any number may be."""
        return registers[SECTION], self.tables[FORMS][registers[FORM] * FORM_ROW + FORM_SECTIONS]

    def bar_of(self, registers: Sequence[int]) -> int:
        """The number of the bar that was written last."""
        return registers[BAR]

    def degree_of(self, registers: Sequence[int]) -> int:
        """On which degree the last note is: 1 the tonic to 7, 8 with an accidental; 0 before the first note."""
        return registers[DEGREE]

    def lead_home(self, registers: MutableSequence[int]) -> None:
        """Let the section end on the tonic, if there is a way to it."""
        tried = list(registers)
        tried[HOMING] = 1
        if automaton.leads_home(self.tables, tried):
            registers[HOMING] = 1

    def advance(self, registers: list[int], symbol: int) -> bool:
        """Take a character in place; false if it is refused, and the registers are then as they were."""
        return automaton.advance(self.tables, registers, symbol)

    def admissible(self, registers: list[int]) -> list[bool]:
        """Whether each symbol may come next, shape=(S,)."""
        out = [0] * len(self.symbols)
        automaton.mask(self.tables, registers, [0] * len(registers), out)
        return [bool(value) for value in out]

    def refusal(self, text: str) -> Refusal | None:
        """Where and why `text` is not a whole tune; None if it is one."""
        registers = self.begin(len(text) + 10_000)
        for offset, character in enumerate([*text, END]):
            symbol = self._numbers.get(character, -1)
            if character == END and offset < len(text):
                symbol = -1
            if symbol < 0 or not self.advance(registers, symbol):
                line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
                reason = self._contradiction(registers) or explain(self.tables, registers, character, symbol)
                return Refusal(offset, line, column, reason, registers[BAR])
        return None

    def _contradiction(self, registers: list[int]) -> str | None:
        """What is said of a field whose value is not the one that the conditions ask for."""
        if registers[REASON] != UNKNOWN_WORD:
            return None
        letter = chr(registers[FIELD])
        asked = self.conditions.fields.get(letter)
        return asked and f"the field {letter}: is to be {asked}, as was asked for"
