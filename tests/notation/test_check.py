"""Findings name the right place in the user's own text, and agree with abc2midi."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tunewright
from tunewright.corpus.library import LIBRARY
from tunewright.notation.check import check, split
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import Sound

TUNE = "X:1\nT:One\nM:6/8\nL:1/8\nK:D\nA|dfa afd|gbg e2f|\nfdf edc|d3 d2:|\n"
BROKEN = TUNE.replace("gbg e2f", "gbg e2").replace("edc", "e2dc")
BAR_CODES = {"bar-too-long", "bar-too-short", "bar-held"}


def found(text):
    return [(finding.line, finding.column, finding.bar, finding.code) for finding in check(text)]


def test_a_good_tune_has_no_finding():
    assert check(TUNE) == ()


def test_a_finding_names_line_column_and_bar():
    assert found(BROKEN) == [(6, 11, 2, "bar-too-short"), (7, 1, 3, "bar-too-long")]
    short, long = check(BROKEN, "book.abc")
    assert str(short) == "book.abc:6:11: bar 2: the bar holds 5/8, too short (6/8)"
    assert str(long) == "book.abc:7:1: bar 3: the bar holds 7/8, too long (6/8)"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file_whatever_ends_them(line_end):
    book = f"Some words\n\n{TUNE}\n{BROKEN}".replace("\n", line_end)
    assert found(book) == [(16, 11, 2, "bar-too-short"), (17, 1, 3, "bar-too-long")]


def test_tunes_between_tags_are_found():
    assert [line for line, *_ in found(f"<start>\n{TUNE}<end>\n<start>\n{BROKEN}<end>\n")] == [16, 17]
    assert [line for line, *_ in found(f"\x02{TUNE}\x03\x02{BROKEN}\x03")] == [13, 14]


def test_a_file_header_holds_for_all_tunes():
    assert found("M:6/8\nL:1/8\n\n" + TUNE.replace("M:6/8\nL:1/8\n", "")) == []


def test_tunes_are_split_at_their_numbers():
    book = f"H:history\n\n{TUNE}{TUNE}\nwords\n\n{TUNE}"
    texts = [book[start:end].strip() for start, end in split(book)]
    assert texts == [TUNE.strip(), TUNE.strip() + "\n\nwords", TUNE.strip()]


@pytest.mark.parametrize("text", ["", "words", "\n\n", "T:a title", "%%x"])
def test_a_text_without_a_tune_is_told(text):
    assert found(text) == [(1, 1, None, "no-tune")]


def test_a_tune_without_notes_is_told():
    assert found("X:1\nT:a\nM:C\nK:D\nz4|\n"[:-4]) == [(1, 1, None, "music-missing")]


def test_a_bar_cut_by_a_repeat_sign_is_told_with_what_it_lacks():
    (finding,) = check(TUNE.replace("d3 d2:|", "d3 d3:|"))
    assert (finding.line, finding.bar, finding.code) == (6, 0, "bar-too-short")
    assert finding.what == "the bar holds 1/8 when the repeat is played, too short"
    assert finding.right == "6/8, together with the bar before the repeat sign"


def test_a_fermata_is_worth_a_note():
    (finding,) = check(TUNE.replace("gbg e2f", "gbg eHef"))
    assert (finding.severity, finding.code, finding.bar) == ("note", "bar-held", 2)


@pytest.mark.parametrize(
    ("words", "codes"),
    [("a b-c d", []), ("a * _ d~e", []), ("a b c d e", ["lyrics-too-long"]), ("a--b c|d e", ["lyrics-too-long"])],
)
def test_words_may_not_be_more_than_notes(words, codes):
    text = f"X:1\nT:a\nM:2/4\nL:1/8\nK:D\nABcd|\nw:{words}\n"
    assert [finding.code for finding in check(text)] == codes


def test_words_want_notes():
    assert [finding.code for finding in check("X:1\nT:a\nM:2/4\nL:1/8\nK:D\nw:a\nABcd|\n")] == ["lyrics-without-notes"]


def test_what_came_is_shown_on_one_line():
    (finding,) = check(TUNE.replace("M:6/8", "M:\x1b[31m" + "9" * 500))[:1]
    assert finding.what.startswith("M:\\x1b[31m999")
    assert len(finding.what) < 80


@given(st.text() | st.text(alphabet="ABcd|:[]()<>^_=,'/23 \n\"!+{}zZy~.-&VMKLXw\r\x02\x03"))
def test_any_text_can_be_checked(text):
    for whole in (text, "X:1\nM:3/4\nK:D\n" + text):
        lines = re.split(r"\r\n|\n|\r", whole)
        for finding in check(whole):
            assert 1 <= finding.line <= len(lines)
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1


@pytest.mark.parametrize(
    "opening",
    ['"', "[K:", "(", "{", "|:", ":|", "A-", "A>", "[1", "\x02", "V:1\nA", "w:a\n", "^", "k", "Z9", "(3", "[", "&"],
)
def test_a_long_text_of_one_sign_is_checked_in_time(opening):
    text = "X:1\nM:3/4\nK:D\n" + opening * 3000
    assert len(check(text)) <= 2 * len(text)


@pytest.mark.slow
@pytest.mark.parametrize("book", ["oneills", "ryans"])
def test_bars_are_wrong_where_abc2midi_says_so(require_program, oneills_folder, tmp_path, book):
    program = require_program("abc2midi")
    tunes = tunewright.read_tunes(oneills_folder.parent / LIBRARY[book].folder, keep_duplicates=True).tunes

    def complains(numbered):
        number, tune = numbered
        source = tmp_path / f"{number}.abc"
        # To abc2midi an invisible bar line before the sign of a repeat ends a bar, which goes on at the repeat's start.
        source.write_text(tune.text.replace("[|]:|", ":|"), encoding="utf-8")
        said = subprocess.run([program, source, "-o", source.with_suffix(".mid")], capture_output=True).stdout
        return b"time units while" in said

    with ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(complains, enumerate(tunes)))
    ours = [bool(BAR_CODES & {finding.code for finding in check(tune.text)}) for tune in tunes]
    both = sum(our and their for our, their in zip(ours, theirs, strict=True))
    assert both >= 0.98 * sum(ours)
    assert both >= 0.98 * sum(theirs)


HEAD = "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (HEAD + "|::C2E2|G4::|c4|]", []),
        (HEAD + "|:::C2E2|G4:::|c4|]", []),
        (HEAD + "|::C2E2|G4:|c4|]", ["repeat-counts-differ"]),
        (HEAD + "|:C4::D4:|", []),
        (HEAD + "CDE2|\nw: o\\-be\\-di e *", []),
        (HEAD + "CDE2|\nw: o-be-di e *", ["lyrics-too-long"]),
        (HEAD.replace("K:", "I:linebreak !\nK:") + "CDEF|!GABc|! CDEF|", []),
        (HEAD + "CDEF|!GABc|", ["decoration-unclosed"]),
        (HEAD.replace("K:C", "K:D exp _e ^f clef=bass octave=1"), ["music-missing"]),
        (HEAD.replace("K:C", "K:C shift=CD") + "CDEF|", ["key-in-part"]),
        (HEAD.replace("K:C", "K:C soprano blue") + "CDEF|", ["key-in-part"]),
        (HEAD.replace("K:C", "K:B♭") + "CDEF|", ["key-foreign"]),
        (HEAD + "♯CDEF|", ["accidental-foreign"]),
        (HEAD + "^/CDEF|", ["microtone"]),
        (HEAD + "C4 & E4|D4|\n&& C4|D4|", []),
        (HEAD + '"(G7)"C"F6/9"D"Bb maj7"E"Cm(maj7)"F|', []),
        (HEAD + '"Hello"CDEF|', ["chord-symbol-unknown"]),
        (HEAD.replace("T:t\n", "T:t\nH:a\n+:b|c\n") + "CDEF|", []),
        (HEAD.replace("T:t\n", "T:t\n%%beginps\n/x { moveto } def |\n%%endps\n") + "CDEF|", []),
    ],
)
def test_what_is_read_and_what_is_told(text, codes):
    assert [finding.code for finding in check(text)] == codes


@pytest.mark.slow
def test_a_tune_too_long_to_be_checked_is_told_at_once():
    (finding,) = check(HEAD + "CDEF|" * 250_000)
    assert finding.code == "tune-too-long"
    last = read_events("K:C\n" + "C" * 1_200_000).voices[0].items[-1]
    assert isinstance(last, Sound)
    assert last.end == 1_000_000


@pytest.mark.parametrize("music", ["(3CDEF", "{g}CDEF", "C>DEF", "!fermata!CDEF", "^CDEF", "CDEF"])
def test_every_note_of_a_run_takes_a_syllable(music):
    """Notes in sequence are read at once, but for those to which something before them belongs."""
    (finding,) = check(f"X:1\nT:t\nM:none\nL:1/4\nK:C\n{music}|\nw: a b c d e\n")
    assert (finding.code, "5 syllables for 4 notes" in finding.what) == ("lyrics-too-long", True)


@pytest.mark.parametrize(("sign", "abc"), [("♯", "^"), ("♭", "_"), ("♮", "="), ("𝄪", "^^"), ("𝄫", "__")])
def test_accidentals_of_unicode_are_told_with_those_of_abc(sign, abc):
    (finding,) = check(f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{sign}DEFG|\n")
    assert (finding.code, finding.right) == ("accidental-foreign", f"{abc} before the note")
