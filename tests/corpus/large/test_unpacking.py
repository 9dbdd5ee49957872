"""Oracle: the same archives, read in memory."""

import gzip
import random
import zipfile

import pytest

from tunewright.corpus.large import unpacking
from tunewright.corpus.large.pieces import pieces_of, write_piece
from tunewright.corpus.large.unpacking import is_large_archive, unpack
from tunewright.corpus.readers import read_tunes

TUNE = "X:{}\nT:Tune {}\nK:D\nabc def|\n"


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "books.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("b/two.abc", TUNE.format(2, 2))
        members.writestr("b/one.txt", f"<start>\n{TUNE.format(1, 1)}<end>\n")
        members.writestr("three.abc.gz", gzip.compress(TUNE.format(3, 3).encode()))
        members.writestr("inner.zip", b"PK")
        members.writestr("picture.png", b"\x89PNG")
        members.writestr(".hidden/four.abc", TUNE.format(4, 4))
        members.writestr("damaged.abc.gz", b"no gzip")
    return path


def read_unpacked(path, folder):
    found = []
    for file in unpack(path, folder):
        if file.trouble:
            found.append((str(file.name), file.trouble))
        else:
            found += [(str(file.name), tune.text) for tune in read_tunes(file.path).tunes]
    return found


def test_members_come_out_as_they_are_read_at_once(archive, tmp_path):
    reading = read_tunes(archive)
    expected = {(str(tune.path), tune.text) for tune in reading.tunes}
    expected |= {(str(failure.path), failure.reason) for failure in reading.failures}
    assert set(read_unpacked(archive, tmp_path / "unpacked")) == expected
    assert len(expected) == 5


def test_a_gz_comes_out_with_its_suffix(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b'abc\n"X:1\nK:C\nabc|"\n'))
    (file,) = unpack(path, tmp_path / "unpacked")
    assert (file.name, file.path.suffix, file.path.read_bytes()[:4]) == (path, ".csv", b"abc\n")


def test_what_was_unpacked_stays_and_what_was_begun_is_done_again(archive, tmp_path):
    first = unpack(archive, tmp_path / "unpacked")
    archive.write_bytes(b"gone")
    assert unpack(archive, tmp_path / "unpacked") == first
    (tmp_path / "unpacked" / "files.json").unlink()
    (file,) = unpack(archive, tmp_path / "unpacked")
    assert file.trouble.startswith("cannot be read")


def test_what_expands_without_measure_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "bomb.abc.gz"
    path.write_bytes(gzip.compress(bytes(1 << 22)))
    monkeypatch.setattr(unpacking, "LARGEST_EXPANSION", 100)
    (file,) = unpack(path, tmp_path / "unpacked")
    assert "more than 100 times" in file.trouble


def test_only_large_archives_are_unpacked(tmp_path):
    noise = random.Random(0).randbytes(unpacking.LARGE_ARCHIVE + 1)
    for name, size, large in (("a.zip", -1, True), ("b.gz", -1, True), ("c.gz", 100, False), ("d.abc", -1, False)):
        (tmp_path / name).write_bytes(noise[:size] if size > 0 else noise)
        assert is_large_archive(tmp_path / name) == large


def test_troubles_are_failures_of_a_piece(archive, tmp_path):
    (piece,) = pieces_of(unpack(archive, tmp_path / "unpacked"))
    write_piece(piece, tmp_path / "piece", None)
    from tunewright.corpus.large.pieces import PieceFile

    found = PieceFile(tmp_path / "piece")
    assert len(found) == 3
    assert sorted(reason for _, _, reason in found.failures)[0] == "an archive within an archive, not read"
    assert f"{archive}/b/one.txt" in found.names
