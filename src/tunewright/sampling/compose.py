"""How does a network write tunes?

It is primed with the character that opens a tune and with the user's own beginning, if there is one; from then on each
character that it chooses is the next one it reads, until it chooses the character that closes a tune. Nothing random
acts but the choice: dropout is off.

Several tunes are written side by side, as one batch; each has a seed of its own.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from tunewright.corpus.tune import END, START
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import State, load_network
from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.config import CompositionConfig

PIECE = 1000
"""Characters of a given beginning that are read in one call."""


@dataclass(frozen=True)
class Composition:
    """A tune that a network wrote."""

    text: str
    """ABC text, the given beginning included, without boundary characters."""
    ended: bool
    """True if the network came to an end by itself, false if the length limit stopped it."""
    seed: int
    """With the same model, beginning and options, this seed gives the same tune."""


def compose(
    model: Checkpoint, config: CompositionConfig | None = None, *, prime: str = ""
) -> Generator[str, None, Composition]:
    """Compose one tune, character by character.

    Parameters
    ----------
    model
        The network (see `read_checkpoint`).
    config
        Temperature, seed and so on.
    prime
        How the tune begins; see `sampling.prime`. An error if it holds a character that the network has never seen.

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
    yield from prime
    text, ended = prime, False
    for _, character in _write(model, config, prime, [config.seed]):
        if character == END:
            ended = True
        else:
            text += character
            yield character
    return Composition(text, ended, config.seed)


def compose_many(
    model: Checkpoint, count: int, config: CompositionConfig | None = None, *, prime: str = ""
) -> Iterator[Composition]:
    """Compose `count` tunes side by side; yields each when it is finished, shortest first.

    Tune number n, counted from 0, has seed ``config.seed + n``; options as for `compose`.
    """
    config = config or CompositionConfig()
    if count < 1:
        raise OptionError(f"count is {count}; allowed: 1 or more")
    seeds = [config.seed + number for number in range(count)]
    texts = [[prime] for _ in seeds]
    unfinished = dict.fromkeys(range(count))
    for lane, character in _write(model, config, prime, seeds):
        if character == END:
            del unfinished[lane]
            yield Composition("".join(texts[lane]), ended=True, seed=seeds[lane])
        else:
            texts[lane].append(character)
    for lane in unfinished:
        yield Composition("".join(texts[lane]), ended=False, seed=seeds[lane])


@torch.inference_mode()
def _write(model: Checkpoint, config: CompositionConfig, prime: str, seeds: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Pairs of lane and character, time by time, END included; a lane that has ended leaves the batch."""
    symbols = model.vocabulary.symbols
    start, end = symbols.index(START), symbols.index(END)
    network = load_network(model)
    generators = [np.random.default_rng(seed) for seed in seeds]
    ids = torch.from_numpy(model.vocabulary.encode(START + prime).astype(np.int64))
    state: State | None = None
    for piece in torch.split(ids, PIECE):
        logits, state = network(piece[:, None], state)  # (T, 1, S)
    logits, state = logits[-1].repeat(len(seeds), 1), tuple(part.repeat(1, len(seeds), 1) for part in state or ())
    lanes = np.arange(len(seeds))
    for _ in range(config.max_length):
        logits[:, start] = -torch.inf  # a tune begins once
        draws = np.array([generators[lane].random() for lane in lanes])
        chosen = choose(probabilities(logits.numpy(), config), draws)
        yield from ((int(lane), symbols[symbol]) for lane, symbol in zip(lanes, chosen, strict=True))
        going = chosen != end
        if not going.any():
            return
        if not going.all():
            lanes, chosen = lanes[going], chosen[going]
            state = tuple(part[:, torch.from_numpy(going)].contiguous() for part in state)
        logits, state = network(torch.from_numpy(chosen)[None], state)
        logits = logits[0]  # (lanes, S)
