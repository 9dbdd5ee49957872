"""Cutting of a file that is too large for memory into stretches that can be read one by one.

A cut is made at the first boundary of a tune (or row) after each `STRETCH_BYTES`, whatever the format. What comes
before the first tune holds for all of them (the fields of a tunebook, the names of a CSV file), so every stretch is
read with it. The first megabyte decides the format and the encoding. A tune without number gets one that counts from 1
in each stretch. Otherwise the result is the same as if the file were read whole.

Where there is no boundary within another `STRETCH_BYTES`, the cut is made there: nothing of that length is a tune.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tunewright.corpus.decoding import SAMPLE_BYTES, decode_part, encoding_of
from tunewright.corpus.formats.tunebook import file_header
from tunewright.corpus.readers import Form, form_of, read_as
from tunewright.corpus.sources import suffix_of
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError

STRETCH_BYTES = 1 << 22

_FIRST_LOOK_BYTES = 1 << 16
_LINE_END = re.compile(rb"\r\r\n|\r\n|\r|\n")
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n|\r[ \t]*\r(?!\n)")
_NUMBER_LINE = re.compile(rb"[\r\n](?=X:)")
# the cut is made after the match
_BOUNDARIES: Mapping[Form, re.Pattern[bytes]] = {
    "json": re.compile(rb'[\r\n,](?=[ \t]*\{[ \t\r\n]*")'),
    "tagged": re.compile(rb"[\r\n](?=[ \t]*<start>)", re.IGNORECASE),
    "tokens": _BLANK_LINE,
    "tunebook": _NUMBER_LINE,
}


@dataclass(frozen=True)
class Stretch:
    """A part of a file, in bytes."""

    start: int
    stop: int
    header: int
    """Bytes at the beginning of the file that are read before those from `start` on; 0 if `start` is 0."""
    form: Form
    encoding: str | None
    """Encoding that the file declares; None if it declares none."""


def cut(path: Path, name: Path) -> Iterator[Stretch]:
    """Yield the stretches of the file `path`; messages use `name`.

    Raises
    ------
    CorpusError
        If it is not text that can be cut.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        encoding = encoding_of(head, name)
        text = decode_part(head, encoding)
        form = form_of(text, suffix_of(name.name))
        if form == "csv":
            header, edges = next(_record_ends(file, name), 0), _record_edges(file, name, size)
        else:
            header, edges = _header_length(form, head, text), _edges(file, size, _boundary(form, head))
        start = 0
        for stop in edges:
            yield Stretch(start, stop, header if start else 0, form, encoding)
            start = stop


def read_stretch(
    path: Path, name: Path, stretch: Stretch, text_field: str | None = None
) -> tuple[list[Tune | Failure], int]:
    """Return the tunes and failures of a stretch of the file `path`, lines counted from its first, and its line
    ends."""
    with path.open("rb") as file:
        header = file.read(stretch.header)
        file.seek(stretch.start)
        data = file.read(stretch.stop - stretch.start)
    text = decode_part(header + data, stretch.encoding)
    above = decode_part(header, stretch.encoding).count("\n")
    try:
        found = list(read_as(stretch.form, text, name, text_field))
    except CorpusError as error:
        found = [Failure(name, error.line or above + 1, error.message)]
    # failures in the header were reported with the first stretch
    moved = [_moved(item, above) for item in found if item.line > above]
    return moved, text.count("\n") - above


def _moved(item: Tune | Failure, lines: int) -> Tune | Failure:
    if not lines:
        return item
    if isinstance(item, Failure):
        return Failure(item.path, item.line - lines, item.reason)
    return Tune(item.text, item.path, item.line - lines, item.source_characters, item.identity)


def _boundary(form: Form, head: bytes) -> re.Pattern[bytes]:
    if form == "tunebook" and not _NUMBER_LINE.search(b"\n" + head):
        return _BLANK_LINE
    return _BOUNDARIES[form]


def _edges(file: BinaryIO, size: int, boundary: re.Pattern[bytes]) -> Iterator[int]:
    """Yield the ends of the stretches."""
    edge = 0
    while edge < size:
        edge = _edge_after(file, edge + STRETCH_BYTES, size, boundary)
        yield edge


def _edge_after(file: BinaryIO, place: int, size: int, boundary: re.Pattern[bytes]) -> int:
    for reach in (_FIRST_LOOK_BYTES, STRETCH_BYTES):
        file.seek(place)
        if found := boundary.search(file.read(reach)):
            return place + found.end()
    return min(place + STRETCH_BYTES, size)


def _record_edges(file: BinaryIO, name: Path, size: int) -> Iterator[int]:
    """Yield the ends of the stretches of a CSV file, which must be read from its beginning because of quotes."""
    edge = 0
    for place in _record_ends(file, name):
        if place - edge >= STRETCH_BYTES:
            edge = place
            yield edge
    if edge < size:
        yield size


def _record_ends(file: BinaryIO, name: Path) -> Iterator[int]:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        while line := file.readline(STRETCH_BYTES):
            read += len(line)
            yield line.decode("latin-1")  # quotes, delimiters and line ends are the same in all encodings allowed

    file.seek(0)
    limit = csv.field_size_limit(2 * STRETCH_BYTES)  # of the whole process, so it is put back
    try:
        for _ in csv.reader(lines(), delimiter="\t" if ".tsv" in name.name.lower() else ","):
            yield read
    except csv.Error as error:
        raise CorpusError(f"cannot be cut into rows: {error}", path=name) from error
    finally:
        csv.field_size_limit(limit)


def _header_length(form: Form, head: bytes, text: str) -> int:
    """Return the number of bytes at the start of a file that hold for all of its stretches."""
    if form == "json":
        return head.index(b"[") + 1 if text.lstrip("\ufeff \t\n").startswith("[") else 0
    lines = file_header(text).count("\n") if form == "tunebook" else 0
    ends = (end.end() for end in _LINE_END.finditer(head))
    return next((end for number, end in enumerate(ends, 1) if number == lines), 0)
