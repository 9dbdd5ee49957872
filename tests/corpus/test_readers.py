"""One call reads all formats, and reports what it could not read."""

import contextlib
import gzip
import json
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.errors import CorpusError

ONE, TWO = "X:1\nT:One\nK:C\nabc|\n", "X:2\nT:Two\nK:D\ndef|\n"
CONTENTS = {
    "tagged.txt": f"<start>\n{ONE}<end>\n<start>\n{TWO}<end>\n",
    "book.abc": ONE + "\n" + TWO,
    "rows.csv": f'id,abc\n1,"{ONE}"\n2,"{TWO}"\n',
    "rows.json": json.dumps([{"abc": ONE}, {"abc": TWO}]),
    "rows.jsonl": "\n".join(json.dumps({"abc notation": text}) for text in (ONE, TWO)),
    "no suffix": ONE + TWO,
}


def texts(*paths, **options):
    return [tune.text for tune in read_tunes(*paths, **options).tunes]


@pytest.fixture
def write(tmp_path):
    """A function that writes a file of the given name and content and returns its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_gives_the_same_tunes(write, name, line_end):
    assert texts(write(name, CONTENTS[name].replace("\n", line_end))) == [ONE, TWO]


@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_is_read_packed(write, name, tmp_path):
    packed = write(name + ".gz", gzip.compress(CONTENTS[name].encode()))
    assert texts(packed) == [ONE, TWO]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(name.replace(" ", "") + (".abc" if "." not in name else ""), CONTENTS[name])
    assert texts(tmp_path / "all.zip") == [ONE, TWO]


def test_a_token_file_is_read(write):
    assert texts(write("data", "M:6/8\nK:Cmaj\nG 2 A B c d | e f g e c 2 |\n")) == [
        "X:1\nM:6/8\nL:1/8\nK:Cmaj\nG2ABcd|efgec2|\n"
    ]


def test_equal_tunes_are_dropped_and_returned(write):
    path = write("book.abc", ONE + "\n" + ONE.replace("X:1", "X:7").replace("abc|", "abc|  ") + "\n" + TWO)
    reading = read_tunes(path, path)
    assert [tune.text for tune in reading.tunes] == [ONE, TWO]
    assert [tune.line for tune in reading.duplicates] == [6, 1, 6, 11]
    assert len(read_tunes(path, keep_duplicates=True).tunes) == 3
    assert read_tunes(path, keep_duplicates=True).duplicates == ()


def test_one_bad_file_never_fails_the_book(write, tmp_path):
    write("a.abc", bytes(range(256)) * 4)
    write("b.abc", "")
    write("c.abc", "just words\n")
    write("d.abc", ONE)
    write("e.csv", "no,tunes\n1,2\n")
    write("f.zip", "no archive")
    reading = read_tunes(tmp_path)
    assert [tune.text for tune in reading.tunes] == [ONE]
    assert [failure.path.name for failure in reading.failures] == ["a.abc", "b.abc", "c.abc", "e.csv", "f.zip"]
    assert str(reading.failures[1]).endswith("b.abc:1: is empty")


def test_the_text_field_can_be_named(write):
    path = write("rows.jsonl", json.dumps({"melody": ONE}))
    assert texts(path, text_field="melody") == [ONE]
    with pytest.raises(CorpusError, match="'melodie' was looked for"):
        read_tunes(path, text_field="melodie")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.abc", "", r"empty\.abc:1: is empty$"),
        ("image.abc", bytes(range(256)) * 4, r"image\.abc:1: is binary"),
        ("words.txt", "only words\n", r"words\.txt:1: holds no tune"),
        ("tagged.txt", "<start>\n<end>\n", r"tagged\.txt:2: an empty tune"),
        ("three.abc", "X:1\n\nX:2\n\nX:3\n\nX:4\n", r"no tune could be read: .*:1: a tune without .*; and 1 more$"),
    ],
)
def test_no_tune_at_all_is_an_error_that_says_why(write, name, content, message):
    with pytest.raises(CorpusError, match=message):
        read_tunes(write(name, content))


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match=r"no file in it that could hold tunes"):
        read_tunes(tmp_path)


def test_a_missing_path_is_an_error_even_beside_a_good_one(write, tmp_path):
    with pytest.raises(CorpusError, match=r"missing\.abc: does not exist"):
        read_tunes(write("a.abc", ONE), tmp_path / "missing.abc")


def test_no_path_is_an_error():
    with pytest.raises(CorpusError, match="at least one"):
        read_tunes()


SLOW = [pytest.param(unit, marks=pytest.mark.slow) for unit in (b"\r", b"X:\n")]


@pytest.mark.parametrize("unit", [b"a", b"<p ", b"&a", b"{", b"[", b'"', b"<a x=", b"\xe9", b"A ", *SLOW])
def test_a_huge_line_takes_linear_time(write, unit):
    seconds = []
    for size in (300_000, 1_500_000):
        path = write("huge.abc", b"X:1\nK:C\n" + unit * (size // len(unit)))
        start = time.process_time()
        with contextlib.suppress(CorpusError):
            read_tunes(path)
        seconds.append(time.process_time() - start)
    with pytest.raises(CorpusError, match=r"no tune|longer than|without"):
        read_tunes(path)
    assert seconds[1] < 15 * (seconds[0] + 0.02)  # five times the text; quadratic time would be twenty-five times


@given(st.binary(max_size=300))
def test_random_bytes_raise_only_what_is_documented(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("random")
    for name in ["a.abc", "a.csv", "a.json.gz", "a.zip"]:
        (folder / name).write_bytes(data)
        try:
            assert read_tunes(folder / name).tunes
        except CorpusError as error:
            assert str(folder) in str(error)


LINES = ["X:1", "K:C", "T:a", "abc|", "", "<start>", "<end>", "words", "%c", "+:x", "M:6/8", "A B c |"]
PIECES = ['{"abc":', '"K:C\\nabc"}\n', "[", ",", "<br>", "<pre>", "&amp;", "\\", "\r", "\x02", "\x03", "é"]
fragments = st.sampled_from([line + "\n" for line in LINES] + PIECES)


@given(st.lists(fragments, max_size=30))
def test_any_mixture_of_formats_gives_sound_tunes_or_an_error(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("mixture") / "a.abc"
    path.write_bytes("".join(parts).encode())
    try:
        tunes = read_tunes(path).tunes
    except CorpusError:
        return
    for tune in tunes:
        assert tune.text.strip()
        assert tune.text.endswith("\n")
        assert not tune.text.endswith("\n\n")
        assert not set(tune.text) & set("\r\x02\x03")
        assert tune.source_characters > 0
        assert tune.line >= 1


def test_all_of_oneills_is_read(oneills_folder):
    reading = read_tunes(oneills_folder)
    assert len(reading.tunes) + len(reading.duplicates) == 2009
    assert [failure.reason for failure in reading.failures] == ["text between tunes, left out"]
