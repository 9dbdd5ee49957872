"""State of one tune while it is composed: symbols, network state, acceptor state, draws and tallies.

Both writers, the compiled loop (`sampling.compiled.kernel`) and the numpy reference (`sampling.reference`), read and
change the same `GenerationState`: one can stop after any character and the other can go on. Positions are indices into
`GenerationState.symbols`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.vocabulary import Ids
from tunewright.errors import OptionError
from tunewright.sampling.compiled.calling import END_ID, TALLIES
from tunewright.sampling.compiled.looking import ABREAST
from tunewright.sampling.compiled.weights import PackedNetwork, aligned

NO_PAUSES = (-1, -1)
"""In place of the two symbols after which a writer pauses; see `Writer`."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Keys and places of the tune so far, for a network that looks back; see `sampling.compiled.looking`.

    The entries of a position are overwritten when its symbol is read. So a tune that goes back keeps all entries
    before.
    """

    keys: NDArray[np.float32]
    """shape=(blocks, W, `ABREAST`)"""
    scores: NDArray[np.float32]
    """Scratch for the scores of one position, and a block more, shape=(blocks + 1, `ABREAST`)."""
    places: NDArray[np.uint16]
    """Place and bar by position, shape=((blocks + 1) * `ABREAST`,)."""

    @classmethod
    def of(cls, network: PackedNetwork, positions: int) -> "Memory":
        """Return a memory with room for `positions`; an empty one if `network` does not look back."""
        width, blocks = network.look_back, -(-positions // ABREAST)
        if not width:
            return cls.none()
        keys = aligned(blocks * width * ABREAST).reshape(blocks, width, ABREAST)
        scores = aligned((blocks + 1) * ABREAST).reshape(blocks + 1, ABREAST)
        return cls(keys, scores, np.zeros(scores.size, dtype=np.uint16))

    @classmethod
    def none(cls) -> "Memory":
        """Return an empty memory, for a network that does not look back."""
        keys, scores = (np.zeros(shape, dtype=np.float32) for shape in ((0, 0, ABREAST), (0, ABREAST)))
        return cls(keys, scores, np.zeros(0, dtype=np.uint16))

    def take(self, other: "Memory", positions: int) -> None:
        """Copy the entries of the first `positions` from `other`."""
        blocks = -(-positions // ABREAST)
        self.keys[:blocks] = other.keys[:blocks]
        self.places[: blocks * ABREAST] = other.places[: blocks * ABREAST]

    def copy_of(self, first: int, last: int) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
        """Return the keys and places of the positions from `first` to the one before `last`."""
        positions = np.arange(first, last)
        return self.keys[positions // ABREAST, :, positions % ABREAST], self.places[positions]

    def put(self, known: tuple[NDArray[np.float32], NDArray[np.uint16]], last: int) -> None:
        """Restore what `copy_of` returned for the positions before `last`."""
        keys, places = known
        positions = np.arange(last - len(places), last)
        self.keys[positions // ABREAST, :, positions % ABREAST] = keys
        self.places[positions] = places


@dataclass(slots=True, eq=False)
class GenerationState:
    """One tune, finished or not, and all that is needed to go on with it."""

    symbols: NDArray[np.int64]
    """START, the given beginning, what was written, and free places."""
    given: int
    """Number of symbols that are given, START included."""
    position: int
    """Of the last symbol that was written; the network has read all before it."""
    state: NDArray[np.float32]
    """Of the network; see `sampling.compiled.arithmetic`."""
    acceptor_state: NDArray[np.int64]
    """Of the acceptor, which has read the given beginning; empty if there is none."""
    draws: NDArray[np.float64]
    """Uniform numbers, one for each character to be written."""
    tallies: NDArray[np.float64]
    """See `sampling.compiled.calling`."""
    generator: np.random.Generator
    """Source of further draws."""
    memory: Memory = field(default_factory=Memory.none)
    attempts: int = 1
    """Number of pieces that were written, plus one; see `rejection`."""
    taken: float = 1.0
    """Sum of the acceptance probabilities of these pieces, plus one."""
    discarded: int = 0
    """Number of characters that were written and rejected."""
    cadences: "SectionEnds | None" = None
    """Judges the ends of its sections; None if they are free."""

    @property
    def written(self) -> NDArray[np.int64]:
        """The symbols that were written after the given beginning, END included."""
        return self.symbols[self.given : self.position + 1]

    @property
    def ended(self) -> bool:
        """True if END was written."""
        return self.position >= self.given and bool(self.symbols[self.position] == END_ID)

    @property
    def settled(self) -> int:
        """Position up to which no symbol changes any more."""
        return self.cadences.settled(self) if self.cadences and self.open else self.position

    @property
    def open(self) -> bool:
        """True if there is more to write."""
        return not self.ended and self.position + 1 < len(self.symbols)

    def mark(self, since: int | None = None) -> "Mark":
        """Return a mark to go back to, with the symbols written after position `since`."""
        first = self.position + 1 if since is None else since + 1
        written = self.symbols[first : self.position + 1].copy()
        known = self.memory.copy_of(first - 1, self.position) if self.memory.keys.size else None
        return Mark(self.position, self.state.copy(), self.acceptor_state.copy(), self.tallies.copy(), written, known)

    def go_back(self, mark: "Mark") -> None:
        """Restore the state at `mark`."""
        self.position = mark.position
        self.symbols[mark.position + 1 - len(mark.written) : mark.position + 1] = mark.written
        if mark.known is not None:
            self.memory.put(mark.known, mark.position)
        self.state[:], self.acceptor_state[:], self.tallies[:] = mark.state, mark.acceptor_state, mark.tallies

    def draw_anew(self, characters: int) -> None:
        """Replace the draws of the next `characters`."""
        first = max(self.position + 1 - self.given, 0)
        last = min(first + characters, len(self.draws))
        self.draws[first:last] = self.generator.random(last - first)

    def stop_after(self, characters: int) -> int:
        """Return the position of the last symbol when `characters` more are written."""
        return min(max(self.position, self.given - 1) + characters, len(self.symbols) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """An earlier state of a tune, to go back to."""

    position: int
    state: NDArray[np.float32]
    acceptor_state: NDArray[np.int64]
    tallies: NDArray[np.float64]
    written: NDArray[np.int64]
    known: tuple[NDArray[np.float32], NDArray[np.uint16]] | None
    """Entries of the memory that another attempt at the same piece would overwrite."""


def new_generation(
    network: PackedNetwork, given: Ids, length: int, seed: int, acceptor_state: NDArray[np.int64] | None = None
) -> GenerationState:
    """Return the state of a tune that begins with the symbols `given`, START first, and has room for `length` more."""
    generator = np.random.default_rng(seed)
    symbols = np.zeros(len(given) + length, dtype=np.int64)
    symbols[: len(given)] = given
    return GenerationState(
        symbols=symbols,
        given=len(given),
        position=0,
        state=aligned(network.state_size),
        acceptor_state=np.zeros(0, dtype=np.int64) if acceptor_state is None else acceptor_state.copy(),
        draws=generator.random(length),
        tallies=np.zeros(TALLIES),
        generator=generator,
        memory=Memory.of(network, len(symbols)),
    )


def nothing_allowed(generation: GenerationState) -> Exception:
    """Return the error for an acceptor that allows no symbol: too little room if at once, else a bug of its own."""
    if generation.position < generation.given:
        room = len(generation.symbols) - generation.given
        return OptionError(f"max_length is {room}, too few characters for any tune that is allowed; raise it")
    return AssertionError(
        f"the acceptor allows no symbol after the symbols {generation.symbols[: generation.position + 1]}"
    )


class Writer(Protocol):
    """Writes characters of a tune.

    A writer with an acceptor may be given two symbols, its pauses, after each of which it returns.
    """

    def write(self, generation: GenerationState, characters: int) -> bool:
        """Write at most `characters` more; false when the tune has ended or has no room left.

        Raises
        ------
        OptionError
            If the acceptor allows no tune as short as the room.
        """


class SectionEnds(Protocol):
    """Judges the ends of the sections of one tune; `cadences.Cadences` is one."""

    def settled(self, generation: GenerationState) -> int:
        """Return the position up to which no symbol changes any more."""

    def judge(self, generation: GenerationState, state: Callable[[], Any] = ...) -> tuple[bool, Any]:
        """Accept the piece that was just written, or go back to an earlier bar line; see `cadences.Cadences.judge`."""
