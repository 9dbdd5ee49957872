"""Attribution of the bars of a tune to earlier bars, by the attention of a look-back head.

The network mixes two distributions by a gate g: g times its own, and 1 - g times the characters that followed the
places it attends to (see `model.look_back`). Each place that proposed the character in the text has a share of that
character's probability. The sum of these shares says how far the character was copied; the rest is the network's own.
The shares of a bar's characters, summed over the bar that proposed them, say which bar it comes from. This describes
the network, whoever wrote the tune: two equal bars may both be generated anew, and of several equal bars the network
may attend to one only.

A bar's characters run from its first up to the next bar's: its closing bar line belongs to it. What stands before the
first bar belongs to the header.

Shapes: T characters; N bars.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.network import CharNetwork, State
from tunewright.notation.melody import Bar, bars_of
from tunewright.notation.reader import read_events

Floats = NDArray[np.float64]

NEW = 0.5
"""A bar is new if a smaller share of it than this comes from earlier bars."""
CHUNK = 128
"""Time steps per call; bounds the rows of attention in memory."""
HEADER = -1
"""Index of the characters before the first bar."""


@dataclass(frozen=True)
class SeenBar:
    """A bar, and the earlier bars that it comes from."""

    name: str
    """Its number as musicians count: 0 is a pick-up; a repeated number has a letter after it (``8b``)."""
    start: int
    """``text[start:end]`` is the bar, with the bar line that closes it."""
    end: int
    copied: float
    """Share of the bar that comes from all earlier bars, the mean over its characters, 0 to 1."""
    source: int
    """Index of the bar that most of it comes from; -1 if nothing comes from any."""
    share: float
    """Share of the bar that comes from `source`, 0 to 1."""

    @property
    def is_new(self) -> bool:
        """Whether the network generated most of it by itself."""
        return self.copied < NEW or self.source < 0


@dataclass(frozen=True)
class Looked:
    """Gate and attribution of a look-back head at each character of a tune, and in each bar."""

    text: str
    gate: Floats
    """Weight of the network's own distribution in the prediction of each character, and of the end of the tune, 0 (it
    copies) to 1 (it generates), shape=(T + 1,)."""
    copied: Floats
    """Share of the character's probability that was copied from anywhere in the tune, 0 to 1, shape=(T + 1,)."""
    bars: tuple[SeenBar, ...]

    @property
    def from_before(self) -> tuple[SeenBar, ...]:
        """The bars that are not new."""
        return tuple(bar for bar in self.bars if not bar.is_new)


@dataclass(frozen=True)
class _Bars:
    """Bars of a text."""

    names: list[str]
    starts: list[int]
    of: NDArray[np.intp]
    """Index of the bar of each character and of the end, HEADER before the first, shape=(T + 1,)."""


def look_at(network: CharNetwork, vocabulary: Vocabulary, text: str) -> Looked:
    """Let a network read a tune, and attribute each character to the places that it copied from.

    Parameters
    ----------
    network
        One that looks back, in evaluation mode.
    text
        One tune without its boundaries; any text is allowed.

    Raises
    ------
    VocabularyError
        At the first character that the network does not know.
    OptionError
        If it does not look back.
    """
    ids = torch.from_numpy(vocabulary.encode(START + text + END).astype(np.int64))  # (T + 2,)
    bars = _bars(text)
    size, count = len(text) + 1, len(bars.names)
    gate, copied, came = np.ones(size), np.zeros(size), np.zeros((size, count + 1))
    state: State | None = None
    with torch.inference_mode():
        for first in range(0, size, CHUNK):
            last = min(size, first + CHUNK)
            own, open_, shares, state = network.looks(ids[first:last, None], state)
            here = slice(first, last)
            gate[here] = open_[:, 0].numpy()
            reached = last - shares.shape[2]  # the first character that a row stands for
            sources = ids[reached + 1 : last + 1]
            right = shares[:, 0] * (sources[None] == ids[first + 1 : last + 1, None])  # (t, rows)
            proposed = (1 - open_) * right  # (t, rows)
            invented = open_[:, 0] * own[:, 0].softmax(dim=1).gather(1, ids[first + 1 : last + 1, None])[:, 0]
            parts = (proposed / (invented + proposed.sum(dim=1)).clamp(min=1e-30)[:, None]).double().numpy()
            copied[here] = parts.sum(axis=1)
            came[here] = parts @ np.eye(count + 1)[bars.of[reached:last]]
    return Looked(text, gate, copied.clip(0, 1), tuple(_seen(bars, came)))


def _bars(text: str) -> _Bars:
    events = read_events(text)
    found: list[Bar] = [bar for voice in events.voices for bar in bars_of(voice, events, len(text))]
    found.sort(key=lambda bar: bar.start)
    starts = [bar.start for bar in found]
    before: Counter[int] = Counter()
    names = []
    for bar in found:
        names.append(f"{bar.number}{_letter(before[bar.number])}")
        before[bar.number] += 1
    return _Bars(names, starts, np.searchsorted(starts, np.arange(len(text) + 1), side="right") - 1)


def _letter(times: int) -> str:
    return "" if not times else chr(ord("a") + times) if times < 26 else f".{times + 1}"


def _seen(bars: _Bars, came: Floats) -> list[SeenBar]:
    """Sum up by bar; `came` is the share of each character from each bar and, last, the header, (T + 1, N + 1)."""
    seen = []
    ends = [*bars.starts, len(bars.of) - 1][1:]
    for place, (name, start, end) in enumerate(zip(bars.names, bars.starts, ends, strict=True)):
        parts = came[start:end, :place].mean(axis=0) if end > start else np.zeros(place)
        source = int(parts.argmax()) if parts.any() else -1
        share = float(parts[source]) if source >= 0 else 0.0
        seen.append(SeenBar(name, start, end, min(1.0, float(parts.sum())), source, share))
    return seen
