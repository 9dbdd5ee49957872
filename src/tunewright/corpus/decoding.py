"""Decoding of files with tunes: encodings, byte order marks and line ends.

Every line end (``\\n``, ``\\r\\n``, ``\\r``, a mixture, and ``\\r\\r\\n``, which careless copying makes) becomes
``\\n``. Nothing else is changed here.
"""

import codecs
import re
from pathlib import Path

from tunewright.errors import CorpusError

BINARY_SHARE = 0.02
"""A file with a larger share of control characters is binary (random bytes have 0.1)."""

SAMPLE_BYTES = 1 << 20
"""Bytes at the start of a file that decide what it is."""

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# every byte but the control characters that text files never hold
_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 26, 27, *range(32, 127), *range(128, 256)})
_DECLARED = re.compile(rb"^(?:%%|I:)[ \t]*abc-charset[ \t]+([\w.-]{1,30})", re.MULTILINE)
# files name their encoding themselves, so only codecs that map bytes to characters are accepted
_DECLARABLE = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?\d{1,2}|(?:windows-|cp)125\d|koi8-r", re.IGNORECASE
)


def decode(data: bytes, path: Path) -> str:
    """Return the text of `data`: by its byte order mark, else its ``%%abc-charset``, else UTF-8.

    Lines that are not UTF-8 are read as Windows-1252, the superset of latin-1 that old books were typed in, each on
    its own, so that books pasted together from several sources stay whole.

    Raises
    ------
    CorpusError
        If `data` is empty or binary; it names `path`.
    """
    if not data.strip():
        raise CorpusError("is empty", path=path)
    text = _with_mark(data, path)
    if text is None:
        _refuse_binary(data, path)
        text = _as_named(data, _declared_in(data))
    return _with_plain_line_ends(text)


def encoding_of(head: bytes, path: Path) -> str | None:
    """Return the encoding that a file whose first bytes are `head` names, None if it names none.

    Raises
    ------
    CorpusError
        If it is binary, or if it is UTF-16, which cannot be cut into parts; it names `path`.
    """
    if any(head.startswith(mark) for mark, encoding in _BYTE_ORDER_MARKS if encoding == "utf-16"):
        raise CorpusError("is UTF-16 and too large to be read at once; save it as UTF-8", path=path)
    _refuse_binary(head, path)
    return None if head.startswith(codecs.BOM_UTF8) else _declared_in(head)


def decode_part(data: bytes, encoding: str | None) -> str:
    """Return the text of `data`, cut at line ends out of a file that names `encoding`; see `encoding_of`."""
    return _with_plain_line_ends(_as_named(data.removeprefix(codecs.BOM_UTF8), encoding))


def _with_mark(data: bytes, path: Path) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            if encoding == "utf-8":
                return _line_by_line(data[len(mark) :])
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise CorpusError("starts like UTF-16 text but is not", path=path) from error
    return None


def _refuse_binary(data: bytes, path: Path) -> None:
    sample = data[:SAMPLE_BYTES]
    if len(sample.translate(None, _TEXT_BYTES)) > BINARY_SHARE * len(sample):
        raise CorpusError("is binary; text was expected", path=path)


def _declared_in(data: bytes) -> str | None:
    declared = _DECLARED.search(data, 0, SAMPLE_BYTES)
    encoding = declared[1].decode("ascii", "replace") if declared else ""
    return encoding if _DECLARABLE.fullmatch(encoding) else None


def _as_named(data: bytes, encoding: str | None) -> str:
    if encoding:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass  # the declaration is wrong, as is common: look at the bytes instead
    return _line_by_line(data)


def _with_plain_line_ends(text: str) -> str:
    if "\r" in text:
        for line_end in ("\r\r\n", "\r\n", "\r"):
            text = text.replace(line_end, "\n")
    return text


def _line_by_line(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(map(_decode_line, data.split(b"\n")))


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")
