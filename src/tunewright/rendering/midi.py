"""How does a performance become a MIDI file?

A file of type 1 with 480 ticks to the quarter note: a first track with tempo, metre and texts (UTF-8), then a track for
each voice and one for the accompaniment. Every onset is rounded to a tick from its exact time, so nothing drifts.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tunewright.errors import MissingExtraError
from tunewright.rendering.performance import PERCUSSION, Note, Performance
from tunewright.rendering.provenance import entries

if TYPE_CHECKING:
    import mido

TICKS_PER_QUARTER = 480

_PERCUSSION_CHANNEL = 9
_MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != _PERCUSSION_CHANNEL)
_NOTE_OFF, _PROGRAM, _NOTE_ON = range(3)
"""What comes first of several messages at the same time."""

Event = tuple[int, int, str, dict[str, Any]]
"""When (in ticks), which first of those at the same time, and a message as mido names it."""


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
        How long the file goes on after the last note, so that a synthesiser lets it fade.
    """
    try:
        import mido
    except ImportError:
        raise MissingExtraError("Making MIDI files", "render") from None

    length = ticks((performance.length_seconds + silence_seconds) / performance.seconds(1.0))
    tracks = [mido.MidiTrack([*_leading_messages(performance, provenance or {}), _end(length)])]
    for number, notes in enumerate(performance.tracks):
        events = _note_events(notes, _MELODIC_CHANNELS[number % len(_MELODIC_CHANNELS)])
        tracks.append(_track(events))
    content = io.BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=tracks).save(file=content)
    return content.getvalue()


def ticks(whole_notes: float) -> int:
    """Return a time in ticks, rounded to the nearest."""
    return round(whole_notes * 4 * TICKS_PER_QUARTER)


def _leading_messages(performance: Performance, provenance: Mapping[str, str]) -> "Iterator[mido.MetaMessage]":
    import mido

    if performance.title:
        yield mido.MetaMessage("track_name", name=performance.title)
    for entry in entries(provenance):
        yield mido.MetaMessage("text", text=entry)
    yield mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(performance.tempo))
    numerator, denominator = performance.meter
    if numerator < 256 and denominator in {2**power for power in range(8)}:
        yield mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)


def _note_events(notes: Sequence[Note], channel: int) -> list[Event]:
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


def _separate(notes: Sequence[Note]) -> Iterator[tuple[Note, int, int]]:
    """Notes with start and end in ticks, such that no key is pressed that is still down."""
    next_start: dict[int, int] = {}
    spans = []
    for note in reversed(notes):
        start = ticks(note.start)
        end = max(start + 1, ticks(note.start + note.duration))
        following = next_start.get(note.pitch)
        if following == start:  # the same key twice at once
            continue
        next_start[note.pitch] = start
        spans.append((note, start, end if following is None else min(end, following)))
    return reversed(spans)


def _track(events: Sequence[Event]) -> "mido.MidiTrack":
    import mido

    track, now = mido.MidiTrack(), 0
    for time, _, name, values in events:
        track.append(mido.Message(name, time=time - now, **values))
        now = time
    track.append(_end(0))
    return track


def _end(time: int) -> "mido.MetaMessage":
    import mido

    return mido.MetaMessage("end_of_track", time=time)
