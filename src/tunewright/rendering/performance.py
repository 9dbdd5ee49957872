"""Performance of a tune: which notes sound when, for MIDI, audio and the page's cursor alike.

Repeats and endings are unfolded, ties joined, chord symbols accompanied, ornaments played. Times are in whole notes
from the start of the tune; `Performance.seconds` turns them into seconds. They take account of tempo changes (``Q:``)
within the tune.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tunewright.errors import RenderError
from tunewright.rendering.engine import ask
from tunewright.rendering.tempo import choose_tempo

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

    def seconds(self, whole_notes: float) -> float:
        """Return the length of a number of whole notes, in seconds."""
        return whole_notes * 240 / self.tempo

    @property
    def length_seconds(self) -> float:
        """Time from the start to the end of the last note."""
        return self.seconds(max(note.start + note.duration for track in self.tracks for note in track))

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
    opened = ask("open", abc)
    if not opened["notes"]:
        raise RenderError("the tune holds no note")
    stated = opened["wholeNotesPerMinute"]
    meter = (int(opened["meter"][0] or 4), int(opened["meter"][1] or 4))
    tempo = choose_tempo(None if stated is None else stated * 4, str(opened["rhythm"]), meter)
    voices = (tuple(_sounding(_with_short_graces(track["notes"]))) for track in ask("sequence", abc, tempo / 4))
    tracks = tuple(voice for voice in voices if voice)
    if not tracks:
        raise RenderError("no note of the tune sounds")
    performance = Performance(str(opened["title"]), meter, tempo, tracks)
    if not performance.length_seconds <= LONGEST_SECONDS:
        minutes = performance.length_seconds / 60
        raise RenderError(f"the tune would last {minutes:.0f} minutes; at most {LONGEST_SECONDS / 60:.0f} are allowed")
    return performance


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
