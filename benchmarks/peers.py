"""How much does a network learn in a minute of one core, in our loop and in others?

    python benchmarks/peers.py                                             O'Neill's, 1, 3 and 10 minutes: over an hour
    python benchmarks/peers.py --minutes 0.2 --only plain,looking-back     less
    python benchmarks/peers.py --train TRAIN --validation VAL              other tunes

Each contestant learns on one thread and is then measured on the same held-out tunes under the protocol `full_tune`.
Only learning counts as time, and only the time that the processor worked at it, whatever runs beside. Contestants:

slice         a course's loop: a slice of 30 characters a step, batch 1, LSTM of 150 units, Adam
tune          the same with a whole tune a step
plain         a plain batched loop, the reference: 32 slices of 100 characters a step, LSTM of 150 units, Adam
transformer   torch's Transformer layers (see `model/transformer.py`) on whole tunes, of the size of `looking-back`
ours          a plain LSTM of 150 units with the recipe that suits it
looking-back  an LSTM of 150 units that looks back

The first three are written here as tutorials have them, with a constant learning rate: they learn once, for the longest
time, and are measured on the way. The others lower their rate to the end of training, so they learn anew for each time.
Beside each loss stands what share of the reference's loss after the same time it is.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.vocabulary import Ids
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training import loop
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import EvaluationSet, full_tune, full_tune_of
from tunewright.training.precision import flushed_to_zero

UNITS, EMBEDDING = 150, 64
REFERENCE = "plain"
CLOCK = SimpleNamespace(perf_counter=time.process_time)
"""Stands in for the clock on the wall."""
EPOCHS = 1000
"""More than there is ever time for: the time ends training, and its schedule with it."""

WHOLE_TUNES = TrainingConfig(feed="tunes", sequence_length=120, batch_size=8, weight_decay=0.05)
RECIPES = {
    "transformer": (
        NetworkConfig(
            cell="transformer", units=80, layers=2, embedding=EMBEDDING, dropout=0.1, recurrent_weight_dropout=0.0
        ),
        replace(WHOLE_TUNES, sequence_length=4000, batch_size=2, learning_rate=0.005),
    ),
    "ours": (NetworkConfig(units=UNITS), TrainingConfig()),
    "looking-back": (
        NetworkConfig(units=UNITS, embedding=EMBEDDING, dropout=0.2, recurrent_weight_dropout=0.0, look_back=32),
        WHOLE_TUNES,
    ),
}
"""Networks of ours, and how they are trained."""


@dataclass(frozen=True)
class Found:
    """What a contestant reached."""

    weights: int
    losses: dict[float, float]
    """Nats per character by minutes."""


class Plain(nn.Module):
    """A network as a tutorial has it."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, EMBEDDING)
        self.lstm = nn.LSTM(EMBEDDING, UNITS)
        self.readout = nn.Linear(UNITS, symbols)

    def forward(self, ids: Tensor) -> Tensor:
        """Scores after each of the characters, shape=(T, B, S)."""
        logits: Tensor = self.readout(self.lstm(self.embedding(ids))[0])
        return logits

    def nats(self, ids: Tensor) -> Tensor:
        """Of each character but the first, shape=((T - 1) * B,)."""
        return functional.cross_entropy(self(ids[:-1]).flatten(0, 1), ids[1:].flatten(), reduction="none")


def slices(tunes: Sequence[Ids], length: int, lanes: int) -> Iterator[Tensor]:
    """Random slices of the text, each shape=(length + 1, lanes), without an end."""
    text = torch.from_numpy(np.concatenate(list(tunes)).astype(np.int64))
    while True:
        starts = torch.randint(len(text) - length, (lanes,))
        yield text[starts + torch.arange(length + 1)[:, None]]


def whole_tunes(tunes: Sequence[Ids]) -> Iterator[Tensor]:
    """Random tunes, each shape=(characters, 1), without an end."""
    while True:
        yield torch.from_numpy(tunes[int(torch.randint(len(tunes), ()))].astype(np.int64))[:, None]


def learn_plainly(data: TrainingData, batches: Iterator[Tensor], rate: float, minutes: Sequence[float]) -> Found:
    """Take steps of Adam, and measure after each of `minutes`, which rise."""
    network, losses, seconds = Plain(len(data.vocabulary)), {}, 0.0
    optimizer = torch.optim.Adam(network.parameters(), rate)
    for goal in minutes:
        while seconds < 60 * goal:
            began = time.process_time()
            optimizer.zero_grad()
            network.nats(next(batches)).mean().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            seconds += time.process_time() - began
        losses[goal] = full_tune_of(lambda tunes: plain_nats(network, tunes), data.validation).nats_per_char
    return Found(sum(weight.numel() for weight in network.parameters()), losses)


@torch.inference_mode()
def plain_nats(network: Plain, tunes: Sequence[Ids]) -> NDArray[np.float64]:
    """Of each tune after its first character."""
    every = (torch.from_numpy(tune.astype(np.int64))[:, None] for tune in tunes)
    return np.array([float(network.nats(ids).sum()) for ids in every])


def learn_ours(data: TrainingData, name: str, minutes: Sequence[float]) -> Found:
    """Train with our loop anew for each of `minutes`."""
    shape, recipe = RECIPES[name]
    losses = {}
    # Measuring counts as time in a training, so on the way hardly anything is measured.
    first = EvaluationSet(data.sample.tunes[:1], len(data.sample.tunes[0]), data.sample.windows[:20], ())
    few = replace(data, sample=first, validation=first)
    for goal in minutes:
        torch.manual_seed(0)
        network = CharNetwork.of(shape, data.vocabulary)
        config = replace(recipe, epochs=EPOCHS, minutes=goal, threads=1, device="cpu")
        with patch.object(loop, "time", CLOCK):
            for _ in loop.Trainer(network, few, config).run():
                pass
        losses[goal] = full_tune(network, data.validation).nats_per_char
    return Found(network.weight_count, losses)


def contestants(data: TrainingData, minutes: Sequence[float]) -> dict[str, Callable[[], Found]]:
    """What each does."""
    plain: dict[str, Callable[[], Found]] = {
        "slice": lambda: learn_plainly(data, slices(data.tunes, 30, 1), 0.001, minutes),
        "tune": lambda: learn_plainly(data, whole_tunes(data.tunes), 0.001, minutes),
        REFERENCE: lambda: learn_plainly(data, slices(data.tunes, 100, 32), 0.002, minutes),
    }
    return plain | {name: lambda name=name: learn_ours(data, name, minutes) for name in RECIPES}


def row(name: str, found: Found, reference: Found | None) -> str:
    """A line of the table."""
    cells = []
    for goal, loss in found.losses.items():
        cells.append(f"{loss:.3f}" + (f" ({loss / reference.losses[goal]:.2f})" if reference else ""))
    return f"{name:14}{found.weights:>9,}" + "".join(f"{cell:>16}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 3, 10])
    parser.add_argument("--only", default="", help="some contestants, with commas between them")
    parser.add_argument("--train", type=Path)
    parser.add_argument("--validation", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    held_out = read_tunes(options.validation).tunes if options.validation else ()
    data = TrainingData.of(read_tunes(options.train or find_corpus("oneills")).tunes, held_out)
    minutes = sorted(options.minutes)
    everyone = contestants(data, minutes)
    chosen = options.only.split(",") if options.only else list(everyone)
    if unknown := set(chosen) - set(everyone):
        parser.error(f"no contestant is called {', '.join(sorted(unknown))}; there are {', '.join(everyone)}")
    print(f"{len(data.validation.tunes)} held-out tunes, full_tune, nats per character (share of {REFERENCE!r}'s)")
    print(f"{'':14}{'weights':>9}" + "".join(f"{f'{goal:g} min':>16}" for goal in minutes))
    found: dict[str, Found] = {}
    with flushed_to_zero():
        # The reference comes first, so that each row can be printed as soon as it is known.
        for name in sorted(chosen, key=lambda name: name != REFERENCE):
            found[name] = everyone[name]()
            print(row(name, found[name], found.get(REFERENCE)), flush=True)


if __name__ == "__main__":
    main()
