"""Rules of the acceptor: which character does what in which state, and the dispatcher that is made from them.

One row each: the control state, the characters, the function that carries the rule out, and the control state after
it, which the function may change. Functions take any of ``tables``, ``state``, ``symbol`` (number of the character in
the vocabulary) and ``code`` (its class), and return false to refuse.
"""

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import cast

from tunewright.acceptor import actions
from tunewright.acceptor.body import bars, endings, later_voices, lyrics, notes, signs
from tunewright.acceptor.header import fields_read as fields
from tunewright.acceptor.reading import CHARACTERS, Control, Place, State, Tables
from tunewright.acceptor.words import (
    ACCIDENTALS,
    ANNOTATION_STARTS,
    BODY_TEXTS,
    HEADER_TEXTS,
    INSTRUCTIONS,
    MARKS,
    NOTE_LETTERS,
    RESTS,
)  # fmt: skip

Action = Callable[..., bool]
Rule = tuple[int, str, Action | None, int]
"""Without a function, characters are refused that an earlier rule takes."""

END_CLASS = 3
"""Class of the character that ends a tune, which is its code point."""
UNTIDY = "KMLQPTVW"
"""Fields that a tidy tune does not have among its music."""
UNTIDY_SIGNS = (
    (Control.QUOTED, "|:"), (Control.CHORD_NAME, " ()"), (Control.MUSIC, "+*"), (Control.CLOSED, "+*"),
    (Control.REPEATED, "+*"), (Control.BODY, "+*"),
)  # fmt: skip
"""What a tidy tune does not have in an annotation, behind the name of a chord, and among the notes: signs that older
books have."""
TEXT = "".join(map(chr, range(32, CHARACTERS)))
SYLLABLE_STARTS = "".join(character for character in TEXT if character not in " -_*|%\\:~")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS_OF_LENGTH = "0123456789/"
END = chr(END_CLASS)

_HEADER: tuple[Rule, ...] = (
    (Control.HEAD, "X" + HEADER_TEXTS + INSTRUCTIONS, fields.take_field, Control.COLON),
    (Control.HEAD, "%", actions.begin_comment, Control.PERCENT),
    (Control.COLON, ":", fields.take_value, Control.TEXT_START),
    (Control.TEXT_START, TEXT, actions.take_text, Control.TEXT_BODY),
    (Control.TEXT_START, ":|", None, Control.HEAD),
    (Control.TEXT_START, "\t", actions.take_text, Control.TEXT_BODY),
    (Control.TEXT_BODY, TEXT + "\t", actions.take_text, Control.TEXT_BODY),
    (Control.PERCENT, TEXT, actions.take_text, Control.TEXT_BODY),
    (Control.NUMBER, " ", actions.go, Control.NUMBER),
    (Control.NUMBER, "0123456789", actions.take_digit, Control.DIGITS),
    (Control.DIGITS, "0123456789", actions.take_digit, Control.DIGITS),
    (Control.WORD, TEXT, fields.take_edge, Control.WORD),
    (Control.WORD_END, " \t", actions.take_digit, Control.WORD_END),
    (Control.RHYTHM, TEXT, fields.take_rhythm, Control.RHYTHM),
    *(
        (control, "%", actions.take_text, Control.PERCENT)
        for control in (Control.TEXT_START, Control.TEXT_BODY, Control.RHYTHM)
    ),
    (Control.PERCENT, "%", actions.begin_directive, Control.WORD),
    *(
        (control, "\n", actions.end_text, Control.HEAD)
        for control in (Control.TEXT_START, Control.TEXT_BODY, Control.PERCENT, Control.RHYTHM, Control.DIGITS)
    ),
    *((control, "\n]", actions.end_value, Control.MUSIC) for control in (Control.WORD, Control.WORD_END)),
    *((control, "%", actions.end_value, Control.PERCENT) for control in (Control.WORD, Control.WORD_END)),
)

_MARKED = (
    (NOTE_LETTERS, notes.take_note, Control.LENGTH),
    (RESTS, notes.take_rest, Control.LENGTH),
    (ACCIDENTALS, signs.take_accidental, Control.PITCHED),
    (MARKS, signs.take_mark, Control.MARKED),
    ("[", actions.go, Control.BRACKET),
)
_NOTES = (
    *_MARKED,
    (".", signs.take_mark, Control.DOTTED),
    ("{", notes.open_grace, Control.BRACE),
    ('"', actions.open_quote, Control.QUOTE),
    ("(", signs.take_paren, Control.PAREN),
)
_SIGNS = (
    ("!", actions.open_sign, Control.BANG),
    ("+", actions.open_sign, Control.PLUS),
    (")", actions.close_slur, Control.MUSIC),
    (">", signs.take_broken, Control.UP),
    ("<", signs.take_broken, Control.DOWN),
    ("-", signs.take_tie, Control.MUSIC),
    (" \t", actions.take_space, Control.MUSIC),
    ("\n", lyrics.take_newline, Control.BODY),
    ("\\", lyrics.take_newline, Control.LINE_END),
    ("*", actions.take_star, Control.STAR),
    ("%", actions.begin_comment, Control.PERCENT),
    (END, actions.end_tune, Control.ENDED),
)
_BAR_LINES = (
    ("|", actions.begin_bar_line, Control.BAR_LINE),
    (":", actions.begin_repeat_end, Control.COLON_BAR),
)


def _of(rules: tuple[tuple[str, Action | None, int], ...], *states: int) -> tuple[Rule, ...]:
    """`rules` in each of `states`."""
    return tuple((control, characters, action, after) for control in states for characters, action, after in rules)


_MUSIC: tuple[Rule, ...] = (
    *_of(_NOTES, Control.MUSIC, Control.CLOSED, Control.REPEATED, Control.BODY, Control.SLURRED),
    *_of(_SIGNS, Control.MUSIC, Control.CLOSED, Control.REPEATED, Control.BODY),
    *_of(_BAR_LINES, Control.MUSIC, Control.BODY),
    (Control.SLURRED, " ", actions.go, Control.MUSIC),
    (Control.BODY, "\n", None, Control.HEAD),
    (Control.BODY, " \t", actions.begin_line_with_space, Control.MUSIC),
    *_of(_MARKED, Control.MARKED, Control.DOTTED),
    (Control.DOTTED, "(", signs.begin_dotted_slur, Control.SLURRED),
    (Control.SHARP, "^", signs.take_accidental, Control.PITCHED),
    (Control.FLAT, "_", signs.take_accidental, Control.PITCHED),
    *(
        (control, NOTE_LETTERS, notes.take_note, Control.LENGTH)
        for control in (Control.SHARP, Control.FLAT, Control.PITCHED, Control.BRACE, Control.IN_GRACE, Control.IN_CHORD)
    ),
    *(
        (control, ACCIDENTALS, signs.take_accidental, Control.PITCHED)
        for control in (Control.BRACE, Control.IN_GRACE, Control.IN_CHORD)
    ),
    (Control.LENGTH, DIGITS_OF_LENGTH, signs.take_length, Control.LENGTH),
    (Control.LENGTH, ",'", notes.take_octave, Control.LENGTH),
    (Control.BRACKET, "1", endings.first_ending, Control.MUSIC),
    *((control, "3", endings.third_ending, Control.MUSIC) for control in (Control.BRACKET, Control.REPEATED)),
    (Control.BRACKET, "|", endings.take_double, Control.CLOSED),
    (Control.BRACKET, INSTRUCTIONS, actions.begin_inline_field, Control.COLON),
    (Control.IN_CHORD, "]", notes.close_chord, Control.MUSIC),
    (Control.BRACE, "/", actions.go, Control.IN_GRACE),
    (Control.IN_GRACE, "}", notes.close_grace, Control.MUSIC),
    (Control.PAREN, "123456789", signs.take_tuplet, Control.TUPLET),
    (Control.TUPLET, "123456789:", signs.take_tuplet, Control.TUPLET),
    (Control.UP, ">", signs.take_broken, Control.UP_TWICE),
    (Control.UP_TWICE, ">", signs.take_broken, Control.AFTER_PAIR),
    *(
        (control, ")", actions.close_slur, Control.SLURRED)
        for control in (Control.UP, Control.UP_TWICE, Control.DOWN, Control.DOWN_TWICE, Control.AFTER_PAIR)
    ),
    (Control.DOWN, "<", signs.take_broken, Control.DOWN_TWICE),
    (Control.DOWN_TWICE, "<", signs.take_broken, Control.AFTER_PAIR),
    (Control.QUOTE, '"', actions.go, Control.MUSIC),
    (Control.QUOTE, "ABCDEFG(", signs.take_name, Control.CHORD_NAME),
    (Control.QUOTE, ANNOTATION_STARTS, actions.go, Control.QUOTED),
    (Control.CHORD_NAME, TEXT, signs.take_name, Control.CHORD_NAME),
    (Control.CHORD_NAME, " ()", actions.close_name, Control.QUOTED),
    (Control.CHORD_NAME, '"', actions.close_name, Control.MUSIC),
    (Control.CHORD_NAME, "%;\\", None, Control.HEAD),
    (Control.QUOTED, TEXT, actions.take_text, Control.QUOTED),
    (Control.QUOTED, "%;\\", None, Control.HEAD),
    (Control.QUOTED, '"', actions.go, Control.MUSIC),
    *((control, TEXT, signs.take_sign, Control.SIGN) for control in (Control.BANG, Control.PLUS)),
    (Control.SIGN, TEXT, signs.take_sign, Control.SIGN),
    *((control, "\n", lyrics.take_newline, Control.BODY) for control in (Control.BANG, Control.STAR)),
    (Control.LINE_END, " ", actions.take_space, Control.LINE_END),
    (Control.LINE_END, "\n", lyrics.take_newline, Control.BODY),
)

_BARS: tuple[Rule, ...] = (
    (Control.BAR_LINE, ":", endings.start_repeat, Control.CLOSED),
    (Control.BAR_LINE, "|]", endings.take_double, Control.CLOSED),
    (Control.BAR_LINE, "1", endings.first_ending_at_bar, Control.MUSIC),
    (Control.COLON_BAR, "|", endings.end_repeat, Control.REPEATED),
    (Control.COLON_BAR, ":", endings.repeat_twice, Control.CLOSED),
    (Control.REPEATED, "|", actions.begin_bar_line, Control.BAR_LINE),
    (Control.REPEATED, "]", actions.go, Control.CLOSED),
    (Control.AWAIT, "2", endings.second_ending, Control.MUSIC),
    (Control.AWAIT, "[", actions.go, Control.AWAIT_BRACKET),
    (Control.AWAIT_LATER, "[", actions.go, Control.AWAIT_BRACKET),
    (Control.AWAIT, " \n", actions.go, Control.AWAIT_LATER),
    (Control.AWAIT, "\\", lyrics.end_without_words, Control.AWAIT_LINE),
    (Control.AWAIT_LINE, "\n", actions.go, Control.AWAIT_LATER),
    (Control.AWAIT_LATER, " ", actions.take_space, Control.AWAIT_LATER),
    (Control.AWAIT_BRACKET, "2", endings.second_ending, Control.MUSIC),
)

_LYRICS: tuple[Rule, ...] = (
    *(
        (control, "%", lyrics.end_line_with_comment, Control.PERCENT)
        for control in (Control.MUSIC, Control.CLOSED, Control.REPEATED)
    ),
    (Control.BODY, END, bars.may_end, Control.ENDED),
    (Control.AWAIT, "\n", lyrics.end_without_words, Control.AWAIT_LATER),
    (Control.BODY, "w", lyrics.begin_words, Control.WORDS_COLON),
    (Control.AWAIT_WORDS, "w", lyrics.begin_words, Control.WORDS_COLON),
    (Control.WORDS_COLON, ":", actions.go, Control.WORDS),
    (Control.WORDS, " ", lyrics.go_on_in_words, Control.WORDS),
    (Control.WORDS, "*_-", lyrics.take_syllable, Control.WORDS),
    (Control.WORDS, SYLLABLE_STARTS, lyrics.take_syllable, Control.SYLLABLE),
    (Control.SYLLABLE, SYLLABLE_STARTS + ":~", lyrics.go_on_in_words, Control.SYLLABLE),
    (Control.SYLLABLE, " -", lyrics.go_on_in_words, Control.WORDS),
    (Control.SYLLABLE, "*_", lyrics.take_syllable, Control.WORDS),
    *((control, "\n", lyrics.end_words, Control.BODY) for control in (Control.WORDS, Control.SYLLABLE)),
    *((control, END, lyrics.end_words_and_tune, Control.ENDED) for control in (Control.WORDS, Control.SYLLABLE)),
)

_LINES: tuple[Rule, ...] = (
    (Control.BODY, BODY_TEXTS + INSTRUCTIONS, actions.take_mark_or_field, Control.MAYBE_FIELD),
    (Control.MAYBE_FIELD, ":", actions.begin_text_field, Control.TEXT_START),
)

_VOICES: tuple[Rule, ...] = (
    (Control.BODY, "V", later_voices.begin_voice_line, Control.VOICE_COLON),
    (Control.VOICE_COLON, ":", actions.go, Control.VOICE),
    (Control.VOICE, " ", actions.take_space, Control.VOICE),
    (Control.VOICE, "123456789", later_voices.take_voice_number, Control.VOICE_END),
    *(
        (control, LETTERS, later_voices.take_voice_name, Control.VOICE_NAME)
        for control in (Control.VOICE, Control.VOICE_NAME)
    ),
    (Control.VOICE_NAME, "0123456789", later_voices.take_voice_name, Control.VOICE_NAME),
    *((control, " ", actions.take_space, Control.VOICE_END) for control in (Control.VOICE_NAME, Control.VOICE_END)),
    *((control, "\n", later_voices.begin_voice, Control.BODY) for control in (Control.VOICE_NAME, Control.VOICE_END)),
)

FINISHING_CHARACTERS = (
    (Control.TEXT_START, "\n"), (Control.TEXT_BODY, "\n"), (Control.PERCENT, "\n"), (Control.DIGITS, "\n"),
    (Control.RHYTHM, "\n"), (Control.LINE_END, "\n"), (Control.AWAIT_LINE, "\n"), (Control.STAR, "\n"),
    (Control.VOICE_NAME, "\n"), (Control.VOICE_END, "\n"), (Control.VOICE_COLON, ":"), (Control.SYLLABLE, "\n"),
    (Control.COLON, ":"), (Control.WORDS_COLON, ":"), (Control.AWAIT_WORDS, "w"), (Control.NUMBER, "123456789"),
    (Control.QUOTE, '"'), (Control.QUOTED, '"'), (Control.AWAIT_LATER, "["),
    (Control.AWAIT, "2"), (Control.AWAIT_BRACKET, "2"),
)  # fmt: skip
"""States in which the next character on the way to the end is always the same: the first of these that there is."""
RULES: tuple[Rule, ...] = (*_HEADER, *_MUSIC, *_BARS, *_LYRICS, *_LINES, *_VOICES)
"""A later rule for the same state and character replaces an earlier one."""

SETTLERS: dict[int, Action] = {
    Control.LENGTH: notes.end_length,
    Control.BAR_LINE: actions.end_bar_line,
    Control.COLON_BAR: endings.take_dotted,
    Control.PAREN: signs.begin_slur,
    Control.TUPLET: signs.begin_tuplet,
    Control.BRACKET: actions.begin_chord,
    Control.MAYBE_FIELD: actions.begin_mark,
    **dict.fromkeys(range(Control.UP, Control.AFTER_PAIR + 1), actions.end_broken),
}
"""What ends the last character, such as a note's length or a bar line, where any other character comes behind it."""

ACTIONS = tuple(dict.fromkeys(action for _, _, action, _ in RULES if action)) + tuple(dict.fromkeys(SETTLERS.values()))
"""Every function that carries out a rule; its number is its place, counted from 1."""
NUMBERS = {action: number for number, action in enumerate(ACTIONS, 1)}


def _dispatcher(name: str, functions: Sequence[Action]) -> Callable[[Tables, State, int, int, int], bool]:
    """A function that calls the one of `functions` with the number ``action``.

    It is written out as branches, a binary search, because compiled code cannot look functions up in a table.
    """

    def branches(first: int, last: int) -> str:
        if first == last:
            function = functions[first - 1]
            return f"return {function.__name__}({', '.join(inspect.signature(function).parameters)})"
        middle = (first + last) // 2
        sides = (branches(first, middle), branches(middle + 1, last))
        below, above = (side.replace("\n", "\n ") for side in sides)
        return f"if action <= {middle}:\n {below}\nelse:\n {above}"

    body = branches(1, len(functions)).replace("\n", "\n ")
    names = {function.__name__: function for function in functions}
    exec(f"def {name}(tables, state, action, symbol, code):\n {body}", names)  # noqa: S102 - our own text
    return cast(FunctionType, names[name])


perform = _dispatcher("perform", ACTIONS)
"""``perform(tables, state, action, symbol, code)`` does the action that the table of rules names for a character."""


def is_open(tables: Tables, control: int) -> bool:
    """Return true in a state that another character may end."""
    return tables[Place.SETTLING][control] > 0


def settle(tables: Tables, state: State) -> bool:
    """End what the last character may have left open; false if it cannot end here."""
    action = tables[Place.SETTLING][state.control]
    return action > 0 and perform(tables, state, action, 0, 0)
