"""Is an index on disk what was written, and is a damaged one refused?"""

import json
import os

import numpy as np
import pytest

from tunewright.analysis.originality.index_files import (
    FORMAT,
    HEADER_FILE,
    mark_opened,
    prune_cache,
    read_index,
    write_index,
)
from tunewright.errors import IndexFolderError, OutputError

ARRAYS: dict[str, np.ndarray] = {
    "numbers": np.arange(5, dtype=np.int32),
    "bytes": np.arange(3, dtype=np.uint8),
    "none": np.empty(0, np.int64),
}


@pytest.fixture
def folder(tmp_path):
    write_index(tmp_path / "kept", {"checksum": "abc", "alphabet": 'é"\n'}, ARRAYS)
    return tmp_path / "kept"


def test_what_was_written_is_read(folder):
    header, arrays = read_index(folder)
    assert (header["checksum"], header["alphabet"]) == ("abc", 'é"\n')
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
    assert isinstance(arrays["numbers"], np.memmap)


def test_numbers_are_little_endian_whatever_they_were(tmp_path):
    write_index(tmp_path / "kept", {}, {"numbers": np.arange(3, dtype=">u4")})
    assert (tmp_path / "kept" / "numbers").read_bytes() == b"\0\0\0\0\1\0\0\0\2\0\0\0"
    assert read_index(tmp_path / "kept")[1]["numbers"].tolist() == [0, 1, 2]


def other_format(folder):
    header = json.loads((folder / HEADER_FILE).read_text(encoding="utf-8"))
    (folder / HEADER_FILE).write_text(json.dumps(header | {"format": FORMAT + 1}), encoding="utf-8")


DAMAGE = {
    "no header": lambda folder: (folder / HEADER_FILE).unlink(),
    "empty header": lambda folder: (folder / HEADER_FILE).write_text("", encoding="utf-8"),
    "no object": lambda folder: (folder / HEADER_FILE).write_text("[]", encoding="utf-8"),
    "no arrays": lambda folder: (folder / HEADER_FILE).write_text(json.dumps({"format": FORMAT}), encoding="utf-8"),
    "no text": lambda folder: (folder / HEADER_FILE).write_bytes(b"\xff\xfe"),
    "other format": other_format,
    "array missing": lambda folder: (folder / "numbers").unlink(),
    "array too long": lambda folder: (folder / "numbers").write_bytes(bytes(24)),
    "array cut short": lambda folder: (folder / "numbers").write_bytes(b"\0\0\0\0"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_index_is_refused(folder, damage):
    damage(folder)
    with pytest.raises(IndexFolderError, match="index"):
        read_index(folder)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(IndexFolderError, match="is missing; the folder is no originality index"):
        read_index(tmp_path / "nothing")


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_index(tmp_path / "file" / "kept", {}, ARRAYS)


def test_what_was_opened_longest_ago_goes(tmp_path):
    for age, name in enumerate("abcd"):
        write_index(tmp_path / name, {}, ARRAYS)
        os.utime(tmp_path / name / HEADER_FILE, (1000 - age, 1000 - age))
    mark_opened(tmp_path / "d")
    (tmp_path / "of another kind").mkdir()
    prune_cache(tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "d", "of another kind"]
    prune_cache(tmp_path / "nothing", keep=2)
