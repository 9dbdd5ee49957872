"""Audio files of tunes: WAV (stereo, 16 bits) and Ogg Opus (mono, about 60 kbit/s, for pages), at 48 kHz.

midirenderer plays a tune's MIDI file with a soundfont; the sound is then normalised to one loudness for all tunes. The
soundfont is TimGM6mb, which is found in the pretty_midi package without importing it, or any other SF2 file.

The same sound gives the same Ogg file: libsndfile draws the serial number of its stream at random, so every page
(RFC 3533) gets a fixed one here, and a new checksum: CRC-32 of polynomial 0x04c11db7, most significant bit first,
starting with 0.
"""

import importlib.util
import io
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tunewright.errors import InputError, MissingExtraError, RenderError
from tunewright.rendering.midi import midi_file
from tunewright.rendering.performance import Performance
from tunewright.rendering.provenance import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOUDNESS = 0.126
"""Root mean square of the samples after normalisation, as a fraction of full scale (-18 dB)."""

PEAK = 0.95
"""The highest sample allowed, as a fraction of full scale; a tune with higher peaks is softer than `LOUDNESS`."""

FADE_SECONDS = 1.5
"""Time that the last note rings on; the last tenth of it is faded to silence."""

OPUS_COMPRESSION = 0.8
"""Between 0 (about 256 kbit/s for each channel) and 1 (6 kbit/s)."""


def wav_file(
    performance: Performance, provenance: Mapping[str, str] | None = None, soundfont: Path | None = None
) -> bytes:
    """Return a performance as a WAV file: 48 kHz, stereo, 16 bits.

    Raises
    ------
    InputError
        If `soundfont` is missing or is not an SF2 file.
    MissingExtraError
        If midirenderer, soundfile, or (without `soundfont`) pretty_midi is not installed.
    RenderError
        If the sound cannot be made.
    """
    return _encode(*_sound(performance, soundfont), "WAV", "PCM_16", performance.title, provenance or {})


def opus_file(
    performance: Performance, provenance: Mapping[str, str] | None = None, soundfont: Path | None = None
) -> bytes:
    """Return a performance as an Ogg Opus file: 48 kHz, mono. Raises as `wav_file` does."""
    samples, rate = _sound(performance, soundfont)
    return with_serial(_encode(samples.mean(axis=1), rate, "OGG", "OPUS", performance.title, provenance or {}))


def _sound(performance: Performance, soundfont: Path | None) -> "tuple[NDArray[np.float64], int]":
    """Samples of shape (time, 2) between -1 and 1, and the sample rate in Hz."""
    import numpy as np

    try:
        import midirenderer
        import soundfile
    except ImportError:
        raise MissingExtraError("Making sound", "render") from None

    font = _soundfont(soundfont or installed_soundfont())
    try:
        midi = midi_file(performance, silence_seconds=FADE_SECONDS)
        samples, rate = soundfile.read(io.BytesIO(midirenderer.render_wave_from(font, midi)))
    except (ValueError, RuntimeError) as error:
        if soundfont and "SoundFont" in str(error):
            raise InputError(f"cannot be used as a soundfont ({error})", path=soundfont) from None
        raise RenderError(f"the sound could not be made ({error})") from None
    if not (peak := float(abs(samples).max(initial=0.0))):
        raise RenderError("the soundfont has no sound for the notes of this tune")
    fade = min(len(samples), round(FADE_SECONDS * rate / 10))
    samples[len(samples) - fade :] *= np.linspace(1.0, 0.0, fade)[:, np.newaxis]
    gain = min(LOUDNESS / float((samples**2).mean() ** 0.5), PEAK / peak)
    return samples * gain, int(rate)


def _encode(
    samples: "NDArray[np.float64]", rate: int, container: str, coding: str, title: str, provenance: Mapping[str, str]
) -> bytes:
    import soundfile

    file = io.BytesIO()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    level = OPUS_COMPRESSION if coding == "OPUS" else None
    with soundfile.SoundFile(
        file, "w", rate, channels, subtype=coding, format=container, compression_level=level
    ) as sound:
        sound.title = title or "Untitled"
        if provenance:
            sound.comment = one_line(provenance)
        sound.write(samples)
    return file.getvalue()


@lru_cache(maxsize=2)
def _soundfont(path: Path) -> bytes:
    try:
        font = path.read_bytes()
    except OSError as error:
        raise InputError(f"the soundfont cannot be read: {error.strerror}", path=path) from None
    if font[:4] != b"RIFF" or font[8:12] != b"sfbk":
        raise InputError("is not a soundfont; a file in SF2 format was expected", path=path)
    return font


def installed_soundfont() -> Path:
    """Return the soundfont that is used where none is given.

    Raises
    ------
    MissingExtraError
        If pretty_midi, which brings it, is not installed.
    """
    package = importlib.util.find_spec("pretty_midi")
    places = list(package.submodule_search_locations or ()) if package else []
    for place in places:
        if (font := Path(place) / "TimGM6mb.sf2").is_file():
            return font
    raise MissingExtraError("Making sound without a soundfont of your own", "render")


SERIAL = b"tune"
"""The serial number of the Ogg stream: four bytes."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_SERIAL, _CHECKSUM = slice(14, 18), slice(22, 26)
_COUNT = 26  # offset of the number of segments; their lengths follow it


def with_serial(ogg: bytes) -> bytes:
    """Return an Ogg file of one stream with the serial number `SERIAL`."""
    return b"".join(_with_fixed_serial(page) for page in _pages(ogg))


def checksum(page: bytes) -> bytes:
    """The four checksum bytes of a page whose checksum field is filled with zeros."""
    # zlib's CRC-32 differs in the order of the bits, and in the ones that it starts and ends with.
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


def _with_fixed_serial(page: bytes) -> bytes:
    changed = bytearray(page)
    changed[_SERIAL], changed[_CHECKSUM] = SERIAL, bytes(4)
    changed[_CHECKSUM] = checksum(bytes(changed))
    return bytes(changed)
