"""Do the words fit the notes above them?

The part of the acceptor (see `machine`) that knows ``w:`` lines. abc2midi wants words beneath every line of music or
beneath none, so the first line settles it for the tune. A line with words needs a note that is not tied to the line
before; its words have no more syllables than it has notes. ``*`` and ``_`` take a note as a syllable does; ``|``, which
leads to the next bar, is not known here.
"""

from tunewright.acceptor.body.bars import loose, may_end, not_idle
from tunewright.acceptor.reading import (
    AFTER,
    AWAIT_LINE,
    AWAIT_WORDS,
    BEGIN_WORDS,
    BODY,
    END_LINE,
    END_WORDS,
    FIRST_LINE,
    HYPHEN,
    LAST,
    LINE,
    LINE_FEED,
    LYRICS_MISFIT,
    LYRICS_MISSING,
    MOST_TEXT,
    PERCENT,
    REASON,
    STATE,
    SUNG,
    SYLLABLES,
    TAKE_LETTER,
    TAKE_SYLLABLE,
    TEXT,
    TOO_LONG,
    UNDECIDED,
    UNDERSCORE,
    VERSE,
    WITH_WORDS,
    WITHOUT_WORDS,
    WORDED,
    Registers,
    Tables,
)  # fmt: skip


def end_line(registers: Registers) -> bool:
    """Count a line of music that ends; in a tune with words, those of this line must follow."""
    worded = registers[WORDED]
    if worded == WITH_WORDS:
        registers[REASON] = LYRICS_MISSING
        if registers[SUNG] == 0:
            return False
        registers[STATE] = AWAIT_WORDS
    elif worded == FIRST_LINE:
        registers[WORDED] = UNDECIDED
    elif worded == UNDECIDED:
        registers[WORDED] = WITHOUT_WORDS
    registers[VERSE] = registers[SUNG]
    registers[SUNG] = 0
    return True


def take_newline(registers: Registers, code: int) -> bool:
    """Take the end of a line of music, or the backslash before it."""
    blank = code == LINE_FEED and registers[LINE] == 2
    registers[LINE] = 2 if code == LINE_FEED else 0
    registers[LAST] = 0  # no program but abc2midi joins notes across it by > or <
    if blank or not loose(registers):
        return False
    if code != LINE_FEED:
        return end_without_words(registers)
    return end_line(registers)


def end_without_words(registers: Registers) -> bool:
    """Take something after a line of music that leaves no place for words; false if the tune has words."""
    registers[REASON] = LYRICS_MISSING
    if registers[WORDED] == WITH_WORDS:
        return False
    registers[WORDED] = WITHOUT_WORDS
    return True


def begin_words(registers: Registers) -> bool:
    """Begin a line of words beneath the music."""
    registers[REASON] = LYRICS_MISFIT
    if registers[WORDED] in (FIRST_LINE, WITHOUT_WORDS) or registers[VERSE] == 0:
        return False
    registers[WORDED] = WITH_WORDS
    registers[SYLLABLES] = registers[VERSE]
    registers[TEXT] = 0
    return True


def take_syllable(registers: Registers, code: int) -> bool:
    """Begin a syllable, or take ``*``, ``_`` or a second hyphen, which pass over a note."""
    registers[REASON] = LYRICS_MISFIT
    if registers[SYLLABLES] == registers[VERSE] and code in (UNDERSCORE, HYPHEN):
        return False
    registers[SYLLABLES] -= 1
    registers[TEXT] += 1
    return registers[SYLLABLES] >= 0


def go_on_in_words(registers: Registers) -> bool:
    """Take a character that is no new syllable."""
    registers[TEXT] += 1
    registers[REASON] = TOO_LONG
    return registers[TEXT] <= MOST_TEXT


def end_words(registers: Registers) -> bool:
    """End a line of words."""
    registers[REASON] = LYRICS_MISFIT
    registers[LINE] = 2
    return registers[SYLLABLES] < registers[VERSE]


def take_lyrics_action(tables: Tables, registers: Registers, action: int, code: int) -> bool:
    """Do what belongs to words beneath the music, and to the ends of lines that they must follow."""
    if action == END_LINE:
        registers[TEXT] = 0
        if not loose(registers) or not not_idle(registers) or not end_line(registers):
            return False
        registers[AFTER] = AWAIT_WORDS if registers[STATE] == AWAIT_WORDS else BODY
        registers[STATE] = PERCENT
        return True
    if action == AWAIT_LINE:
        return end_without_words(registers)
    if action == BEGIN_WORDS:
        return begin_words(registers)
    if action == TAKE_SYLLABLE:
        return take_syllable(registers, code)
    if action == TAKE_LETTER:
        return go_on_in_words(registers)
    return end_words(registers) and (action == END_WORDS or may_end(tables, registers))
