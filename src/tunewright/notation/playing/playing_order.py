"""Order in which a voice is played: repeats with counts, endings and lists of endings, parts, da capo and dal segno.

As the ABC standard 2.1 has it (4.8 to 4.10): a repeat end, or a first ending, without a start goes back to the last
double bar line or repeat sign, else to the beginning. ``|::`` and ``::|`` play three times, and so on. An ending is
played in the turns that it names; what closes the last ending of a repeat repeats nothing. ``P:`` in the header names
the parts to play.

Da capo and dal segno act at the end of their bar, once. After them repeats are not played again, the last ending is
taken, and ``!fine!`` ends the tune at the end of its bar. Where two coda signs stand, the first leads to the second.

Conventions: a voice is its items (`tunewright.notation.voice.items`), its order a list of their indices, in which bar
lines and all else stand as often as they are passed.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tunewright.notation.voice.items import BarLine, Direction, Item, PartStart, Sound

MOST_ITEMS = 1_000_000
"""An order ends here: no text of a real tune comes near."""

MOST_SIGNS = 16
"""Bar lines and other signs in a row that are looked at for what they say together."""

MOST_TURNS = 16
"""Most times that a repeat is played."""

MOST_PARTS = 1000
"""Most parts that a ``P:`` field calls."""

_NUMBER = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


class Signs(NamedTuple):
    """What a bar line tells the player."""

    ends: int
    """Colons before it: so many repetitions end here."""
    double: bool
    starts: int
    """Colons after it."""


def signs_of(text: str) -> Signs:
    """Return what the bar line `text`, such as ``:|``, tells the player."""
    text = text.lstrip(".")
    core = text.strip(":")
    if not core:
        half = len(text) // 2
        return Signs(half, double=not half, starts=half)
    ends, starts = len(text) - len(text.lstrip(":")), len(text) - len(text.rstrip(":"))
    return Signs(ends, double=core not in ("|", "[|]"), starts=starts)


def ending_numbers(ending: str) -> frozenset[int]:
    """Return the turns that an ending such as ``1``, ``1,3`` or ``1-3`` names."""
    found: set[int] = set()
    for first, last in _NUMBER.findall(ending):
        found.update(range(int(first), min(int(last or first), int(first) + MOST_TURNS) + 1))
    return frozenset(found)


def playing_order(items: Sequence[Item], parts: str = "") -> list[int]:
    """Return the indices of `items` in the order of playing.

    Parameters
    ----------
    parts
        The value of the header's ``P:`` field; "" without one.
    """
    starts = {item.label: index for index, item in reversed(list(enumerate(items))) if type(item) is PartStart}
    labels = [label for label in part_sequence(parts) if label in starts]
    if not labels:
        return _Player(items, 0, len(items)).play()
    edges = sorted([*(index for index, item in enumerate(items) if type(item) is PartStart), len(items)])
    first = edges[0]
    # what stands before the first part leads to it; only its changes of key, metre and tempo count then
    order = _Player(items, 0, first).play()
    known: dict[str, list[int]] = {}
    for label in labels:
        begin = starts[label]
        if label not in known:
            known[label] = _Player(items, begin, next(edge for edge in edges if edge > begin), directed=False).play()
        order += known[label]
        if len(order) > MOST_ITEMS:
            break
    return order[:MOST_ITEMS]


def part_sequence(value: str) -> list[str]:
    """Return the parts that a ``P:`` field of the header calls in turn: ``A2(AB)2`` is ``A A A B A B``."""
    stack: list[list[str]] = [[]]
    groups: list[list[str]] = [[]]  # what a number after the last sign at each depth repeats
    for sign in re.findall(r"[A-Za-z()]|\d{1,3}", value):
        if sign == "(":
            stack.append([])
            groups.append([])
        elif sign == ")" and len(stack) > 1:
            group = stack.pop()
            groups.pop()
            stack[-1] += group
            groups[-1] = group
        elif sign.isdigit():
            again = groups[-1] * min(max(int(sign) - 1, 0), MOST_PARTS)
            stack[-1] += again[:MOST_PARTS]
        elif sign.isalpha():
            stack[-1].append(sign)
            groups[-1] = [sign]
    return [part for level in stack for part in level][:MOST_PARTS]


class _Player:
    def __init__(self, items: Sequence[Item], begin: int, end: int, *, directed: bool = True) -> None:
        self.items = items
        self.begin, self.end = begin, end
        self.order: list[int] = []
        self.back = begin  # where the section began
        self.open = False  # whether a sign says that it did
        self.count = 1  # colons with which it began
        self.turn = 1
        self.ending: frozenset[int] = frozenset()
        self.directed = directed
        self.jumped = False
        self.waiting: list[int] = []  # directions that act at the end of the bar
        self.stopped = False
        self._endings: dict[int, set[int]] = {}  # by where the section begins
        self._marks: dict[str, list[int]] = {}

    def play(self) -> list[int]:
        at = self.begin
        while not self.stopped and len(self.order) < MOST_ITEMS:
            if at >= self.end:
                closed = self._close(self.end - 1) if self.ending else None
                if closed is None:
                    closed = self._direct()
                if closed is None:
                    break
                at = closed
                continue
            item = self.items[at]
            self.order.append(at)
            at += 1
            if type(item) is BarLine:
                at = self._bar_line(item, at - 1)
            elif type(item) is Direction and self.directed:
                self.waiting.append(at - 1)
                if item.name == "coda" and self.jumped and not self._in_bar(at - 1):
                    at = self._direct() or at
        return self.order

    def _in_bar(self, at: int) -> bool:
        """Return true if a sound stands in the bar before item `at`."""
        for index in range(at - 1, max(self.begin, at - MOST_SIGNS) - 1, -1):
            item = self.items[index]
            if type(item) is BarLine and item.text:
                return False
            if type(item) is Sound:
                return True
        return False

    def _bar_line(self, line: BarLine, at: int) -> int:
        """Return the index to go on from after the bar line at index `at`."""
        signs = signs_of(line.text) if line.text else Signs(0, double=False, starts=0)
        following = self._ending_at(at)
        if signs.ends:
            again = self._end(at, signs.ends, following=bool(following))
            if again is not None:
                return again
        elif signs.double:
            again = self._double(at, following=bool(following))
            if again is not None:
                return again
        if line.text and (led := self._direct()) is not None:
            return led
        if signs.starts:
            if self.ending and (again := self._close(at)) is not None:
                return again
            self._start(at, signs.starts)
        if line.ending:
            return self._enter(at, ending_numbers(line.ending))
        return at + 1

    def _end(self, at: int, count: int, *, following: bool) -> int | None:
        turns = self._turns(max(count, self.count))
        last = bool(self.ending) and min(self.ending) > 1 and not following
        if self.turn < turns and not self.jumped and not (last and self.turn >= max(self._all_endings(), default=2)):
            return self._again()
        if not following:
            self._finish(at)
        return None

    def _double(self, at: int, *, following: bool) -> int | None:
        if self.ending and min(self.ending) > 1 and not following:
            return self._close(at)
        if not self.open and not following and not self._ends_at_once(at):
            self.back, self.count, self.turn = at, 1, 1
        return None

    def _close(self, at: int) -> int | None:
        """Close the last ending; return where to go on if a turn is left."""
        left = max(self.ending, default=0) > 1 and self.turn < max(self._all_endings(), default=1)
        if left and not self.jumped:
            return self._again()
        self._finish(at)
        return None

    def _again(self) -> int:
        self.turn += 1
        self.ending = frozenset()
        self.waiting.clear()
        return self.back if self.back == self.begin and type(self.items[self.back]) is not BarLine else self.back + 1

    def _start(self, at: int, colons: int) -> None:
        self.back, self.open, self.count, self.turn, self.ending = at, True, colons, 1, frozenset()

    def _finish(self, at: int) -> None:
        self.back, self.open, self.count, self.turn, self.ending = at, False, 1, 1, frozenset()

    def _enter(self, at: int, numbers: frozenset[int]) -> int:
        """Play the ending at index `at`, or go to the one of this turn."""
        self.open = True
        turn = max(self._all_endings(), default=1) if self.jumped else self.turn
        if turn in numbers or turn == 1 or not numbers:
            self.ending = numbers
            return at + 1
        for index in range(at + 1, self.end):
            item = self.items[index]
            if type(item) is not BarLine:
                continue
            if item.ending:
                if turn in ending_numbers(item.ending):
                    self.ending = ending_numbers(item.ending)
                    self.order.append(index)
                    return index + 1
            elif item.text and not self._ending_at(index) and _closes(item) and index > at + 1:
                if starts := signs_of(item.text).starts:  # its other side ends an ending that is not played
                    self.order.append(index)
                    self._start(index, starts)
                else:
                    self._finish(index)
                return index + 1
        return self.end

    def _turns(self, count: int) -> int:
        return min(max(count + 1, max(self._all_endings(), default=1)), MOST_TURNS)

    def _all_endings(self) -> set[int]:
        """Return the turns that the endings of this section name."""
        if self.back in self._endings:
            return self._endings[self.back]
        found: set[int] = set()
        self._endings[self.back] = found
        last = 1
        for index in range(self.back + 1, self.end):
            item = self.items[index]
            if type(item) is not BarLine:
                continue
            if item.ending:
                found |= (numbers := ending_numbers(item.ending))
                last = min(numbers, default=1)
            elif item.text:
                signs, following = signs_of(item.text), self._ending_at(index)
                if signs.starts or (not following and (signs.ends or (signs.double and last > 1))):
                    break
        return found

    def _ending_at(self, at: int) -> str:
        """Return the ending that begins with the bar line at index `at`, or right after it."""
        for index in range(at, min(self.end, at + MOST_SIGNS)):
            item = self.items[index]
            if type(item) is Sound:
                break
            if type(item) is BarLine and item.ending:
                return item.ending
        return ""

    def _ends_at_once(self, at: int) -> bool:
        """Return true if a repeat end follows the bar line at index `at` before any sound."""
        for index in range(at + 1, min(self.end, at + MOST_SIGNS)):
            item = self.items[index]
            if type(item) is Sound:
                break
            if type(item) is BarLine and item.text and signs_of(item.text).ends:
                return True
        return False

    def _direct(self) -> int | None:
        """Follow the directions of the bar that ends here; return where they lead, if anywhere."""
        waiting, self.waiting = self.waiting, []
        for index in waiting:
            item = self.items[index]
            assert type(item) is Direction  # noqa: S101 - nothing else waits
            if item.name == "fine" and self.jumped:
                self.stopped = True
            elif item.name in ("D.C.", "D.S.") and not self.jumped:
                segno = next(iter(self._places("segno")), self.begin)
                self.jumped = True
                self._finish(self.begin)
                return segno if item.name == "D.S." else self.begin
            elif item.name == "coda" and self.jumped and self._places("coda")[:1] == [index]:
                second = self._places("coda")[1:2]
                if second:
                    return second[0] + 1
        return None

    def _places(self, name: str) -> list[int]:
        if name not in self._marks:
            self._marks[name] = [
                index
                for index in range(self.begin, self.end)
                if type(item := self.items[index]) is Direction and item.name == name
            ]
        return self._marks[name]


def _closes(line: BarLine) -> bool:
    signs = signs_of(line.text)
    return bool(signs.ends or signs.double or signs.starts)
