"""How does a network write many tunes side by side with torch, on a GPU or whatever device torch has?

All tunes are the lanes of one batch. The network's step runs on the device; the choice, with the same draws and by the
same rules as everywhere (`sampling.choose`), on the processor, where the acceptor is. This is the only file of the
package that imports torch.

Shapes: N lanes, S symbols, R registers of the acceptor.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.corpus.tune import END, START
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import State, load_network
from tunewright.sampling.calling import END_ID, START_ID
from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.compose import Composition, read_beginning
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.lanes import Lanes
from tunewright.sampling.steering import Acceptor

PIECE = 1000
"""Characters of a given beginning that are read in one call."""
MOST_LANES = 4096
"""Tunes written side by side."""


def compose_batch(
    model: Checkpoint,
    seeds: Sequence[int],
    config: CompositionConfig,
    *,
    prime: str = "",
    grammar: Acceptor | None = None,
    device: str = "cuda",
) -> Iterator[Composition]:
    """Compose a tune for each of `seeds`; otherwise as `compose.compose_many`, which calls this."""
    network = open_device(model, device)
    for first in range(0, len(seeds), MOST_LANES):
        yield from _Batch(model, network, seeds[first : first + MOST_LANES], config, prime, grammar).compositions()


def open_device(model: Checkpoint, device: str) -> torch.nn.Module:
    """The network on `device`.

    Raises
    ------
    OptionError
        If there is no such device.
    """
    try:
        return load_network(model).to(torch.device(device))
    except (RuntimeError, AssertionError) as error:
        first_line = str(error).partition("\n")[0]
        raise OptionError(f"device is {device!r}, which cannot be used: {first_line}") from error


class _Batch:
    """Tunes that are written side by side; a lane that has ended leaves the batch."""

    def __init__(
        self,
        model: Checkpoint,
        network: torch.nn.Module,
        seeds: Sequence[int],
        config: CompositionConfig,
        prime: str,
        grammar: Acceptor | None,
    ) -> None:
        self._model, self._network, self._config = model, network, config
        self._device = next(network.parameters()).device
        self._ids = model.vocabulary.encode(START + prime).astype(np.int64)
        self._prime, self._seeds = prime, seeds
        self._lanes = None
        if grammar is not None:
            registers = read_beginning(grammar, self._ids[1:].tolist(), prime, config)
            self._lanes = Lanes(grammar, registers, len(seeds), len(model.vocabulary))
        self._draws = np.stack([np.random.default_rng(seed).random(config.max_length) for seed in seeds])
        self._texts: list[list[int]] = [[] for _ in seeds]
        self._tallies = np.zeros((len(seeds), 2))

    def compositions(self) -> Iterator[Composition]:
        """All tunes, in the order of their seeds."""
        self._write()
        for seed, text, (likelihood, removed) in zip(self._seeds, self._texts, self._tallies, strict=True):
            ended = text[-1] == END_ID
            words = self._model.vocabulary.decode(text).removesuffix(END)
            yield Composition(self._prime + words, ended, seed, likelihood, removed / len(text), len(text))

    @torch.inference_mode()
    def _write(self) -> None:
        lanes = np.arange(len(self._seeds))
        logits, state = self._read_beginning()
        chosen = None
        for time in range(self._config.max_length):
            allowed = np.ones(logits.shape, dtype=np.bool_) if self._lanes is None else self._lanes.allowed(chosen)
            chosen = self._choose(logits, allowed, lanes, time)
            for lane, symbol in zip(lanes, chosen, strict=True):
                self._texts[lane].append(int(symbol))
            going = chosen != END_ID
            if not going.any():
                return
            if not going.all():
                lanes, chosen = lanes[going], chosen[going]
                kept = torch.from_numpy(going).to(self._device)
                state = tuple(part[:, kept].contiguous() for part in state)
                if self._lanes is not None:
                    self._lanes.keep(going)
            logits, state = self._step(chosen[None], state)

    def _read_beginning(self) -> tuple[NDArray[np.float64], State]:
        """Scores after the beginning, shape=(N, S), and the state of all lanes."""
        state: State | None = None
        for start in range(0, len(self._ids), PIECE):
            logits, state = self._step(self._ids[start : start + PIECE, None], state)
        count = len(self._seeds)
        return logits.repeat(count, axis=0), tuple(part.repeat(1, count, 1) for part in state or ())

    def _step(self, ids: NDArray[np.int64], state: State | None) -> tuple[NDArray[np.float64], State]:
        """Scores after the last of `ids`, shape=(T, N), and the new state."""
        logits, state = self._network(torch.from_numpy(ids).to(self._device), state)
        scores: NDArray[np.float64] = logits[-1].double().cpu().numpy()
        return scores, state

    def _choose(
        self, scores: NDArray[np.float64], allowed: NDArray[np.bool_], lanes: NDArray[np.intp], time: int
    ) -> NDArray[np.intp]:
        """The next symbol of each lane; adds to the tallies."""
        config = self._config
        temperature = 1.0 if config.argmax else config.temperature
        allowed[:, START_ID] = False  # a tune begins once
        chosen = choose(probabilities(np.where(allowed, scores, -np.inf), config), self._draws[lanes, time])
        plain = scores - scores.max(axis=1, keepdims=True)
        weights = plain - np.log(np.exp(plain).sum(axis=1, keepdims=True))
        chances = np.exp(plain / temperature)
        chances[:, START_ID] = 0
        removed = 1 - (chances * allowed).sum(axis=1) / chances.sum(axis=1)
        self._tallies[lanes, 0] += weights[np.arange(len(lanes)), chosen]
        self._tallies[lanes, 1] += removed
        return chosen
