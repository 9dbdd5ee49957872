"""Measures of a voice with their bar lines, repeats and endings, as a score divides them.

A measure is what stands between two bar lines, so a repeat sign within a bar makes two measures of it; the second has
the number of the first and is not counted. A repeat without a sign at its start goes back to the last double bar or
repeat sign, as the ABC standard has it; the measure there gets the sign, so that every program plays the tune alike.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from tunewright.notation.melody import BarContent, bar_contents, bars_of
from tunewright.notation.playing.playing_order import MOST_TURNS, ending_numbers, signs_of
from tunewright.notation.voice.items import BarLine, Overlay, Sound
from tunewright.notation.voices import Voice
from tunewright.rendering.musicxml.written_items import LEADING_TO_CODA, FieldChange, WrittenSound, WrittenTune

_STYLES = (("[|]", "none"), ("|]", "light-heavy"), ("||", "light-light"), ("[|", "heavy-light"), (".|", "dotted"))
"""Style of a bar line, by the first of these that its text contains."""


@dataclass(slots=True)
class ScoreMeasure:
    """One measure of a voice."""

    number: int
    ticks: int
    start: int
    """Offset of its content."""
    counted: bool = True
    """False for a pick-up and for the second part of a divided bar."""
    sounds: list[WrittenSound] = field(default_factory=list)
    layers: dict[int, list[WrittenSound]] = field(default_factory=dict)
    """Further layers of it, by their numbers from 1; none is longer than it."""
    changes: list[FieldChange] = field(default_factory=list)
    """Fields that stand in it."""
    rests: int = 0
    """Number of measures in the rest that begins here; 0 outside rests of whole measures."""
    begins_repeat: bool = False
    times: int = 0
    """How often the repeat that ends here is played; 0 if none ends here."""
    divides: bool = False
    """True if a repeat without a start goes back to the bar line after it, a double one."""
    ending: tuple[int, ...] = ()
    """Passes of the ending that begins here."""
    ended: tuple[int, ...] = ()
    """Passes of the ending that ends here."""
    style: str = ""
    """Style of the bar line after it; empty for a plain one."""


def score_measures(voice: Voice, tune: WrittenTune, length: int) -> list[ScoreMeasure]:
    """Return the measures of `voice` in a tune of `length` characters."""
    contents = bar_contents(voice, tune.events, length)
    bars = bars_of(voice, tune.events, length)
    measures: list[ScoreMeasure] = []
    parts: list[tuple[ScoreMeasure, ScoreMeasure]] = []  # first and last measure of each content
    for content, bar in zip(contents, bars, strict=True):
        numbers = {measure.number for measure in measures[-1:]}
        short = bar.expected_ticks is not None and bar.ticks < bar.expected_ticks
        counted = bar.number not in numbers and not (bar.number == 0 and short)
        made = list(_divided(content, bar.number, tune, counted=counted))
        measures += made
        parts.append((made[0], made[-1]))
    _add_bar_lines(parts, _lines(voice, contents))
    _open_repeats(measures)
    _add_changes(measures, [change for change in tune.changes if change.voice == voice.name or change.letter == "P"])
    _add_layers(measures, voice, tune)
    _lead_to_coda(measures)
    _end_slurs(measures)
    return measures


def _divided(content: BarContent, number: int, tune: WrittenTune, *, counted: bool) -> Iterator[ScoreMeasure]:
    """Yield the measures of `content`; they are several only for a rest of whole bars."""
    sounds = [tune.sounds[sound.start] for sound in content.sounds]
    if content.bars == 1 or len(sounds) > 1:
        yield ScoreMeasure(number, content.ticks, content.start, counted, sounds)
        return
    for place in range(content.bars):
        ticks = content.ticks // content.bars
        rests = content.bars if place == 0 else 0
        yield ScoreMeasure(number + place, ticks, content.start, counted, sounds if place == 0 else [], rests=rests)


def _lines(voice: Voice, contents: Sequence[BarContent]) -> list[list[BarLine]]:
    """Return the bar lines before each of `contents`, and those after the last."""
    last = contents[-1].sounds[-1].start if contents else -1
    behind = [item for item in voice.items if isinstance(item, BarLine) and item.start > last]
    return [*(content.opens for content in contents), behind]


def _add_bar_lines(parts: Sequence[tuple[ScoreMeasure, ScoreMeasure]], lines: Sequence[Sequence[BarLine]]) -> None:
    section = _Section()
    for place, here in enumerate(lines):
        before = parts[place - 1][1] if place else None
        after = parts[place][0] if place < len(parts) else None
        signs = [signs_of(line.text) for line in here if line.text]
        ends, starts = max((sign.ends for sign in signs), default=0), max((sign.starts for sign in signs), default=0)
        double = any(sign.double for sign in signs)
        ending = tuple(sorted({number for line in here for number in ending_numbers(line.ending) if number}))
        closes = bool(section.open_ending) and (bool(ending) or not after or ends + starts > 0 or double)
        if before:
            if ends or (closes and section.has_turns_left(ending)):
                section.close_repeat(before, ends, ending)
            before.divides = double and not before.times
            before.style = "light-heavy" if before.times else "" if starts else _style(here)
            before.ended = section.open_ending if closes else ()
        if starts or (not ending and (ends or (double and closes))):
            section = _Section(max(starts, 1))
        elif closes:
            section.open_ending = ()
        if after:
            after.begins_repeat, after.ending = starts > 0, ending
            section.begin_ending(ending)


@dataclass(slots=True)
class _Section:
    """What is repeated, as far as it has been read."""

    colons: int = 1
    """Of the sign that opens it."""
    turns: int = 0
    """The last one that an ending names."""
    open_ending: tuple[int, ...] = ()
    closed: list[tuple[ScoreMeasure, int]] = field(default_factory=list)
    """Last measure of each ending that leads back, and the turn after the last one that it names."""

    def begin_ending(self, ending: tuple[int, ...]) -> None:
        """Begin the ending for the turns `ending`, if there are some."""
        if ending:
            self.open_ending, self.turns = ending, max(self.turns, *ending)
            for measure, following in self.closed:
                measure.times = min(following, self.turns)

    def has_turns_left(self, following: tuple[int, ...]) -> bool:
        """Return true if the open ending is the last one in the text, but not in the order of playing."""
        return not following and self.open_ending[0] > 1 and self.open_ending[-1] < self.turns

    def close_repeat(self, measure: ScoreMeasure, ends: int, following: tuple[int, ...]) -> None:
        """Lead back after `measure`, whose bar line has `ends` colons; the ending `following` begins there."""
        if self.open_ending and following:
            self.closed.append((measure, self.open_ending[-1] + 1))
        elif self.open_ending and self.open_ending[0] > 1:
            measure.times = self.turns  # what closes the last ending repeats nothing more
        else:
            measure.times = min(max(self.turns, ends + 1, self.colons + 1), MOST_TURNS)


def _open_repeats(measures: Sequence[ScoreMeasure]) -> None:
    """Begin a repeat where one is closed, or has a first ending, that no sign has opened."""
    back: ScoreMeasure | None = None  # where it then goes back to; None for the start of the tune
    is_open, ending = False, 0
    for before, after in zip([None, *measures], [*measures, None], strict=True):
        ends = before is not None and before.times > 0
        divides = before is not None and before.divides
        begun = after.ending[0] if after and after.ending else 0
        if ending > 1 and not begun and (not after or ends or divides):  # the last ending closes without a repeat
            is_open, ending, back, ends = False, 0, after, False
        if divides and not is_open:
            back = after
        if (ends or begun == 1) and not is_open and back:
            back.begins_repeat = True
        if ends:
            is_open, ending, back = False, 0, after
        if begun:
            is_open, ending = True, begun
        if after and after.begins_repeat:
            is_open, ending, back = True, 0, after


def _style(lines: Sequence[BarLine]) -> str:
    text = " ".join(line.text for line in lines)
    return next((style for sign, style in _STYLES if sign in text), "")


def _add_changes(measures: Sequence[ScoreMeasure], changes: Sequence[FieldChange]) -> None:
    filled = [measure for measure in measures if measure.sounds]
    firsts = [measure.sounds[0].sound.start for measure in filled]
    lasts = [measure.sounds[-1].sound.start for measure in filled]
    for change in (change for change in changes if change.letter != "V" or (firsts and change.start > firsts[0])):
        # a metre holds from the next bar line on, everything else at once
        place = bisect_right(firsts if change.letter == "M" else lasts, change.start)
        if place < len(filled):
            filled[place].changes.append(change)


def _add_layers(measures: Sequence[ScoreMeasure], voice: Voice, tune: WrittenTune) -> None:
    """Give each measure its layers; one that is longer is cut."""
    if not voice.overlays:
        return
    measure_of = {written.sound.start: measure for measure in measures for written in measure.sounds}
    measure: ScoreMeasure | None = None
    following = [measure]  # for each item, from the last, the measure of the first sound from there on
    for item in reversed(voice.items):
        measure = measure_of[item.start] if type(item) is Sound else measure
        following.append(measure)
    for overlay in voice.overlays:
        if measure := following[len(voice.items) - overlay.at]:
            measure.layers[len(measure.layers) + 1] = list(_within(overlay, tune, measure.ticks))


def _within(overlay: Overlay, tune: WrittenTune, ticks: int) -> Iterator[WrittenSound]:
    now = 0
    for sound in overlay.sounds:
        now += sound.ticks
        if sound.ticks and now <= ticks:
            yield tune.sounds[sound.start]


def _end_slurs(measures: Sequence[ScoreMeasure]) -> None:
    """Take out the slurs to sounds that are in no measure, or that take no time."""
    sounds = [written for measure in measures for written in chain(measure.sounds, *measure.layers.values())]
    present = {written.sound.start for written in sounds if written.sound.ticks}
    for written in sounds:
        written.slurs = [end for end in written.slurs if end in present]


def _lead_to_coda(measures: Sequence[ScoreMeasure]) -> None:
    """Write a sign that leads to the coda at the start of a measure behind the measure before: it leads on at once."""
    filled = [measure.sounds for measure in measures if measure.sounds]
    for before, after in pairwise(filled):
        signs = tuple(sign for sign in after[0].decorations if sign in LEADING_TO_CODA)
        if signs:
            before[-1].after += signs
            after[0].decorations = tuple(sign for sign in after[0].decorations if sign not in signs)
