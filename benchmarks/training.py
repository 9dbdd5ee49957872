"""How fast does a network learn, and how well does it end?

    python benchmarks/training.py                                        rate of learning, against two references
    python benchmarks/training.py --train TRAIN --validation VAL         both presets to their end, with their losses

The rate is that of the classic network (150 LSTM units on an embedding of 32, dropout on the outputs) in 32 streams of
80 characters of O'Neill's, and that of the preset `default`, whose wider embedding and shorter streams cost rate and
gain loss. References in the same run: a plain loop around torch's LSTM with batches of the same shape, one slice of 30
characters at a time, and one character at a time, as course work often has it; and the machine's rate of float32 matrix
products, beside the arithmetic that a character takes at least (forward and backward, 6 operations per weight of the
recurrent and read-out matrices and one row of the input's). All rates are the best of three rounds, taken in turns.
"""

import argparse
import time
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunewright.cores import cores
from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, State
from tunewright.training.config import PRESETS, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.run import Run

ROUNDS = 3
CLASSIC = NetworkConfig(embedding=32, recurrent_weight_dropout=0.0)
LANES, LENGTH = 32, 80


def trainer_rate(data: TrainingData, network: NetworkConfig, training: TrainingConfig, steps: int = 100) -> float:
    """Characters per second of our training loop."""
    trainer = Trainer(CharNetwork(network, len(data.vocabulary)), data, training)
    for progress in islice(trainer.run(), 20, steps):
        rate = progress.characters_per_second
    return rate


class Plain(nn.Module):
    """A network as a tutorial has it."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, CLASSIC.embedding)
        self.lstm = nn.LSTM(CLASSIC.embedding, CLASSIC.units)
        self.readout = nn.Linear(CLASSIC.units, symbols)

    def forward(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores after each of the characters, shape=(T, B, S), and the state after the last one."""
        outputs, state = self.lstm(self.embedding(ids), state)
        return self.readout(functional.dropout(outputs, CLASSIC.dropout)), state


def at_once(network: Plain, ids: Tensor) -> Tensor:
    """Loss of slices that are read in one call."""
    return functional.cross_entropy(network(ids[:-1])[0].flatten(0, 1), ids[1:].flatten())


def one_by_one(network: Plain, ids: Tensor) -> Tensor:
    """Loss of slices, a call for each character, as course work often has it."""
    state, loss = None, torch.zeros(())
    for character, target in pairwise(ids):
        logits, state = network(character[None], state)
        loss = loss + functional.cross_entropy(logits[0], target)
    return loss / (len(ids) - 1)


def plain_rate(symbols: int, loss_of: Callable[[Plain, Tensor], Tensor], length: int, lanes: int, steps: int) -> float:
    """Characters per second of a plain loop."""
    network = Plain(symbols)
    optimizer = torch.optim.AdamW(network.parameters())
    began = time.perf_counter()
    for _ in range(steps):
        loss = loss_of(network, torch.randint(symbols, (length + 1, lanes)))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return steps * length * lanes / (time.perf_counter() - began)


def product_rate(size: int = 2048, times: int = 5) -> float:
    """float32 operations per second of a large matrix product."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    began = time.perf_counter()
    for _ in range(times):
        a @ b
    return 2 * size**3 * times / (time.perf_counter() - began)


def measure_rate() -> None:
    preset = PRESETS["default"]
    torch.set_num_threads(cores())  # for what is compared; our own trainer sees to its threads itself
    torch.set_flush_denormal(True)
    data = TrainingData.of(read_tunes(find_corpus("oneills")).tunes)
    symbols = len(data.vocabulary)
    operations = 6 * (4 * CLASSIC.units * (CLASSIC.units + 1) + CLASSIC.units * symbols)
    ours = "ours, classic network"
    measures: dict[str, Callable[[], float]] = {
        ours: lambda: trainer_rate(data, CLASSIC, TrainingConfig(batch_size=LANES, sequence_length=LENGTH)),
        "ours, preset default": lambda: trainer_rate(data, preset.network, preset.training),
        "plain loop, same batches": lambda: plain_rate(symbols, at_once, LENGTH, LANES, 30),
        "one slice at a time": lambda: plain_rate(symbols, at_once, 30, 1, 100),
        "one character at a time": lambda: plain_rate(symbols, one_by_one, 30, 1, 20),
        "matrix product": product_rate,
    }
    rounds = [[measure() for measure in measures.values()] for _ in range(ROUNDS)]
    best = dict(zip(measures, map(max, zip(*rounds, strict=True)), strict=True))
    product = best.pop("matrix product")
    print(f"{torch.get_num_threads()} threads, matrix product {product / 1e9:,.0f} GFLOP/s, "
          f"{operations / 1e3:.0f} kFLOP for a character")  # fmt: skip
    for name, rate in best.items():
        print(f"{name:<26}{rate:>12,.0f} chars/s    {rate * operations / product:.2f} of the matrix product"
              f"    the first is {best[ours] / rate:.1f} times as fast")  # fmt: skip


def measure_presets(training: list[Path], validation: list[Path]) -> None:
    data = TrainingData.of(read_tunes(*training).tunes, read_tunes(*validation, keep_duplicates=True).tunes)
    for name in ("default", "assignment"):
        preset = PRESETS[name]
        with TemporaryDirectory() as folder:
            run = Run(Path(folder), data, preset.network, preset.training)
            run.open()
            began = time.perf_counter()
            for _ in run.progress():
                pass
            best = run.trainer.best
            assert best
            print(
                f"{name:<11} full_tune {best.validation_full_tune:.4f}   cold_window {best.validation_cold_window:.4f}"
                f"   {best.seconds:.0f} s of learning, {time.perf_counter() - began:.0f} s with everything"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", nargs="+", type=Path)
    parser.add_argument("--validation", nargs="+", type=Path)
    options = parser.parse_args()
    if options.train and options.validation:
        measure_presets(options.train, options.validation)
    else:
        measure_rate()


if __name__ == "__main__":
    main()
