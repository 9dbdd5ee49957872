"""What does a refusal say to a person?

One sentence for each reason that the functions of `automaton` leave in the registers. Where a number helps, it is
filled in: lengths are written as fractions of a whole note.
"""

from collections.abc import Mapping
from fractions import Fraction

from tunewright.notation import automaton
from tunewright.notation import registers as at
from tunewright.notation.automaton_steps import is_open, settle
from tunewright.notation.registers import Tables
from tunewright.notation.words import METRES, WHOLE

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
    if not automaton.step(tables, ahead, symbol):
        return ahead[at.REASON]
    if ahead[at.STATE] == at.COLON_BAR:
        ended = automaton.step(tables, ahead, tables[at.SYMBOL_OF][at.STROKE])
    else:
        ended = not is_open(ahead[at.STATE]) or settle(tables, ahead)
    return at.NO_REASON if ended else ahead[at.REASON]


def _length(ticks: int, metre: int) -> str:
    """A fraction of a whole note, in parts of the metre or in smaller ones."""
    lower = METRES[metre - 1].word.partition("/")[2] if metre else ""
    parts = max(Fraction(ticks, WHOLE).denominator, int(lower or 4))
    return f"{ticks * parts // WHOLE}/{parts}"
