"""Position of each character of a text in its tune and in its music: tokens, fields, bars, beats, sections, pitches.

`read_places` collects from `tunewright.notation` all that `labels` needs. Any text may be given; where a text has no
answer, it is nan.

Conventions: row i is about character i, just read. A note counts as played from its last character on, and a bar line
as passed likewise. Times are shares of a whole note or of a bar; pitches are MIDI numbers, of a chord that of its
highest note. Each voice counts its own bars.

Shapes: T characters.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.lexer import FIELD_LINES, Sign, read_lines, tokens
from tunewright.notation.melody import Bar, bars_of
from tunewright.notation.meter import WHOLE, Meter
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import BarLine, MeterChange, Sound
from tunewright.notation.voices import Events, Voice

Floats = NDArray[np.float32]

KIND_NUMBERS = {kind: number for number, kind in enumerate(Sign)}
"""Numbers of the kinds of tokens, for `Places.kinds`."""


class _Moment(NamedTuple):
    """The state of the music from one character on, until the next moment."""

    start: int
    played: float
    """Share of the bar, 0 to 1."""
    beats: float
    """Beats of the bar that have been played."""
    beats_left: float
    bar: float
    """Number of the bar in its section, from 0; nan for pick-ups, which are not counted."""
    section: float
    """From 0."""
    ending: float
    """Number of the ending, 0 outside of endings."""
    in_repeat: float
    """1 between a start of a repeat and its end, else 0."""
    last_bar: float
    """1 in the last bar, else 0."""


@dataclass(frozen=True)
class Places:
    """Everything that labels need to know of each character; arrays of shape=(T,)."""

    characters: NDArray[np.str_]
    """The text."""
    kinds: NDArray[np.uint8]
    """Kind of the character's token: see `KIND_NUMBERS`."""
    token_last: NDArray[np.bool_]
    """True at the last character of its token."""
    fields: NDArray[np.str_]
    """Letter of the character's field, on a line of its own or inline; "" outside of fields."""
    body: int
    """Length of the header in characters, the end of its last line included."""
    moments: dict[str, Floats]
    """The fields of `_Moment` by name; nan in the header and before the music."""
    pitch: Floats
    """Pitch of the note that is being read, from its letter on; nan elsewhere."""
    pitch_before: Floats
    """Pitch of the note before that one."""
    length: Floats
    """Length of the note or rest that is being read, in whole notes; nan elsewhere."""

    def is_kind(self, *kinds: Sign) -> NDArray[np.bool_]:
        """Whether each character belongs to a token of these kinds."""
        return np.isin(self.kinds, [KIND_NUMBERS[kind] for kind in kinds])


def read_places(text: str) -> Places:
    """Return what is known of each character of `text`, a tune or any text."""
    events = read_events(text)
    found = tokens(text)
    lengths = [token.end - token.start for token in found]
    kinds = np.repeat(np.array([KIND_NUMBERS[token.kind] for token in found], np.uint8), lengths)
    token_last = np.zeros(len(text), bool)
    token_last[[token.end - 1 for token in found]] = True
    pitch, before, length = _sounds(events, len(text))
    pitch[kinds == KIND_NUMBERS[Sign.ACCIDENTAL]] = np.nan
    characters = np.array(list(text), "<U1")
    return Places(
        characters,
        kinds,
        token_last,
        _fields(text, kinds),
        events.body,
        _moments(events, len(text)),
        pitch,
        before,
        length,
    )


def _fields(text: str, kinds: NDArray[np.uint8]) -> NDArray[np.str_]:
    letters = np.full(len(text), "", "<U1")
    for line in read_lines(text):
        if line.kind in FIELD_LINES:
            letters[line.start : line.stop] = text[line.start]
    letter = ""
    for place in np.flatnonzero(np.isin(kinds, [KIND_NUMBERS[Sign.INLINE_FIELD], KIND_NUMBERS[Sign.INLINE_VALUE]])):
        letter = text[place + 1] if text[place] == "[" else letter
        letters[place] = letter
    return letters


def _sounds(events: Events, size: int) -> tuple[Floats, Floats, Floats]:
    """Pitch, pitch of the previous note, and length, each shape=(T,)."""
    pitch, before, length = (np.full(size, np.nan, np.float32) for _ in range(3))
    for voice in events.voices:
        last = np.nan
        for item in voice.items:
            if type(item) is Sound:
                length[item.start : item.end] = item.ticks / WHOLE
                if item.pitch is not None:
                    pitch[item.start : item.end] = item.pitch
                    before[item.start : item.end] = last
                    last = item.pitch
    return pitch, before, length


def _moments(events: Events, size: int) -> dict[str, Floats]:
    moments = [moment for voice in events.voices for moment in _moments_of(voice, events, size)]
    moments.sort(key=itemgetter(0))
    table = np.array([(-1, *[np.nan] * (len(_Moment._fields) - 1)), *moments])  # (moments, facts)
    rows = np.searchsorted(table[:, 0], np.arange(size), side="right") - 1
    facts = table[rows].astype(np.float32).T  # (facts, T)
    return dict(zip(_Moment._fields[1:], facts[1:], strict=True))


class _BarPlace(NamedTuple):
    """A bar and its place in the tune."""

    ticks: float
    """Ticks that it should last; nan without metre."""
    skipped: int
    """Ticks that are missing at the start of a pick-up, or of the second part of a divided bar."""
    place: float
    section: int
    ending: int
    is_last: bool


def _moments_of(voice: Voice, events: Events, size: int) -> Iterator[_Moment]:
    """Yield the moments of one voice in order: one where it begins, one after each sound and each bar line."""
    bars = bars_of(voice, events, size)
    if not bars:
        return
    places = list(_bar_places(bars))
    starts = [bar.start for bar in bars]
    meter, in_repeat, at = events.meter, False, 0
    ticks = places[0].skipped
    yield _moment(min(events.body, starts[0]), places[0], ticks, meter, in_repeat)
    for item in voice.items:
        if isinstance(item, MeterChange):
            meter = item.meter
            continue
        if isinstance(item, Sound):
            now = max(bisect_right(starts, item.start) - 1, 0)
            ticks = (ticks if now == at else places[now].skipped) + item.ticks
            at = now
        elif not isinstance(item, BarLine):
            continue
        else:
            at = min(bisect_left(starts, item.end), len(bars) - 1)
            ticks = places[at].skipped
            in_repeat = item.text.endswith(":") or (in_repeat and not item.text.startswith(":"))
        yield _moment(item.end - 1, places[at], ticks, meter, in_repeat)


def _bar_places(bars: list[Bar]) -> Iterator[_BarPlace]:
    place, section, ending, number = -1, 0, "", None
    for bar in bars:
        cut = bar.expected is not None and bar.length < bar.expected and number in (None, bar.number)
        if bar.section != section:
            place, ending = -1, ""
        place += not cut
        ending = bar.ending or ending
        section, number = bar.section, bar.number
        yield _BarPlace(
            np.nan if bar.expected is None else float(bar.expected * WHOLE),
            int((bar.expected - bar.length) * WHOLE) if cut and bar.expected is not None else 0,
            np.nan if cut else place,
            section,
            int(ending[:1] or 0),
            bar is bars[-1],
        )


def _moment(start: int, bar: _BarPlace, ticks: int, meter: Meter, in_repeat: bool) -> _Moment:
    beat = WHOLE // meter.unit * (3 if meter.compound else 1)
    played = float(np.fmin(ticks, bar.ticks)) if bar.ticks else np.nan
    return _Moment(
        start,
        played / bar.ticks if bar.ticks else np.nan,
        played / beat,
        (bar.ticks - played) / beat,
        bar.place,
        bar.section,
        bar.ending,
        in_repeat,
        bar.is_last,
    )
