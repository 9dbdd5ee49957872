"""Reader of tables: a tune in each row of a CSV, TSV or JSON file.

A row holds one tune in a text field, and may hold header fields beside it (The Session's dump: ``tune_id, setting_id,
name, type, meter, mode, abc``). A text that begins with ``X:`` is a whole tune. Any other text gets a header, made of
the row's own fields (`HEADER_NAMES`) and ``L:1/8``, The Session's unit; without a key no header can be made, and the
text must have its own ``K:``. Names are compared without regard to case.

A row's boundary is the tune's, so blank lines inside a text are dropped. A tune's `source_characters` are counted as
in a tunebook: a network does not read the dates and user names of a row.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.cleaning import SourceLine, clean_lines, make_tune
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError

TEXT_NAMES = ("abc notation", "abc_notation", "abc", "notation", "tune", "text")
"""Names of the text field, tried in this order, unless the caller gives its name."""

HEADER_NAMES = {
    "X": ("setting_id", "setting"),
    "T": ("name", "title"),
    "R": ("type", "rhythm"),
    "M": ("meter", "time signature"),
    "L": ("unit_length", "l"),
    "K": ("mode", "key"),
}
"""Header fields, in the order in which they are written, and the names of their columns."""

IDENTITY_NAMES = ("tune_id", "tune")
"""Columns with an identifier that settings of one tune share."""

_DEFAULT_UNIT_LENGTH = "1/8"
_NAMED_MODE = re.compile(r"([A-G][#b]?)[ _]?([a-zA-Z]{3})[a-zA-Z]*")
_KEY_LINE = re.compile(r"^K:", re.MULTILINE)
_JSON_START = re.compile(r'\s*(?:\[\s*)?\{\s*["}]')
_BETWEEN_VALUES = re.compile(r"[\s,]*")

Row = Mapping[str, object]


def is_json(text: str) -> bool:
    """Return true if `text` begins like a JSON object, or a list of them."""
    return _JSON_START.match(text) is not None


def read_csv(text: str, path: Path, text_field: str | None = None) -> Iterator[Tune | Failure]:
    """Yield the tunes of a comma-separated file (tab-separated if its name ends in ``.tsv``) with a line of names.

    Raises
    ------
    CorpusError
        If there is no text field.
    """
    rows = _csv_rows(text, "\t" if ".tsv" in path.name.lower() else ",")
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    if not any(name in names for name in _text_names(text_field)):
        raise CorpusError(
            f"{_wanted(text_field)}; its columns are {', '.join(names)[:200] or 'none'}", path=path, line=1
        )
    for number, (line, values) in enumerate(rows[1:], 1):
        if values:
            yield _row_tune(dict(zip(names, values, strict=False)), path, line, number, text_field)


def _csv_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return (line, values) of each row."""
    limit = csv.field_size_limit(len(text) + 1)  # of the whole process, so it is put back
    rows, line = [], 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for values in reader:
            rows.append((line, values))
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)
    return rows


def read_json(text: str, path: Path, text_field: str | None = None) -> Iterator[Tune | Failure]:
    """Yield the tunes of JSON lines, or of one JSON list of objects."""
    for number, (line, value) in enumerate(_json_values(text), 1):
        if isinstance(value, _Broken):
            yield Failure(path, line, value.reason)
        elif isinstance(value, dict):
            row = {name.strip().lower(): entry for name, entry in value.items()}
            yield _row_tune(row, path, line, number, text_field)
        else:
            yield Failure(path, line, "a JSON value that is not an object with named fields")


@dataclass(frozen=True)
class _Broken:
    """A broken JSON value, and the reason."""

    reason: str


def _json_values(text: str) -> Iterator[tuple[int, object]]:
    """Yield (line, value); a broken line is lost alone, a broken value in a list with the rest of the list."""
    decoder, line, counted = json.JSONDecoder(), 1, 0
    in_list = text.lstrip().startswith("[")
    position = text.index("[") + 1 if in_list else 0
    while True:
        position = _end_of(_BETWEEN_VALUES, text, position)
        if position >= len(text) or (in_list and text[position] == "]"):
            return
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield line, _Broken(f"broken JSON: {_json_reason(error)}")
            position = text.find("\n", position)
            if in_list or position < 0:
                return
            continue
        yield line, value


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _json_reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg.removesuffix(" at").removesuffix(" starting").lower()
    return "nested too deeply, or a number too long"


def _row_tune(row: Row, path: Path, line: int, number: int, text_field: str | None) -> Tune | Failure:
    name = next((name for name in _text_names(text_field) if isinstance(row.get(name), str)), None)
    if name is None:
        return Failure(path, line, _wanted(text_field))
    lines = [part for part in clean_lines(str(row[name]), line) if not part.blank]
    if not lines:
        return Failure(path, line, "an empty tune")
    if not lines[0].text.startswith("X:"):
        header = _header({key: value for key, value in row.items() if key != name}, number)
        if header:
            lines = [SourceLine(line, text, 0) for text in header] + lines
        elif not _KEY_LINE.search("\n".join(part.text for part in lines)):
            return Failure(path, line, "a tune without a K: field, and no key or mode beside it")
    identity = next((str(row[key]) for key in IDENTITY_NAMES if key != name and row.get(key)), None)
    return make_tune([part._replace(number=line) for part in lines], path, identity=identity)


def _header(row: Row, number: int) -> list[str]:
    """Return the header lines made of `row`; none if it has no key."""
    values = {letter: _first(row, names) for letter, names in HEADER_NAMES.items()}
    if not values["K"]:
        return []
    values["X"] = values["X"] or str(number)
    values["L"] = values["L"] or _DEFAULT_UNIT_LENGTH
    # as The Session writes modes: Edorian is Edor
    if mode := _NAMED_MODE.fullmatch(values["K"]):
        values["K"] = mode[1] + mode[2].lower()
    return [f"{letter}:{value}" for letter, value in values.items() if value]


def _first(row: Row, names: tuple[str, ...]) -> str:
    value = next((row[name] for name in names if row.get(name)), "")
    return " ".join(part.text for part in clean_lines(" ".join(str(value).split())))


def _text_names(text_field: str | None) -> tuple[str, ...]:
    return (text_field.strip().lower(),) if text_field else TEXT_NAMES


def _wanted(text_field: str | None) -> str:
    names = ", ".join(f"'{name}'" for name in _text_names(text_field))
    return f"no field with a tune: {names} {'was' if text_field else 'were'} looked for"
