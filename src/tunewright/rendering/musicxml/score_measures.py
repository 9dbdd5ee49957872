"""Measures of a voice with their bar lines, repeats and endings, as a score divides them.

A measure is what stands between two bar lines, so a repeat sign within a bar makes two measures of it; the second has
the number of the first and is not counted. A repeat without a sign at its start goes back to the last double bar or
repeat sign, as the ABC standard has it; the measure there gets the sign, so that every program plays the tune alike.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tunewright.notation.melody import BarContent, bar_contents, bars_of
from tunewright.notation.repeats import BarSign, bar_signs, passes_of
from tunewright.notation.voices import BarLine, Voice
from tunewright.rendering.musicxml.written_tune import FieldChange, WrittenSound, WrittenTune

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
    layers: list[list[WrittenSound]] = field(default_factory=list)
    """Further layers of it."""
    changes: list[FieldChange] = field(default_factory=list)
    """Fields that stand in it."""
    rests: int = 0
    """Number of measures in the rest that begins here; 0 outside rests of whole measures."""
    begins_repeat: bool = False
    ends_repeat: bool = False
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
    _add_changes(measures, [change for change in tune.changes if change.voice == voice.name])
    _add_layers(measures, voice, tune)
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
    open_ending: tuple[int, ...] = ()
    for place, here in enumerate(lines):
        before = parts[place - 1][1] if place else None
        after = parts[place][0] if place < len(parts) else None
        signs = {sign for line in here for sign in bar_signs(line.text)}
        starts = bool(signs & {BarSign.START, BarSign.BOTH})
        ending = tuple(sorted({number for line in here for number in passes_of(line.ending) if number}))
        if before:
            before.ends_repeat = bool(signs & {BarSign.END, BarSign.BOTH})
            before.style = "light-heavy" if before.ends_repeat else "" if starts else _style(here)
            if open_ending and (ending or not after or signs - {BarSign.BAR}):
                before.ended, open_ending = open_ending, ()
        if after:
            after.begins_repeat, after.ending = starts, ending
            open_ending = ending or open_ending


def _open_repeats(measures: Sequence[ScoreMeasure]) -> None:
    """Begin a repeat where one is closed, or has a first ending, that no sign has opened."""
    back: ScoreMeasure | None = None  # where it then goes back to; None for the start of the tune
    is_open, ending = False, 0
    for before, after in zip([None, *measures], [*measures, None], strict=True):
        ends = before is not None and before.ends_repeat
        divides = before is not None and bool(before.style) and not ends
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
    for change in changes:
        # a metre holds from the next bar line on, everything else at once
        place = bisect_right(firsts if change.letter == "M" else lasts, change.start)
        if place < len(filled):
            filled[place].changes.append(change)


def _add_layers(measures: Sequence[ScoreMeasure], voice: Voice, tune: WrittenTune) -> None:
    starts = [measure.start for measure in measures]
    for layer in tune.layers:
        sounds = [tune.sounds[sound.start] for sound in layer.items]
        place = bisect_right(starts, sounds[0].sound.start) if sounds else 0
        if place and layer.voice == voice.name:
            measures[place - 1].layers.append(sounds)
