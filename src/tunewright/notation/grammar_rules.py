"""Which character does what in which state?

The rules of the acceptor, one row each: the state, the characters, the action and the state after it. What an action
does is in `automaton_steps`; states and actions are listed in `registers`.
"""

from tunewright.notation.registers import (
    ACTION_SHIFT,
    AFTER_PAIR,
    AWAIT,
    AWAIT_BRACKET,
    AWAIT_LATER,
    BANG,
    BAR_LINE,
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
    END_REPEAT,
    END_TEXT,
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
    STATES,
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
    TAKE_LENGTH,
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
)  # fmt: skip
from tunewright.notation.words import (
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
UNTIDY = "MLQPTW"
"""Fields that a tidy tune does not have among its music."""
UNQUOTED = ((QUOTED, "|:"), (CHORD_NAME, " ()"))
"""What a tidy tune does not have in an annotation, and behind the name of a chord."""
TEXT = "".join(map(chr, range(32, CHARACTERS)))
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

_LINES = (
    (BODY, BODY_TEXTS + INSTRUCTIONS, MAYBE_MARK, MAYBE_FIELD),
    (MAYBE_FIELD, ":", TEXT_FIELD, TEXT_START),
)

HOME_CHARACTERS = (
    (COLON, ":"), (TEXT_START, "\n"), (TEXT_BODY, "\n"), (PERCENT, "\n"), (DIGITS, "\n"), (RHYTHM, "\n"),
    (NUMBER, "123456789"), (QUOTE, '"'), (QUOTED, '"'), (COLON_BAR, "|"), (AWAIT, "2"), (AWAIT_BRACKET, "2"),
    (AWAIT_LATER, "["), (LINE_END, "\n"),
)  # fmt: skip
"""States in which the next character on the way to the end is always the same: the first of these that there is."""
RULES = (*_HEADER, *_MUSIC, *_BARS, *_LINES)
"""A later rule for the same state and character replaces an earlier one; action 0 takes it back."""


def rows(spoken: set[int], left_out: str, *, tidy: bool = False) -> list[int]:
    """The flat table of rules.

    Parameters
    ----------
    spoken
        Classes of the characters that the vocabulary has.
    left_out
        Letters of fields that are never written; other characters, such as ``%``, that never come.
    tidy
        Whether no field but ``K:`` may stand among the music.

    Returns
    -------
    rows
        ``rows[state * CHARACTERS + class]`` is action times ACTION_SHIFT plus the state after it, 0 where refused.
    """
    table = [0] * (STATES * CHARACTERS)
    for state, characters, action, after in RULES:
        for character in characters:
            table[state * CHARACTERS + ord(character)] = action * ACTION_SHIFT + after if action else 0
    _leave_out(table, left_out)
    if tidy:
        _tidy(table)
    for state in range(STATES):
        for code in range(CHARACTERS):
            if code not in spoken:
                table[state * CHARACTERS + code] = 0
    return table


def homes(spoken: set[int]) -> list[int]:
    """For each state the code point of `HOME_CHARACTERS`, 0 where there is none."""
    table = [0] * STATES
    for state, characters in HOME_CHARACTERS:
        table[state] = next((ord(character) for character in characters if ord(character) in spoken), 0)
    return table


def _leave_out(table: list[int], left_out: str) -> None:
    for letter in left_out:
        for state in (HEAD, BRACKET) if letter.isalpha() else range(STATES):
            table[state * CHARACTERS + ord(letter)] = 0
        if letter in BODY_TEXTS + INSTRUCTIONS:
            table[BODY * CHARACTERS + ord(letter)] = table[SLURRED * CHARACTERS + ord(letter)]


def _tidy(table: list[int]) -> None:
    for letter in UNTIDY:
        table[BODY * CHARACTERS + ord(letter)] = table[SLURRED * CHARACTERS + ord(letter)]
        table[BRACKET * CHARACTERS + ord(letter)] = 0
    for state, characters in UNQUOTED:
        for character in characters:
            table[state * CHARACTERS + ord(character)] = 0
