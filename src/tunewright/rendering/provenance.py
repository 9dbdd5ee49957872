"""Provenance of tunes in files of each format: model, seed and options, as names and values.

A provenance is a mapping of names to values, such as ``{"model": "jigs", "seed": "3", "temperature": "0.5"}``. Each
format has a place for it: ABC comments below ``X:``, MIDI text events, SVG its metadata element, PNG text chunks, PDF
its subject, WAV and Opus their comment, HTML a ``meta`` element and a part that a click opens. Line ends inside a name
or value become spaces; what no XML document may hold, such as other control characters, becomes U+FFFD.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from html import escape

_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PNG_HEADER_END = 8 + 25  # the signature, and the IHDR chunk that must come first


def entries(provenance: Mapping[str, str]) -> list[str]:
    """Return ``name: value`` for each entry."""
    return [f"{name}: {value}" for name, value in _pairs(provenance)]


def one_line(provenance: Mapping[str, str]) -> str:
    """Return ``model: jigs, seed: 3``."""
    return ", ".join(entries(provenance))


def abc_comments(provenance: Mapping[str, str]) -> str:
    """Return comment lines, each with a line end before it."""
    return "".join(f"\n% {entry}" for entry in entries(provenance))


def svg_with(svg: str, provenance: Mapping[str, str]) -> str:
    """Return an SVG document with a ``metadata`` element as its first child."""
    start = svg.index(">") + 1
    return f"{svg[:start]}<metadata>{escape(one_line(provenance))}</metadata>{svg[start:]}" if provenance else svg


def png_with(png: bytes, provenance: Mapping[str, str]) -> bytes:
    """Return a PNG file with a UTF-8 ``iTXt`` chunk for each entry."""
    chunks = b"".join(_png_text(name, value) for name, value in _pairs(provenance))
    return png[:_PNG_HEADER_END] + chunks + png[_PNG_HEADER_END:]


def _png_text(name: str, value: str) -> bytes:
    keyword = name.encode("latin-1", "replace")[:79] or b"Comment"
    body = b"iTXt" + keyword + b"\0\0\0\0\0" + value.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _pairs(provenance: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(_on_one_line(name), _on_one_line(value)) for name, value in provenance.items()]


def _on_one_line(words: object) -> str:
    return _NOT_TEXT.sub("\ufffd", " ".join(str(words).split()))
