"""Files are combined into pieces of bounded size, and everything of a tune is kept."""

import pytest

from tunewright.corpus.grouping import COLUMNS, tune_keys
from tunewright.corpus.large import pieces, stretches
from tunewright.corpus.large.pieces import CorpusPart, File, PieceFile, pieces_of, write_piece
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import END, START
from tunewright.errors import CorpusError

BOOK = "words\n\nX:1\nT:Ünder\nK:D\nabc|\n\nX:2\nK:G\nde ĝ|\n"


def files(folder, *sizes):
    for number, size in enumerate(sizes):
        (folder / f"{number}.abc").write_bytes((b"X:1\nK:C\nabc|\n\n" * (size // 14 + 1))[:size])
    return [File(folder / f"{number}.abc", folder / f"{number}.abc") for number in range(len(sizes))]


def test_small_files_are_put_together_and_large_ones_cut(tmp_path, monkeypatch):
    for module in (pieces, stretches):
        monkeypatch.setattr(module, "STRETCH_BYTES", 100)
    made = list(pieces_of(files(tmp_path, 40, 40, 40, 250, 60, 41)))
    assert [[part.size for part in piece] for piece in made] == [[40, 40], [40], [112], [112], [26], [60], [41]]
    assert [piece[0].stretch is not None for piece in made] == [False, False, True, True, True, False, False]


def test_everything_of_a_tune_is_kept(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text(BOOK, encoding="utf-8")
    file = File(path, path)
    write_piece((CorpusPart(file, path.stat().st_size),), tmp_path / "piece", None)
    found, reading = PieceFile(tmp_path / "piece"), read_tunes(path)
    text = "".join(found.symbols[number] for number in found.array("ids"))
    assert text == "".join(tune.framed for tune in reading.tunes)
    assert found.symbols == "".join(sorted({START, END, *text}))
    assert len(found) == 2
    assert found.array("lengths").tolist() == [len(tune.framed) for tune in reading.tunes]
    assert found.array("sizes").tolist() == [tune.source_characters for tune in reading.tunes]
    assert found.array("lines").tolist() == [3, 8]
    assert [found.names[number] for number in found.array("named")] == [str(path)] * 2
    assert found.failures == [[0, 1, "text between tunes, left out"]]
    keys = tune_keys(reading.tunes)
    assert all((found.key_column(number) == keys.columns[number]).all() for number in range(COLUMNS))
    assert (found.array("titles") == keys.titles).all()


def test_a_piece_may_hold_nothing(tmp_path):
    write_piece((CorpusPart(File(tmp_path, tmp_path / "x.abc", "cannot be read"), 0),), tmp_path / "piece", None)
    found = PieceFile(tmp_path / "piece")
    assert (len(found), len(found.array("ids")), len(found.key_column(3))) == (0, 0, 0)
    assert found.failures == [[0, 1, "cannot be read"]]


@pytest.mark.parametrize("content", [b"", b"short", b"\x02" + bytes(7) + b"{}"])
def test_a_damaged_piece_is_an_error(content, tmp_path):
    (tmp_path / "piece").write_bytes(content)
    with pytest.raises(CorpusError, match="is damaged"):
        PieceFile(tmp_path / "piece")
