"""Batched composing with torch: many tunes side by side, on a device of torch, or with a network of one's own.

All tunes are the lanes (rows) of one batch. The network's step runs on the device; the choice, with the same draws and
rules as everywhere (`tunewright.sampling.choose`), on the processor, where the acceptor is. With an acceptor each lane
does its own rejection sampling (`tunewright.sampling.rejection`). This is the only file for composing that imports
torch.

Shapes: N lanes, of which M are not finished; S symbols; R numbers of the acceptor's state. The last part of the state
of a network that looks back is its memory, shape=(rows, M, W + 4), the newest row last: where lanes of several states
are joined, the shorter memory is padded with empty rows in front.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.corpus.tune import START
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import require_recurrent
from tunewright.model.network import CharNetwork, State, load_network
from tunewright.sampling.allowed import AllowedCharacters
from tunewright.sampling.cadences import cadences_of
from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.compiled.calling import END_ID, KEPT, REMOVED, START_ID, TALLIES, WEIGHT
from tunewright.sampling.compiled.choice import LEAST_TOTAL
from tunewright.sampling.composition import PIECE_ENDS, Composition, composition_of
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import GenerationState
from tunewright.sampling.opening import Opening
from tunewright.sampling.rejection import LONGEST_PIECE, Piece, Verdict

PIECE = 1000
"""Number of characters of a given beginning that are read in one call."""
MOST_LANES = 4096
"""Most tunes that are written side by side."""
MOST_LANES_LOOKING = 512
"""The same for networks that look back."""


def compose_batch(
    model: Checkpoint,
    seeds: Sequence[int],
    config: CompositionConfig,
    *,
    prime: str = "",
    grammar: Grammar | None = None,
    device: str = "cuda",
) -> Iterator[Composition]:
    """Compose a tune for each of `seeds`; otherwise as `compose.compose_many`, which calls this."""
    require_recurrent(model.config.cell, "composing")
    network = open_device(model, device)
    most = min(MOST_LANES, MOST_LANES_LOOKING) if model.config.look_back else MOST_LANES
    for first in range(0, len(seeds), most):
        yield from _Batch(model, network, seeds[first : first + most], config, prime, grammar).compositions()


def open_device(model: Checkpoint, device: str) -> CharNetwork:
    """Return the network on `device`.

    Raises
    ------
    OptionError
        If there is no such device, or torch cannot use it.
    """
    try:
        return load_network(model).to(torch.device(device))
    except (RuntimeError, AssertionError) as error:
        first_line = str(error).partition("\n")[0]
        raise OptionError(f"device is {device!r}, which cannot be used: {first_line}") from error


class _Batch:
    """Tunes that are written side by side; finished lanes leave the batch."""

    def __init__(
        self,
        model: Checkpoint,
        network: CharNetwork,
        seeds: Sequence[int],
        config: CompositionConfig,
        prime: str,
        grammar: Grammar | None,
    ) -> None:
        self._model, self._network, self._config = model, network, config
        self._device = next(network.parameters()).device
        self._ids = model.vocabulary.encode(START + prime).astype(np.int64)
        self._prime, self._seeds, count = prime, seeds, len(seeds)
        self._grammar = grammar
        self._acceptor_state = np.zeros((count, 0), dtype=np.int64)
        if grammar:
            opening = Opening(grammar, self._ids[1:].tolist(), prime, config)
            self._acceptor_state = np.array([opening.acceptor_state(seed) for seed in seeds], dtype=np.int64)
        self._lanes = AllowedCharacters(grammar, self._acceptor_state, len(model.vocabulary)) if grammar else None
        self._ends = [END_ID, *(model.vocabulary.symbols.find(end) for end in PIECE_ENDS)]
        self._symbols = np.zeros((count, len(self._ids) + config.max_length), dtype=np.int64)
        self._symbols[:, : len(self._ids)] = self._ids
        self._tallies = np.zeros((count, TALLIES))
        self._positions = np.full(count, len(self._ids) - 1)
        self._begins = self._positions.copy()
        self._draws = np.empty((count, config.max_length))
        self._generations = [self._generation(lane, seed) for lane, seed in enumerate(seeds)]

    def _generation(self, lane: int, seed: int) -> GenerationState:
        """Return a generation whose arrays are rows of the batch; its position is set only when it is judged."""
        generator = np.random.default_rng(seed)
        self._draws[lane] = generator.random(self._draws.shape[1])
        return GenerationState(
            symbols=self._symbols[lane], given=len(self._ids), position=len(self._ids) - 1,
            state=np.zeros(0, dtype=np.float32), acceptor_state=self._acceptor_state[lane], draws=self._draws[lane],
            tallies=self._tallies[lane], generator=generator,
            cadences=cadences_of(self._model, self._grammar, seed),
        )  # fmt: skip

    def compositions(self) -> Iterator[Composition]:
        """Yield all tunes, in the order of their seeds."""
        self._write()
        for seed, generation, position in zip(self._seeds, self._generations, self._positions.tolist(), strict=True):
            generation.position = position
            yield composition_of(self._model, self._prime, generation, seed)

    @torch.inference_mode()
    def _write(self) -> None:
        lanes = np.arange(len(self._seeds))
        state = self._read_beginning()
        pieces = _Pieces(self._generations, self._positions, self._begins, state) if self._lanes else None
        allowed = self._allowed(lanes)
        while lanes.size:
            scores, state = self._step(self._symbols[None, lanes, self._positions[lanes]], state)
            chosen = self._choose(scores, allowed, lanes)
            self._positions[lanes] += 1
            self._symbols[lanes, self._positions[lanes]] = chosen
            allowed = self._allowed(lanes, np.where(chosen == END_ID, -1, chosen))
            if pieces:
                full = self._positions[lanes] + 1 == self._symbols.shape[1]
                over = np.isin(chosen, self._ends) | (self._positions[lanes] - self._begins[lanes] >= LONGEST_PIECE)
                back, state = pieces.judge(np.flatnonzero(over | full), lanes, state)
                allowed[back] = self._allowed(lanes[back])
            going = self._open(lanes)
            if not going.all():
                lanes, allowed = lanes[going], allowed[going]
                kept = torch.from_numpy(going).to(self._device)
                state = tuple(part[:, kept].contiguous() for part in state)
                if pieces:
                    pieces.keep(kept)

    def _open(self, lanes: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return true for lanes that have more to write, shape=(M,); see `GenerationState.open`."""
        positions = self._positions[lanes]
        open_lanes: NDArray[np.bool_] = self._symbols[lanes, positions] != END_ID
        return open_lanes & (positions + 1 < self._symbols.shape[1])

    def _allowed(self, lanes: NDArray[np.intp], chosen: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
        """Return the allowed next characters of each lane, shape=(M, S); see `AllowedCharacters.allowed`."""
        if self._lanes is None:
            return np.ones((len(lanes), len(self._model.vocabulary)), dtype=np.bool_)
        return self._lanes.allowed(lanes, chosen)

    def _read_beginning(self) -> State:
        """Return the state of all lanes after the beginning except its last character."""
        state: State | None = None
        for start in range(0, len(self._ids) - 1, PIECE):
            _, state = self._step(self._ids[start : min(start + PIECE, len(self._ids) - 1), None], state)
        count = len(self._seeds)
        if state is None:
            return self._network.zero_state(count)
        return tuple(part.repeat(1, count, 1) for part in state)

    def _step(self, ids: NDArray[np.int64], state: State | None) -> tuple[NDArray[np.float64], State]:
        """Return the scores after the last of `ids`, shape=(T, M), and the new state."""
        logits, state = self._network(torch.from_numpy(ids).to(self._device), state)
        scores: NDArray[np.float64] = logits[-1].double().cpu().numpy()
        return scores, state

    def _choose(
        self, scores: NDArray[np.float64], allowed: NDArray[np.bool_], lanes: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Return the next symbol of each lane; adds to the tallies."""
        config = self._config
        temperature = 1.0 if config.argmax else config.temperature
        allowed[:, START_ID] = False  # never within a tune
        draws = self._draws[lanes, self._positions[lanes] + 1 - len(self._ids)]
        chosen = choose(probabilities(np.where(allowed, scores, -np.inf), config), draws)
        plain = scores - scores.max(axis=1, keepdims=True)
        weights = plain - np.log(np.exp(plain).sum(axis=1, keepdims=True))
        chances = np.exp(plain / temperature)
        chances[:, START_ID] = 0
        share = (chances * allowed).sum(axis=1) / chances.sum(axis=1)
        self._tallies[lanes, WEIGHT] += weights[np.arange(len(lanes)), chosen]
        self._tallies[lanes, REMOVED] += 1 - share
        first = self._positions[lanes] == self._begins[lanes]  # of its piece
        kept = self._tallies[lanes, KEPT] + np.log(np.maximum(share, LEAST_TOTAL))
        self._tallies[lanes, KEPT] = np.where(first, 0.0, kept)
        return chosen


class _Pieces:
    """Rejection sampling of the current piece of each lane; see `tunewright.sampling.rejection`.

    Parameters
    ----------
    generations
        The generation of each of the N lanes.
    positions, begins
        Position of each lane's last symbol, and of the one before its piece, shape=(N,); kept up to date.
    state
        State of the network; each part shape=(., N, .).
    """

    def __init__(
        self,
        generations: Sequence[GenerationState],
        positions: NDArray[np.intp],
        begins: NDArray[np.intp],
        state: State,
    ) -> None:
        self._generations, self._positions, self._begins = generations, positions, begins
        self._pieces = [Piece(generation) for generation in generations]
        self._start = tuple(part.clone() for part in state)
        self._held = tuple(part.clone() for part in state)

    def keep(self, kept: torch.Tensor) -> None:
        """Remove the rows of the states that are not `kept`, shape=(M,)."""
        self._start = tuple(part[:, kept] for part in self._start)
        self._held = tuple(part[:, kept] for part in self._held)

    def judge(self, rows: NDArray[np.intp], lanes: NDArray[np.intp], state: State) -> tuple[NDArray[np.intp], State]:
        """Accept or reject the pieces that end in some of the rows.

        Parameters
        ----------
        rows
            Indices among the M unfinished lanes.
        lanes
            Lane of each row, shape=(M,).
        state
            State of the network; each part shape=(., M, .).

        Returns
        -------
        back, state
            Rows that went back to an earlier position, and the state with them there.
        """
        verdicts = [self._judge(int(lanes[row])) for row in rows]
        newest = [row for row, lane in zip(rows, lanes[rows], strict=True) if self._pieces[lane].holds_newest]
        again = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict is Verdict.AGAIN]
        former = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict is Verdict.FORMER]
        done = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict is not Verdict.AGAIN]
        if not rows.size:
            return rows, state
        self._held, self._start, state = _equally_long(self._held, self._start, state)
        for held, start, now in zip(self._held, self._start, state, strict=True):
            held[:, newest] = now[:, newest]
            now[:, again] = start[:, again]
            now[:, former] = held[:, former]
        moved, state = self._judge_cadences(done, lanes, state)
        self._start, state = _equally_long(self._start, state)
        for start, now in zip(self._start, state, strict=True):
            start[:, done] = now[:, done]
        for lane in lanes[done]:
            self._pieces[lane], self._begins[lane] = Piece(self._generations[lane]), self._positions[lane]
        return np.array(sorted({*again, *former, *moved}), dtype=np.intp), state

    def _judge_cadences(self, rows: Sequence[int], lanes: NDArray[np.intp], state: State) -> tuple[list[int], State]:
        """Return the rows that went back to an earlier bar line, and the state; see `tunewright.sampling.cadences`."""
        moved = []
        for row in rows:
            lane = int(lanes[row])
            generation = self._generations[lane]
            if generation.cadences is None:
                continue
            here = tuple(part[:, row : row + 1] for part in state)
            back, there = generation.cadences.judge(generation, partial(_copied, here))
            if back:
                state, there = _equally_long(state, there)
                for part, kept in zip(state, there, strict=True):
                    part[:, row : row + 1] = kept
                self._positions[lane] = generation.position
                moved.append(row)
        return moved, state

    def _judge(self, lane: int) -> Verdict:
        generation = self._generations[lane]
        generation.position = int(self._positions[lane])
        verdict = self._pieces[lane].judge(generation)
        self._positions[lane] = generation.position
        return verdict


def _copied(state: State) -> State:
    return tuple(part.clone() for part in state)


def _equally_long(*states: State) -> list[State]:
    """Return the states with parts of equally many rows, shape=(rows, M, .); empty rows are added in front."""
    rows = [max(len(part) for part in parts) for parts in zip(*states, strict=True)]
    return [
        tuple(
            part if len(part) == count else torch.cat([part.new_zeros(count - len(part), *part.shape[1:]), part])
            for part, count in zip(state, rows, strict=True)
        )
        for state in states
    ]
