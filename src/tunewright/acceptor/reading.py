"""State of the acceptor while it reads a tune, and the enumerations and places in tables that its functions name.

Everything is a 64-bit integer, so that the functions can be compiled as they stand (`sampling.compiled`): a `State`
becomes a record of numbers, and a class of constants, which stands here for an enumeration because Python reads it
faster, becomes a tuple of them. Positions and bar lengths are in ticks (256 to a whole note), lengths of notes in
grains (4 to the unit length).
"""

from collections.abc import Iterable, Sequence

Tables = Sequence[Sequence[int]]
"""What an acceptor knows; see `Place`."""


class State:
    """What an acceptor has read of one tune."""

    control: int  # what is being written, of `Control`
    budget: int  # characters that may still come, the end included
    reason: int  # why the last character was refused, of `Reason`
    node: int  # place in a table of words, while a word or a note length is written
    field: int  # letter of the field that is written, as a code point
    inline: int  # 1 while a field stands within a line of music
    after: int  # of `Control`: what follows the end of this line of text
    text: int  # characters of text or digits written, or notes of a chord
    seen: int  # fields that the header holds, of `Seen`
    hornpipe: int  # 1 if abc2midi will play pairs of notes unevenly
    full: int  # ticks that fill a bar
    free: int  # 1 where bars are not counted (M:none)
    threes: (
        int  # 1 where tuplets of five, seven and nine take the time of three, by the standard: the metre of this bar
    )
    lasting_threes: int  # 1 where they do so by abc2midi: the metre of the header
    meter: int  # metre of the header, as an index plus 1
    unit: int  # ticks of the unit length
    tonic: int  # letter of the key, counted from C
    position: int  # ticks since the last complete bar
    stretch: int  # ticks since the last bar line of any kind, chords by the lengths of their notes
    bar: int  # number of the bar: 0 before it or in a pick-up, else from 1
    section: int  # sections that are closed
    phase: int  # ticks of a bar that a section must leave over at its end; -1 while unknown
    pickup: int  # ticks of the pick-up that begins the tune
    last_phase: int  # `phase` of the section that was repeated last
    played: int  # 1 if the tune has endings already, 2 if abc2midi has gone back to a repeat before them
    stray: int  # 1 in endings that no repeat mark began
    third: int  # 1 where a third ending may follow
    idle: int  # signs, fields and empty bars since the last note
    holding: int  # 1 if a fermata stands on the next note
    held: int  # ticks by which abc2midi makes the notes of this bar, then the last one, longer for fermatas
    chorded: int  # 1 if a chord symbol has come, which abc2midi plays on the beat
    opening: int  # 1 until the first bar is complete, which may be a pick-up
    started: int  # 1 if the section holds a note
    repeat: int  # of `Repeat`
    ending: int  # of `Ending`
    ending_position: int  # `position` where the first ending began
    ending_bar: int  # `bar` where the first ending began
    section_bar: int  # `bar` where the section began
    voice: int  # number of the voice, 0 without any, `Limit.VOICES` where no other may follow
    sounded: int  # ticks that the voice has played, repeats included
    repeated_from: int  # `sounded` where the repeat began
    ending_from: int  # `sounded` where the first ending began
    whole: int  # ticks that the first voice plays, in the others
    fit: int  # lengths that the next note may have, one bit each
    tuplet_left: int  # notes of a tuplet still to come
    tuplet_of: int  # notes in it
    tuplet_factor: int  # how many of their lengths it fills
    tuplet_value: int  # length of its notes as an index plus 1; 0 while open
    broken: int  # length that the note after > or < must have, as an index plus 1
    cut: int  # by how much > or < shortens that note
    parted: int  # length of the note before, as an index plus 1, if abc2midi keeps it as two for its dot
    last: int  # length of the note before, as an index plus 1, if > or < may follow
    accidental: int  # of the note that is written: 1 to 5, or 0
    pitch: int  # of the note that is written; see `notes.SPELLINGS`
    tie: int  # `pitch` that the next note must have
    tieable: int  # 1 if a tie may follow
    slur: int  # 1 within a slur
    host: int  # grains of grace notes that the next note must carry
    hosted: int  # grains of grace notes that the note before carries, twice as many where its pairs are uneven
    mark: int  # on the next note, of `NoteMark`
    context: int  # where a note is written, of `Context`
    chord: int  # length of the notes of a chord, as an index plus 1; 0 before the first
    notes: int  # 1 if the tune holds a note
    degree: int  # letters that the last note lies above the tonic, and 1; 8 with an accidental; 0 before it
    line: int  # 2 at the start of a line of music, 1 after one letter, which ':' would turn into a field
    worded: int  # whether the lines of music have words beneath them, of `Worded`
    sung: int  # notes in this line of music
    verse: int  # notes in the line before, which words may be sung to
    syllables: int  # how many of them have no syllable yet
    draw: int  # which form is drawn, up to `DRAWS` - 1; 0 for none
    form: int  # its row in the table of forms; 0 for what the conditions say
    to_tonic: int  # 1 if the section must end on the tonic
    rhythm_of: int  # rhythm of the header, as an index plus 1
    named: int  # rhythm that the title names, as an index plus 1
    title_words: int  # words of the title that are whole
    title_number: int  # their number; see `titles`
    spelled: int  # that of the word being written
    followers: int  # values that this word may have

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self.__dict__.update(zip(FIELDS, numbers or EMPTY, strict=True))

    def numbers(self) -> list[int]:
        """All fields in the order of `FIELDS`."""
        return list(self.__dict__.values())

    @classmethod
    def room(cls) -> "State":
        """A state without content, to be filled by `copy_state`."""
        return cls.__new__(cls)

    def copy(self) -> "State":
        """The same state, to be changed by itself."""
        other = self.room()
        copy_state(other, self)
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"State({', '.join(f'{name}={value}' for name, value in self.__dict__.items() if value)})"


FIELDS = tuple(State.__annotations__)
EMPTY = (0,) * len(FIELDS)


def copy_state(target: State, source: State) -> None:
    """Let `target` be as `source` is; the compiled loop has a form of its own for this."""
    target.__dict__.update(source.__dict__)


class Control:
    """What is being written."""

    (
        HEAD, COLON, TEXT_START, TEXT_BODY, PERCENT, WORD, WORD_END, NUMBER, DIGITS, RHYTHM, BODY, MAYBE_FIELD,
        VOICE_COLON, VOICE, VOICE_NAME, VOICE_END, MUSIC, SHARP, FLAT, PITCHED, DOTTED, MARKED, LENGTH, BRACKET,
        IN_CHORD, BRACE, IN_GRACE, PAREN, SLURRED, TUPLET, UP, UP_TWICE, DOWN, DOWN_TWICE, AFTER_PAIR, QUOTE,
        CHORD_NAME, QUOTED, BANG, PLUS, STAR, BAR_LINE, CLOSED, COLON_BAR, REPEATED, AWAIT, AWAIT_LINE, AWAIT_LATER,
        AWAIT_BRACKET, LINE_END, SIGN, AWAIT_WORDS, WORDS_COLON, WORDS, SYLLABLE, ENDED, STATES,
    ) = range(57)  # fmt: skip


class Reason:
    """Why a character is refused; `grammar` has the words."""

    (
        NO_REASON, UNEXPECTED, HEADER_ORDER, UNKNOWN_WORD, METER_MISFIT, NO_NOTE, LENGTH_MISFIT, BAR_SHORT,
        REPEAT_MISSING, REPEAT_OPEN, REPEAT_PHASE, ENDING_MISSING, TIE_MISFIT, TIE_OPEN, SLUR_TWICE, NO_SLUR,
        BROKEN_MISFIT, UNFINISHED, TUPLET_MISFIT, GRACE_MISFIT, CHORD_MISFIT, MARK_MISFIT, NO_ACCOMPANIMENT, FIELD_TRAP,
        FORM_BROKEN, TOO_LONG, PICK_UP, SLUR_OPEN, CADENCE, LYRICS_MISFIT, LYRICS_MISSING, EMPTY_BAR, TUPLET_DISPUTED,
        VOICE_MISFIT,
    ) = range(34)  # fmt: skip


class Place:
    """Places in the tables."""

    (
        CLASSES, ROWS, FIRST_EDGE, EDGE_SYMBOL, EDGE_TARGET, VALUE, BELOW, HEIGHT, GRAINS_OF, FILL, BEST, ROOTS,
        METER_TICKS, METER_FLAGS, METER_UNITS, UNIT_TICKS, TUPLET_TABLE, SYMBOL_OF, SETTINGS, FINISHES, SETTLING,
        FORMS, FORM_STARTS, FORM_COUNTS, FORM_DRAWN, COMBINATIONS, TITLES, WORD_FOLLOWERS,
    ) = range(28)  # fmt: skip


class Setup:
    """Places in the table of settings."""

    (
        END_SYMBOL, REQUIRED, UNIT_VALUE, LENGTH_ROOT, TUPLET_ROOT, RHYTHM_ROOT, NAME_ROOT,
        SIGN_ROOT, ROOM, TIDY, HORNPIPES, TITLE_FIRST, TITLE_ROOT, MOST_WORDS, LAST_WORDS, SILENT_WORDS, NAMING_WORDS,
        HEADER_ROOM, COUNT,
    ) = range(19)  # fmt: skip


class Repeat:
    """Whether a repeat may end here."""

    NONE, MAY_END, MUST_END = range(3)  # it may from the start of the tune, it must behind |:


class Ending:
    """In which ending of a repeat the music is."""

    NONE, FIRST, SECOND, BETWEEN = range(4)


class NoteMark:
    """What stands on the next note: a mark that is not played, a trill, a dot, a roll."""

    NONE, SILENT, TRILL, DOT, ROLL = range(5)


class Context:
    """Where a note is written."""

    MELODY, GRACE, CHORD = range(3)


class Worded:
    """What the lines of music have beneath them: the first is not over, or is over, or words, or none."""

    FIRST_LINE, UNDECIDED, WITH_WORDS, WITHOUT_WORDS = range(4)


class Seen:
    """Fields of the header, one bit each."""

    X, T, R, M, L, K, Q = 1, 2, 4, 8, 16, 32, 64


class MeterFlag:
    """What is known of a metre, one bit each; see `State.threes` for the last two."""

    ACCOMPANIED, HORNPIPE, FREE, THREES, LASTING_THREES = 1, 2, 4, 8, 16


class FormRow:
    """Places in a row of the table of forms: bars of the tune (0: any number), sections (0: any), ticks of the pick-up
    (-1: any), and the first section."""

    BARS, SECTIONS, PICK_UP, FIRST_SECTION = range(4)
    MOST_SECTIONS = 26  # letters of the alphabet
    WIDTH = 4 + MOST_SECTIONS * 3


class SectionRow:
    """Places of each section in it: the number of its last bar (0: any), 1 if it is repeated, 1 if it may have
    endings."""

    LAST_BAR, REPEATED, ENDINGS, WIDTH = range(4)


class Limit:
    """What a tune may have at most."""

    IDLE = 8  # signs, fields and empty bars in a row without a note
    BLANKS = 20  # in a row
    VOICES = 9
    TEXT = 400  # characters of a line of text
    ENDING, REPEAT, TUNE = 3, 24, 64  # bars, if it is tidy
    GRACE = 16  # grains of grace notes, if it is tidy: four notes of the unit length


class Character:
    """Code points of characters that the functions know."""

    TAB, LINE_FEED, SPACE, EXCLAMATION, QUOTATION, PERCENT = 9, 10, 32, 33, 34, 37
    APOSTROPHE, CLOSING_PAREN, STAR, COMMA, HYPHEN, DOT = 39, 41, 42, 44, 45, 46
    ZERO, THREE, NINE, COLON, CAPITAL_A, CAPITAL_Z = 48, 51, 57, 58, 65, 90
    H, K, L, M, P, Q, R, T, W, X = 72, 75, 76, 77, 80, 81, 82, 84, 87, 88
    CLOSING_BRACKET, CARET, UNDERSCORE, SMALL_A, SMALL_X, SMALL_Z = 93, 94, 95, 97, 120, 122
    STROKE, CLOSING_BRACE, TILDE = 124, 125, 126


DRAWS = 1 << 16
"""More than the numbers by which a form is drawn."""
ANY = (1 << 30) - 1
"""Mask of every value that a word can have."""
IMPOSSIBLE = 1 << 20
CHARACTERS = 128
"""Classes of characters: a code point below 127, or 127 for all others."""
