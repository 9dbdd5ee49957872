"""Every character of any text belongs to one token, of the right kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.lexer import LineKind, Sign, read_lines, tokens

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
    return [(kind, part) for kind, part in found if kind not in (Sign.SPACE, Sign.LINE_END)]


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


@pytest.mark.slow
def test_openings_without_an_end_take_no_more_time_than_others():
    # what makes patterns backtrack: openings without an end
    for opening in ('"', "[K:", "!", "+a", "(", "::", "A/", "<start", "\\", "[1,", "`", "w:", "%"):
        text = "X:1\nK:D\n" + opening * (40_000 // len(opening))
        assert len(tokens(text)) <= len(text)


MUSIC = {
    "^c'3/2": [(Sign.ACCIDENTAL, "^"), (Sign.NOTE, "c"), (Sign.OCTAVE, "'"), (Sign.LENGTH, "3/2")],
    "__B,,//": [(Sign.ACCIDENTAL, "__"), (Sign.NOTE, "B"), (Sign.OCTAVE, ",,"), (Sign.LENGTH, "//")],
    "z2x": [(Sign.REST, "z"), (Sign.LENGTH, "2"), (Sign.REST, "x")],
    "Z4": [(Sign.BARS_REST, "Z"), (Sign.LENGTH, "4")],
    "[CE]2": [
        (Sign.CHORD_OPEN, "["), (Sign.NOTE, "C"), (Sign.NOTE, "E"), (Sign.CHORD_CLOSE, "]"), (Sign.LENGTH, "2"),
    ],
    "{/g}a": [(Sign.GRACE_OPEN, "{/"), (Sign.NOTE, "g"), (Sign.GRACE_CLOSE, "}"), (Sign.NOTE, "a")],
    '"Am"a"^low"': [(Sign.CHORD_SYMBOL, '"Am"'), (Sign.NOTE, "a"), (Sign.ANNOTATION, '"^low"')],
    "!trill!a+p+~b": [
        (Sign.DECORATION, "!trill!"), (Sign.NOTE, "a"), (Sign.DECORATION, "+p+"), (Sign.DECORATION, "~"),
        (Sign.NOTE, "b"),
    ],
    "(3a-a>b)": [
        (Sign.TUPLET, "(3"), (Sign.NOTE, "a"), (Sign.TIE, "-"), (Sign.NOTE, "a"), (Sign.BROKEN, ">"), (Sign.NOTE, "b"),
        (Sign.SLUR_CLOSE, ")"),
    ],
    "((3:2:4a": [(Sign.SLUR_OPEN, "("), (Sign.TUPLET, "(3:2:4"), (Sign.NOTE, "a")],
    "a|1b:|2[1,3": [
        (Sign.NOTE, "a"), (Sign.BAR, "|"), (Sign.ENDING, "1"), (Sign.NOTE, "b"), (Sign.BAR, ":|"), (Sign.ENDING, "2"),
        (Sign.ENDING, "[1,3"),
    ],
    "[K:Em]a[r:x y]": [
        (Sign.INLINE_FIELD, "[K:"), (Sign.INLINE_VALUE, "Em"), (Sign.INLINE_END, "]"), (Sign.NOTE, "a"),
        (Sign.INLINE_FIELD, "[r:"), (Sign.INLINE_VALUE, "x y"), (Sign.INLINE_END, "]"),
    ],
    "a y b`c&d": [
        (Sign.NOTE, "a"), (Sign.SPACER, "y"), (Sign.NOTE, "b"), (Sign.BEAM, "`"), (Sign.NOTE, "c"), (Sign.OVERLAY, "&"),
        (Sign.NOTE, "d"),
    ],
    "a\\\nb!\nc % d": [
        (Sign.NOTE, "a"), (Sign.CONTINUATION, "\\"), (Sign.NOTE, "b"), (Sign.SCORE_BREAK, "!"), (Sign.NOTE, "c"),
        (Sign.COMMENT, "% d"),
    ],
    'a;"b': [(Sign.NOTE, "a"), (Sign.UNKNOWN, ";"), (Sign.UNKNOWN, '"b')],
    "M:3/4\na": [(Sign.BODY_FIELD, "M:"), (Sign.BODY_VALUE, "3/4"), (Sign.NOTE, "a")],
    "w: la-la % x": [(Sign.BODY_FIELD, "w:"), (Sign.LYRICS, "la-la"), (Sign.COMMENT, "% x")],
    "A:|": [(Sign.NOTE, "A"), (Sign.BAR, ":|")],
}  # fmt: skip


@pytest.mark.parametrize("text", MUSIC)
def test_each_sign_of_music_has_its_kind(text):
    assert words(text) == MUSIC[text]


@pytest.mark.parametrize(
    "line", ["|", "||", "|]", "[|", "|:", ":|", "::", ":|:", ":||:", "[|:", "|::", "[|]", ".|", ":|]", "|||", ":"]
)
def test_a_bar_line_of_any_shape_is_one_token(line):
    assert words(f" a{line}b") == [(Sign.NOTE, "a"), (Sign.BAR, line), (Sign.NOTE, "b")]


def test_a_bracket_after_a_bar_line_may_open_a_chord_or_a_field():
    assert words("|[CE]|[K:D]")[:2] == [(Sign.BAR, "|"), (Sign.CHORD_OPEN, "[")]
    assert words("|[CE]|[K:D]")[-4:-2] == [(Sign.BAR, "|"), (Sign.INLINE_FIELD, "[K:")]


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
