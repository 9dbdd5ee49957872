"""Audio: pitch, loudness, formats and provenance."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import find_peaks

from tunewright.errors import InputError
from tunewright.rendering import audio
from tunewright.rendering.audio import LOUDNESS, PEAK, opus_file, wav_file
from tunewright.rendering.performance import perform
from tunewright.rendering.source import abc_text

PROVENANCE = {"model": "jigs ü", "seed": "3"}


def performance(music="A4|a4|A,4|", header="X:1\nT:Töne\nL:1/4\nM:4/4\nQ:1/4=120\nK:C\n%%MIDI program 73\n"):
    return perform(abc_text(header + music))


def samples_of(data):
    return soundfile.read(io.BytesIO(data), always_2d=True)


def frequency(samples, rate):
    """The lowest strong frequency, in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    peaks, _ = find_peaks(spectrum, height=spectrum.max() / 4)
    return peaks[0] * rate / len(samples)


@pytest.mark.parametrize("make", [wav_file, opus_file])
def test_pitch_and_time(make):
    samples, rate = samples_of(make(performance()))
    assert len(samples) / rate == pytest.approx(6 + audio.FADE_SECONDS, abs=0.05)
    for start, expected in ((0, 440), (2, 880), (4, 220)):
        part = samples[round((start + 0.3) * rate) : round((start + 1.7) * rate), 0]
        assert frequency(part, rate) == pytest.approx(expected, rel=0.01)


def test_loudness_is_the_same_for_all():
    for music in ("A4|", "[CEGc]4|[CEGc]4|", "A/B/ z2|"):
        samples, _ = samples_of(wav_file(performance(music)))
        assert np.abs(samples).max() <= PEAK + 0.01
        loudness = np.sqrt((samples**2).mean())
        assert loudness == pytest.approx(LOUDNESS, rel=0.01) or np.abs(samples).max() > PEAK - 0.01
        assert np.abs(samples[-10:]).max() < 0.01


def test_files_tell_title_and_provenance():
    for make, channels in ((wav_file, 2), (opus_file, 1)):
        with soundfile.SoundFile(io.BytesIO(make(performance(), PROVENANCE))) as sound:
            assert (sound.title, sound.comment) == ("Töne", "model: jigs ü, seed: 3")
            assert (sound.samplerate, sound.channels) == (48_000, channels)


def test_opus_is_small():
    assert len(opus_file(performance("A4|" * 16))) < 0.1 * len(wav_file(performance("A4|" * 16)))


def test_another_soundfont_is_used(tmp_path):
    copy = tmp_path / "copy.sf2"
    copy.write_bytes(audio.installed_soundfont().read_bytes())
    assert wav_file(performance(), soundfont=copy) == wav_file(performance())


@pytest.mark.parametrize("content", [None, b"", b"RIFFxxxxWAVE and more"])
def test_what_is_no_soundfont_is_refused(tmp_path, content):
    path = tmp_path / "font.sf2"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"font\.sf2"):
        wav_file(performance(), soundfont=path)


def test_a_broken_soundfont_is_refused(tmp_path):
    path = Path(tmp_path, "font.sf2")
    path.write_bytes(audio.installed_soundfont().read_bytes()[:5000])
    with pytest.raises(InputError):
        wav_file(performance(), soundfont=path)
