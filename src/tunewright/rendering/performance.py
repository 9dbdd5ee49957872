"""Performance of a tune: which notes sound when, for MIDI, audio and the page's cursor alike.

Repeats and endings are unfolded, ties joined, chord symbols accompanied, ornaments played. Times are in whole notes
from the start of the tune; `Performance.seconds` turns them into seconds, by the tempo and its changes (``Q:``) within
the tune.

Which note sounds when is what `tunewright.notation` reads. abcjs adds ornaments, dynamics and accompaniment: where it
reads a tune otherwise, it gets one in which everything is written out.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tunewright.errors import RenderError
from tunewright.notation.meter import WHOLE
from tunewright.notation.playing.played import Played, play_tune
from tunewright.rendering.engine import ask
from tunewright.rendering.tempo import FASTEST, SLOWEST, choose_tempo
from tunewright.rendering.texts.engraving_text import engraving_text
from tunewright.rendering.texts.playing_text import playing_text

LONGEST_SECONDS = 1800.0
"""A tune that would last longer is refused."""

LONGEST_GRACE = 1 / 48
"""Length of a grace note, in whole notes; all together take at most half of the note that they adorn."""

SAME_TIME = 1e-6
"""Starting times closer than this, in whole notes, are equal: abcjs rounds to it."""

STACCATO = 0.6
"""The part of its length for which a staccato note sounds."""

PERCUSSION = 128
"""The program number that abcjs uses for drums."""


@dataclass(frozen=True)
class SoundingNote:
    """One sounding note."""

    start: float
    """Whole notes from the start of the tune."""
    duration: float
    """Whole notes."""
    pitch: int
    """MIDI number, 0-127; middle C is 60."""
    velocity: int
    """MIDI velocity, 1-127."""
    program: int = 0
    """General MIDI instrument, 0-127, or `PERCUSSION`."""
    characters: tuple[int, int] | None = None
    """Where the note is written, as a range of UTF-16 units of the tune's text; None for accompaniment and graces."""


@dataclass(frozen=True)
class Performance:
    """Everything that sounds when a tune is played."""

    title: str
    meter: tuple[int, int]
    tempo: float
    """Quarter notes per minute."""
    tracks: tuple[tuple[SoundingNote, ...], ...]
    """A track for each voice, then one for the accompaniment if there are chord symbols; in order of starting times."""
    tempos: tuple[tuple[float, float], ...] = ()
    """Changes of the tempo: whole notes from the start, and quarter notes per minute from there on; in order."""
    vouched: bool = True
    """False if abcjs plays other notes than `tunewright.notation` reads, even where all is written out for it."""

    def seconds(self, whole_notes: float) -> float:
        """Return the time from the start to a number of whole notes, in seconds."""
        if not self.tempos:
            return whole_notes * 240 / self.tempo
        changes = [(0.0, self.tempo), *self.tempos, (float("inf"), 0.0)]
        return sum(
            max(0.0, min(whole_notes, end) - start) * 240 / tempo for (start, tempo), (end, _) in pairwise(changes)
        )

    @property
    def end(self) -> float:
        """The end of the last note, in whole notes."""
        return max(note.start + note.duration for track in self.tracks for note in track)

    @property
    def length_seconds(self) -> float:
        """Time from the start to the end of the last note."""
        return self.seconds(self.end)

    @property
    def written_notes(self) -> Iterator[SoundingNote]:
        """The notes that are written in the text, in order of starting times."""
        notes = [note for track in self.tracks for note in track if note.characters]
        return iter(sorted(notes, key=lambda note: note.start))


def perform(abc: str) -> Performance:
    """Compute the performance of a tune.

    Parameters
    ----------
    abc
        One tune, as `tunewright.rendering.source.abc_text` gives it.

    Raises
    ------
    RenderError
        If abcjs fails on it, if it has no note, or if it would last longer than `LONGEST_SECONDS`.
    """
    engraved = engraving_text(abc)
    opened = ask("open", engraved.text)
    if not opened["notes"]:
        raise RenderError("the tune holds no note")
    played = play_tune(abc)
    meter = (int(opened["meter"][0] or 4), int(opened["meter"][1] or 4))
    tempo = choose_tempo(_stated_tempo(opened["wholeNotesPerMinute"], played), str(opened["rhythm"]), meter)
    tempos = tuple(
        (onset / WHOLE, change.quarters_per_minute)
        for onset, change in played.tempos
        if SLOWEST <= change.quarters_per_minute <= FASTEST
    )
    _refuse_endless(Performance("", meter, tempo, ((SoundingNote(0, played.ticks / WHOLE, 60, 1),),), tempos))
    heard, vouched = _sequence(abc, played, tempo)
    voices = (tuple(_sounding(_with_short_graces(notes))) for notes in heard)
    tracks = tuple(voice for voice in voices if voice)
    if not tracks:
        raise RenderError("no note of the tune sounds")
    performance = Performance(str(opened["title"]), meter, tempo, tracks, tempos, vouched)
    _refuse_endless(performance)
    return performance


def _stated_tempo(whole_notes_per_minute: float | None, played: Played) -> float | None:
    """Return the quarter notes per minute of ``Q:``: as we read it, or as abcjs takes its words (``Allegro``)."""
    theirs = None if whole_notes_per_minute is None else whole_notes_per_minute * 4
    if played.events.tempo is None:
        return theirs
    ours = played.events.tempo.quarters_per_minute
    return theirs if theirs is not None and abs(theirs - ours) < SAME_TIME else ours


def _refuse_endless(performance: Performance) -> None:
    if not performance.length_seconds <= LONGEST_SECONDS:
        minutes = performance.length_seconds / 60
        raise RenderError(f"the tune would last {minutes:.0f} minutes; at most {LONGEST_SECONDS / 60:.0f} are allowed")


def _sequence(abc: str, played: Played, tempo: float) -> tuple[list[list[dict[str, Any]]], bool]:
    """Return what abcjs plays, track by track, with places in `abc`, and whether it is what we read.

    abcjs plays the tune as it reads it if it does so rightly; else a text in which all that takes time is written out.
    """
    engraved = engraving_text(abc)
    tracks = _asked(engraved.text, tempo, engraved.original_range)
    if _agrees(tracks, played, abc):
        return tracks, True
    written_out = playing_text(abc, played)
    tracks = _asked(written_out.text, tempo, written_out.original_range)
    return tracks, _agrees(tracks, played, abc)


def _asked(
    text: str, tempo: float, original_range: Callable[[int, int], tuple[int, int]]
) -> list[list[dict[str, Any]]]:
    tracks = [[note for note in track["notes"] if _is_sound(note)] for track in ask("sequence", text, tempo / 4)]
    for note in (note for track in tracks for note in track):
        if note.get("startChar") is not None:
            note["startChar"], note["endChar"] = original_range(note["startChar"], note["endChar"])
    return tracks


def _is_sound(note: dict[str, Any]) -> bool:
    """Return true if a note that abcjs plays has a time and a pitch; refuse one that nothing can play.

    In JSON, null stands for what is no number: abcjs divides by the length of grace notes, which may be 0.
    """
    start, duration, pitch, program = (note.get(name) for name in ("start", "duration", "pitch", "program"))
    if not all(isinstance(value, int | float) for value in (start, duration, pitch)):
        if note.get("kind") == "grace" and start is not None:
            return False
        raise RenderError("abcjs gives a note no time (perhaps because of a length of 0)")
    if not isinstance(program, int | float) or not 0 <= program <= PERCUSSION:
        raise RenderError(f"the tune asks for the instrument {program}; MIDI has 0 to 127")
    if not isinstance(note.get("velocity"), int | float):
        raise RenderError("abcjs gives a note no loudness (perhaps because of a MIDI directive)")
    return True


_OTHER_PITCHES = re.compile(
    r"^(?:%%[ \t]*(?:MIDI[ \t]+(?:r?transpose|drummap|channel)|percmap|map)|I:MIDI)|perc", re.MULTILINE
)
"""Where directives and percussion give notes other pitches, which we do not read."""


def _agrees(tracks: list[list[dict[str, Any]]], played: Played, abc: str) -> bool:
    """Return true if the notes in `tracks` have the onsets and pitches of `played`; those with ornaments may differ."""
    notes = [note for track in played.tracks() for note in track]
    places = _Places(abc, sorted({note.start for note in notes if note.adorned}))
    with_pitch = not _OTHER_PITCHES.search(abc)
    ours = sorted((with_pitch and note.pitch, note.onset_ticks / WHOLE) for note in notes if not note.adorned)
    theirs = sorted(
        (with_pitch and note["pitch"], note["start"])
        for track in tracks
        for note in track
        if note.get("startChar") is not None and not places.adorned(note["startChar"], note["endChar"])
    )
    return len(ours) == len(theirs) and all(
        pitch == other and abs(onset - start) < _NEAR
        for (pitch, onset), (other, start) in zip(ours, theirs, strict=True)
    )


def _sounding(notes: Iterable[dict[str, Any]]) -> Iterator[SoundingNote]:
    """Notes of one track in order of time, without those that are silent or have no pitch in MIDI."""
    for note in sorted(notes, key=lambda note: note["start"] or 0):
        start, duration, pitch = (note[name] for name in ("start", "duration", "pitch"))
        if None in (start, duration, pitch) or not 0 <= pitch <= 127 or duration <= 0 or not note["velocity"]:
            continue
        place = (note["startChar"], note["endChar"]) if note.get("startChar") is not None else None
        sounding = duration * STACCATO if note["kind"] == "staccato" else duration
        velocity = max(1, min(127, round(note["velocity"])))
        yield SoundingNote(start, sounding, round(pitch), velocity, int(note["program"]), place)


def _with_short_graces(notes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Shorten grace notes: abcjs gives them half of the note that they adorn; most of it goes back to the note."""
    graces: list[dict[str, Any]] = []
    late_start, gained = -1.0, 0.0
    for note in notes:
        if note["kind"] == "grace":
            graces.append(note)
            continue
        if graces:
            start, taken = graces[0]["start"], sum(grace["duration"] for grace in graces)
            factor = 1.0 if note["kind"] == "decoration" else min(1.0, LONGEST_GRACE * len(graces) / taken)
            late_start, gained = start + taken, taken * (1 - factor)
            for grace in graces:
                place = start + (grace["start"] - start) * factor
                yield {**grace, "start": place, "duration": grace["duration"] * factor}
            graces = []
        adorned = gained and abs(note["start"] - late_start) < SAME_TIME
        yield {**note, "start": note["start"] - gained, "duration": note["duration"] + gained} if adorned else note
    yield from graces


_NEAR = 1 / 1000
"""Onsets nearer than this, in whole notes, are the same: abcjs adds up rounded lengths."""


class _Places:
    """Where adorned notes stand.

    Parameters
    ----------
    abc
        The tune.
    starts
        Their offsets, in order.
    """

    def __init__(self, abc: str, starts: list[int]) -> None:
        if not abc.isascii():
            units, place, now = [], 0, 0
            for start in starts:
                now += len(abc[place:start].encode("utf-16-le")) // 2
                place = start
                units.append(now)
            starts = units
        self._starts = starts

    def adorned(self, start: int, end: int) -> bool:
        """Return true if an adorned note stands in this range of UTF-16 units."""
        at = bisect_left(self._starts, start)
        return at < len(self._starts) and self._starts[at] < end
