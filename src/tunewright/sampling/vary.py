"""Variations of a tune: some bars written again by the network, so that they fit the music before and after
(infilling).

The network reads the tune up to the first of these bars and writes new content between its bar lines; then it reads the
bar line as it was, writes the next bar, and so on: bar lines, repeats, endings and line ends stay. A candidate counts
only if the acceptor accepts the whole tune with it and every bar keeps its length. Candidates are ranked by the
log-probability of the new bars and of all that follows them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import FIELDS, Control, State
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError, OptionError, VocabularyError
from tunewright.model.checkpoint import Checkpoint, Model
from tunewright.notation.melody import Bar, read_melody
from tunewright.notebook import ShownInNotebook
from tunewright.options import require_seed, require_whole
from tunewright.sampling import reference
from tunewright.sampling.compiled.calling import TALLIES
from tunewright.sampling.compiled.weights import PackedNetwork
from tunewright.sampling.compose import writer_for
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import GenerationState, Memory, Writer
from tunewright.sampling.order import ChoiceOptions, choice_of, given_options, shows_options
from tunewright.sampling.prime import fit_prime

LONGEST_BAR = 120
"""Most characters of a new bar; a longer one is rejected."""
TRIES = 12
"""Most attempts at a bar; then the candidate is given up."""

_LEAD = re.compile(r"(?:\s|(?<=\n)[A-Za-z]:[^\n]*\n|(?<=\n)%[^\n]*\n|\[[A-Za-z]:[^\]\n]*\])*")
_UNFIT = re.compile(r"\n[A-Za-z]:|%|\[[A-Za-z]:")
_TAIL = re.compile(r"[\s|:\[]*\Z")


@dataclass(frozen=True)
class Variation(ShownInNotebook):
    """A tune with some new bars."""

    view = "rendering.page:tune_html"

    text: str
    """The whole tune."""
    bars: str
    """The new bars, with the bar lines between them."""
    seed: int
    likelihood: float
    """Log-probability of the new bars and all that follows them, under the network alone, in nats."""
    before: float
    """The same for the original bars."""


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


@shows_options(ChoiceOptions)
def vary(
    model: Model,
    tune: str,
    first: int,
    last: int | None = None,
    config: CompositionConfig | None = None,
    *,
    candidates: int = 32,
    **options: Unpack[ChoiceOptions],
) -> tuple[Variation, ...]:
    """Write new bars `first` to `last` of `tune`, many times.

    Parameters
    ----------
    model
        A network, the folder of one, or the name of one that comes along.
    tune
        A whole tune in ABC notation. Its lines of comment, which say how it was made before, are left out.
    first, last
        Numbers of bars as a musician counts: a pick-up is bar 0. Without `last` it is one bar.
    config
        Temperature, seed and so on; candidate number n has seed + n.
    candidates
        How many to try.
    options
        In place of those of `config`, and units to hold; see `compose`.

    Returns
    -------
    variations
        All different ones that fit, without the tune itself, the likeliest first; may be empty.

    Raises
    ------
    OptionError
        For bars that the tune does not have, and options as for `compose`.
    VocabularyError, GrammarError
        If the network does not know a character of the tune, or the grammar rejects the tune; with line and column.
    """
    checkpoint, config = choice_of(model, config, given_options(ChoiceOptions, options))
    require_whole("candidates", candidates, 1)
    if checkpoint.reads_plain_text:
        raise OptionError("bars are music, and the network learned plain text; it composes, but does not vary")
    require_seed("seed + candidates - 1", config.seed + candidates - 1)
    tune, lines = without_comments(tune)
    try:
        tune = fit_prime(tune, checkpoint.vocabulary)[0].rstrip("\n") + "\n"
        region = _Region.of(tune, bars_numbered(tune, first, first if last is None else last))
        writing = _Writing(checkpoint, config, tune)
    except (GrammarError, VocabularyError) as error:
        line = lines[error.line - 1] if error.line and error.line <= len(lines) else error.line
        raise type(error)(error.message, line=line, column=error.column) from error
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


def without_comments(tune: str) -> tuple[str, list[int]]:
    """A tune without its lines of comment, and the number of each line that stays."""
    kept = [(number, line) for number, line in enumerate(tune.split("\n"), 1) if not line.startswith("%")]
    return "\n".join(line for _, line in kept), [number for number, _ in kept]


@dataclass(frozen=True)
class _Region:
    """A tune, divided around the bars that are to be written."""

    before: str
    links: tuple[str, ...]
    """The text between the bars that are to be written."""
    after: str

    @classmethod
    def of(cls, tune: str, bars: Sequence[Bar]) -> "_Region":
        edges = [_written(tune, bar) for bar in bars]
        links = tuple(tune[end:start] for (_, end), (start, _) in pairwise(edges))
        return cls(tune[: edges[0][0]], links, tune[edges[-1][1] :])


def _written(tune: str, bar: Bar) -> tuple[int, int]:
    """Return where the notes of a bar begin and end, without blanks, line ends and fields at its edges."""
    inside = tune[bar.start : bar.end]
    lead = _LEAD.match("\n" + inside if tune[bar.start - 1 : bar.start] == "\n" else inside)
    skipped = lead.end() - (tune[bar.start - 1 : bar.start] == "\n") if lead else 0
    return bar.start + max(skipped, 0), bar.start + len(inside.rstrip())


def _lasts_as_long(tune: str, other: str) -> bool:
    """Return true if all bars of the two tunes have the same lengths."""
    bars, others = read_melody(tune).bars, read_melody(other).bars
    return [(bar.number, bar.length) for bar in bars] == [(bar.number, bar.length) for bar in others]


CONTROL = FIELDS.index("control")
ENDS = (Control.BAR_LINE, Control.COLON_BAR)
"""States of the acceptor behind a bar."""


@dataclass(frozen=True)
class _Point:
    """State of network and acceptor at a place in a text."""

    state: NDArray[np.float32]
    """After all symbols but the last one."""
    symbols: NDArray[np.int64]
    """START, and the text up to here."""
    reading: State


class _Writing:
    """Network and acceptor, read and written in parallel.

    All points share the memory of a network that looks back: continuing from a point overwrites the entries of later
    positions. So only the latest point, or one before it, can be continued.
    """

    def __init__(self, model: Checkpoint, config: CompositionConfig, tune: str) -> None:
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
        """Return the point before the first character."""
        start = self.vocabulary.encode(START).astype(np.int64)
        return _Point(np.zeros(self.network.state_size, np.float32), start, self.grammar.begin(self.budget))

    def read(self, point: _Point, text: str) -> _Point | None:
        """Return the point after `text`; None if the acceptor rejects it."""
        ids = self.vocabulary.encode(text).astype(np.int64)
        reading = point.reading.copy()
        if not all(self.grammar.advance(reading, int(symbol)) for symbol in ids):
            return None
        state, symbols = point.state.copy(), np.concatenate([point.symbols, ids])
        for position in range(len(point.symbols) - 1, len(symbols) - 1):
            reference.read(self.network, state, self.memory, symbols, 0, position, choosing=False)
        return _Point(state, symbols, reading)

    def log_likelihood(self, point: _Point, text: str) -> float:
        """Return the log-probability of `text` after `point` under the network alone, in nats."""
        state, total = point.state.copy(), 0.0
        symbols = np.concatenate([point.symbols, self.vocabulary.encode(text).astype(np.int64)])
        for position in range(len(point.symbols) - 1, len(symbols) - 1):
            scores = reference.read(self.network, state, self.memory, symbols, 0, position).astype(np.float64)
            total += scores[symbols[position + 1]] - scores.max() - np.log(np.exp(scores - scores.max()).sum())
        return float(total)

    def write_bars(self, point: _Point, region: _Region, draws: np.random.Generator) -> str | None:
        """Return new bars for `region`, with the links between them; None if no attempt fits."""
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
        """Yield up to `TRIES` attempts of the network at the notes up to the next bar line."""
        for _ in range(TRIES):
            generation = GenerationState(
                symbols=np.concatenate([point.symbols, np.zeros(LONGEST_BAR, dtype=np.int64)]),
                given=len(point.symbols),
                position=len(point.symbols) - 1,
                state=point.state.copy(),
                acceptor_state=np.array(point.reading.numbers(), dtype=np.int64),
                draws=draws.random(LONGEST_BAR),
                tallies=np.zeros(TALLIES),
                generator=draws,
                memory=self.memory,
            )
            while self.writer.write(generation, 1) and generation.acceptor_state[CONTROL] not in ENDS:
                pass
            text = self.vocabulary.decode(generation.written)
            bar = _TAIL.sub("", text)
            if not generation.ended and bar and not _UNFIT.search(bar):
                yield bar
