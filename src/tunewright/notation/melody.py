"""The melody of a tune: its notes and bars.

The melody is the first voice, chords by their highest note, without grace notes, as written: repeats are not unfolded.

Conventions: times are in ticks (see `tunewright.notation.meter`), or whole notes as exact fractions; pitches are MIDI
numbers (middle C, ABC ``C``, is 60), places offsets in the text from 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tunewright.notation.keys import Key
from tunewright.notation.meter import Meter, whole_notes
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import BarLine, Item, MeterChange, Sound
from tunewright.notation.voices import Events, Voice


class Note(NamedTuple):
    """One note; notes tied together are one."""

    pitch: int
    """MIDI number as it sounds; of a chord, its highest note."""
    onset_ticks: int
    """Since the start of the tune."""
    ticks: int
    """Duration."""
    bar: int
    """Index in `Melody.bars`."""
    start: int
    """``text[start:end]`` is the note with its accidental and length; of tied notes, the first."""
    end: int

    @property
    def onset(self) -> Fraction:
        """Whole notes since the start."""
        return whole_notes(self.onset_ticks)

    @property
    def length(self) -> Fraction:
        """Duration in whole notes."""
        return whole_notes(self.ticks)


class Bar(NamedTuple):
    """What stands between two bar lines; bar lines with nothing that takes time between them count as one."""

    number: int
    """As musicians count: 0 is a pick-up; the halves of a bar that a repeat sign cuts in two have one number."""
    start: int
    """``text[start:end]`` is what stands between its bar lines."""
    end: int
    ticks: int
    """Duration of its content."""
    expected_ticks: int | None
    """Duration by the metre; None without metre."""
    opens: str
    """Bar line before it; "" at the start."""
    closes: str
    """Bar line after it; "" if the tune ends without."""
    section: int
    """From 0; another one begins after the end of a repeat and a double bar line, and at the start of a repeat."""
    ending: str = ""
    """``1``, ``2`` ... on the first bar of an ending, else ""."""

    @property
    def length(self) -> Fraction:
        """Duration of its content in whole notes."""
        return whole_notes(self.ticks)

    @property
    def expected(self) -> Fraction | None:
        """Duration by the metre in whole notes; None without metre."""
        return None if self.expected_ticks is None else whole_notes(self.expected_ticks)


@dataclass(frozen=True, slots=True)
class Melody:
    """The melody of a tune."""

    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    key: Key
    meter: Fraction | None
    """Whole notes in a bar, as the header says; None without metre."""
    body: int
    """Offset of the first character after the ``K:`` line."""
    fields: Mapping[str, str]
    """First value of each header field, by its letter."""


_SECTION_SIGNS = ("||", ":|", "|:", "::", "|]", "[|")


def read_melody(text: str) -> Melody:
    """Return the melody of the tune `text`, which may be any text."""
    events = read_events(text)
    voice = next((voice for voice in events.voices if any(map(_is_note, voice.items))), events.voices[0])
    contents = bar_contents(voice, events, len(text))
    notes, bars = tuple(_notes(contents)), tuple(_bars(contents))
    return Melody(notes, bars, events.key, events.meter.length, events.body, events.fields)


def bars_of(voice: Voice, events: Events, length: int) -> list[Bar]:
    """Return the bars of one voice of a tune of `length` characters."""
    return list(_bars(bar_contents(voice, events, length)))


def _is_note(item: Item) -> bool:
    return type(item) is Sound and item.pitch is not None


@dataclass(slots=True)
class BarContent:
    """The sounds between bar lines, of which there are some."""

    start: int
    meter: Meter
    opens: list[BarLine] = field(default_factory=list)
    """Bar lines at its start, with nothing that takes time between them."""
    sounds: list[Sound] = field(default_factory=list)
    ticks: int = 0
    bars: int = 1
    """Number of bars that it fills; more than one for a rest of whole bars."""
    end: int = 0
    closes: str = ""


def bar_contents(voice: Voice, events: Events, length: int) -> list[BarContent]:
    """Return what stands in each of the bars that `bars_of` returns."""
    meter = events.meter
    current = BarContent(events.body, meter)
    found, sounds = [current], current.sounds
    for item in voice.items:
        if type(item) is Sound:
            sounds.append(item)
        elif type(item) is MeterChange:
            meter = item.meter
            current.meter = current.meter if sounds else meter
        elif type(item) is BarLine:
            if sounds:
                current.end, current.closes = item.start, item.text
                current = BarContent(item.end, meter)
                sounds = current.sounds
                found.append(current)
            current.start = item.end
            current.opens.append(item)
    if sounds:
        current.end = length
    else:
        found.pop()
    for content in found:
        content.ticks = sum([sound.ticks for sound in content.sounds])
        content.bars = sum([sound.bars for sound in content.sounds]) - len(content.sounds) + 1
    return found


def _notes(contents: list[BarContent]) -> list[Note]:
    notes: list[Note] = []
    time = 0
    tied: Note | None = None  # a note that goes on
    for index, content in enumerate(contents):
        for sound in content.sounds:
            pitch, ticks = sound.pitch, sound.ticks
            if tied is not None and tied.pitch != pitch:
                notes.append(tied)
                tied = None
            if pitch is not None:
                if tied is None:
                    # as Note(...) does, in half the time
                    note = tuple.__new__(Note, (pitch, time, ticks, index, sound.start, sound.end))
                else:
                    note, tied = tied._replace(ticks=tied.ticks + ticks), None
                if sound.tied:
                    tied = note
                else:
                    notes.append(note)
            time += ticks
    if tied is not None:
        notes.append(tied)
    return notes


def _bars(contents: list[BarContent]) -> Iterator[Bar]:
    number = section = 0
    lacking = 0  # ticks that an incomplete bar before still lacks
    for index, content in enumerate(contents):
        expected = content.meter.bar and content.meter.bar * content.bars
        short = expected - content.ticks if expected is not None and content.ticks < expected else 0
        opens, ending, divided = "", "", False
        for line in content.opens:
            opens = line.text or opens
            ending = ending or line.ending
            divided = divided or _divides(line)
        completes = divided and content.ticks == lacking
        number += (index > 0 or not short) and not completes
        section += index > 0 and divided
        lacking = 0 if completes else short
        yield Bar(
            number,
            content.start,
            content.end,
            content.ticks,
            expected,
            opens,
            content.closes,
            section,
            ending,
        )
        number += content.bars - 1


def _divides(line: BarLine) -> bool:
    """Return true if a section begins at `line`; the second ending of a repeat belongs to what is repeated."""
    return not line.ending and _holds_section_sign(line.text)


@lru_cache(maxsize=256)
def _holds_section_sign(text: str) -> bool:
    return any(sign in text for sign in _SECTION_SIGNS)
