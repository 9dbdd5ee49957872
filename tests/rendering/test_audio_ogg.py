"""Ogg files: the same bytes for the same sound, readable by other programs."""

import io
import struct

import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tunewright.rendering.audio import SERIAL, checksum, opus_file, with_serial
from tunewright.rendering.performance import perform

TUNE = "X:1\nT:Scale\nM:4/4\nL:1/8\nK:D\n" + "DEFG ABcd|" * 8 + "\n"


def slow_checksum(page: bytes) -> int:
    """Bit by bit, as RFC 3533 describes it."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = ((register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)) & 0xFFFFFFFF
    return register


@given(st.binary(max_size=80))
def test_checksum_is_that_of_the_standard(page):
    assert checksum(page) == struct.pack("<I", slow_checksum(page))


def test_a_file_that_libsndfile_wrote_has_the_checksums_that_we_compute():
    sound = io.BytesIO()
    soundfile.write(sound, [0.0, 0.5, -0.5] * 8000, 24000, format="OGG", subtype="OPUS")
    ogg = sound.getvalue()
    first = ogg[: 27 + ogg[26] + sum(ogg[27 : 27 + ogg[26]])]
    assert checksum(first[:22] + bytes(4) + first[26:]) == first[22:26]


def test_sound_is_the_same_each_time_and_can_be_read():
    first = opus_file(perform(TUNE))
    assert first == opus_file(perform(TUNE))
    assert first[14:18] == SERIAL
    assert with_serial(first) == first
    samples, rate = soundfile.read(io.BytesIO(first))
    assert len(samples) > rate
    assert abs(samples).max() > 0.1
