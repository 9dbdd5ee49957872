"""How are some bars of a tune written anew, so that they fit what stands before and after?

The network reads the tune up to the first of these bars and writes what stands between its bar lines; then it reads the
bar line as it was, writes the next bar, and so on: bar lines, repeats, endings and line ends stay. A candidate counts
only if the acceptor takes the whole tune with it and every bar lasts as long as it did. Of many candidates the best is
the one under which the whole tune is likeliest: the new bars, and also all that comes after them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import FIELDS, Control, State
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.notation.melody import Bar, read_melody
from tunewright.sampling import reference
from tunewright.sampling.compiled.calling import TALLIES
from tunewright.sampling.compiled.weights import PackedNetwork
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.sheet import Memory, Sheet, Writer

LONGEST_BAR = 120
"""Characters; a longer one is given up."""
TRIES = 12
"""Times that a bar is written anew when it does not fit; then the candidate is given up."""

_LEAD = re.compile(r"(?:\s|(?<=\n)[A-Za-z]:[^\n]*\n|(?<=\n)%[^\n]*\n|\[[A-Za-z]:[^\]\n]*\])*")
_UNFIT = re.compile(r"\n[A-Za-z]:|%|\[[A-Za-z]:")
_TAIL = re.compile(r"[\s|:\[]*\Z")


@dataclass(frozen=True)
class Variation:
    """A tune with some bars written anew."""

    text: str
    """The whole tune."""
    bars: str
    """The new bars, with the bar lines between them."""
    seed: int
    likelihood: float
    """Log-probability of the new bars and all that follows them, under the network alone, in nats."""
    before: float
    """The same of the bars as they were."""


def bars_numbered(tune: str, first: int, last: int) -> tuple[Bar, ...]:
    """Return the bars of `tune` from number `first` to number `last`.

    Raises
    ------
    OptionError
        If the tune does not have them.
    """
    bars = read_melody(tune).bars
    if not bars:
        raise OptionError("the tune has no bars")
    low, high = bars[0].number, max(bar.number for bar in bars)
    if not low <= first <= last <= high:
        raise OptionError(f"bars is {first}-{last}; allowed: from bar {low} up to bar {high}, the tune's last")
    return tuple(bar for bar in bars if first <= bar.number <= last)


def vary(
    model: Checkpoint,
    tune: str,
    first: int,
    last: int,
    config: CompositionConfig | None = None,
    *,
    candidates: int = 32,
) -> tuple[Variation, ...]:
    """Write bars `first` to `last` of `tune` anew, many times.

    Parameters
    ----------
    tune
        A whole tune in ABC notation.
    first, last
        Numbers of bars as a musician counts: a pick-up is bar 0.
    config
        Temperature, seed and so on; candidate number n has seed + n.
    candidates
        How many to try.

    Returns
    -------
    variations
        All that fit and differ from the tune and each other, the likeliest first; none if the network found none.

    Raises
    ------
    OptionError
        For bars that the tune does not have.
    VocabularyError, GrammarError
        If the network does not know a character of the tune, or the tune itself does not play, with line and column.
    """
    config = config or CompositionConfig()
    if candidates < 1:
        raise OptionError(f"candidates is {candidates}; allowed: 1 or more")
    tune = tune.rstrip("\n") + "\n"
    region = _Region.of(tune, bars_numbered(tune, first, last))
    writing = _Writing(model, config, tune)
    found: dict[str, Variation] = {}
    start = writing.read(writing.begin(), region.before)
    assert start is not None  # noqa: S101 - the whole tune was accepted
    before = writing.log_likelihood(start, tune[len(region.before) :] + END)
    for seed in range(config.seed, config.seed + candidates):
        bars = writing.write_bars(start, region, np.random.default_rng(seed))
        text = region.before + bars + region.after if bars is not None else tune
        if text == tune or text in found or not _lasts_as_long(tune, text):
            continue
        likelihood = writing.log_likelihood(start, text[len(region.before) :] + END)
        found[text] = Variation(
            text, text[len(region.before) : len(text) - len(region.after)], seed, likelihood, before
        )
    return tuple(sorted(found.values(), key=lambda variation: -variation.likelihood))


@dataclass(frozen=True)
class _Region:
    """A tune around the bars that are to be written."""

    before: str
    links: tuple[str, ...]
    """What stands between the bars that are to be written."""
    after: str

    @classmethod
    def of(cls, tune: str, bars: Sequence[Bar]) -> "_Region":
        edges = [_written(tune, bar) for bar in bars]
        links = tuple(tune[end:start] for (_, end), (start, _) in pairwise(edges))
        return cls(tune[: edges[0][0]], links, tune[edges[-1][1] :])


def _written(tune: str, bar: Bar) -> tuple[int, int]:
    """Where the notes of a bar begin and end: blanks, line ends and fields at its edges stay."""
    inside = tune[bar.start : bar.end]
    lead = _LEAD.match("\n" + inside if tune[bar.start - 1 : bar.start] == "\n" else inside)
    skipped = lead.end() - (tune[bar.start - 1 : bar.start] == "\n") if lead else 0
    return bar.start + max(skipped, 0), bar.start + len(inside.rstrip())


def _lasts_as_long(tune: str, other: str) -> bool:
    """Whether each bar of one lasts as long as that of the other."""
    bars, others = read_melody(tune).bars, read_melody(other).bars
    return [(bar.number, bar.length) for bar in bars] == [(bar.number, bar.length) for bar in others]


CONTROL = FIELDS.index("control")
ENDS = (Control.BAR_LINE, Control.COLON_BAR)
"""States of the acceptor behind a bar."""


@dataclass(frozen=True)
class _Point:
    """Where in a text network and acceptor are."""

    state: NDArray[np.float32]
    """After all symbols but the last one."""
    symbols: NDArray[np.int64]
    """START, and the text up to here."""
    reading: State


class _Writing:
    """Network and acceptor, side by side.

    What a network that looks back remembers of the text lies in one place for all points: whoever goes on from a point
    overwrites what others remembered of later positions, so that one goes on from the latest point, or from one before
    it.
    """

    def __init__(self, model: Checkpoint, config: CompositionConfig, tune: str) -> None:
        from tunewright.sampling.compose import writer_for

        self.vocabulary: Vocabulary = model.vocabulary
        self.grammar = Grammar(model.vocabulary.symbols)
        refusal = self.grammar.refusal(tune)
        if refusal is not None:
            raise GrammarError(refusal.reason, line=refusal.line, column=refusal.column)
        self.budget = 2 * len(tune) + 2000
        self.network: PackedNetwork
        self.writer: Writer
        self.network, self.writer = writer_for(model, config, self.grammar)
        self.memory = Memory.of(self.network, self.budget + LONGEST_BAR + 1)

    def begin(self) -> _Point:
        """Before the first character."""
        start = self.vocabulary.encode(START).astype(np.int64)
        return _Point(np.zeros(self.network.state_size, np.float32), start, self.grammar.begin(self.budget))

    def read(self, point: _Point, text: str) -> _Point | None:
        """Go on over `text`; None if it is refused."""
        ids = self.vocabulary.encode(text).astype(np.int64)
        reading = point.reading.copy()
        if not all(self.grammar.advance(reading, int(symbol)) for symbol in ids):
            return None
        state, symbols = point.state.copy(), np.concatenate([point.symbols, ids])
        for position in range(len(point.symbols) - 1, len(symbols) - 1):
            reference.read(self.network, state, self.memory, symbols, 0, position, choosing=False)
        return _Point(state, symbols, reading)

    def log_likelihood(self, point: _Point, text: str) -> float:
        """Log-probability of `text` after `point` under the network alone, in nats."""
        state, total = point.state.copy(), 0.0
        symbols = np.concatenate([point.symbols, self.vocabulary.encode(text).astype(np.int64)])
        for position in range(len(point.symbols) - 1, len(symbols) - 1):
            scores = reference.read(self.network, state, self.memory, symbols, 0, position).astype(np.float64)
            total += scores[symbols[position + 1]] - scores.max() - np.log(np.exp(scores - scores.max()).sum())
        return float(total)

    def write_bars(self, point: _Point, region: _Region, draws: np.random.Generator) -> str | None:
        """Return new bars for `region`, with the links between them; None if none were found that fit."""
        written = ""
        for link in (*region.links, region.after + END):
            for bar in self._bars(point, draws):
                fitted = self.read(point, bar + link)
                if fitted is not None:
                    break
            else:
                return None
            written += bar + link
            point = fitted
        return written.removesuffix(region.after + END)

    def _bars(self, point: _Point, draws: np.random.Generator) -> Iterator[str]:
        """Yield what the network writes up to the next bar line, again and again."""
        for _ in range(TRIES):
            sheet = Sheet(
                symbols=np.concatenate([point.symbols, np.zeros(LONGEST_BAR, dtype=np.int64)]),
                given=len(point.symbols),
                position=len(point.symbols) - 1,
                state=point.state.copy(),
                registers=np.array(point.reading.numbers(), dtype=np.int64),
                draws=draws.random(LONGEST_BAR),
                tallies=np.zeros(TALLIES),
                generator=draws,
                memory=self.memory,
            )
            while self.writer.write(sheet, 1) and sheet.registers[CONTROL] not in ENDS:
                pass
            text = self.vocabulary.decode(sheet.written)
            bar = _TAIL.sub("", text)
            if not sheet.ended and bar and not _UNFIT.search(bar):
                yield bar
