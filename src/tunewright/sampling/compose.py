"""Composing: sampling tunes from a network, character by character.

The network reads START and the user's own beginning (the prime), if there is one; from then on it reads each character
that it has chosen, until it chooses END. Only the choice is random: there is no dropout. With a grammar
(`tunewright.acceptor.grammar`) the choice is among the characters that may come next, and every tune ends by itself.

A seed gives the same tune however it is composed on a processor: alone or among many, by the compiled loop or by the
numpy reference, on any processor. torch is imported only to compose on another device, or with a module of the user's
(`tunewright.sampling.batched`).
"""

import math
import time
from collections.abc import Generator
from functools import partial
from threading import Event
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.cores import cores, in_order
from tunewright.corpus.tune import END, START
from tunewright.model.checkpoint import Checkpoint, Model
from tunewright.options import require_seed, require_whole
from tunewright.sampling.cadences import cadences_of
from tunewright.sampling.choosing.acceptance import Candidates, DiscriminatorSampler, sample_in_rounds
from tunewright.sampling.compiled import compiling, kernel
from tunewright.sampling.compiled.steering import Steering
from tunewright.sampling.compiled.weights import PackedNetwork, pack
from tunewright.sampling.composition import PIECE_ENDS, Composition, composition_of
from tunewright.sampling.config import MOST_TUNES, CompositionConfig
from tunewright.sampling.generation_state import GenerationState, Writer, new_generation
from tunewright.sampling.opening import Opening
from tunewright.sampling.order import ComposeOptions, Order, order_of, shows_options
from tunewright.sampling.reference import NumpyReference
from tunewright.sampling.rejection import RejectionSampler

PIECE = 64
"""Number of characters that are written at once where they are shown; signals wait for it."""
LONG_PIECE = 4096
"""The same where only the finished tune counts."""
MANY = 20
"""For at least this number of tunes the loop is compiled, in a process of its own, if it is not in the cache."""
LOOK_SECONDS = 0.5
"""Time between two checks whether it is compiled."""


def writer_for(
    model: Checkpoint, config: CompositionConfig, grammar: Grammar | None = None, network: PackedNetwork | None = None
) -> tuple[PackedNetwork, Writer]:
    """Return the packed network, and the fastest writer that is available now.

    With a grammar the writer pauses after each of `PIECE_ENDS`.
    """
    symbols = model.vocabulary.symbols
    ends = [symbols.index(end) if grammar and end in symbols else -1 for end in PIECE_ENDS]
    pauses = ends[0], ends[1]
    network = network or pack(model)
    entries = kernel.ready() if kernel.is_ready() else None
    if entries is None:
        return network, NumpyReference(network, config, grammar, pauses)
    return network, kernel.Kernel(entries, network, config, Steering.of(grammar) if grammar else None, pauses)


class Composer:
    """Composes tunes with one network, beginning and set of options.

    Parameters
    ----------
    model
        The network (see `read_checkpoint`).
    config
        Temperature and other options of the choice.
    prime
        Beginning of each tune; see `tunewright.sampling.prime`.
    grammar
        Grammar that constrains the tunes; None for an unconstrained network. Its budget is ``config.max_length``.
    network
        `model`, packed already; None packs it.

    Raises
    ------
    VocabularyError
        If the beginning has a character that the network does not know.
    InputError
        If the grammar rejects the beginning.
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
        network: PackedNetwork | None = None,
    ) -> None:
        self._model, self._config, self._prime, self._grammar = model, config, prime, grammar
        self._network, writer = writer_for(model, config, grammar, network)
        self._writer: Writer = RejectionSampler(writer) if grammar else writer
        self._next_look = time.monotonic() if isinstance(writer, NumpyReference) else math.inf
        self._given = model.vocabulary.encode(START + prime)
        self._opening = Opening(grammar, self._given[1:].tolist(), prime, config) if grammar else None
        first = new_generation(self._network, self._given, 1, 0, self._acceptor_state(0))
        self.writer.write(first, 0)
        self._state, self._memory, self._position = first.state, first.memory, first.position

    @property
    def writer(self) -> Writer:
        """The compiled loop if it is ready, else the numpy reference; a tune may change from one to the other."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            _, writer = writer_for(self._model, self._config, self._grammar, self._network)
            if not isinstance(writer, NumpyReference):
                self._writer, self._next_look = RejectionSampler(writer) if self._grammar else writer, math.inf
        return self._writer

    def begin(self, seed: int) -> GenerationState:
        """Return a new tune, of which the network has read the beginning, except its last character."""
        generation = new_generation(
            self._network, self._given, self._config.max_length, seed, self._acceptor_state(seed)
        )
        generation.state[:], generation.position = self._state, self._position
        generation.memory.take(self._memory, self._position)
        generation.cadences = cadences_of(self._model, self._grammar, seed)
        return generation

    def _acceptor_state(self, seed: int) -> NDArray[np.int64]:
        return np.array(self._opening.acceptor_state(seed) if self._opening else [], dtype=np.int64)

    def composition(self, generation: GenerationState, seed: int) -> Composition:
        """Return the result of `generation`."""
        return composition_of(self._model, self._prime, generation, seed)


@shows_options(ComposeOptions)
def compose(model: Model, config: CompositionConfig | None = None, **options: Unpack[ComposeOptions]) -> Composition:
    """Compose one tune that plays.

    Parameters
    ----------
    model
        A network, the folder of one, or the name of one that comes along, such as ``oneills``.
    config
        Where the options start from; the usual ones if None.
    temperature, argmax, top_k, top_p, max_length, seed, accept
        In place of those of `config`; see `CompositionConfig`.
    title, rhythm, meter, unit_length, key
        Fields of the header, such as ``meter="6/8"`` and ``key="Edor"``.
    bars, form
        How many bars, a repeated section counted once; sections, such as ``AABB``. Without `form` they are drawn from
        those of the corpus; ``any`` leaves them to the network.
    prime, start
        How the tune begins: a text, or the file that holds it.
    drop_unknown
        Leave out characters of the beginning that the network has never seen.
    clamp
        Hold units at a value from -1 to 1: ``{42: 1}``, or ``{(1, 42): 0.5}`` for unit 42 of layer 1.
    raw
        True lets the network write as it likes, without any acceptor.
    grammar
        An acceptor of your own, in place of conditions.
    device
        See `compose_many`.

    Raises
    ------
    OptionError
        For an unknown option, a value out of range, options that exclude each other, or if no tune fits into
        ``max_length``.
    GrammarError, InputError
        If no such tune can be written with the characters of the network, or none can begin like this.
    VocabularyError
        If the network has never seen a character of the beginning.
    CheckpointError
        If there is no such model.
    """
    (composition,) = compose_many(model, 1, config, **options)
    return composition


@shows_options(ComposeOptions)
def stream(
    model: Model, config: CompositionConfig | None = None, **options: Unpack[ComposeOptions]
) -> Generator[str, None, Composition]:
    """Compose one tune that plays, character by character; options and errors as for `compose`.

    Where tunes are chosen (`CompositionConfig.accept`), they come when one is, else as they are written.

    Yields
    ------
    str
        The characters of the tune, those of its beginning first.

    Returns
    -------
    Composition
        The whole tune, as the generator's value.
    """
    return streamed(order_of(model, config, options))


@shows_options(ComposeOptions)
def compose_many(
    model: Model, count: int, config: CompositionConfig | None = None, **options: Unpack[ComposeOptions]
) -> Generator[Composition, None, None]:
    """Compose `count` tunes that play, on all processors at once; yields them in the order of their seeds.

    Tune number n, counted from 0, has the seed plus n. Options and errors as for `compose`. For 20 tunes or more the
    loop is compiled meanwhile if that was never done on this machine (see `sampling.compiled.compiling`).

    Parameters
    ----------
    device
        "cpu", or a device of torch's such as "cuda", where all tunes are written side by side, in other arithmetic: a
        tune is then the one that its seed has on the processor unless a choice was as close as rounding.
    """
    require_whole("count", count, 1, MOST_TUNES)
    order = order_of(model, config, options)
    require_seed("seed + count - 1", order.config.seed + count - 1)
    return composed(order, count)


def streamed(order: Order) -> Generator[str, None, Composition]:
    """Compose one tune as `order` says, character by character; see `stream`."""
    if order.with_torch:
        (composition,) = composed(order, 1)
        yield from composition.text
        return composition
    writing = pieces(order, Composer(order.model, order.config, prime=order.prime, grammar=order.grammar))
    while True:
        try:
            yield from next(writing)
        except StopIteration as end:
            tune: Composition = end.value
            return tune


def pieces(order: Order, composer: Composer) -> Generator[str, None, Composition]:
    """Compose one tune as `order` says, a few characters at a time; see `stream`.

    Parameters
    ----------
    composer
        With the model, options, beginning and grammar of `order`, but for the seed; it may serve many at once.

    Yields
    ------
    str
        What was written since the last time: some `PIECE` characters; nothing while candidates are written.
    """
    model, seed = order.model, order.config.seed
    if sampler := sampler_for(model, order.config, order.grammar):
        candidates = Candidates(sampler, seed)
        while candidates.chosen is None:
            generation = composer.begin(candidates.next_seed)
            while composer.writer.write(generation, LONG_PIECE):
                yield ""
            candidates.offer(composer.composition(generation, candidates.next_seed))
            yield ""
        yield candidates.chosen.text
        return candidates.chosen
    yield order.prime
    generation, going = composer.begin(seed), True
    place = generation.given
    while going:
        going = composer.writer.write(generation, PIECE)
        settled = max(generation.settled + 1, place)
        yield model.vocabulary.decode(generation.symbols[place:settled].tolist()).removesuffix(END)
        place = settled
    return composer.composition(generation, seed)


def composed(order: Order, count: int) -> Generator[Composition, None, None]:
    """Compose `count` tunes as `order` says; see `compose_many`."""
    model, config, grammar = order.model, order.config, order.grammar
    seeds = range(config.seed, config.seed + count)
    sampler = sampler_for(model, config, grammar)
    if order.with_torch:
        from tunewright.sampling.batched import compose_batch

        compose_all = partial(
            compose_batch, model, config=config, prime=order.prime, grammar=grammar, device=order.device
        )
        yield from sample_in_rounds(sampler, seeds, compose_all) if sampler else compose_all(seeds)
        return
    if count >= MANY:
        compiling.start()
    composer = Composer(model, config, prime=order.prime, grammar=grammar)
    given_up = Event()

    def write(seed: int) -> Composition:
        generation = composer.begin(seed)
        while not given_up.is_set() and composer.writer.write(generation, LONG_PIECE):
            pass
        return composer.composition(generation, seed)

    def choose(seed: int) -> Composition:
        return sampler.sample(seed, write) if sampler else write(seed)

    try:
        yield from in_order(choose, seeds, cores())
    finally:
        given_up.set()


def sampler_for(model: Checkpoint, config: CompositionConfig, grammar: Grammar | None) -> DiscriminatorSampler | None:
    """Return the sampler that chooses among tunes; None without acceptor, since discriminators know only tunes that
    play."""
    return DiscriminatorSampler.of(model, config) if grammar else None
