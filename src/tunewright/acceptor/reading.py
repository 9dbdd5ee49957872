"""Which numbers does the acceptor keep while it reads a tune, and by which numbers does it call its own parts?

Everything here is an integer constant, so that the functions of `machine` can be compiled as they stand. Positions
and bar lengths are in ticks (256 to a whole note), lengths of notes in grains (4 to the unit length).
"""

from collections.abc import MutableSequence, Sequence

Tables = Sequence[Sequence[int]]
"""What an acceptor knows; see the places in the tables below."""
Registers = MutableSequence[int]
"""What it has read; see the places in the registers below."""

(
    STATE,  # one of the states below
    BUDGET,  # characters that may still come, the end included
    REASON,  # why the last character was refused
    NODE,  # place in a table of words, while a word or a note length is written
    FIELD,  # letter of the field that is written, as a code point
    INLINE,  # 1 while a field stands within a line of music
    AFTER,  # state that follows the end of this line of text
    TEXT,  # characters of text or digits written, or notes of a chord
    SEEN,  # fields that the header holds, one bit each
    HORNPIPE,  # 1 if abc2midi will play pairs of notes unevenly
    FULL,  # ticks that fill a bar
    FREE,  # 1 where bars are not counted (M:none)
    THREES,  # 1 where tuplets of five, seven and nine take the time of three, by the standard: the metre of this bar
    LASTING_THREES,  # 1 where they do so by abc2midi: the metre of the header
    METRE,  # metre of the header, as an index plus 1
    UNIT,  # ticks of the unit length
    TONIC,  # letter of the key, counted from C
    POSITION,  # ticks since the last complete bar
    STRETCH,  # ticks since the last bar line of any kind
    BAR,  # number of the bar: 0 before it or in a pick-up, else from 1
    SECTION,  # sections that are closed
    PHASE,  # ticks of a bar that a section must leave over at its end; -1 while unknown
    PICKUP,  # ticks of the pick-up that begins the tune
    RETURN,  # PHASE of the section that was repeated last
    PLAYED,  # 1 if the tune has endings already
    STRAY,  # 1 in endings that no repeat mark began
    IDLE,  # signs, fields and empty bars since the last note
    CHORDED,  # 1 if a chord symbol has come, which abc2midi plays on the beat
    OPENING,  # 1 until the first bar is complete, which may be a pick-up
    STARTED,  # 1 if the section holds a note
    REPEAT,  # 0 no repeat may end here, 1 one may, from the start of the tune, 2 one must
    ENDING,  # 1 in a first ending, 2 in a second one, 3 between them
    ENDING_POSITION,  # POSITION where the first ending began
    ENDING_BAR,  # BAR where the first ending began
    SECTION_BAR,  # BAR where the section began
    FIT,  # lengths that the next note may have, one bit each
    TUPLET_LEFT,  # notes of a tuplet still to come
    TUPLET_OF,  # notes in it
    TUPLET_FACTOR,  # how many of their lengths it fills
    TUPLET_VALUE,  # length of its notes as an index plus 1; 0 while open
    BROKEN,  # length that the note after > or < must have, as an index plus 1
    CUT,  # by how much > or < shortens that note
    LAST,  # length of the note before, as an index plus 1, if > or < may follow
    ACCIDENTAL,  # of the note that is written: 1 to 5, or 0
    PITCH,  # accidental, letter and octave marks of the note
    TIE,  # PITCH that the next note must have
    TIEABLE,  # 1 if a tie may follow
    SLUR,  # 1 within a slur
    HOST,  # grains of grace notes that the next note must carry
    HOSTED,  # 1 if the note before carries grace notes
    MARK,  # 0 no mark on the next note, 1 one that is not played, 2 a trill, 3 a dot, 4 a roll
    CONTEXT,  # where a note is written: 0 in the melody, 1 as a grace note, 2 in a chord
    CHORD,  # length of the notes of a chord, as an index plus 1; 0 before the first
    NOTES,  # 1 if the tune holds a note
    DEGREE,  # letters that the last note lies above the tonic, and 1; 8 with an accidental; 0 before it
    LINE,  # 2 at the start of a line of music, 1 after one letter, which ':' would turn into a field
    WORDED,  # whether the lines of music have words beneath them; see below
    SUNG,  # notes in this line of music
    VERSE,  # notes in the line before, which words may be sung to
    SYLLABLES,  # how many of them have no syllable yet
    DRAW,  # which form is drawn, up to DRAWS - 1; 0 for none
    FORM,  # its row in the table of forms; 0 for what the conditions say
    HOMING,  # 1 if the section must end on the tonic
    RHYTHM_OF,  # rhythm of the header, as an index plus 1
    NAMED,  # rhythm that the title names, as an index plus 1
    TITLE_WORDS,  # words of the title that are whole
    TITLE_NUMBER,  # their number; see `titles`
    SPELLED,  # that of the word being written
    FOLLOWERS,  # values that this word may have
    SIZE,
) = range(70)
"""Places in the registers. The list is three times as long: the rest is working space."""

(
    HEAD, COLON, TEXT_START, TEXT_BODY, PERCENT, WORD, WORD_END, NUMBER, DIGITS, RHYTHM, BODY, MAYBE_FIELD, MUSIC,
    SHARP, FLAT, PITCHED, MARKED, LENGTH, BRACKET, IN_CHORD, BRACE, IN_GRACE, PAREN, SLURRED, TUPLET, UP, UP_TWICE,
    DOWN, DOWN_TWICE, AFTER_PAIR, QUOTE, CHORD_NAME, QUOTED, BANG, BAR_LINE, CLOSED, COLON_BAR, REPEATED, AWAIT,
    AWAIT_LATER, AWAIT_BRACKET, LINE_END, SIGN, AWAIT_WORDS, WORDS_COLON, WORDS, SYLLABLE, ENDED, STATES,
) = range(49)  # fmt: skip
"""States of the control."""

(
    REFUSE, GO, TAKE_FIELD, TAKE_VALUE, TAKE_DIGIT, TAKE_EDGE, TAKE_WORD, TAKE_RHYTHM, TAKE_TEXT, END_TEXT, CLOSE_TEXT,
    TAKE_NOTE, TAKE_REST, TAKE_ACCIDENTAL, TAKE_MARK, TAKE_LENGTH, TAKE_OCTAVE, OPEN_CHORD, CLOSE_CHORD, OPEN_GRACE,
    CLOSE_GRACE, TAKE_PAREN, TAKE_TUPLET, CLOSE_SLUR, TAKE_BROKEN, TAKE_TIE, TAKE_QUOTE, TAKE_NAME, TAKE_SIGN,
    CLOSE_NAME, CLOSE_SIGN, TAKE_BAR, START_REPEAT, TAKE_DOUBLE, FIRST_ENDING, TAKE_COLON, END_REPEAT, REPEAT_TWICE,
    SECOND_ENDING, NEWLINE, TAKE_COMMENT, TAKE_INLINE, MAYBE_MARK, TAKE_END, BRACKET_ENDING, BODY_FIELD, TEXT_FIELD,
    TAKE_SPACE, TAKE_LAST, END_LINE, AWAIT_LINE, BEGIN_WORDS, TAKE_SYLLABLE, TAKE_LETTER, END_WORDS,
    WORDS_END, ACTIONS,
) = range(57)  # fmt: skip
"""What a character does."""

(
    CLASSES, ROWS, FIRST_EDGE, EDGE_SYMBOL, EDGE_TARGET, VALUE, BELOW, HEIGHT, GRAINS_OF, FILL, BEST, ROOTS,
    METRE_TICKS, METRE_FLAGS, METRE_UNITS, UNIT_TICKS, TUPLET_TABLE, SYMBOL_OF, SETTINGS, HOMES, FORMS, FORM_STARTS,
    FORM_COUNTS, FORM_DRAWN, COMBINATIONS, TITLES, WORD_FOLLOWERS,
) = range(27)  # fmt: skip
"""Places in the tables."""

(
    END_SYMBOL, BODY_FIELDS, REQUIRED, UNIT_VALUE, LAST_STAND, LENGTH_ROOT, TUPLET_ROOT, RHYTHM_ROOT, NAME_ROOT,
    SIGN_ROOT, ROOM, TIDY, HORNPIPES, TITLE_FIRST, TITLE_ROOT, MOST_WORDS, LAST_WORDS, SILENT_WORDS, NAMING_WORDS,
    HEADER_ROOM, SETTING_COUNT,
) = range(21)  # fmt: skip
"""Places in the table of settings."""

FORM_BARS, FORM_SECTIONS, FORM_PICK_UP, FORM_SECTION = range(4)
"""Places in a row of the table of forms: bars of the tune (0: any number), sections (0: any), ticks of the pick-up (-1:
any), and the first section."""
FORM_LAST_BAR, FORM_REPEATED, FORM_ENDINGS, SECTION_PLACES = range(4)
"""Places of each section: the number of its last bar (0: any), 1 if it is repeated, 1 if it may have endings."""
MOST_SECTIONS = 26  # letters of the alphabet
FORM_ROW = FORM_SECTION + MOST_SECTIONS * SECTION_PLACES
DRAWS = 1 << 16
"""More than the numbers by which a form is drawn."""

TAB, LINE_FEED, SPACE, EXCLAMATION, QUOTATION, APOSTROPHE, CLOSING_PAREN, COMMA, HYPHEN, DOT = (
    9, 10, 32, 33, 34, 39, 41, 44, 45, 46,
)  # fmt: skip
STAR, THREE, COLON_SIGN, CAPITAL_A, SMALL_A, SMALL_D = 42, 51, 58, 65, 97, 100
ZERO, NINE, CAPITAL_Z, SMALL_Z = 48, 57, 90, 122
LETTER_K, LETTER_L, LETTER_M, LETTER_Q, LETTER_R, LETTER_T, LETTER_W, LETTER_X = 75, 76, 77, 81, 82, 84, 87, 88
CLOSING_BRACKET, CARET, UNDERSCORE, STROKE, CLOSING_BRACE, TILDE = 93, 94, 95, 124, 125, 126
"""Code points of characters that the functions know."""

SEEN_X, SEEN_T, SEEN_R, SEEN_M, SEEN_L, SEEN_K, SEEN_Q = 1, 2, 4, 8, 16, 32, 64
ACCOMPANIED_FLAG, HORNPIPE_FLAG, THREES_FLAG, FREE_FLAG, LASTING_THREES_FLAG = 1, 2, 4, 8, 16
FIRST_LINE, UNDECIDED, WITH_WORDS, WITHOUT_WORDS = 0, 1, 2, 3
"""What the tune's lines of music have beneath them: the first is not over, or is over, or words, or none."""
MOST_IDLE = 8
"""Signs, fields and empty bars that may follow each other without a note."""
MOST_BLANKS = 20
"""Spaces that may follow each other."""
MOST_TEXT = 400
"""Characters of a line of text."""
ANY = (1 << 30) - 1
"""Mask of every value that a word can have."""
IMPOSSIBLE = 1 << 20
CHARACTERS = 128
"""Classes of characters: a code point below 127, or 127 for all others."""
ACTION_SHIFT = 64

(
    NO_REASON, UNEXPECTED, HEADER_ORDER, UNKNOWN_WORD, METRE_MISFIT, NO_NOTE, LENGTH_MISFIT, BAR_SHORT, REPEAT_MISSING,
    REPEAT_OPEN, REPEAT_PHASE, ENDING_MISSING, TIE_MISFIT, TIE_OPEN, SLUR_TWICE, NO_SLUR, BROKEN_MISFIT, UNFINISHED,
    TUPLET_MISFIT, GRACE_MISFIT, CHORD_MISFIT, MARK_MISFIT, NO_ACCOMPANIMENT, FIELD_TRAP, FORM_BROKEN, TOO_LONG,
    LEFT_OUT, OCTAVES, PICK_UP, SLUR_OPEN, CADENCE, LYRICS_MISFIT, LYRICS_MISSING, EMPTY_BAR,
    TUPLET_DISPUTED,
) = range(35)  # fmt: skip
"""Why a character is refused; `grammar` has the words."""

LONGEST_ENDING, LONGEST_REPEAT, LONGEST_TUNE = 3, 24, 64
"""Bars after which a tidy tune comes to the end of an ending, a repeat and itself."""
MOST_GRACE = 16
"""Grains of grace notes after which a tidy tune has no more of them: four notes of the unit length."""
