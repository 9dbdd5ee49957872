"""Swing: the first of two short notes of a beat is played longer, the second shorter.

The two notes are eighths, or sixteenths where most notes of the tune are sixteenths. A pair is swung only if a note
begins in its middle and none at a third of it, so that triplets and dotted notes stay as they are. Compound metres
(6/8, 9/8, 12/8) have no pairs and are not swung. Every track follows, so that voices stay together.

Times are whole notes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from tunewright.rendering.performance import Performance, SoundingNote

NEARLY = 1e-4


class Timed(Protocol):
    """A bar that is played."""

    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def full(self) -> float | None: ...
    @property
    def completes(self) -> bool: ...


def swung(performance: Performance, bars: Sequence[Timed], swing: float) -> Performance:
    """Return a performance with swing.

    Parameters
    ----------
    bars
        The bars that are played, in their order.
    swing
        0 for none; at 1 the first note is three times as long as the second, at 2/3 twice.
    """
    pair = _pair(performance)
    if pair is None:
        return performance
    begins = sorted({round(note.start, 5) for track in performance.tracks for note in track if note.characters})
    moved = {start for bar in bars for start in _pairs(bar, pair) if _is_even(start, pair, begins)}
    longer = pair / 2 * (1 + swing / 2)
    ordered = sorted(moved)

    def shift(time: float) -> float:
        start = next((start for start in _near(ordered, time, pair) if start - NEARLY <= time < start + pair), None)
        if start is None:
            return time
        inside = time - start
        if inside <= pair / 2:
            return start + inside * longer / (pair / 2)
        return start + longer + (inside - pair / 2) * (pair - longer) / (pair / 2)

    tracks = tuple(tuple(_swung(note, shift) for note in track) for track in performance.tracks)
    return replace(performance, tracks=tracks)


def _swung(note: SoundingNote, shift: Callable[[float], float]) -> SoundingNote:
    start, end = shift(note.start), shift(note.start + note.duration)
    return replace(note, start=start, duration=max(end - start, NEARLY))


def _pair(performance: Performance) -> float | None:
    """The length of a pair of short notes; None where nothing is swung."""
    numerator, denominator = performance.meter
    if denominator >= 8 and numerator % 3 == 0:
        return None
    lengths = Counter(round(note.duration * 32) for note in performance.written_notes)
    shortest = Counter({length: count for length, count in lengths.items() if length in (2, 4)})
    if not shortest:
        return None
    return 1 / 8 if shortest[2] > shortest[4] else 1 / 4


def _pairs(bar: Timed, pair: float) -> list[float]:
    """Where pairs begin in a bar; a bar that completes another is counted from its end."""
    length = bar.end - bar.start
    begin = bar.start + (length % pair if bar.completes else 0.0)
    return [round(begin + number * pair, 5) for number in range(int((bar.end - begin) / pair + NEARLY))]


def _is_even(start: float, pair: float, begins: Sequence[float]) -> bool:
    inside = [time - start for time in _near(begins, start + pair / 2, pair) if -NEARLY < time - start < pair - NEARLY]
    has_middle = any(abs(time - pair / 2) < NEARLY for time in inside)
    return has_middle and not any(abs(time * 3 % pair) < 3 * NEARLY < time for time in inside)


def _near(times: Sequence[float], time: float, reach: float) -> Sequence[float]:
    return times[bisect_left(times, time - reach - NEARLY) : bisect_left(times, time + reach + NEARLY)]
