"""The metronome and the count-in of a tune: a click for every beat, higher on the first beat of a bar.

The beat is the metre's: dotted quarter notes in 6/8, 9/8 and 12/8, half notes in 2/2, else the lower number of the
metre. A count-in has one bar (two where a bar has fewer than three beats) and the part of a bar that a pick-up lacks.

Times are whole notes from the first bar that is played; those of a count-in are negative.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from tunewright.rendering.performance import PERCUSSION, SoundingNote
from tunewright.studio.tunes.playing import NEARLY, BarPlayed, Playing

HIGH, LOW = 76, 77
"""High and low wood block of General MIDI's percussion."""

LOUD, SOFT = 110, 85
"""MIDI velocities."""

CLICK_LENGTH = 1 / 32


@dataclass(frozen=True)
class Click:
    """One beat of the metronome."""

    time: float
    first: bool
    """Whether it is the first beat of a bar."""


def metronome(playing: Playing) -> tuple[Click, ...]:
    """Return a click for every beat of the bars that are played; none in a tune without metre."""
    return tuple(click for bar in playing.bars for click in _beats(bar, playing.performance.meter))


def count_in(playing: Playing) -> tuple[Click, ...]:
    """Return the clicks before the first bar; in a tune without metre, four quarter notes."""
    bar = playing.bars[0]
    if not bar.full:
        return tuple(Click((number - 4) / 4, number == 0) for number in range(4))
    beat = beat_of(bar.full, playing.performance.meter)
    whole_bars = 1 if round(bar.full / beat) >= 3 else 2
    lacking = bar.full - (bar.end - bar.start) if bar.completes else 0.0
    length = whole_bars * bar.full + lacking
    counted = ceil(length / beat - NEARLY)
    beats = round(bar.full / beat)
    return tuple(Click(number * beat - length, number % beats == 0) for number in range(counted))


def beat_of(full: float, meter: tuple[int, int]) -> float:
    """Return the length of a beat in a bar of this length, in a tune of this metre."""
    numerator, denominator = meter
    compound = denominator >= 8 and numerator % 3 == 0 and numerator > 3
    beat = (3 if compound else 1) / denominator
    fitting = (beat, 1 / 4, 3 / 8, 1 / 8, 1 / 16, full)
    return next(beat for beat in fitting if abs(full / beat - round(full / beat)) < NEARLY)


def click_track(clicks: tuple[Click, ...]) -> tuple[SoundingNote, ...]:
    """Return clicks as notes of General MIDI's percussion."""
    return tuple(
        SoundingNote(click.time, CLICK_LENGTH, HIGH if click.first else LOW, LOUD if click.first else SOFT, PERCUSSION)
        for click in clicks
    )


def with_clicks(playing: Playing, *, counted: bool, beaten: bool) -> Playing:
    """Return the playing with a track of clicks, moved so that the count-in begins at 0."""
    clicks = (count_in(playing) if counted else ()) + (metronome(playing) if beaten else ())
    if not clicks:
        return playing
    before = max(0.0, -clicks[0].time)
    tracks = (*playing.performance.tracks, click_track(clicks))
    moved = tuple(tuple(replace(note, start=note.start + before) for note in track) for track in tracks)
    bars = tuple(replace(bar, start=bar.start + before, end=bar.end + before) for bar in playing.bars)
    return Playing(replace(playing.performance, tracks=moved), bars)


def _beats(bar: BarPlayed, meter: tuple[int, int]) -> Iterator[Click]:
    if not bar.full:
        return
    beat = beat_of(bar.full, meter)
    begin = bar.end - bar.full if bar.completes else bar.start
    for number in range(round(max(bar.full, bar.end - begin) / beat)):
        time = begin + number * beat
        if bar.start - NEARLY <= time < bar.end - NEARLY:
            yield Click(max(time, bar.start), number % round(bar.full / beat) == 0)
