"""How does a performance become a MIDI file?

A file of type 1 with 480 ticks to the quarter note: a first track with tempo, metre and texts (UTF-8), then a track for
each voice and one for the accompaniment. Every onset is rounded to a tick from its exact time, so nothing drifts.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

from tunewright.render.performance import PERCUSSION, Note, Performance
from tunewright.render.provenance import entries

TICKS_PER_QUARTER = 480

_TEXT, _NAME, _END, _TEMPO, _METER = 0x01, 0x03, 0x2F, 0x51, 0x58
_NOTE_OFF, _NOTE_ON, _PROGRAM = 0x80, 0x90, 0xC0
_PERCUSSION_CHANNEL = 9
_MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != _PERCUSSION_CHANNEL)

Event = tuple[int, int, bytes]
"""When (in ticks), which first of those at the same time, and the bytes of the message."""


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
    length = ticks((performance.length_seconds + silence_seconds) / performance.seconds(1.0))
    tracks = [_track([*_leading_events(performance, provenance or {}), (length, 9, _meta(_END, b""))])]
    for number, notes in enumerate(performance.tracks):
        events = _note_events(notes, _MELODIC_CHANNELS[number % len(_MELODIC_CHANNELS)])
        tracks.append(_track([*events, (max(time for time, _, _ in events), 9, _meta(_END, b""))]))
    return struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), TICKS_PER_QUARTER) + b"".join(tracks)


def ticks(whole_notes: float) -> int:
    """Return a time in ticks, rounded to the nearest."""
    return round(whole_notes * 4 * TICKS_PER_QUARTER)


def _leading_events(performance: Performance, provenance: Mapping[str, str]) -> list[Event]:
    events = [(0, 0, _meta(_NAME, performance.title.encode()))] if performance.title else []
    events += [(0, 0, _meta(_TEXT, entry.encode())) for entry in entries(provenance)]
    events.append((0, 0, _meta(_TEMPO, round(60e6 / performance.tempo).to_bytes(3, "big"))))
    numerator, denominator = performance.meter
    if numerator < 256 and denominator in {2**power for power in range(8)}:
        events.append((0, 0, _meta(_METER, bytes([numerator, denominator.bit_length() - 1, 24, 8]))))
    return events


def _note_events(notes: Sequence[Note], channel: int) -> list[Event]:
    events: list[Event] = []
    program = None
    for note, start, end in _separate(notes):
        voice = _PERCUSSION_CHANNEL if note.program == PERCUSSION else channel
        if note.program != program and note.program != PERCUSSION:
            program = note.program
            events.append((start, 1, bytes([_PROGRAM | voice, program])))
        events.append((start, 2, bytes([_NOTE_ON | voice, note.pitch, note.velocity])))
        events.append((end, 0, bytes([_NOTE_OFF | voice, note.pitch, 0])))
    return events


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


def _track(events: Sequence[Event]) -> bytes:
    data, now = bytearray(), 0
    for time, _, message in sorted(events, key=lambda event: event[:2]):
        data += _variable_length(time - now) + message
        now = time
    return struct.pack(">4sI", b"MTrk", len(data)) + bytes(data)


def _meta(kind: int, content: bytes) -> bytes:
    return bytes([0xFF, kind]) + _variable_length(len(content)) + content


def _variable_length(number: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last have their top bit set."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
