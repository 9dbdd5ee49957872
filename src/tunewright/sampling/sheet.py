"""What does it take to write one tune, and what is known of it while it is being written?

Whoever writes, the compiled loop or its numpy twin, does it on a sheet: it can stop after any character, and another
can go on.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.vocabulary import Ids
from tunewright.errors import OptionError
from tunewright.sampling.compiled.calling import END_ID, TALLIES
from tunewright.sampling.compiled.looking import ABREAST
from tunewright.sampling.compiled.weights import PackedNetwork, aligned

if TYPE_CHECKING:
    from tunewright.sampling.cadences import Cadences


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What a network that looks back keeps of a tune; see `looking`.

    What belongs to a position is written when its symbol is read, whatever was there before. So a tune that goes back
    finds all that lies before.
    """

    keys: NDArray[np.float32]
    """shape=(blocks, W, `ABREAST`)"""
    scores: NDArray[np.float32]
    """Room for those of one position, and a block more, shape=(blocks + 1, `ABREAST`)."""
    places: NDArray[np.uint16]
    """Place and bar by position, shape=((blocks + 1) * `ABREAST`,)."""

    @classmethod
    def of(cls, network: PackedNetwork, positions: int) -> "Memory":
        """Room for so many positions; none if `network` does not look back."""
        width, blocks = network.look_back, -(-positions // ABREAST)
        if not width:
            return cls.none()
        keys = aligned(blocks * width * ABREAST).reshape(blocks, width, ABREAST)
        scores = aligned((blocks + 1) * ABREAST).reshape(blocks + 1, ABREAST)
        return cls(keys, scores, np.zeros(scores.size, dtype=np.uint16))

    @classmethod
    def none(cls) -> "Memory":
        """In place of a memory where there is none."""
        keys, scores = (np.zeros(shape, dtype=np.float32) for shape in ((0, 0, ABREAST), (0, ABREAST)))
        return cls(keys, scores, np.zeros(0, dtype=np.uint16))

    def take(self, other: "Memory", positions: int) -> None:
        """Know of the first so many positions what `other` knows of them."""
        blocks = -(-positions // ABREAST)
        self.keys[:blocks] = other.keys[:blocks]
        self.places[: blocks * ABREAST] = other.places[: blocks * ABREAST]

    def copy_of(self, first: int, last: int) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
        """What is known of the positions from `first` to the one before `last`: their keys, and their places."""
        positions = np.arange(first, last)
        return self.keys[positions // ABREAST, :, positions % ABREAST], self.places[positions]

    def put(self, known: tuple[NDArray[np.float32], NDArray[np.uint16]], last: int) -> None:
        """Know again what `copy_of` gave of the positions before `last`."""
        keys, places = known
        positions = np.arange(last - len(places), last)
        self.keys[positions // ABREAST, :, positions % ABREAST] = keys
        self.places[positions] = places


@dataclass(slots=True, eq=False)
class Sheet:
    """One tune, finished or not."""

    symbols: NDArray[np.int64]
    """START, the given beginning, what was written, and room for more."""
    given: int
    """How many of them are given."""
    position: int
    """Place of the last symbol that was written; all before it are read."""
    state: NDArray[np.float32]
    """Of the network; see `arithmetic`."""
    registers: NDArray[np.int64]
    """Of the acceptor, which has read the given beginning; empty if there is none."""
    draws: NDArray[np.float64]
    """A uniform number for each character to be written."""
    tallies: NDArray[np.float64]
    """See `calling`."""
    generator: np.random.Generator
    """Where more draws come from."""
    memory: Memory = field(default_factory=Memory.none)
    """Of the tune, for a network that looks back."""
    attempts: int = 1
    """Pieces that were written, see `rewriting`, and one."""
    taken: float = 1.0
    """Sum of the probabilities of taking them, and one."""
    discarded: int = 0
    """Characters that were written and taken back."""
    cadences: "Cadences | None" = None
    """Watches over the ends of its sections."""

    @property
    def written(self) -> NDArray[np.int64]:
        """What was written after the given beginning, END included."""
        return self.symbols[self.given : self.position + 1]

    @property
    def ended(self) -> bool:
        """True if END was written."""
        return self.position >= self.given and bool(self.symbols[self.position] == END_ID)

    @property
    def settled(self) -> int:
        """Place of the last symbol that is not written anew any more."""
        return self.cadences.settled(self) if self.cadences and self.open else self.position

    @property
    def open(self) -> bool:
        """True if there is more to write."""
        return not self.ended and self.position + 1 < len(self.symbols)

    def mark(self, since: int | None = None) -> "Mark":
        """Where the tune is, with what was written after place `since`."""
        first = self.position + 1 if since is None else since + 1
        written = self.symbols[first : self.position + 1].copy()
        known = self.memory.copy_of(first - 1, self.position) if self.memory.keys.size else None
        return Mark(self.position, self.state.copy(), self.registers.copy(), self.tallies.copy(), written, known)

    def go_back(self, mark: "Mark") -> None:
        """Be again where the tune was at `mark`."""
        self.position = mark.position
        self.symbols[mark.position + 1 - len(mark.written) : mark.position + 1] = mark.written
        if mark.known is not None:
            self.memory.put(mark.known, mark.position)
        self.state[:], self.registers[:], self.tallies[:] = mark.state, mark.registers, mark.tallies

    def draw_anew(self, characters: int) -> None:
        """Other draws for so many characters to come."""
        first = max(self.position + 1 - self.given, 0)
        last = min(first + characters, len(self.draws))
        self.draws[first:last] = self.generator.random(last - first)

    def stop_after(self, characters: int) -> int:
        """The place of the last symbol when so many more are written."""
        return min(max(self.position, self.given - 1) + characters, len(self.symbols) - 1)


NO_PAUSES = (-1, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Where a tune was, to go back to."""

    position: int
    state: NDArray[np.float32]
    registers: NDArray[np.int64]
    tallies: NDArray[np.float64]
    written: NDArray[np.int64]
    known: tuple[NDArray[np.float32], NDArray[np.uint16]] | None
    """Of the memory: what another attempt at what was written would change."""


def new_sheet(
    network: PackedNetwork, given: Ids, length: int, seed: int, registers: NDArray[np.int64] | None = None
) -> Sheet:
    """A sheet that begins with the symbols `given`, START first, and has room for `length` more."""
    generator = np.random.default_rng(seed)
    symbols = np.zeros(len(given) + length, dtype=np.int64)
    symbols[: len(given)] = given
    return Sheet(
        symbols=symbols,
        given=len(given),
        position=0,
        state=aligned(network.state_size),
        registers=np.zeros(0, dtype=np.int64) if registers is None else registers.copy(),
        draws=generator.random(length),
        tallies=np.zeros(TALLIES),
        generator=generator,
        memory=Memory.of(network, len(symbols)),
    )


def nothing_allowed(sheet: Sheet) -> Exception:
    """The error for an acceptor that allows nothing: a lack of room if it did so at once, else a bug of its own."""
    if sheet.position < sheet.given:
        room = len(sheet.symbols) - sheet.given
        return OptionError(f"max_length is {room}; no tune can come to its end within so few characters")
    return AssertionError(f"the acceptor leads into a dead end after the symbols {sheet.symbols[: sheet.position + 1]}")


class Writer(Protocol):
    """Whoever can write on a sheet."""

    def write(self, sheet: Sheet, characters: int) -> bool:
        """Write at most `characters` more; false when the tune has ended or the sheet is full.

        Raises
        ------
        OptionError
            If the acceptor finds no way to an end within the room of the sheet.
        """
