"""Oracle: the same file, read whole."""

import json
from pathlib import Path

import pytest

from tunewright.corpus.large import stretches
from tunewright.corpus.large.stretches import cut, read_stretch
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError

TUNES = [f"X:{number}\nT:Tune {number}\nK:D\n|:{'abc def|' * (number % 7 + 1)}\n" for number in range(1, 60)]
ROWS = [
    {"name": f"Tune, {number}", "setting_id": str(number), "key": "D", "abc": 'ab"c\nde|' * (number % 5 + 1)}
    for number in range(60)
]


def as_csv(rows):
    lines = [",".join('"{}"'.format(value.replace('"', '""')) for value in row.values()) for row in rows]
    return "\n".join([",".join(rows[0]), *lines, ""])


FILES = {
    "book.abc": "".join(text + "\n" for text in TUNES),
    "header.abc": "%abc-2.1\nM:6/8\nB:A book\nX was here\n\nr:no\n\n" + "".join(text + "\n" for text in TUNES),
    "crlf.abc": "M:6/8\n\n".replace("\n", "\r\n") + "".join(text + "\n" for text in TUNES).replace("\n", "\r\n"),
    "stray.abc": "".join(text + "\nsome words\n\n" for text in TUNES),
    "dense.abc": "".join(TUNES),
    "unnumbered.abc": "".join(text.split("\n", 1)[1] + "\n" for text in TUNES),
    "tagged.txt": "".join(f"<start>\n{text}<end>\nwords\n" for text in TUNES),
    "rows.csv": as_csv(ROWS),
    "rows.tsv": as_csv(ROWS).replace('","', '"\t"').replace(",", "\t", 3),
    "lines.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS),
    "list.json": json.dumps(ROWS),
    "pretty.json": json.dumps(ROWS, indent=2),
    "latin.abc": "%%abc-charset iso-8859-2\n\n" + "".join(text.replace("Tune", "Wałek") + "\n" for text in TUNES),
}


def write(folder, name):
    path = folder / name
    path.write_bytes(FILES[name].encode("iso-8859-2"))
    return path


def read_in_stretches(path):
    found, before, count = [], 0, 0
    for stretch in cut(path, path):
        count += 1
        items, lines = read_stretch(path, path, stretch)
        for item in items:
            line = item.line + before
            if isinstance(item, Tune):
                item = Tune(item.text, item.path, line, item.source_characters, item.identity)
            else:
                item = Failure(item.path, line, item.reason)
            found.append(item)
        before += lines
    assert count > 5
    return found


@pytest.mark.parametrize("name", FILES)
def test_stretches_hold_what_the_whole_file_holds(name, tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "STRETCH_BYTES", 400)
    path = write(tmp_path, name)
    whole, found = read_tunes(path, keep_duplicates=True), read_in_stretches(path)
    assert [item for item in found if isinstance(item, Tune)] == list(whole.tunes)
    assert [item for item in found if isinstance(item, Failure)] == list(whole.failures)


def test_tokens_are_numbered_from_one_in_each_stretch(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "STRETCH_BYTES", 400)
    path = tmp_path / "tokens.txt"
    path.write_text("".join(f"M:6/8\nK:Cmaj\nG 2 A {number} | c /2 d /2 (3 e f g\n\n" for number in range(1, 60)))
    whole, found = read_tunes(path, keep_duplicates=True), read_in_stretches(path)
    bodies = [item.text.split("\n", 1)[1] for item in found]
    assert bodies == [tune.text.split("\n", 1)[1] for tune in whole.tunes]
    assert found[0].text.startswith("X:1\n")


def test_a_file_without_boundary_is_cut_anyhow(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "STRETCH_BYTES", 1000)
    path = tmp_path / "long.abc"
    path.write_bytes(b"X:1\nK:C\n" + b"abc|" * 5000)
    edges = [(stretch.start, stretch.stop) for stretch in cut(path, path)]
    assert edges[0] == (0, 2000)
    assert edges[-1][1] == path.stat().st_size
    assert all(stop - start <= 2000 for start, stop in edges)


@pytest.mark.parametrize("content, reason", [(bytes(range(256)) * 40, "is binary"), ("X:1".encode("utf-16"), "UTF-16")])
def test_what_cannot_be_cut_is_an_error(content, reason, tmp_path):
    path = tmp_path / "bad.abc"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=reason):
        list(cut(path, Path("bad.abc")))


def test_a_csv_row_that_never_ends_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "STRETCH_BYTES", 100)
    path = tmp_path / "rows.csv"
    path.write_text('abc\n"' + "x\n" * 1000)
    with pytest.raises(CorpusError, match="cannot be cut into rows"):
        list(cut(path, path))
