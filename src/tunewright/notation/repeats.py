"""Lengths of bars when a voice is played with its repeats, judged as abc2midi judges them.

`play` follows these rules (from the source of abc2midi: repository sshlien/abcmidi, files store.c and genmidi.c):

- At a plain bar line the time since the last full bar must be that of the metre. The pick-up, before any bar is full,
  may be shorter or longer, but not when it is played again in a repeat.
- At a double bar line or a repeat sign, a bar that is not yet full goes on: after the sign or, where the sign leads
  back, after the start of the repeat. So a pick-up and the shorter bar before the repeat sign make one bar.
- A bar without any time in it is never wrong, nor is a bar without metre.
- A repeat end without a start goes back to the start of the tune if it is the first, else to the repeat end or the
  double bar line before it. A repeat that starts twice ends before its second start.

Conventions: ticks as in `tunewright.notation.meter`, offsets characters from 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from tunewright.notation.meter import Meter
from tunewright.notation.playing.playing_order import ending_numbers, signs_of
from tunewright.notation.voice.items import BarLine, MeterChange, Sound
from tunewright.notation.voices import Problem, Voice


class BarSign(Enum):
    """What a bar line tells the player."""

    BAR = "|"
    DOUBLE = "||"
    START = "|:"
    END = ":|"
    BOTH = "::"
    ENDING = "[1"


class WrongBar(NamedTuple):
    """A bar whose length is not that of the metre."""

    start: int
    """Offset of its first sound."""
    ticks: int
    meter: Meter
    in_repeat: bool
    """True if it is wrong only in a repeat."""


@dataclass(slots=True)
class Step:
    """A sound, a sign or a change of metre, in the order of the text."""

    start: int
    ticks: int = 0
    bars: int = 1
    sign: BarSign | None = None
    ending: str = ""
    meter: Meter | None = None
    colons: int = 1
    """Of a repeat sign; one more than that is how often it is played."""


_COUNTS = re.compile(r"^\.?:{2,}(?=\[?\|)|(?<=[|\]]):{2,}$")
"""The colons of a repeat that is played more than twice."""

_PARTS = re.compile(r"\|[:|\]]?|:[:|]?|\[\|:?|\]\|?")
_SIGNS = {
    "|": (BarSign.BAR,),
    "||": (BarSign.DOUBLE,),
    "|]": (BarSign.DOUBLE,),
    "[|": (BarSign.DOUBLE,),
    "]|": (BarSign.DOUBLE,),
    ":": (BarSign.DOUBLE,),
    "|:": (BarSign.START,),
    "[|:": (BarSign.DOUBLE, BarSign.START),
    ":|": (BarSign.END,),
    "::": (BarSign.BOTH,),
}
"""Signs by the parts of a bar line; a longer one is read from the left, and dots at its end begin a repeat."""

_MOST_PASSES = 4


def play(voice: Voice, meter: Meter, *, alone: bool, hold: int = 1) -> tuple[list[WrongBar], list[Problem]]:
    """Return the wrong bars of `voice`, each once, and the problems of its repeats.

    Parameters
    ----------
    voice, meter
        The voice, and the metre at its start.
    alone
        True if it is the only voice; only then are missing repeat signs added.
    hold
        Factor for the length of a sound with a fermata.
    """
    steps = [Step(0, sign=BarSign.DOUBLE), *_steps(voice, hold)]
    first = next((step.sign for step in steps if step.sign in (BarSign.START, BarSign.END, BarSign.BOTH)), None)
    if first in (BarSign.END, BarSign.BOTH):
        steps.insert(1, Step(0, sign=BarSign.START))
    problems = [*_lone_endings(steps), *_mend(steps if alone else list(map(replace, steps)))]
    return _Player(steps, meter).play(), problems


def _steps(voice: Voice, hold: int) -> list[Step]:
    steps: list[Step] = []
    for item in voice.items:
        if type(item) is Sound:
            steps.append(Step(item.start, item.ticks * hold if item.held else item.ticks, item.bars))
        elif type(item) is MeterChange:
            steps.append(Step(item.start, meter=item.meter))
        elif type(item) is BarLine:
            signs = _bar_signs(item.text)
            if signs[:1] == [BarSign.BAR] and steps and steps[-1].meter:  # a metre before a bar line holds after it
                steps.insert(len(steps) - 1, Step(item.start, sign=signs.pop(0)))
            steps += [Step(item.start, sign=sign, colons=_colons(item.text, sign)) for sign in signs]
            if item.ending:
                steps.append(Step(item.start, sign=BarSign.ENDING, ending=item.ending))
    return steps


def _mend(steps: list[Step]) -> list[Problem]:
    """Add the missing repeat signs to `steps`; return the problems."""
    return _Mender(steps[0]).mend(steps)


def _colons(text: str, sign: BarSign) -> int:
    signs = signs_of(text)
    return max(1, signs.starts if sign is BarSign.START else signs.ends)


def _bar_signs(text: str) -> list[BarSign]:
    first, *others = _PARTS.findall(_COUNTS.sub(":", text)) or [""]
    signs = list(_SIGNS.get(first, ()))
    for part in others:
        signs += (BarSign.START,) if part == ":" else _SIGNS.get(part, ())
    return signs


class _Mender:
    def __init__(self, first: Step) -> None:
        self.back = first  # where a repeat whose start is missing begins
        self.opened: Step | None = None
        self.endings = 0
        self.problems: list[Problem] = []

    def mend(self, steps: list[Step]) -> list[Problem]:
        for step in steps:
            if step.sign is BarSign.DOUBLE:
                self.back = step
            elif step.sign is BarSign.START:
                if self.opened:
                    self.problems.append(Problem("repeat-opened-twice", step.start))
                    step.sign = BarSign.BOTH
                self.opened = step
            elif step.sign in (BarSign.END, BarSign.BOTH, BarSign.ENDING):
                self._needs_start(step)
        if self.opened:
            self.problems.append(Problem("repeat-not-closed", self.opened.start))
        return self.problems

    def _needs_start(self, step: Step) -> None:
        if step.sign is BarSign.END and self.opened and self.opened.colons != step.colons and not self.endings:
            self.problems.append(Problem("repeat-counts-differ", step.start))
        if not self.opened and (step.sign is BarSign.BOTH or not self.endings):
            code = "ending-without-repeat" if step.sign is BarSign.ENDING else "repeat-not-opened"
            self.problems.append(Problem(code, step.start))
            back = {BarSign.BAR: BarSign.START, BarSign.DOUBLE: BarSign.START, BarSign.END: BarSign.BOTH}
            self.back.sign = back.get(self.back.sign or BarSign.START, self.back.sign)
        if step.sign is BarSign.ENDING:
            self.endings += 1
        elif step.sign is BarSign.END:
            self.opened, self.back = None, step
        else:
            self.opened = step


def _lone_endings(steps: list[Step]) -> Iterator[Problem]:
    """Yield the first endings without a second one."""
    waiting: Step | None = None
    for step in [*steps, Step(0, sign=BarSign.ENDING, ending="1")]:
        if step.sign is BarSign.ENDING:
            numbers = ending_numbers(step.ending)
            if waiting and 1 in numbers:
                yield Problem("ending-alone", waiting.start)
            waiting = step if numbers == {1} else None


class _Player:
    def __init__(self, steps: list[Step], meter: Meter) -> None:
        self.steps = steps
        self.meter = meter
        self.wrong: dict[int, WrongBar] = {}
        self.full = 0  # bars so far
        self.ticks = 0  # since the last full bar
        self.begun = 0
        self.turn = 1  # which time the section is being played
        self.turns = 2  # how often it may be
        self.expects = False  # a repeat end is still to come
        self.back = (0, 0)  # step and full bars where the section began

    def play(self) -> list[WrongBar]:
        at = 0
        while at < len(self.steps):
            step = self.steps[at]
            if step.sign is None:
                self._sound(step)
            elif step.sign is BarSign.BAR:
                self._bar_line()
            elif step.sign is BarSign.ENDING:
                at = self._ending(at)
            else:
                self._soft_bar_line()
                at = self._lead(step.sign, at)
            at += 1
        return list(self.wrong.values())

    def _sound(self, step: Step) -> None:
        if step.meter:
            self.meter = step.meter
            return
        if not self.ticks:
            self.begun = step.start
        self.ticks += step.ticks // step.bars
        if step.bars > 1:  # the bars between are full
            self._bar_line()
            self.full += step.bars - 2
            self.begun, self.ticks = step.start, step.ticks // step.bars

    def _bar_line(self) -> None:
        expected = self.meter.bar
        may_be_short = self.turn != 2 and self.full == 0
        if expected is not None and self.ticks not in (0, expected) and not may_be_short:
            bar = WrongBar(self.begun, self.ticks, self.meter, in_repeat=self.turn > 1)
            self.wrong.setdefault(self.begun, bar)
        self.full += self.ticks > 0
        self.ticks = 0

    def _soft_bar_line(self) -> None:
        if self.meter.bar is not None and (self.ticks >= self.meter.bar or self.full <= 0):
            self._bar_line()

    def _lead(self, sign: BarSign, at: int) -> int:
        """Return the step to continue from after a repeat sign at step `at`."""
        ends = sign in (BarSign.END, BarSign.BOTH)
        if ends and ((self.turn == 1 and self.expects) or (sign is BarSign.END and 1 < self.turn < self.turns)):
            self.turn += 1
            self.expects = self.expects and sign is BarSign.BOTH
            at, self.full = self.back
        elif sign in (BarSign.START, BarSign.BOTH):
            self.turn, self.expects = 1, True
            self.turns = 2
            self.back = (at, self.full)
        return at

    def _ending(self, at: int) -> int:
        """Return the step to continue from: `at` if this ending is played, else its end."""
        if self.turn in ending_numbers(self.steps[at].ending):
            if self.turns < _MOST_PASSES:
                self.turns = self.turn + 1
            return at
        at += 1
        stops = (BarSign.END, BarSign.START, BarSign.DOUBLE, BarSign.ENDING)
        while at < len(self.steps) and self.steps[at].sign not in stops:
            at += 1
        self.full += 1
        return at
