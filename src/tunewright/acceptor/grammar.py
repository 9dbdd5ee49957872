"""Grammar of playable tunes: constrained decoding, character by character, with three verbs.

A `Grammar` is compiled once for the characters that a network knows and for what the tune must be, and never changes.
A `Matcher` stands somewhere in one text: it accepts a character, says which are allowed, and rolls back. Only texts are
accepted that abc2midi plays without a complaint, and wherever a matcher stands there is a way to the end.

    matcher = Matcher(grammar, budget=400)
    matcher.accept("X")
    matcher.allowed()  # {":"}
    matcher.rollback()

Composing, which keeps many states and goes back by itself, calls the grammar with a `State` of its own. Refusals are
told to people in one sentence for each `Reason`; lengths are written as fractions of a whole note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tunewright.acceptor import machine
from tunewright.acceptor.body.sections import draw_form
from tunewright.acceptor.conditions import Conditions, is_hornpipe
from tunewright.acceptor.reading import DRAWS, IMPOSSIBLE, Character, Control, FormRow, Place, Reason, State, Tables
from tunewright.acceptor.rules import END, is_open, settle
from tunewright.acceptor.tables import build
from tunewright.acceptor.words import METERS, UNITS, WHOLE
from tunewright.errors import GrammarError

__all__ = ["Conditions", "Grammar", "Matcher", "Refusal"]


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
        self.numbers = {symbol: number for number, symbol in enumerate(symbols)}
        self.tables: tuple[list[int], ...] = build(self.numbers, conditions)
        self.begin(10**6)

    draws = DRAWS

    @property
    def draws_forms(self) -> bool:
        """Whether `draw` of `begin` plays a part."""
        return bool(self.tables[Place.FORM_DRAWN])

    def begin(self, budget: int, draw: int = 0) -> State:
        """The state before the first character of a tune that has at most `budget` characters, its end included.

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
        state = State()
        state.budget, state.draw = budget, draw
        rhythm, unit = self.conditions.rhythm, self.conditions.unit_length
        state.hornpipe = int(bool(rhythm and is_hornpipe(rhythm)))
        state.unit = UNITS[unit] if unit else 0
        least = machine.characters_to_finish(self.tables, state.copy(), 10**6)
        if least >= IMPOSSIBLE:
            raise GrammarError(f"no tune can be written with these characters{self.conditions.describe()}")
        if least > budget:
            raise GrammarError(
                f"at most {budget:,} characters are allowed; a tune{self.conditions.describe()} takes {least:,}"
            )
        return state

    def is_in_header(self, state: State) -> bool:
        """Whether the music is still to come, so that no form is drawn yet."""
        return state.notes == 0 and state.opening == 0

    def drawn(self, state: State, draw: int) -> State:
        """The same state, in a header, with another draw."""
        other = state.copy()
        other.draw = draw
        return other

    def form_of(self, state: State, draw: int) -> int:
        """A number for the form that `draw` draws, given the header that was read."""
        other = self.drawn(state, draw)
        draw_form(self.tables, other)
        return other.form

    def sections_of(self, state: State) -> tuple[int, int]:
        """How many sections are closed, and how many there are to be; 0 where any number may be."""
        return state.section, self.tables[Place.FORMS][state.form * FormRow.WIDTH + FormRow.SECTIONS]

    def bar_of(self, state: State) -> int:
        """The number of the bar that was written last."""
        return state.bar

    def degree_of(self, state: State) -> int:
        """On which degree the last note is: 1 the tonic to 7, 8 with an accidental; 0 before the first note."""
        return state.degree

    def end_on_tonic(self, state: State) -> None:
        """Let the section end on the tonic, if there is a way to it."""
        tried = state.copy()
        tried.to_tonic = 1
        if machine.can_finish(self.tables, tried):
            state.to_tonic = 1

    def advance(self, state: State, symbol: int) -> bool:
        """Take a character in place; false if it is refused, and the state is then as it was."""
        return machine.advance(self.tables, state, State.room(), State.room(), symbol)

    def admissible(self, state: State) -> list[bool]:
        """Whether each symbol may come next, shape=(S,)."""
        out = [0] * len(self.symbols)
        machine.mask(self.tables, state, State.room(), State.room(), out)
        return [bool(value) for value in out]

    def refusal(self, text: str) -> Refusal | None:
        """Where and why `text` is not a whole tune; None if it is one."""
        state = self.begin(len(text) + 10_000)
        for offset, character in enumerate([*text, END]):
            symbol = self.numbers.get(character, -1)
            if character == END and offset < len(text):
                symbol = -1
            if symbol < 0 or not self.advance(state, symbol):
                line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
                reason = self._contradiction(state) or explain(self.tables, state, character, symbol)
                return Refusal(offset, line, column, reason, state.bar)
        return None

    def _contradiction(self, state: State) -> str | None:
        """What is said of a field whose value is not the one that the conditions ask for."""
        if state.reason != Reason.UNKNOWN_WORD:
            return None
        letter = chr(state.field)
        asked = self.conditions.fields.get(letter)
        return asked and f"the field {letter}: is to be {asked}, as was asked for"


class Matcher:
    """Where one text stands in a grammar.

    Parameters
    ----------
    grammar
        The grammar.
    budget
        Most characters of the text, its end included.
    draw
        See `Grammar.begin`.
    """

    def __init__(self, grammar: Grammar, budget: int, draw: int = 0) -> None:
        self.grammar = grammar
        self._states = [grammar.begin(budget, draw)]

    @property
    def state(self) -> State:
        """What was read; not to be changed."""
        return self._states[-1]

    def accept(self, character: str) -> bool:
        """Take a character; false, and nothing changed, if no tune goes on like this."""
        state = self.state.copy()
        taken = character in self.grammar.numbers and self.grammar.advance(state, self.grammar.numbers[character])
        if taken:
            self._states.append(state)
        return taken

    def allowed(self) -> set[str]:
        """The characters that may come next; never empty before the end."""
        allowed = self.grammar.admissible(self.state)
        return {symbol for symbol, may_come in zip(self.grammar.symbols, allowed, strict=True) if may_come}

    def rollback(self, characters: int = 1) -> None:
        """Forget the last characters."""
        if not 0 <= characters < len(self._states):
            raise ValueError(f"{characters} characters to roll back; {len(self._states) - 1} were accepted")
        del self._states[len(self._states) - characters :]


_NAMES = {"\n": "the end of the line", "\x03": "the end of the tune", " ": "a space", "\t": "a tab"}
SENTENCES: Mapping[int, str] = {
    Reason.NO_REASON: "{what} leads to no tune that ends well",
    Reason.UNEXPECTED: "{what} cannot stand here",
    Reason.HEADER_ORDER: "{what} is out of order in the header: X: comes first and once, M: before K:, K: last",
    Reason.UNKNOWN_WORD: "{what} makes a value that players do not know",
    Reason.METER_MISFIT: "this metre goes neither with the unit length nor with the rhythm",
    Reason.NO_NOTE: "the bar is full: it holds {held} of {full}",
    Reason.LENGTH_MISFIT: "the note does not fit: the bar holds {held} of {full}",
    Reason.BAR_SHORT: "the bar holds {held}, its metre wants {full}",
    Reason.REPEAT_MISSING: "no repeat has begun that could end here",
    Reason.REPEAT_OPEN: "the repeat that began with |: has not ended with :|",
    Reason.REPEAT_PHASE: "the last bar of the repeat holds {held}, which does not go with how it began",
    Reason.ENDING_MISSING: "the endings are not complete: |1 ... :|2 ... and a bar line that closes the second one",
    Reason.TIE_MISFIT: "a tie joins two notes of the same pitch, without grace notes or a trill on the second one",
    Reason.TIE_OPEN: "the note that the tie needs has not come",
    Reason.SLUR_TWICE: "a slur within a slur",
    Reason.NO_SLUR: "no slur is open",
    Reason.BROKEN_MISFIT: "> and < stand between two notes of the same written length",
    Reason.UNFINISHED: "a tuplet, broken rhythm, grace note or mark waits for its note",
    Reason.TUPLET_MISFIT: "the tuplet does not fit: the bar holds {held} of {full}",
    Reason.GRACE_MISFIT: "grace notes cannot stand here, or take more time than the note that they lead to",
    Reason.CHORD_MISFIT: "a chord has one to five notes of one length, and no tie, trill or broken rhythm before it",
    Reason.MARK_MISFIT: "this mark does not go with what stands before it",
    Reason.NO_ACCOMPANIMENT: "players cannot accompany chord symbols in this metre",
    Reason.FIELD_TRAP: "a letter and a colon at the start of a line are a field",
    Reason.FORM_BROKEN: "the tune does not have the bars and sections that are asked for",
    Reason.TOO_LONG: "too much text, or too many signs without a note",
    Reason.PICK_UP: "the pick-up holds {held}, a bar {full}",
    Reason.SLUR_OPEN: "a slur is still open",
    Reason.LYRICS_MISFIT: "the words do not fit: at most a syllable for each note, from the first line on",
    Reason.LYRICS_MISSING: "a tune with words has notes in each line, and a line of words (w:) beneath it",
    Reason.TUPLET_DISPUTED: "programs differ on how long this tuplet lasts in this metre",
    Reason.EMPTY_BAR: "a bar without a note or a rest",
    Reason.VOICE_MISFIT: "voices are numbered from 1, each begins where another ends well, and all last equally long",
    Reason.CADENCE: "the tune is about to reach its greatest length and must end on its tonic",
}


def explain(tables: Tables, state: State, character: str, symbol: int) -> str:
    """Say why `character` was refused.

    Parameters
    ----------
    tables, state
        As `machine.advance` left them.
    character, symbol
        What was refused; the symbol is negative if it is not in the vocabulary.
    """
    what = _NAMES.get(character, repr(character))
    if symbol < 0:
        return f"{what} is not in the network's vocabulary"
    here = state.copy()
    if here.control == Control.LENGTH:
        settle(tables, here)
    reason = state.reason or _reason_ahead(tables, state, symbol)
    full = "any length" if here.free else _length(here.full, here.meter)
    return SENTENCES[reason].format(what=what, held=_length(here.position, here.meter), full=full)


def _reason_ahead(tables: Tables, state: State, symbol: int) -> int:
    """Why what `symbol` begins cannot be ended."""
    ahead = state.copy()
    if not machine.step(tables, ahead, symbol):
        return ahead.reason
    if ahead.control == Control.COLON_BAR:
        ended = machine.step(tables, ahead, tables[Place.SYMBOL_OF][Character.STROKE])
    else:
        ended = not is_open(tables, ahead.control) or settle(tables, ahead)
    return Reason.NO_REASON if ended else ahead.reason


def _length(ticks: int, metre: int) -> str:
    """A fraction of a whole note, in parts of the metre or in smaller ones."""
    lower = METERS[metre - 1].word.partition("/")[2] if metre else ""
    parts = max(Fraction(ticks, WHOLE).denominator, int(lower or 4))
    return f"{ticks * parts // WHOLE}/{parts}"
