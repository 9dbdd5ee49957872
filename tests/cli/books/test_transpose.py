"""`tunewright transpose`: the whole book in another key, and what could not be moved."""

import gzip

import pytest

from tunewright.cli.books.transpose import transpose
from tunewright.cli.ending import FINDINGS, MISTAKE
from tunewright.errors import CorpusError, OptionError, OutputError

BOOK = "%abc-2.1\r\nS:old book\r\n\r\nX:1\nT:D\xe9 A\nK:G\nGB|\n\nwords in between\n\nX:2\nT:Two\nK:Ador\nA^c|".encode(
    "latin-1"
)
UP = BOOK.replace(b"K:G\nGB", b"K:A\nAc").replace(b"K:Ador\nA^c", b"K:Bdor\nB^d")
PIPES = b"X:3\nT:Pipes\nK:HP\nA|\n"


@pytest.fixture
def write(tmp_path):
    def path_of(content, name="book.abc"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return path_of


def test_the_book_is_printed_in_the_new_key_byte_for_byte(write, capfdbinary):
    assert transpose(write(BOOK), semitones=2) == 0
    assert capfdbinary.readouterr() == (UP, b"")
    assert transpose(write(UP), semitones=-2) == 0
    assert capfdbinary.readouterr().out == BOOK


def test_a_key_is_reached_from_every_tune(write, tmp_path, capsys):
    out = tmp_path / "out.abc"
    assert transpose(write(BOOK), key="D", out=out) == 0
    assert out.read_bytes() == BOOK.replace(b"K:G\nGB", b"K:D\nDF").replace(b"K:Ador\nA^c", b"K:Ddor\nd^f")
    assert capsys.readouterr() == (f"2 tunes moved in {out}\n", "")


def test_what_cannot_be_moved_stays_and_is_named(write, capfdbinary):
    path = write(BOOK + b"\n\n" + PIPES)
    assert transpose(path, semitones=2) == FINDINGS
    output = capfdbinary.readouterr()
    assert output.out == UP + b"\n\n" + PIPES
    assert output.err.startswith(f"not moved: {path}:18:3: K:HP can be moved by octaves only".encode())


def test_of_many_that_cannot_be_moved_the_first_are_named(write, capfdbinary):
    transpose(write(BOOK + 8 * (b"\n\n" + PIPES)), semitones=2)
    assert capfdbinary.readouterr().err.splitlines()[5:] == [b"not moved: 3 more"]


def test_if_nothing_can_be_moved_nothing_is_written(write, tmp_path, capsys):
    assert transpose(write(PIPES), semitones=2, out=tmp_path / "out.abc") == MISTAKE
    assert not (tmp_path / "out.abc").exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_books_are_joined_by_a_blank_line(write, capfdbinary, end):
    first, second = write(b"X:1\nK:C\nC|" + end, "a.abc"), write(gzip.compress(b"X:2\nK:C\nE|"), "b.abc.gz")
    assert transpose(first, second, key="G") == 0
    assert capfdbinary.readouterr().out == b"X:1\nK:G\nG,|\n\nX:2\nK:G\nB,|"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give one of --semitones and --key; neither was given"),
        ({"semitones": 2, "key": "D"}, "give one of --semitones and --key; both were given"),
        ({"semitones": 200}, "200 semitones; allowed: -127 to 127"),
        ({"key": "Dm"}, "'Dm' is not a tonic; allowed: A to G"),
        ({"key": ""}, "'' is not a tonic"),
    ],
)
def test_mistakes_in_options_are_told(write, options, message):
    with pytest.raises(OptionError, match=message):
        transpose(write(BOOK), **options)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.abc", b"\n", "is empty"),
        ("words.txt", b"no tune at all\n", "no tune in"),
        ("rows.json", b'[{"abc": "K:C\\nA|"}]', "only ABC files can be transposed"),
        ("rows.csv", b"name,abc\nOne,A|\n", "only ABC files can be transposed"),
        ("wide.abc", "X:1\nK:C\nA|\n".encode("utf-16"), "is UTF-16"),
        ("noise.abc", bytes(range(256)) * 20, "is binary"),
        ("torn.abc.gz", b"\x1f\x8b\x08torn", "cannot be read"),
    ],
)
def test_files_without_abc_are_refused(write, name, content, message):
    with pytest.raises(CorpusError, match=message):
        transpose(write(content, name), semitones=1)


def test_names_and_places_that_do_not_exist_are_refused(write, tmp_path):
    with pytest.raises(CorpusError, match="no file or folder was named"):
        transpose(semitones=1)
    with pytest.raises(CorpusError, match="does not exist"):
        transpose(str(tmp_path / "none.abc"), semitones=1)
    with pytest.raises(OutputError, match="cannot be written"):
        transpose(write(BOOK), semitones=1, out=tmp_path / "no" / "out.abc")


TUNE = "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"


def test_chord_names_of_fake_books_move(write, capfdbinary):
    music = '"C"C"(G7)"D"Am/G"E"(Am)"c|"F6/9"A2"Bb maj7"B2|"C7(b9)"C4|"N.C."C4|]\n'
    moved = '"D"D"(A7)"E"Bm/A"F"(Bm)"d|"G6/9"B2"C maj7"c2|"D7(b9)"D4|"N.C."D4|]\n'
    assert transpose(write((TUNE + music).encode()), semitones=2) == 0
    assert capfdbinary.readouterr() == ((TUNE.replace("K:C", "K:D") + moved).encode(), b"")


def test_a_chord_name_that_stays_is_named(write, capfdbinary):
    path = write((TUNE + '"Cx9"C"Fine"D"D.C."E"^Am"F|]\n').encode())
    assert transpose(path, semitones=2) == FINDINGS
    assert (
        capfdbinary.readouterr().err == f'kept: {path}:6:1: "Cx9" is not read as a chord symbol, and stays\n'.encode()
    )


@pytest.mark.parametrize(
    ("head", "music"), [(TUNE.replace("K:C", "K:B♭"), "BAG|\n"), (TUNE, "♯EG|\n"), (TUNE + "[K:F♯m]", "FG|\n")]
)
def test_signs_of_unicode_are_never_moved_wrongly(head, music, write, capsys):
    assert transpose(write((head + music).encode()), semitones=2) == MISTAKE
    assert "not moved" in capsys.readouterr().err


def test_only_the_music_of_a_wrapped_tune_moves(write, capfdbinary):
    book = f"# Abc\n\n```abc\n{TUNE}CDEF|\n```\n\n[abc]\n{TUNE}CDEF|[/abc]\n{{soa}}\n{TUNE}CDEF|\n{{eoa}}\n"
    assert transpose(write(book.encode()), semitones=2) == 0
    assert capfdbinary.readouterr().out.decode() == book.replace("K:C", "K:D").replace("CDEF", "DEFG")
    indented = "".join(f"  {line}\n" for line in (TUNE + "CDEF|").splitlines())
    assert transpose(write(indented.encode()), semitones=2) == 0
    assert capfdbinary.readouterr().out.decode() == indented.replace("K:C", "K:D").replace("CDEF", "DEFG")


def test_quoted_printable_is_refused(write):
    with pytest.raises(CorpusError, match="quoted-printable"):
        transpose(write((TUNE + "=3DC=20\n").encode()), semitones=2)
