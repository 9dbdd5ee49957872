"""Which character does what in which state?

The rules of the acceptor, one row each: the state, the characters, the action and the state after it. What an action
does is in `actions`; states and actions are listed in `reading`.
"""

from tunewright.acceptor.reading import (
    AFTER_PAIR,
    AWAIT,
    AWAIT_BRACKET,
    AWAIT_LATER,
    AWAIT_LINE,
    AWAIT_WORDS,
    BANG,
    BAR_LINE,
    BEGIN_WORDS,
    BODY,
    BRACE,
    BRACKET,
    BRACKET_ENDING,
    CHARACTERS,
    CHORD_NAME,
    CLOSE_CHORD,
    CLOSE_GRACE,
    CLOSE_NAME,
    CLOSE_SIGN,
    CLOSE_SLUR,
    CLOSED,
    COLON,
    COLON_BAR,
    DIGITS,
    DOWN,
    DOWN_TWICE,
    END_LINE,
    END_REPEAT,
    END_TEXT,
    END_WORDS,
    ENDED,
    FIRST_ENDING,
    FLAT,
    GO,
    HEAD,
    IN_CHORD,
    IN_GRACE,
    LENGTH,
    LINE_END,
    MARKED,
    MAYBE_FIELD,
    MAYBE_MARK,
    MUSIC,
    NEWLINE,
    NUMBER,
    OPEN_GRACE,
    PAREN,
    PERCENT,
    PITCHED,
    QUOTE,
    QUOTED,
    REPEAT_TWICE,
    REPEATED,
    RHYTHM,
    SECOND_ENDING,
    SHARP,
    SIGN,
    SLURRED,
    START_REPEAT,
    SYLLABLE,
    TAKE_ACCIDENTAL,
    TAKE_BAR,
    TAKE_BROKEN,
    TAKE_COLON,
    TAKE_COMMENT,
    TAKE_DIGIT,
    TAKE_DOUBLE,
    TAKE_EDGE,
    TAKE_END,
    TAKE_FIELD,
    TAKE_INLINE,
    TAKE_LAST,
    TAKE_LENGTH,
    TAKE_LETTER,
    TAKE_MARK,
    TAKE_NAME,
    TAKE_NOTE,
    TAKE_OCTAVE,
    TAKE_PAREN,
    TAKE_QUOTE,
    TAKE_REST,
    TAKE_RHYTHM,
    TAKE_SIGN,
    TAKE_SPACE,
    TAKE_SYLLABLE,
    TAKE_TEXT,
    TAKE_TIE,
    TAKE_TUPLET,
    TAKE_VALUE,
    TAKE_WORD,
    TEXT_BODY,
    TEXT_FIELD,
    TEXT_START,
    TUPLET,
    UP,
    UP_TWICE,
    WORD,
    WORD_END,
    WORDS,
    WORDS_COLON,
    WORDS_END,
)  # fmt: skip
from tunewright.acceptor.words import (
    ACCIDENTALS,
    ANNOTATION_STARTS,
    BODY_TEXTS,
    HEADER_TEXTS,
    INSTRUCTIONS,
    NOTE_LETTERS,
    PLAIN_MARKS,
    RESTS,
    SPLIT_MARKS,
    TRILL_MARKS,
)  # fmt: skip

END_CLASS = 3
"""Class of the character that ends a tune, which is its code point."""
OTHERS = chr(CHARACTERS - 1)
"""Stands for every character beyond ASCII."""
UNTIDY = "KMLQPTW"
"""Fields that a tidy tune does not have among its music."""
UNQUOTED = ((QUOTED, "|:"), (CHORD_NAME, " ()"))
"""What a tidy tune does not have in an annotation, and behind the name of a chord."""
TEXT = "".join(map(chr, range(32, CHARACTERS)))
SYLLABLE_STARTS = "".join(character for character in TEXT if character not in " -_*|%\\:~")
DIGITS_OF_LENGTH = "0123456789/"
END = chr(END_CLASS)

_HEADER = (
    (HEAD, "X" + HEADER_TEXTS + INSTRUCTIONS, TAKE_FIELD, COLON),
    (HEAD, "%", TAKE_COMMENT, PERCENT),
    (COLON, ":", TAKE_VALUE, TEXT_START),
    (TEXT_START, TEXT, TAKE_TEXT, TEXT_BODY),
    (TEXT_START, ":|", 0, 0),
    (TEXT_START, "\t", TAKE_TEXT, TEXT_BODY),
    (TEXT_BODY, TEXT + "\t", TAKE_TEXT, TEXT_BODY),
    (PERCENT, TEXT, TAKE_TEXT, TEXT_BODY),
    (NUMBER, " ", GO, NUMBER),
    (NUMBER, "0123456789", TAKE_DIGIT, DIGITS),
    (DIGITS, "0123456789", TAKE_DIGIT, DIGITS),
    (WORD, TEXT, TAKE_EDGE, WORD),
    (WORD_END, " \t", TAKE_DIGIT, WORD_END),
    (RHYTHM, TEXT, TAKE_RHYTHM, RHYTHM),
    *((state, "%", TAKE_TEXT, PERCENT) for state in (TEXT_START, TEXT_BODY, RHYTHM)),
    (PERCENT, "%", 0, 0),
    *((state, "\n", END_TEXT, HEAD) for state in (TEXT_START, TEXT_BODY, PERCENT, RHYTHM, DIGITS)),
    *((state, "\n]", TAKE_WORD, MUSIC) for state in (WORD, WORD_END)),
    *((state, "%", TAKE_WORD, PERCENT) for state in (WORD, WORD_END)),
)

_NOTES = (
    ("MUSIC", NOTE_LETTERS, TAKE_NOTE, LENGTH),
    ("MUSIC", RESTS, TAKE_REST, LENGTH),
    ("MUSIC", ACCIDENTALS, TAKE_ACCIDENTAL, PITCHED),
    ("MUSIC", SPLIT_MARKS + TRILL_MARKS + PLAIN_MARKS, TAKE_MARK, MARKED),
    ("MUSIC", "[", GO, BRACKET),
    ("MUSIC", "{", OPEN_GRACE, BRACE),
    ("MUSIC", '"', TAKE_QUOTE, QUOTE),
    ("MUSIC", "(", TAKE_PAREN, PAREN),
)
_SIGNS = (
    ("MUSIC", "!", CLOSE_SIGN, BANG),
    ("MUSIC", ")", CLOSE_SLUR, MUSIC),
    ("MUSIC", ">", TAKE_BROKEN, UP),
    ("MUSIC", "<", TAKE_BROKEN, DOWN),
    ("MUSIC", "-", TAKE_TIE, MUSIC),
    ("MUSIC", " \t", TAKE_SPACE, MUSIC),
    ("MUSIC", "\n", NEWLINE, BODY),
    ("MUSIC", "\\", NEWLINE, LINE_END),
    ("MUSIC", "%", TAKE_COMMENT, PERCENT),
    ("MUSIC", END, TAKE_END, ENDED),
)
_BAR_LINES = (("MUSIC", "|", TAKE_BAR, BAR_LINE), ("MUSIC", ":", TAKE_COLON, COLON_BAR))


def _of(rules: tuple[tuple[str, str, int, int], ...], *states: int) -> tuple[tuple[int, str, int, int], ...]:
    """`rules` in each of `states`."""
    return tuple((state, characters, action, after) for state in states for _, characters, action, after in rules)


_MUSIC = (
    *_of(_NOTES, MUSIC, CLOSED, REPEATED, BODY, SLURRED),
    *_of(_SIGNS, MUSIC, CLOSED, REPEATED, BODY),
    *_of(_BAR_LINES, MUSIC, BODY),
    (SLURRED, " ", GO, MUSIC),
    (BODY, "\n", 0, 0),
    (MARKED, NOTE_LETTERS + RESTS, TAKE_NOTE, LENGTH),
    (MARKED, RESTS, TAKE_REST, LENGTH),
    (MARKED, ACCIDENTALS, TAKE_ACCIDENTAL, PITCHED),
    (MARKED, SPLIT_MARKS + TRILL_MARKS + PLAIN_MARKS, TAKE_MARK, MARKED),
    (MARKED, "[", GO, BRACKET),
    (SHARP, "^", TAKE_ACCIDENTAL, PITCHED),
    (FLAT, "_", TAKE_ACCIDENTAL, PITCHED),
    *((state, NOTE_LETTERS, TAKE_NOTE, LENGTH) for state in (SHARP, FLAT, PITCHED, BRACE, IN_GRACE, IN_CHORD)),
    *((state, ACCIDENTALS, TAKE_ACCIDENTAL, PITCHED) for state in (BRACE, IN_GRACE, IN_CHORD)),
    (LENGTH, DIGITS_OF_LENGTH, TAKE_LENGTH, LENGTH),
    (LENGTH, ",'", TAKE_OCTAVE, LENGTH),
    (BRACKET, "1", BRACKET_ENDING, MUSIC),
    (BRACKET, "|", TAKE_DOUBLE, CLOSED),
    (BRACKET, INSTRUCTIONS, TAKE_INLINE, COLON),
    (IN_CHORD, "]", CLOSE_CHORD, MUSIC),
    (BRACE, "/", GO, IN_GRACE),
    (IN_GRACE, "}", CLOSE_GRACE, MUSIC),
    (PAREN, "123456789", TAKE_TUPLET, TUPLET),
    (TUPLET, "123456789:", TAKE_TUPLET, TUPLET),
    (UP, ">", TAKE_BROKEN, UP_TWICE),
    (UP_TWICE, ">", TAKE_BROKEN, AFTER_PAIR),
    *((state, ")", CLOSE_SLUR, SLURRED) for state in (UP, UP_TWICE, DOWN, DOWN_TWICE, AFTER_PAIR)),
    (DOWN, "<", TAKE_BROKEN, DOWN_TWICE),
    (DOWN_TWICE, "<", TAKE_BROKEN, AFTER_PAIR),
    (QUOTE, '"', GO, MUSIC),
    (QUOTE, "ABCDEFG(", TAKE_NAME, CHORD_NAME),
    (QUOTE, ANNOTATION_STARTS, GO, QUOTED),
    (CHORD_NAME, TEXT, TAKE_NAME, CHORD_NAME),
    (CHORD_NAME, " ()", CLOSE_NAME, QUOTED),
    (CHORD_NAME, '"', CLOSE_NAME, MUSIC),
    (CHORD_NAME, "%;\\", 0, 0),
    (QUOTED, TEXT, TAKE_TEXT, QUOTED),
    (QUOTED, "%;\\", 0, 0),
    (QUOTED, '"', GO, MUSIC),
    (BANG, TEXT, TAKE_SIGN, SIGN),
    (SIGN, TEXT, TAKE_SIGN, SIGN),
    (BANG, "\n", NEWLINE, BODY),
    (LINE_END, " ", TAKE_SPACE, LINE_END),
    (LINE_END, "\n", NEWLINE, BODY),
)

_BARS = (
    (BAR_LINE, ":", START_REPEAT, CLOSED),
    (BAR_LINE, "|]", TAKE_DOUBLE, CLOSED),
    (BAR_LINE, "1", FIRST_ENDING, MUSIC),
    (COLON_BAR, "|", END_REPEAT, REPEATED),
    (COLON_BAR, ":", REPEAT_TWICE, CLOSED),
    (REPEATED, "|", TAKE_BAR, BAR_LINE),
    (REPEATED, "]", GO, CLOSED),
    (AWAIT, "2", SECOND_ENDING, MUSIC),
    (AWAIT, "[", GO, AWAIT_BRACKET),
    (AWAIT_LATER, "[", GO, AWAIT_BRACKET),
    (AWAIT, " \n", GO, AWAIT_LATER),
    (AWAIT_LATER, " ", TAKE_SPACE, AWAIT_LATER),
    (AWAIT_BRACKET, "2", SECOND_ENDING, MUSIC),
)

_LYRICS = (
    *((state, "%", END_LINE, PERCENT) for state in (MUSIC, CLOSED, REPEATED)),
    (BODY, END, TAKE_LAST, ENDED),
    (AWAIT, "\n", AWAIT_LINE, AWAIT_LATER),
    (BODY, "w", BEGIN_WORDS, WORDS_COLON),
    (AWAIT_WORDS, "w", BEGIN_WORDS, WORDS_COLON),
    (WORDS_COLON, ":", GO, WORDS),
    (WORDS, " ", TAKE_LETTER, WORDS),
    (WORDS, "*_-", TAKE_SYLLABLE, WORDS),
    (WORDS, SYLLABLE_STARTS, TAKE_SYLLABLE, SYLLABLE),
    (SYLLABLE, SYLLABLE_STARTS + ":~", TAKE_LETTER, SYLLABLE),
    (SYLLABLE, " -", TAKE_LETTER, WORDS),
    (SYLLABLE, "*_", TAKE_SYLLABLE, WORDS),
    *((state, "\n", END_WORDS, BODY) for state in (WORDS, SYLLABLE)),
    *((state, END, WORDS_END, ENDED) for state in (WORDS, SYLLABLE)),
)

_LINES = (
    (BODY, BODY_TEXTS + INSTRUCTIONS, MAYBE_MARK, MAYBE_FIELD),
    (MAYBE_FIELD, ":", TEXT_FIELD, TEXT_START),
)

HOME_CHARACTERS = (
    (COLON, ":"), (TEXT_START, "\n"), (TEXT_BODY, "\n"), (PERCENT, "\n"), (DIGITS, "\n"), (RHYTHM, "\n"),
    (NUMBER, "123456789"), (QUOTE, '"'), (QUOTED, '"'), (COLON_BAR, "|"), (AWAIT, "2"), (AWAIT_BRACKET, "2"),
    (AWAIT_LATER, "["), (LINE_END, "\n"), (AWAIT_WORDS, "w"), (WORDS_COLON, ":"), (SYLLABLE, "\n"),
)  # fmt: skip
"""States in which the next character on the way to the end is always the same: the first of these that there is."""
RULES = (*_HEADER, *_MUSIC, *_BARS, *_LYRICS, *_LINES)
"""A later rule for the same state and character replaces an earlier one; action 0 takes it back."""
