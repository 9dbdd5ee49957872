"""Which texts are tunes that always play?

A `Grammar` is built for the characters that a network knows and for what the tune must be. It accepts only texts that
abc2midi plays without a complaint, and wherever it stands it knows a way to the end. It works character by character,
on a list of integers (the registers), so that composing can ask it before each choice; `machine` has the functions.

What does a refusal say to a person?

One sentence for each reason that the functions of `machine` leave in the registers. Where a number helps, it is
filled in: lengths are written as fractions of a whole note.
"""

from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tunewright.acceptor import machine
from tunewright.acceptor import reading as at
from tunewright.acceptor.actions import is_open, settle
from tunewright.acceptor.body.sections import draw_form
from tunewright.acceptor.conditions import Conditions, is_hornpipe
from tunewright.acceptor.reading import (
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
    Tables,
)  # fmt: skip
from tunewright.acceptor.rules import END
from tunewright.acceptor.tables import build
from tunewright.acceptor.words import METERS, UNITS, WHOLE
from tunewright.errors import GrammarError

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
        least = machine.distance(self.tables, registers.copy(), 10**6)
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
        if machine.leads_home(self.tables, tried):
            registers[HOMING] = 1

    def advance(self, registers: list[int], symbol: int) -> bool:
        """Take a character in place; false if it is refused, and the registers are then as they were."""
        return machine.advance(self.tables, registers, symbol)

    def admissible(self, registers: list[int]) -> list[bool]:
        """Whether each symbol may come next, shape=(S,)."""
        out = [0] * len(self.symbols)
        machine.mask(self.tables, registers, [0] * len(registers), out)
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


_NAMES = {"\n": "the end of the line", "\x03": "the end of the tune", " ": "a space", "\t": "a tab"}
SENTENCES: Mapping[int, str] = {
    at.NO_REASON: "{what} leads to no tune that ends well",
    at.UNEXPECTED: "{what} cannot stand here",
    at.HEADER_ORDER: "{what} is out of order in the header: X: comes first and once, M: before K:, K: last",
    at.UNKNOWN_WORD: "{what} makes a value that players do not know",
    at.METRE_MISFIT: "this metre goes neither with the unit length nor with the rhythm",
    at.NO_NOTE: "the bar is full: it holds {held} of {full}",
    at.LENGTH_MISFIT: "the note does not fit: the bar holds {held} of {full}",
    at.BAR_SHORT: "the bar holds {held}, its metre wants {full}",
    at.REPEAT_MISSING: "no repeat has begun that could end here",
    at.REPEAT_OPEN: "the repeat that began with |: has not ended with :|",
    at.REPEAT_PHASE: "the last bar of the repeat holds {held}, which does not go with how it began",
    at.ENDING_MISSING: "the endings are not complete: |1 ... :|2 ... and a bar line that closes the second one",
    at.TIE_MISFIT: "a tie joins two notes of the same pitch, without grace notes or a trill on the second one",
    at.TIE_OPEN: "the note that the tie needs has not come",
    at.SLUR_TWICE: "a slur within a slur",
    at.NO_SLUR: "no slur is open",
    at.BROKEN_MISFIT: "> and < stand between two notes of the same written length",
    at.UNFINISHED: "a tuplet, broken rhythm, grace note or mark waits for its note",
    at.TUPLET_MISFIT: "the tuplet does not fit: the bar holds {held} of {full}",
    at.GRACE_MISFIT: "grace notes cannot stand here, or take more time than the note that they lead to",
    at.CHORD_MISFIT: "a chord has one to five notes of the same length, and no tie, trill or broken rhythm before it",
    at.MARK_MISFIT: "this mark does not go with what stands before it",
    at.NO_ACCOMPANIMENT: "players cannot accompany chord symbols in this metre",
    at.FIELD_TRAP: "a letter and a colon at the start of a line are a field",
    at.FORM_BROKEN: "the tune does not have the bars and sections that are asked for",
    at.TOO_LONG: "too much text, or too many signs without a note",
    at.PICK_UP: "the pick-up holds {held}, a bar {full}",
    at.SLUR_OPEN: "a slur is still open",
    at.LYRICS_MISFIT: "the words do not fit: at most a syllable for each note, from the first line on",
    at.LYRICS_MISSING: "a tune with words has notes in each line, and a line of words (w:) beneath it",
    at.TUPLET_DISPUTED: "programs differ on how long this tuplet lasts in this metre",
    at.EMPTY_BAR: "a bar without a note or a rest",
    at.CADENCE: "the tune is about to reach its greatest length and must end on its tonic",
}


def explain(tables: Tables, registers: list[int], character: str, symbol: int) -> str:
    """Say why `character` was refused.

    Parameters
    ----------
    tables, registers
        As `automaton.advance` left them.
    character, symbol
        What was refused; the symbol is negative if it is not in the vocabulary.
    """
    what = _NAMES.get(character, repr(character))
    if symbol < 0:
        return f"{what} is not in the network's vocabulary"
    here = registers.copy()
    if here[at.STATE] == at.LENGTH:
        settle(tables, here)
    reason = registers[at.REASON] or _reason_ahead(tables, registers, symbol)
    full = "any length" if here[at.FREE] else _length(here[at.FULL], here[at.METRE])
    return SENTENCES[reason].format(what=what, held=_length(here[at.POSITION], here[at.METRE]), full=full)


def _reason_ahead(tables: Tables, registers: list[int], symbol: int) -> int:
    """Why what `symbol` begins cannot be ended."""
    ahead = registers.copy()
    if not machine.step(tables, ahead, symbol):
        return ahead[at.REASON]
    if ahead[at.STATE] == at.COLON_BAR:
        ended = machine.step(tables, ahead, tables[at.SYMBOL_OF][at.STROKE])
    else:
        ended = not is_open(ahead[at.STATE]) or settle(tables, ahead)
    return at.NO_REASON if ended else ahead[at.REASON]


def _length(ticks: int, metre: int) -> str:
    """A fraction of a whole note, in parts of the metre or in smaller ones."""
    lower = METERS[metre - 1].word.partition("/")[2] if metre else ""
    parts = max(Fraction(ticks, WHOLE).denominator, int(lower or 4))
    return f"{ticks * parts // WHOLE}/{parts}"
