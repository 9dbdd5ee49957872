"""How does the same sound become the same Ogg file each time?

A stream in an Ogg file has a serial number, which libsndfile draws at random. Here every page (RFC 3533) gets the same
one, and its checksum anew: CRC-32 of polynomial 0x04c11db7, most significant bit first, starting with 0.
"""

import zlib
from collections.abc import Iterator

SERIAL = b"tune"
"""Four bytes."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_SERIAL, _CHECKSUM = slice(14, 18), slice(22, 26)
_COUNT = 26  # the place of the number of segments, after which their lengths follow


def with_serial(ogg: bytes) -> bytes:
    """Return an Ogg file with a single stream, the serial number of which is `SERIAL`."""
    return b"".join(_settled(page) for page in _pages(ogg))


def checksum(page: bytes) -> bytes:
    """The checksum of a page in which its place is filled with zeros, as the page holds it."""
    # zlib's CRC-32 is the same but for the order of the bits, and for the ones that it begins and ends with.
    found = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return found.to_bytes(4, "little").translate(_REVERSED)[::-1]


def _pages(ogg: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(ogg):
        segments = ogg[start + _COUNT]
        lengths = ogg[start + _COUNT + 1 : start + _COUNT + 1 + segments]
        end = start + _COUNT + 1 + segments + sum(lengths)
        yield ogg[start:end]
        start = end


def _settled(page: bytes) -> bytes:
    changed = bytearray(page)
    changed[_SERIAL], changed[_CHECKSUM] = SERIAL, bytes(4)
    changed[_CHECKSUM] = checksum(bytes(changed))
    return bytes(changed)
