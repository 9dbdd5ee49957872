"""Overlays: further layers of bars of a voice, written with ``&``.

Each ``&`` goes back one bar line: within a bar to its start, after a bar line to the start of the bar before it. A layer
takes as many bars as it went back; the bar line that ends its last one is that of the voice if the voice has not yet
passed it. Between ``(&`` and ``&)``, the sign ``&`` goes back to the ``(&``, and a layer ends at the ``&)``.
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
        self._bars = [0]  # for each bar of the base, the index of its first sound
        self._filled = False  # whether the last bar holds a sound
        self._seen = 0  # items of the base that were counted
        self._numbers: dict[int, int] = {}

    def open(self, sign: str) -> tuple[Voice, bool]:
        """Begin a layer at `sign`; return its voice, and whether there is as much music to go back to."""
        self._read_bars()
        current = len(self._bars) - 1
        within, bar = self._filled, current
        if self.layer:
            within, bar = bool(self.layer.items), self._bar
        self.close()
        if self._anchor is not None:
            start, self._left = self._anchor, _NO_END
        else:
            start, self._left = bar - len(sign) + within, len(sign)
        self._bar = max(0, start)
        base = self.base
        self.layer = Voice("&", base.key, base.meter, base.unit, shift=base.shift, reach=base.reach)
        return self.layer, start >= 0

    def anchor(self) -> None:
        """Remember the place of a ``(&``."""
        self._read_bars()
        self._anchor = len(self._bars) - 1

    def release(self) -> Voice:
        """Go on in the base after a ``&)``."""
        self.close()
        self._anchor = None
        return self.base

    def bar_line(self) -> Voice | None:
        """End the layer's bar; return the voice that goes on, None if this bar line belongs to the base."""
        assert self.layer  # noqa: S101 - the reader asks within a layer only
        self._read_bars()
        if self._bar >= len(self._bars) - 1 and self._anchor is None:
            self.close()
            return None
        self._keep()
        self._bar, self._left = self._bar + 1, self._left - 1
        self.layer.accidentals.clear()
        self.layer.written.clear()
        if self._left:
            return self.layer
        self.layer = None
        return self.base

    def close(self) -> None:
        """End the layer."""
        if self.layer:
            self._keep()
        self.layer = None

    def _keep(self) -> None:
        layer = self.layer
        assert layer  # noqa: S101 - called within a layer
        sounds = tuple(item for item in layer.items if type(item) is Sound)
        layer.items = []
        self._read_bars()
        at = self._bars[min(self._bar, len(self._bars) - 1)]
        if sounds:
            self._numbers[at] = number = self._numbers.get(at, 0) + 1
            self.base.overlays.append(Overlay(at, number, sounds))
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
