"""How fast does a network learn, and how well does it end?

    python benchmarks/training.py                                        rate of learning, against two references
    python benchmarks/training.py --train TRAIN --validation VAL         both presets to their end, with their losses

The rate is that of the preset `default` on O'Neill's. References in the same run: torch's LSTM of the same size called
once for each character of one slice of 30, as course work often has it; called once for each slice; called once for a
batch of as many slices as ours, in a plain loop; and the machine's rate of float32 matrix products, beside the
arithmetic that a character takes at least (forward and backward, 6 operations per weight of the recurrent and read-out
matrices and one row of the input's). All rates are the best of three rounds, taken in turns.
"""

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.model.network import CharNetwork
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.presets import PRESETS
from tunewright.training.run import Run, set_processor

ROUNDS = 3
Steps = Callable[[nn.LSTM, Tensor], Tensor]


def trainer_rate(data: TrainingData, steps: int = 150) -> float:
    """Characters per second of our training loop."""
    preset = PRESETS["default"]
    trainer = Trainer(CharNetwork(preset.network, len(data.vocabulary)), data, preset.training)
    for progress in islice(trainer.run(), 20, steps):
        rate = progress.characters_per_second
    return rate


def at_once(lstm: nn.LSTM, signal: Tensor) -> Tensor:
    """Outputs of one call for a whole slice; shape=(T, B, H)."""
    outputs: Tensor = lstm(signal)[0]
    return outputs


def one_by_one(lstm: nn.LSTM, signal: Tensor) -> Tensor:
    """Outputs of one call for each character; shape=(T, B, H)."""
    state, outputs = None, []
    for character in signal:
        output, state = lstm(character[None], state)
        outputs.append(output)
    return torch.cat(outputs)


def plain_rate(symbols: int, steps: Steps, *, length: int, lanes: int, batches: int) -> float:
    """Characters per second of a plain loop around torch's LSTM."""
    units = PRESETS["default"].network.units
    embedding, lstm, readout = nn.Embedding(symbols, 32), nn.LSTM(32, units), nn.Linear(units, symbols)
    optimizer = torch.optim.AdamW([*embedding.parameters(), *lstm.parameters(), *readout.parameters()])
    began = time.perf_counter()
    for _ in range(batches):
        ids = torch.randint(symbols, (length + 1, lanes))
        logits = readout(functional.dropout(steps(lstm, embedding(ids[:-1])), 0.3))
        loss = functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return batches * length * lanes / (time.perf_counter() - began)


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
    set_processor(preset.training)
    data = TrainingData.of(read_tunes(find_corpus("oneills")).tunes)
    units, symbols = preset.network.units, len(data.vocabulary)
    length, lanes = preset.training.length, preset.training.lanes
    operations = 6 * (4 * units * (units + 1) + units * symbols)
    measures: dict[str, Callable[[], float]] = {
        "ours": lambda: trainer_rate(data),
        "plain loop, same batches": lambda: plain_rate(symbols, at_once, length=length, lanes=lanes, batches=60),
        "one slice at a time": lambda: plain_rate(symbols, at_once, length=30, lanes=1, batches=100),
        "one character at a time": lambda: plain_rate(symbols, one_by_one, length=30, lanes=1, batches=20),
        "matrix product": product_rate,
    }
    rounds = [[measure() for measure in measures.values()] for _ in range(ROUNDS)]
    best = dict(zip(measures, map(max, zip(*rounds, strict=True)), strict=True))
    product = best.pop("matrix product")
    for name, rate in best.items():
        print(f"{name:<26}{rate:>12,.0f} chars/s    ours is {best['ours'] / rate:.1f} times as fast")
    print(f"matrix product, {torch.get_num_threads()} threads {product / 1e9:>12,.0f} GFLOP/s")
    useful = best["ours"] * operations
    print(f"useful arithmetic         {useful / 1e9:>12,.0f} GFLOP/s    {useful / product:.2f} of it")
    print(f"at {operations / 1e3:.0f} kFLOP for a character")


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
