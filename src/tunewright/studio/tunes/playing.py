"""What sounds when a tune, or a range of its bars, is practised: notes, bars and the cursor's timeline.

`play_bars` unfolds a tune as `tunewright.rendering.performance` does, finds out which bar is played when, and keeps the
bars that were asked for. Without repeats every section is played once, with its last ending; with them, as written.

Conventions: times are whole notes from the first bar that is played; characters are counted in UTF-16 units, as
JavaScript does, from the start of the text that was given.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from tunewright.errors import OptionError, RenderError
from tunewright.notation.melody import Bar, Melody, read_melody
from tunewright.notation.meter import WHOLE
from tunewright.rendering.performance import Performance, SoundingNote, perform
from tunewright.rendering.source import INSERTED, Completed, completed
from tunewright.studio.tunes.swing import swung

LATE = 1 / 12
"""Whole notes by which graces may delay the first note of a bar."""

LONGEST_KEPT = 20_000
"""Characters of a tune whose performance is kept for the next question."""

NEARLY = 1e-4
"""Times closer than this, in whole notes, are equal."""


@dataclass(frozen=True)
class BarPlayed:
    """One bar, each time that it is played."""

    number: int
    """As musicians count; 0 is a pick-up."""
    start: float
    end: float
    full: float | None
    """Length that the metre gives it; None without metre."""
    place: int
    """Index among the bars of the text."""
    completes: bool = False
    """Whether a shorter bar ends where a full one would: a pick-up, or the rest of a bar that a repeat sign divides."""


@dataclass(frozen=True)
class Playing:
    """A tune, or a range of its bars, as it is played."""

    performance: Performance
    bars: tuple[BarPlayed, ...]

    @property
    def length(self) -> float:
        """From the first bar's start to the last bar's end."""
        return self.bars[-1].end


def play_bars(
    text: str, first: int | None = None, last: int | None = None, *, repeats: bool = True, swing: float = 0.0
) -> Playing:
    """Return what sounds when the bars from number `first` to number `last` of a tune are played.

    Parameters
    ----------
    text
        One tune in ABC notation.
    first, last
        Numbers of bars as musicians count; None for the tune's first and last.
    repeats
        Whether repeats within these bars are played.
    swing
        0 plays pairs of short notes evenly, 2/3 as a triplet's two and one, 1 as three and one.

    Raises
    ------
    OptionError
        If the tune does not have these bars.
    RenderError
        If it cannot be played, or if these bars hold no note.
    """
    whole = _whole(text) if len(text) <= LONGEST_KEPT else _whole.__wrapped__(text)
    bars = whole.bars
    if first is not None or last is not None:
        bars = _chosen(bars, *_range(whole.bars, first, last))
    if not repeats:
        bars = _once(bars)
    playing = _cut(whole, bars)
    return replace(playing, performance=swung(playing.performance, playing.bars, swing)) if swing else playing


@lru_cache(maxsize=32)
def _whole(text: str) -> Playing:
    complete = completed(text)
    performance = perform(complete.text)
    melody = read_melody(complete.text)
    bars = tuple(_with_ends(list(_with_silent(list(_bars_played(performance, melody, complete.text)), melody))))
    if not bars:
        raise RenderError("no bar of the tune holds a note")
    where = original_units(complete, text)
    tracks = tuple(tuple(_placed(note, where) for note in track) for track in performance.tracks)
    return Playing(replace(performance, tracks=tracks), bars)


def unit_starts(text: str) -> list[int]:
    """The start of each character, and the end of the last, in UTF-16 units."""
    starts = [0]
    for character in text:
        starts.append(starts[-1] + 1 + (character > "\uffff"))
    return starts


def original_units(complete: Completed, text: str) -> list[int]:
    """Return, for each UTF-16 unit of a completed text, its place in the original; for what was inserted, the next."""
    starts = unit_starts(text)
    after = starts[-1]
    found = [after]
    for character, place in zip(reversed(complete.text), reversed(complete.places), strict=True):
        if place != INSERTED:
            after = starts[place]
        found += [after] * (1 + (character > "\uffff"))
    return found[::-1]


def _placed(note: SoundingNote, where: Sequence[int]) -> SoundingNote:
    if note.characters is None:
        return note
    start, end = (where[min(unit, len(where) - 1)] for unit in note.characters)
    return replace(note, characters=(start, end))


def _bars_played(performance: Performance, melody: Melody, text: str) -> Iterator[BarPlayed]:
    """Bars that hold the beginning of a note, with their starting times, in the order in which they are played."""
    units = unit_starts(text)
    begins = [units[note.start] for note in melody.notes]
    before = _times_before(melody)
    last: tuple[int, float, float] | None = None  # bar, place in it and time of the note before
    for note in performance.written_notes:
        found = bisect_right(begins, note.characters[1] - 1) - 1 if note.characters else -1
        if found < 0 or note.characters is None or begins[found] < note.characters[0]:
            continue  # a note of another voice
        read = melody.notes[found]
        inside = read.onset_ticks / WHOLE - before[read.bar]
        here = (read.bar, inside, note.start)
        if last is None or read.bar != last[0] or (inside <= last[1] and note.start > last[2] + NEARLY):
            bar = melody.bars[read.bar]
            earliest = last[2] if last else 0.0  # no bar begins before the last note of the bar before it
            yield BarPlayed(bar.number, max(earliest, note.start - inside), 0.0, _full(bar), read.bar)
        last = here


def _times_before(melody: Melody) -> list[float]:
    """Whole notes before each bar, as written."""
    times, ticks = [], 0
    for bar in melody.bars:
        times.append(ticks / WHOLE)
        ticks += bar.ticks
    return times


def _full(bar: Bar) -> float | None:
    return None if bar.expected_ticks is None else bar.expected_ticks / WHOLE


def _with_silent(played: Sequence[BarPlayed], melody: Melody) -> Iterator[BarPlayed]:
    """The bars that are played, with those in which no note begins, and starts that graces do not delay."""
    sounding = {note.bar for note in melody.notes}
    place, time = -1, 0.0  # of the bar before, and where it ends
    for bar in played:
        place += 1
        while place < bar.place and place not in sounding and time < bar.start - NEARLY:
            silent = melody.bars[place]
            yield BarPlayed(silent.number, time, 0.0, _full(silent), place)
            time += silent.ticks / WHOLE
            place += 1
        start = time if time <= bar.start <= time + LATE else bar.start
        place, time = bar.place, start + melody.bars[bar.place].ticks / WHOLE
        yield replace(bar, start=start, end=time)
    for silent in melody.bars[place + 1 :] if place >= 0 else ():
        place += 1
        if place in sounding:
            break
        yield BarPlayed(silent.number, time, time + silent.ticks / WHOLE, _full(silent), place)
        time += silent.ticks / WHOLE


def _with_ends(bars: Sequence[BarPlayed]) -> Iterator[BarPlayed]:
    """Bars that end where the next one begins, and whether a short one is the last part of a full one."""
    lacking: float | None = None
    for place, bar in enumerate(bars):
        end = bars[place + 1].start if place + 1 < len(bars) else max(bar.end, bar.start + NEARLY)
        short = bar.full is not None and end - bar.start < bar.full - NEARLY
        fits = lacking is not None and abs(end - bar.start - lacking) < NEARLY
        completes = short and (bar.number == 0 or place == 0 or fits)
        lacking = None
        if short and not completes and bar.full is not None:
            lacking = bar.full - (end - bar.start)
        yield replace(bar, end=end, completes=completes)


def _range(bars: Sequence[BarPlayed], first: int | None, last: int | None) -> tuple[int, int]:
    low, high = min(bar.number for bar in bars), max(bar.number for bar in bars)
    begin, end = low if first is None else first, high if last is None else last
    if not low <= begin <= end <= high:
        raise OptionError(f"bars is {begin}-{end}; allowed: from bar {low} up to bar {high}, the tune's last")
    return begin, end


def _chosen(bars: Sequence[BarPlayed], first: int, last: int) -> tuple[BarPlayed, ...]:
    """The bars with these numbers, each time that they are played."""
    found = tuple(bar for bar in bars if first <= bar.number <= last)
    if not found:
        raise RenderError(f"bars {first} to {last} hold no note" if first < last else f"bar {first} holds no note")
    return found


def _once(bars: Sequence[BarPlayed]) -> tuple[BarPlayed, ...]:
    """Each section once, with the last of its endings: what is played again replaces what was played before.

    Where this would leave out a bar altogether (the first ending alone was asked for), the pass with most bars stays.
    """
    passes: list[list[BarPlayed]] = [[]]
    kept: list[BarPlayed] = []
    for bar in bars:
        if passes[-1] and bar.place <= passes[-1][-1].place:
            passes.append([])
        passes[-1].append(bar)
        while kept and kept[-1].place >= bar.place:
            kept.pop()
        kept.append(bar)
    longest = max(passes, key=len)
    return tuple(kept if len(kept) >= len(longest) else longest)


def _cut(whole: Playing, bars: Sequence[BarPlayed]) -> Playing:
    """The notes that begin in these bars, without the time between them."""
    windows: list[list[float]] = []
    moved = []
    time = 0.0
    for before, bar in pairwise([None, *bars]):
        assert bar is not None  # noqa: S101 - only the first is None
        if before is not None and abs(bar.start - before.end) < NEARLY:
            windows[-1][1] = bar.end
        else:
            windows.append([bar.start, bar.end, time])
        moved.append(replace(bar, start=time, end=time + bar.end - bar.start))
        time += bar.end - bar.start
    if windows[-1][1] >= whole.bars[-1].end - NEARLY:
        windows[-1][1] = float("inf")  # what rings longer than the last bar
    tracks = (
        tuple(_moved(note, *window) for window in windows for note in track if _begins(note, window))
        for track in whole.performance.tracks
    )
    sounding = tuple(track for track in tracks if track)
    if not sounding:
        raise RenderError("these bars hold no note")
    return Playing(replace(whole.performance, tracks=sounding), tuple(moved))


def _begins(note: SoundingNote, window: Sequence[float]) -> bool:
    return window[0] - NEARLY <= note.start < window[1] - NEARLY


def _moved(note: SoundingNote, start: float, end: float, time: float) -> SoundingNote:
    return replace(note, start=max(0.0, note.start - start) + time, duration=min(note.duration, end - note.start))
