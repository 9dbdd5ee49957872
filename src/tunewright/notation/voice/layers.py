"""Overlays: further layers of bars of a voice, written with ``&``.

Each ``&`` goes back one bar line: within a bar to its start, after a bar line to the start of the bar before it. A
layer takes as many bars as it went back; the bar line that ends its last one is that of the voice if the voice has not
yet passed it. Between ``(&`` and ``&)``, the sign ``&`` goes back to the ``(&``, and a layer ends at the ``&)``.
"""

from tunewright.notation.voice.items import BarLine, Overlay, Sound
from tunewright.notation.voices import Voice

_NO_END = 1 << 30


class Layers:
    """The layer that is being read, if any.

    Parameters
    ----------
    base
        The voice to which the layers belong.
    """

    def __init__(self, base: Voice) -> None:
        self.base = base
        self.layer: Voice | None = None
        self._bar = self._left = 0  # the bar of the base that the layer is in, and how many it may still fill
        self._anchor: int | None = None
        self._moved = False
        self._begin = self._erased = 0  # where the text of the layer's bar, and that of the whole layer, begins
        self._bars = [0]  # for each bar of the base, the index of its first sound
        self._filled = False  # whether the last bar holds a sound
        self._seen = 0  # items of the base that were counted
        self._numbers: dict[int, int] = {}

    def open(self, sign: str, start: int) -> tuple[Voice, bool]:
        """Begin a layer at `sign`, which begins at `start`; return its voice, and whether it can go back so far."""
        self._read_bars()
        current = len(self._bars) - 1
        within, bar = self._filled, current
        if self.layer:
            within, bar = bool(self.layer.items), self._bar
        self.close(start)
        if self._anchor is not None:
            back, self._left = self._anchor, _NO_END
        else:
            back, self._left = bar - len(sign) + within, len(sign)
        self._bar = max(0, back)
        self._moved = self._bar < current or self._anchor is not None
        self._erased = start
        self._begin = start + len(sign)
        base = self.base
        self.layer = Voice("&", base.key, base.meter, base.unit, shift=base.shift, reach=base.reach)
        return self.layer, back >= 0

    def anchor(self, start: int) -> None:
        """Remember the place of a ``(&`` at offset `start`."""
        self._read_bars()
        self.base.layer_texts.append((start, start + 2))
        self._anchor = len(self._bars) - 1

    def release(self, start: int) -> Voice:
        """Go on in the base after a ``&)`` at offset `start`."""
        self.close(start)
        self.base.layer_texts.append((start, start + 2))
        self._anchor = None
        return self.base

    def bar_line(self, start: int, end: int) -> Voice | None:
        """End the layer's bar at the bar line from `start` to `end`.

        Return the voice that goes on, None if this bar line belongs to the base.
        """
        assert self.layer  # noqa: S101 - the reader asks within a layer only
        self._read_bars()
        if self._bar >= len(self._bars) - 1 and self._anchor is None:
            self.close(start)
            return None
        self._keep(start)
        self._begin = end
        self._bar, self._left = self._bar + 1, self._left - 1
        self.layer.accidentals.clear()
        self.layer.written.clear()
        if self._left:
            return self.layer
        self.layer = None
        self.base.layer_texts.append((self._erased, end))
        return self.base

    def close(self, start: int) -> None:
        """End the layer, if there is one, at offset `start`."""
        if self.layer:
            self._keep(start)
            if self._moved:
                self.base.layer_texts.append((self._erased, start))
        self.layer = None

    def _keep(self, end: int) -> None:
        layer = self.layer
        assert layer  # noqa: S101 - called within a layer
        sounds = tuple(item for item in layer.items if type(item) is Sound)
        layer.items = []
        self._read_bars()
        at = self._bars[min(self._bar, len(self._bars) - 1)]
        if sounds:
            self._numbers[at] = number = self._numbers.get(at, 0) + 1
            self.base.overlays.append(Overlay(at, number, sounds, self._begin, end, self._moved))
        self.base.carried += layer.carried
        layer.carried.clear()

    def _read_bars(self) -> None:
        """Take note of the bars of the base that began since the last call."""
        items = self.base.items
        for index in range(self._seen, len(items)):
            item = items[index]
            if type(item) is BarLine and item.text and self._filled:
                self._bars.append(index + 1)
                self._filled = False
            elif not self._filled:
                self._filled = type(item) is Sound
                self._bars[-1] = index if self._filled else index + 1
        self._seen = len(items)
