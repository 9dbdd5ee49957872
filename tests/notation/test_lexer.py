"""Every character of any text belongs to one token, of the right kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.lexer import Kind, LineKind, read_lines, tokens

FRAGMENTS = [
    "X:1\n", "T:a\n", "K:G\n", "M:6/8\n", "L:1/8\n", "[K:D]", "[V:2]", "V:1\n", "|:", ":|", "[1", "|2", "::", "(3abc",
    "{gf}", "[CEG]2", "w:a b-c\n", "Z4", "%%begintext\n", "%%endtext\n", "<start>\n", "<end>\n", "\n\n", "!trill!",
    '"Am"', "&", "A2B2", "c>d", "e4-", "[M:C]", "+:b\n", "\\\n", "% x\n", "\r\n", "\r", "\x02", "\x03", "A,B/2",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(FRAGMENTS) | st.characters(exclude_categories=["Cs"]), max_size=40).map("".join)


def words(text):
    """The tokens of `text` after a header, as (kind, text) pairs, blanks and line ends left out."""
    header = "X:1\nK:D\n"
    found = [(token.kind, (header + text)[token.start : token.end]) for token in tokens(header + text)][6:]
    return [(kind, part) for kind, part in found if kind not in (Kind.SPACE, Kind.LINE_END)]


@given(SOUP | st.text() | st.text(alphabet="ABcd|:[]()<>^_=,'/23 \n\"!+{}zZy~.\\%-&X:K"))
def test_the_tokens_of_any_text_joined_are_the_text(text):
    found = tokens(text)
    assert "".join(text[token.start : token.end] for token in found) == text
    assert all(token.start < token.end for token in found)


@given(SOUP)
def test_the_lines_of_any_text_joined_are_the_text(text):
    found = list(read_lines(text))
    assert "".join(text[line.start : line.end] for line in found) == text
    assert all(line.start <= line.stop <= line.end for line in found)


def test_openings_without_an_end_take_no_more_time_than_others():
    # what makes patterns backtrack: openings without an end
    for opening in ('"', "[K:", "!", "+a", "(", "::", "A/", "<start", "\\", "[1,", "`", "w:", "%"):
        text = "X:1\nK:D\n" + opening * (40_000 // len(opening))
        assert len(tokens(text)) <= len(text)


MUSIC = {
    "^c'3/2": [(Kind.ACCIDENTAL, "^"), (Kind.NOTE, "c"), (Kind.OCTAVE, "'"), (Kind.LENGTH, "3/2")],
    "__B,,//": [(Kind.ACCIDENTAL, "__"), (Kind.NOTE, "B"), (Kind.OCTAVE, ",,"), (Kind.LENGTH, "//")],
    "z2x": [(Kind.REST, "z"), (Kind.LENGTH, "2"), (Kind.REST, "x")],
    "Z4": [(Kind.BARS_REST, "Z"), (Kind.LENGTH, "4")],
    "[CE]2": [
        (Kind.CHORD_OPEN, "["), (Kind.NOTE, "C"), (Kind.NOTE, "E"), (Kind.CHORD_CLOSE, "]"), (Kind.LENGTH, "2"),
    ],
    "{/g}a": [(Kind.GRACE_OPEN, "{/"), (Kind.NOTE, "g"), (Kind.GRACE_CLOSE, "}"), (Kind.NOTE, "a")],
    '"Am"a"^low"': [(Kind.CHORD_SYMBOL, '"Am"'), (Kind.NOTE, "a"), (Kind.ANNOTATION, '"^low"')],
    "!trill!a+p+~b": [
        (Kind.DECORATION, "!trill!"), (Kind.NOTE, "a"), (Kind.DECORATION, "+p+"), (Kind.DECORATION, "~"),
        (Kind.NOTE, "b"),
    ],
    "(3a-a>b)": [
        (Kind.TUPLET, "(3"), (Kind.NOTE, "a"), (Kind.TIE, "-"), (Kind.NOTE, "a"), (Kind.BROKEN, ">"), (Kind.NOTE, "b"),
        (Kind.SLUR_CLOSE, ")"),
    ],
    "((3:2:4a": [(Kind.SLUR_OPEN, "("), (Kind.TUPLET, "(3:2:4"), (Kind.NOTE, "a")],
    "a|1b:|2[1,3": [
        (Kind.NOTE, "a"), (Kind.BAR, "|"), (Kind.ENDING, "1"), (Kind.NOTE, "b"), (Kind.BAR, ":|"), (Kind.ENDING, "2"),
        (Kind.ENDING, "[1,3"),
    ],
    "[K:Em]a[r:x y]": [
        (Kind.INLINE_FIELD, "[K:"), (Kind.INLINE_VALUE, "Em"), (Kind.INLINE_END, "]"), (Kind.NOTE, "a"),
        (Kind.INLINE_FIELD, "[r:"), (Kind.INLINE_VALUE, "x y"), (Kind.INLINE_END, "]"),
    ],
    "a y b`c&d": [
        (Kind.NOTE, "a"), (Kind.SPACER, "y"), (Kind.NOTE, "b"), (Kind.BEAM, "`"), (Kind.NOTE, "c"), (Kind.OVERLAY, "&"),
        (Kind.NOTE, "d"),
    ],
    "a\\\nb!\nc % d": [
        (Kind.NOTE, "a"), (Kind.CONTINUATION, "\\"), (Kind.NOTE, "b"), (Kind.SCORE_BREAK, "!"), (Kind.NOTE, "c"),
        (Kind.COMMENT, "% d"),
    ],
    'a;"b': [(Kind.NOTE, "a"), (Kind.UNKNOWN, ";"), (Kind.UNKNOWN, '"b')],
    "M:3/4\na": [(Kind.BODY_FIELD, "M:"), (Kind.BODY_VALUE, "3/4"), (Kind.NOTE, "a")],
    "w: la-la % x": [(Kind.BODY_FIELD, "w:"), (Kind.LYRICS, "la-la"), (Kind.COMMENT, "% x")],
    "A:|": [(Kind.NOTE, "A"), (Kind.BAR, ":|")],
}  # fmt: skip


@pytest.mark.parametrize("text", MUSIC)
def test_each_sign_of_music_has_its_kind(text):
    assert words(text) == MUSIC[text]


@pytest.mark.parametrize(
    "line", ["|", "||", "|]", "[|", "|:", ":|", "::", ":|:", ":||:", "[|:", "|::", "[|]", ".|", ":|]", "|||", ":"]
)
def test_a_bar_line_of_any_shape_is_one_token(line):
    assert words(f" a{line}b") == [(Kind.NOTE, "a"), (Kind.BAR, line), (Kind.NOTE, "b")]


def test_a_bracket_after_a_bar_line_may_open_a_chord_or_a_field():
    assert words("|[CE]|[K:D]")[:2] == [(Kind.BAR, "|"), (Kind.CHORD_OPEN, "[")]
    assert words("|[CE]|[K:D]")[-4:-2] == [(Kind.BAR, "|"), (Kind.INLINE_FIELD, "[K:")]


def test_lines_say_where_in_a_tune_they_stand():
    text = "words\nX:1\n%%x y\nT:a % b\nK:D\nabc|\n% c\nw:d\n\nX: outside\nmusic|\nX:2\n<start>\nM:C\n"
    kinds = LineKind
    assert [line.kind for line in read_lines(text)] == [
        kinds.TEXT, kinds.HEADER_FIELD, kinds.DIRECTIVE, kinds.HEADER_FIELD, kinds.HEADER_FIELD, kinds.MUSIC,
        kinds.COMMENT, kinds.BODY_FIELD, kinds.BLANK, kinds.HEADER_FIELD, kinds.MUSIC, kinds.HEADER_FIELD,
        kinds.BOUNDARY, kinds.BLANK, kinds.HEADER_FIELD,
    ]  # fmt: skip


def test_what_stands_between_begintext_and_endtext_is_no_music():
    kinds = [line.kind for line in read_lines("K:D\n%%begintext\nabc|\n%%endtext\nabc|\n")]
    assert kinds[2] is LineKind.DIRECTIVE
    assert kinds[4] is LineKind.MUSIC
