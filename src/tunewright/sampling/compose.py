"""How does a network write tunes?

It is primed with the character that opens a tune and with the user's own beginning, if there is one; from then on each
character that it chooses is the next one it reads, until it chooses the character that closes a tune. Nothing random
acts but the choice: dropout is off. With a grammar (`acceptor.grammar`) it chooses among the characters that may come
next, and then a tune always ends by itself.

A seed gives the same tune however it is composed on a processor: alone or among many, by the compiled loop or by its
numpy twin, whatever the processor. No torch is imported, but for composing on another device (`sampling.batched`).
"""

import math
import time
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from threading import Event

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.cores import cores, in_order
from tunewright.corpus.tune import END, START
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.cadences import cadences_of
from tunewright.sampling.choosing.rejection import Choice, Chooser, choose_in_rounds
from tunewright.sampling.compiled import compiling, kernel
from tunewright.sampling.compiled.calling import REMOVED, WEIGHT
from tunewright.sampling.compiled.weights import PackedNetwork, pack
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.opening import Opening
from tunewright.sampling.playable import playable
from tunewright.sampling.reference import Twin
from tunewright.sampling.rewriting import Rewriter
from tunewright.sampling.sheet import Sheet, Writer, new_sheet
from tunewright.sampling.steering import Steering

PIECE = 64
"""Characters that are written before the first of them is handed on; a signal waits for so many."""
LONG_PIECE = 4096
"""The same where nobody looks on."""
PIECE_ENDS = "|\n"
"""Bar line and line end."""
MANY = 20
"""For so many tunes the loop is compiled if that was never done, in a process of its own."""
LOOK_SECONDS = 0.5
"""How often one looks whether it is compiled by now."""


@dataclass(frozen=True)
class Composition:
    """A tune that a network wrote."""

    text: str
    """ABC text, the given beginning included, without boundary characters."""
    ended: bool
    """True if the network came to an end by itself, false if the length limit stopped it."""
    seed: int
    """With the same model, beginning, grammar and options, this seed gives the same tune."""
    likelihood: float = 0.0
    """Log-probability, in nats, of what was composed after the beginning, the end included, under the network alone: at
    temperature 1 and without a grammar."""
    removed: float = 0.0
    """Mean probability, at the temperature in use, of the characters that the grammar ruled out; 0 without one."""
    composed: int = 0
    """Characters that were chosen, the one that closes the tune included."""
    discarded: int = 0
    """Characters that were written and taken back, see `rewriting`."""
    choice: Choice | None = None
    """How it was chosen among the candidates of its seed; None if nothing was chosen. All else is said of this tune."""


def writer_for(
    model: Checkpoint, config: CompositionConfig, grammar: Grammar | None = None, network: PackedNetwork | None = None
) -> tuple[PackedNetwork, Writer]:
    """The network as it lies in memory, and the best that there is now to write with it.

    With a grammar the writer stops after each of `PIECE_ENDS`.
    """
    symbols = model.vocabulary.symbols
    ends = [symbols.index(end) if grammar and end in symbols else -1 for end in PIECE_ENDS]
    pauses = ends[0], ends[1]
    network = network or pack(model)
    entries = kernel.ready() if kernel.is_ready() else None
    if entries is None:
        return network, Twin(network, config, grammar, pauses)
    return network, kernel.Kernel(entries, network, config, Steering.of(grammar) if grammar else None, pauses)


class Composer:
    """A network with a way to choose and a beginning: all that the tunes of one order share.

    Parameters
    ----------
    model
        The network (see `read_checkpoint`).
    config
        Temperature and so on.
    prime
        How each tune begins; see `sampling.prime`.
    grammar
        What a tune must be; None lets the network write as it likes. Its budget is ``config.max_length``.

    Raises
    ------
    VocabularyError
        If the beginning holds a character that the network has never seen.
    InputError
        If the grammar refuses the beginning.
    OptionError
        If no tune of the grammar fits into ``max_length``.
    """

    def __init__(
        self,
        model: Checkpoint,
        config: CompositionConfig,
        *,
        prime: str = "",
        grammar: Grammar | None = None,
    ) -> None:
        self._model, self._config, self._prime, self._grammar = model, config, prime, grammar
        self._network, writer = writer_for(model, config, grammar)
        self._writer: Writer = Rewriter(writer) if grammar else writer
        self._next_look = time.monotonic() if isinstance(writer, Twin) else math.inf
        self._given = model.vocabulary.encode(START + prime)
        self._opening = Opening(grammar, self._given[1:].tolist(), prime, config) if grammar else None
        first = new_sheet(self._network, self._given, 1, 0, self._registers(0))
        self.writer.write(first, 0)
        self._state, self._memory, self._position = first.state, first.memory, first.position

    @property
    def writer(self) -> Writer:
        """What writes on sheets: the compiled loop, as soon as it is there. A sheet may go from one to another."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            _, writer = writer_for(self._model, self._config, self._grammar, self._network)
            if not isinstance(writer, Twin):
                self._writer, self._next_look = Rewriter(writer) if self._grammar else writer, math.inf
        return self._writer

    def sheet(self, seed: int) -> Sheet:
        """A new tune, of which the network has read the beginning, all but its last character."""
        sheet = new_sheet(self._network, self._given, self._config.max_length, seed, self._registers(seed))
        sheet.state[:], sheet.position = self._state, self._position
        sheet.memory.take(self._memory, self._position)
        sheet.cadences = cadences_of(self._model, self._grammar, seed)
        return sheet

    def _registers(self, seed: int) -> NDArray[np.int64]:
        return np.array(self._opening.registers(seed) if self._opening else [], dtype=np.int64)

    def composition(self, sheet: Sheet, seed: int) -> Composition:
        """What stands on `sheet`."""
        return composition_of(self._model, self._prime, sheet, seed)


def composition_of(model: Checkpoint, prime: str, sheet: Sheet, seed: int) -> Composition:
    """The tune on a sheet that began with `prime`."""
    written = sheet.written
    text = model.vocabulary.decode(written[: len(written) - sheet.ended].tolist())
    removed = float(sheet.tallies[REMOVED]) / max(len(written), 1)
    likelihood = float(sheet.tallies[WEIGHT])
    return Composition(prime + text, sheet.ended, seed, likelihood, removed, len(written), sheet.discarded)


def compose(
    model: Checkpoint,
    config: CompositionConfig | None = None,
    *,
    prime: str = "",
    grammar: Grammar | None = None,
    raw: bool = False,
) -> Generator[str, None, Composition]:
    """Compose one tune that plays, character by character.

    Where tunes are chosen (`CompositionConfig.accept`), they come when one is, else as they are written.

    Parameters
    ----------
    model, config, prime
        See `Composer`.
    grammar
        What the tune must be; None takes the acceptor that keeps tunes playable (`sampling.playable`).
    raw
        True lets the network write as it likes, without any acceptor.

    Raises
    ------
    GrammarError
        If the network's characters do not suffice for a tune that plays, or none can begin with `prime`.
    VocabularyError, InputError, OptionError
        See `Composer`.

    Yields
    ------
    str
        The characters of the tune, those of `prime` first.

    Returns
    -------
    Composition
        The whole, as the generator's value.
    """
    config = config or CompositionConfig()
    acceptor = _acceptor(model, prime, grammar, raw=raw)
    if chooser_for(model, config, acceptor):
        (composition,) = compose_many(model, 1, config, prime=prime, grammar=acceptor)
        yield from composition.text
        return composition
    composer = Composer(model, config, prime=prime, grammar=acceptor)
    yield from prime
    sheet, going = composer.sheet(config.seed), True
    place = sheet.given
    while going:
        going = composer.writer.write(sheet, PIECE)
        settled = max(sheet.settled + 1, place)
        yield from model.vocabulary.decode(sheet.symbols[place:settled].tolist()).removesuffix(END)
        place = settled
    return composer.composition(sheet, config.seed)


def compose_many(
    model: Checkpoint,
    count: int,
    config: CompositionConfig | None = None,
    *,
    prime: str = "",
    grammar: Grammar | None = None,
    raw: bool = False,
    device: str = "cpu",
) -> Generator[Composition, None, None]:
    """Compose `count` tunes that play, on all processors at once; yields them in the order of their seeds.

    Tune number n, counted from 0, has seed ``config.seed + n``. Options as for `compose`. For 20 tunes or more the
    loop is compiled meanwhile if that was never done on this machine (see `sampling.compiled.compiling`).

    Parameters
    ----------
    device
        "cpu", or a device of torch's such as "cuda", where all tunes are written side by side, in other arithmetic: a
        tune is then the one that its seed has on the processor unless a choice was as close as rounding.
    """
    config = config or CompositionConfig()
    if count < 1:
        raise OptionError(f"count is {count}; allowed: 1 or more")
    seeds = range(config.seed, config.seed + count)
    grammar = _acceptor(model, prime, grammar, raw=raw)
    chooser = chooser_for(model, config, grammar)
    if device != "cpu":
        from tunewright.sampling.batched import compose_batch

        compose_all = partial(compose_batch, model, config=config, prime=prime, grammar=grammar, device=device)
        yield from choose_in_rounds(chooser, seeds, compose_all) if chooser else compose_all(seeds)
        return
    if count >= MANY:
        compiling.start()
    composer = Composer(model, config, prime=prime, grammar=grammar)
    given_up = Event()

    def write(seed: int) -> Composition:
        sheet = composer.sheet(seed)
        while not given_up.is_set() and composer.writer.write(sheet, LONG_PIECE):
            pass
        return composer.composition(sheet, seed)

    def choose(seed: int) -> Composition:
        return chooser.choose(seed, write) if chooser else write(seed)

    try:
        yield from in_order(choose, seeds, cores())
    finally:
        given_up.set()


def chooser_for(model: Checkpoint, config: CompositionConfig, grammar: Grammar | None) -> Chooser | None:
    """What chooses among composed tunes; None without acceptor, as a discriminator knows only what plays."""
    return Chooser.of(model, config) if grammar else None


def _acceptor(model: Checkpoint, prime: str, grammar: Grammar | None, *, raw: bool) -> Grammar | None:
    """What composing is held to; None where the network is free."""
    if raw and grammar:
        raise OptionError("raw is true, and there is a grammar; give one of them")
    return None if raw else grammar or playable(model, beginning=prime)
