"""What sounds when a tune is played, as it is written: repeats unfolded, ties joined, overlays in their places.

Ornaments, grace notes and accompaniment are not part of it. Conventions: times are ticks (see
`tunewright.notation.meter`) from the start of the tune, pitches MIDI numbers, offsets characters from 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tunewright.notation.meter import WHOLE, Tempo
from tunewright.notation.playing.playing_order import playing_order
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import Overlay, Sound, TempoChange
from tunewright.notation.voices import Events, Voice


class PlayedNote(NamedTuple):
    """A note as it sounds; notes tied together are one."""

    onset_ticks: int
    pitch: int
    ticks: int
    start: int
    """Offset of the note, or of the chord that holds it."""
    end: int
    adorned: bool
    """True if grace notes or decorations may change its time."""


class PassedItem(NamedTuple):
    """An item of a voice, at the time when it is passed."""

    item: int
    """Index of the item in its voice."""
    onset_ticks: int


@dataclass(frozen=True, slots=True)
class PlayedVoice:
    """A voice in the order of playing."""

    voice: Voice
    steps: tuple[PassedItem, ...]
    ticks: int
    """How long it lasts."""

    def layers(self) -> list[list[tuple[int, Sound]]]:
        """Return onset and sound of its further layers (``&``), each in the order of playing."""
        overlays: dict[int, list[Overlay]] = {}
        for overlay in self.voice.overlays:
            overlays.setdefault(overlay.at, []).append(overlay)
        layers: dict[int, list[tuple[int, Sound]]] = {}
        for step in self.steps:
            for overlay in overlays.get(step.item, ()):
                now = step.onset_ticks
                for sound in overlay.sounds:
                    layers.setdefault(overlay.layer, []).append((now, sound))
                    now += sound.ticks
        return [layers[number] for number in sorted(layers)]

    def sounds(self) -> list[tuple[int, Sound]]:
        """Return onset and sound of the voice itself."""
        items = self.voice.items
        return [(step.onset_ticks, item) for step in self.steps if type(item := items[step.item]) is Sound]


@dataclass(frozen=True, slots=True)
class Played:
    """A tune in the order of playing."""

    events: Events
    voices: tuple[PlayedVoice, ...]
    tempos: tuple[tuple[int, Tempo], ...]
    """Onset of each change of tempo within the tune, in the order of time."""
    ticks: int
    """How long it lasts."""

    def tracks(self) -> list[list[PlayedNote]]:
        """Return the notes of each voice and, after it, of its layers, in the order of time; none is empty."""
        parts = [part for voice in self.voices for part in (voice.sounds(), *voice.layers())]
        return [notes for part in parts if (notes := sorted(_notes(part)))]


def play_tune(text: str, defaults: Mapping[str, str] | None = None) -> Played:
    """Return the tune `text`, which may be any text, in the order of playing; see `read_events` for `defaults`."""
    events = read_events(text, defaults)
    voices = tuple(_unfold(voice, events) for voice in events.voices)
    tempos: dict[int, Tempo] = {}
    for voice in voices:
        for step in voice.steps:
            item = voice.voice.items[step.item]
            if type(item) is TempoChange:
                tempos[step.onset_ticks] = item.tempo
    return Played(events, voices, tuple(sorted(tempos.items())), max((voice.ticks for voice in voices), default=0))


def _unfold(voice: Voice, events: Events) -> PlayedVoice:
    steps, now = [], 0
    for index in playing_order(voice.items, events.fields.get("P", "")):
        item = voice.items[index]
        steps.append(PassedItem(index, now))
        if type(item) is Sound:
            now += item.ticks
    return PlayedVoice(voice, tuple(steps), now)


def _notes(sounds: list[tuple[int, Sound]]) -> Iterator[PlayedNote]:
    held: dict[int, PlayedNote] = {}
    for onset, sound in sounds:
        pitches = sound.pitches or ((sound.pitch,) if sound.pitch is not None else ())
        before, held = held, {}
        for pitch in dict.fromkeys(pitches):
            tied = before.pop(pitch, None)
            if tied is not None and tied.onset_ticks + tied.ticks == onset:
                note = tied._replace(ticks=tied.ticks + sound.ticks)
            else:
                note = PlayedNote(onset, pitch, sound.ticks, sound.start, sound.end, sound.adorned)
            if sound.tied and (pitch in sound.ties or not sound.ties):
                held[pitch] = note
            elif note.ticks:
                yield note
        yield from before.values()
    yield from held.values()


def quarters(ticks: int) -> float:
    """Return `ticks` in quarter notes."""
    return ticks * 4 / WHOLE
