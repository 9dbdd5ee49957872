"""MIDI files of performances: type 1, 480 ticks per quarter note.

The first track has tempo, metre and texts (UTF-8); then comes a track for each voice and one for the accompaniment.
Every onset is rounded to a tick from its exact time, so that errors do not add up.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tunewright.errors import MissingExtraError
from tunewright.rendering.performance import PERCUSSION, Performance, SoundingNote
from tunewright.rendering.provenance import entries

TICKS_PER_QUARTER = 480
MICROSECONDS_PER_MINUTE = 60_000_000

_PERCUSSION_CHANNEL = 9
_MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != _PERCUSSION_CHANNEL)
_NOTE_OFF, _PROGRAM, _NOTE_ON = range(3)
"""The order of messages at the same time."""

Event = tuple[int, int, str, dict[str, Any]]
"""Time in ticks, order among messages at the same time, and name and values of a message as in mido."""


def midi_file(
    performance: Performance, provenance: Mapping[str, str] | None = None, *, silence_seconds: float = 0.0
) -> bytes:
    """Return a performance as a standard MIDI file.

    Parameters
    ----------
    performance
        What sounds when.
    provenance
        Where the tune comes from; each entry becomes a text event.
    silence_seconds
        Length of the silence after the last note, in which a synthesiser lets it fade.
    """
    try:
        import mido
    except ImportError:
        raise MissingExtraError("Making MIDI files", "render") from None

    last_tempo = performance.tempos[-1][1] if performance.tempos else performance.tempo
    length = ticks(performance.end + silence_seconds * last_tempo / 240)
    leading = [mido.MetaMessage(name, **values) for name, values in _leading_messages(performance, provenance or {})]
    changes, now = [], 0
    for place, tempo in performance.tempos:
        time = ticks(place)
        changes.append(
            mido.MetaMessage("set_tempo", tempo=round(MICROSECONDS_PER_MINUTE / tempo), time=max(0, time - now))
        )
        now = max(now, time)
    end = mido.MetaMessage("end_of_track", time=max(0, length - now))
    tracks = [mido.MidiTrack([*leading, *changes, end])]
    for number, notes in enumerate(performance.tracks):
        events = _note_events(notes, _MELODIC_CHANNELS[number % len(_MELODIC_CHANNELS)])
        messages = [mido.Message(name, time=time, **values) for time, name, values in _with_delta_times(events)]
        tracks.append(mido.MidiTrack([*messages, mido.MetaMessage("end_of_track", time=0)]))
    content = io.BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=tracks).save(file=content)
    return content.getvalue()


def ticks(whole_notes: float) -> int:
    """Return a time in ticks, rounded to the nearest."""
    return round(whole_notes * 4 * TICKS_PER_QUARTER)


def _leading_messages(performance: Performance, provenance: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Meta messages of the first track, by mido's names."""
    if performance.title:
        yield "track_name", {"name": performance.title}
    for entry in entries(provenance):
        yield "text", {"text": entry}
    yield "set_tempo", {"tempo": round(MICROSECONDS_PER_MINUTE / performance.tempo)}
    numerator, denominator = performance.meter
    if numerator < 256 and denominator in {2**power for power in range(8)}:
        yield "time_signature", {"numerator": numerator, "denominator": denominator}


def _note_events(notes: Sequence[SoundingNote], channel: int) -> list[Event]:
    events: list[Event] = []
    program = None
    for note, start, end in _separate(notes):
        voice = _PERCUSSION_CHANNEL if note.program == PERCUSSION else channel
        if note.program != program and note.program != PERCUSSION:
            program = note.program
            events.append((start, _PROGRAM, "program_change", {"channel": voice, "program": program}))
        key = {"channel": voice, "note": note.pitch}
        events.append((start, _NOTE_ON, "note_on", {**key, "velocity": note.velocity}))
        events.append((end, _NOTE_OFF, "note_off", {**key, "velocity": 0}))
    return sorted(events, key=lambda event: event[:2])


def _separate(notes: Sequence[SoundingNote]) -> Iterator[tuple[SoundingNote, int, int]]:
    """Notes with start and end in ticks, each ended before the same pitch starts again."""
    next_start: dict[int, int] = {}
    spans = []
    for note in reversed(notes):
        start = ticks(note.start)
        end = max(start + 1, ticks(note.start + note.duration))
        following = next_start.get(note.pitch)
        if following == start:  # the same pitch twice at once
            continue
        next_start[note.pitch] = start
        spans.append((note, start, end if following is None else min(end, following)))
    return reversed(spans)


def _with_delta_times(events: Sequence[Event]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Name and values of each message, with the ticks since the message before it."""
    now = 0
    for time, _, name, values in events:
        yield time - now, name, values
        now = time
