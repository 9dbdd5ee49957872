"""Oracle: abc2midi, for the pitches of transposed tunes; every tune moves back exactly."""

import re
import subprocess

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tunewright
from tunewright.corpus.library import LIBRARY
from tunewright.errors import OptionError, TranspositionError
from tunewright.notation.intervals import Interval
from tunewright.notation.transpose import MovedBook, transpose, transpose_book, transpositions

TUNE = """\
X:1
T:The Cage Bed
M:4/4
L:1/8
R:reel
K:Ador % A
"Am7/G"A2 eA "^at C" BAdB|{^c}A>e (3eAe !trill!a4-|[Ace]2 [K:D ^c]=c_B,3 "G"G,z|w:B
w: A B c
K:Gm
P:B
_e'^f=B | c,C'^C' d'|] % A note
s: "Am" "^Am" A
W:A E
"""
UP = """\
X:1
T:The Cage Bed
M:4/4
L:1/8
R:reel
K:Bdor % A
"Bm7/A"B2 fB "^at C" cBec|{^d}B>f (3fBf !trill!b4-|[Bdf]2 [K:E ^d]=d=C3 "A"A,z|w:c
w: A B c
K:Am
P:B
=f'^g^c | d,D'^D' e'|] % A note
s: "Bm" "^Am" A
W:A E
"""


def test_pitches_keys_and_chord_symbols_move_and_nothing_else():
    assert transpose(TUNE, 2) == UP
    assert transpose(UP, -2) == TUNE
    assert transpose(TUNE, "B") == UP
    assert transpose(UP, Interval(-1, -2)) == TUNE
    assert transpose(TUNE, 0) == TUNE


@pytest.mark.parametrize(
    ("key", "semitones", "moved"),
    [
        ("C", 1, "Db"), ("C", 6, "F#"), ("C", -6, "F#"), ("C", 11, "B"), ("C", -1, "B"), ("A", 1, "Bb"),
        ("Em", -1, "D#m"), ("Gb", 12, "Gb"), ("Gb", 2, "Ab"), ("C#", 1, "D"), ("Bm", 3, "Dm"),
        ("none", 2, "none ^f ^c"),
    ],
)  # fmt: skip
def test_semitones_lead_to_the_key_with_the_fewest_accidentals(key, semitones, moved):
    assert transpose(f"K:{key}\n", semitones) == f"K:{moved}\n"


@pytest.mark.parametrize(
    ("key", "tonic", "moved"),
    [("C", "G", "G,"), ("C", "F", "F"), ("C", "F#", "F#"), ("C", "Gb", "G,"), ("Am", "C#", "E"), ("Dmix", "D", "C")],
)  # fmt: skip
def test_a_tonic_is_reached_by_the_shorter_way(key, tonic, moved):
    text = f"K:{key}\nC|\n"
    there = transpose(text, tonic)
    assert there.splitlines()[1] == f"{moved}|".replace("F#", "F")
    assert transpose(there, re.match("[A-G][#b]?", key)[0]) == text


def test_the_other_spelling_is_taken_if_only_that_can_be_written():
    assert transpose("K:C\n^^EF|\n", 6) == "K:Gb\n^Bc|\n"
    assert transpose("K:Gb\n^Bc|\n", -6) == "K:C\n^^EF|\n"
    assert Interval(4, 6) in transpositions("K:C\n^^EF|\n")


@pytest.mark.parametrize(
    ("text", "by", "place", "reason"),
    [
        ("K:C\nC|^^E\n", 2, (2, 3), "a note would need 3 sharps; allowed: 2"),
        ("K:HP\nA|\n", 2, (1, 3), "K:HP can be moved by octaves only"),
        ("K:C\nA|[K: Bn ]B\n", 2, (2, 7), "K:Bn can be moved by octaves only"),
        ("T:x\nA|B\n", 2, (2, 1), "music without a key moves by octaves only"),
        ("A|B\nK:C\n", 2, (1, 1), "music without a key moves by octaves only"),
        ("K:C\n^A\n\"E#\"A|\n", 2, (3, 2), "would need a double sharp or flat"),
        ("K:C\nm: ~G3 = G{A}G\nA|\n", 12, (2, 3), "macros are not transposed"),
        ("K:C\nV:2 clef=perc\nA|\n", 12, (2, 3), "percussion is not transposed"),
        ("K:C\nA|A ^=B|\n", 2, (2, 5), "^ stands before another accidental"),
        ("K:C\nc':a|\n", 2, (2, 1), "c': may be read as a field"),
        ("K:C\nA [c':a]|\n", 2, (2, 3), "[c':a] may be read as a field"),
        ("K:F#\nA|\n", "G#", (1, 3), "K:F# would need 8 sharps; allowed: 7"),
        ("K:none\nA|\n", "D", (1, 3), "a tune without a tonic cannot be moved to D; give a number of semitones"),
        ("A|\n", "D", (1, 1), "a tune without a tonic cannot be moved to D; give a number of semitones"),
    ],
)  # fmt: skip
def test_what_cannot_be_moved_exactly_is_refused_with_its_place(text, by, place, reason):
    with pytest.raises(TranspositionError) as caught:
        transpose(text, by)
    assert (caught.value.line, caught.value.column) == place
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "up"),
    [
        ("K:HP\nAB|\n", "K:HP\nab|\n"),
        ("T:x\nA|c\n", "T:x\na|c'\n"),
        ("K:Bn\n^^eA,|\n", "K:Bn\n^^e'A|\n"),
        ("K:C\n^3^F =20|=\n", "K:C\n^3^f =20|=\n"),
    ],
)
def test_octaves_need_no_key(text, up):
    assert transpose(text, 12) == up
    assert transpose(up, -12) == text


@pytest.mark.parametrize("by", ["", "H", "Am", "a", "G##", 128, -128])
def test_what_is_no_interval_is_refused(by):
    with pytest.raises(OptionError, match="allowed"):
        transpose(TUNE, by)


def test_a_book_moves_tune_by_tune_and_keeps_everything_between():
    book = (
        "%abc\r\nA note: here\r\n\r\nX:1\r\nK:G\r\nGBd|\r\n\r\nsome words C D\r\n\r\n"
        "X:2\r\nK:HP\r\nA|\r\n\r\nX:3\nK:Am\nA|"
    )
    moved = transpose_book(book, "D", path="book.abc")
    assert moved.text == book.replace("K:G\r\nGBd", "K:D\r\nDFA").replace("K:Am\nA|", "K:Dm\nd|")
    assert [str(reason)[:16] for reason in moved.left] == ["book.abc:11:3: a"]
    assert moved.moved == 2
    assert transpose_book("", 2) == MovedBook("", 0, ())


def test_transpositions_stay_within_the_range_or_that_of_the_tune():
    assert [interval.semitones for interval in transpositions("K:G\nG,c'|\n")] == [1, 2, 3, 4]
    assert transpositions("K:G\nC,,c''|\n") == ()  # wider than the range on both sides
    narrow = transpositions("K:G\nFG|\n", lowest="E", highest="A")
    assert narrow == (Interval(-1, -2), Interval(-1, -1), Interval(1, 1), Interval(1, 2))
    few = transpositions("K:G\nGA|\n", accidentals=2)
    assert {transpose("K:G\n", interval) for interval in few} == {
        f"K:{key}\n" for key in ("C", "D", "F", "Bb", "G")
    } - {"K:G\n"}
    assert len(transpositions("K:G\nGA|\n")) == 22


@pytest.mark.parametrize("text", ["K:HP\nA|\n", "A|\n", "K:C\nm:a=b\nA|\n", "V:1 clef=perc\nK:C\nA|\n"])
def test_what_cannot_be_moved_has_no_transpositions(text):
    assert transpositions(text) == ()


KEYS = st.sampled_from([
    "C", "D mix", "Gm", "F#", "Gb", "none", "D exp _b ^f", "HP", "A ^c _e", "Cb", "Edorian clef=bass middle=d", "",
    "C exp =f _e_b", "none ^f^^c =g",
])  # fmt: skip
MUSIC = st.text(alphabet="ABcdgK|:[]()<>^_=,'/23 \n\"!{}z~.-&VM+%\\\r")


@settings(deadline=None, max_examples=300)
@given(KEYS, MUSIC | st.text(), st.integers(-15, 15), st.integers(-20, 20))
def test_any_text_comes_back_or_is_refused(key, music, steps, semitones):
    text = f"X:1\nK:{key}\n{music}"
    for interval in transpositions(text):
        assert transpose(transpose(text, interval), -interval) == text
    try:
        moved = transpose(text, Interval(steps, semitones))
    except TranspositionError as error:
        assert 1 <= error.line <= len(re.split(r"\r\n|\n|\r", text))
        return
    assert transpose(moved, Interval(-steps, -semitones)) == text


ELEMENT = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "^", "_", "=", "^^", "__"]),
        st.sampled_from("CDEFGABcdefgab"),
        st.sampled_from(["", "", "'", ","]),
        st.sampled_from(["", "2", "/"]),
    ),
    st.sampled_from(["[CEG]", "{^g}A", "c2-c2", "|", "|", "z", '"Am"', "[K:Ephr]", "[K:D ^c _b]", "\nK:Ab\n", "B>c"]),
)
PLAYABLE = st.builds(
    "X:1\nM:none\nL:1/8\nK:{}\nC {} c|\n".format,
    st.sampled_from(["C", "G", "Dmix", "F#m", "Bb", "Ador", "Ephr", "none", "D exp _b"]),
    st.lists(ELEMENT, min_size=1, max_size=30).map(" ".join),
)


def move_all(tunes, by):
    """The tunes that can be moved, as they were and moved."""
    pairs = []
    for text in tunes:
        try:
            pairs.append((text, transpose(text, by)))
        except TranspositionError:
            continue
    return pairs


def played(program, folder, tunes):
    """What abc2midi plays for each tune: in each track, (kind, pitch, ticks since the last) of every event."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    book = "\n".join(re.sub(r"\n[ \t]*(?=\n)", "", _numbered(text, number)) for number, text in enumerate(tunes, 1))
    (folder / "book.abc").write_text(book, encoding="utf-8")
    subprocess.run([program, "book.abc"], cwd=folder, capture_output=True, check=False)
    return [_events(folder / f"book{number}.mid") for number in range(1, len(tunes) + 1)]


def _numbered(text, number):
    """The tune with this number, without the chords of the accompaniment, which stay within their octave."""
    text = re.sub(r"(?m)^X:.*\n", "", text)
    return f"X:{number}\n" + re.sub(r"(?m)^(K:.*\n)", r"\1%%MIDI gchordoff\n", text, count=1)


def _events(path):
    if not path.exists() or not path.stat().st_size:
        return []
    return [
        [(event.type, getattr(event, "note", None), event.time) for event in track]
        for track in mido.MidiFile(path).tracks
    ]


def raised(tracks, semitones):
    return [
        [(kind, None if note is None else note + semitones, time) for kind, note, time in track] for track in tracks
    ]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(PLAYABLE, min_size=5, max_size=20), st.integers(-12, 12))
def test_abc2midi_plays_made_up_tunes_higher(require_program, tmp_path_factory, tunes, semitones):
    program, folder = require_program("abc2midi"), tmp_path_factory.getbasetemp() / "made-up"
    pairs = move_all(tunes, semitones)
    before, after = (played(program, folder, [pair[side] for pair in pairs]) for side in (0, 1))
    assert all(before)
    assert [raised(tracks, semitones) for tracks in before] == after


@pytest.mark.parametrize(
    ("book", "every"),
    [
        ("oneills", 40),
        ("ryans", 40),
        pytest.param("oneills", 1, marks=pytest.mark.slow),
        pytest.param("ryans", 1, marks=pytest.mark.slow),
    ],
)
def test_abc2midi_plays_books_higher(require_program, oneills_folder, tmp_path, book, every):
    program = require_program("abc2midi")
    tunes = [tune.text for tune in tunewright.read_tunes(oneills_folder.parent / LIBRARY[book].folder).tunes][::every]
    for semitones in (2, -5, 6) if every > 1 else (-7, -1, 3):
        pairs = move_all(tunes, semitones)
        assert len(pairs) >= 0.995 * len(tunes)
        assert all(transpose(moved, -semitones) == text for text, moved in pairs)
        before, after = (played(program, tmp_path / "book", [pair[side] for pair in pairs]) for side in (0, 1))
        silent = 0
        for pair, was, now in zip(pairs, before, after, strict=True):
            if not was or not now or raised(was, semitones) != now:
                # abc2midi may carry something over from the tune before, or break off in the middle of a book
                (was,), (now,) = (played(program, tmp_path / "tune", [text]) for text in pair)
            silent += not was
            assert raised(was, semitones) == now, pair
        assert silent <= 0.005 * len(pairs)
