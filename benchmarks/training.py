"""How fast does a network learn, and how well does it end?

    python benchmarks/training.py                                        rate of learning, against two references
    python benchmarks/training.py --train TRAIN --validation VAL         both presets to their end, with their losses

The rate is that of the preset `default` on O'Neill's. References in the same run: the same network fed one slice of 30
characters at a time; and the machine's rate of float32 matrix products, beside the arithmetic that a character takes
(forward and backward, 6 operations per weight of the recurrent and read-out matrices).
"""

import argparse
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.model.network import CharNetwork
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.presets import PRESETS
from tunewright.training.run import Run, set_processor


def trainer_rate(data: TrainingData, steps: int = 150) -> float:
    """Characters per second of our training loop."""
    preset = PRESETS["default"]
    trainer = Trainer(CharNetwork(preset.network, len(data.vocabulary)), data, preset.training)
    for progress in islice(trainer.run(), 20, steps):
        rate = progress.characters_per_second
    return rate


def one_slice_rate(symbols: int, slices: int = 150) -> float:
    """Characters per second of an nn.LSTM that is fed one slice of 30 characters at a time."""
    embedding, lstm, readout = nn.Embedding(symbols, 32), nn.LSTM(32, 150), nn.Linear(150, symbols)
    weights = [*embedding.parameters(), *lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.AdamW(weights)
    ids = torch.randint(symbols, (slices, 31, 1))
    began = time.perf_counter()
    for row in ids:
        logits = readout(lstm(embedding(row[:-1]))[0])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), row[1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return slices * 30 / (time.perf_counter() - began)


def product_rate(size: int = 2048, times: int = 10) -> float:
    """float32 operations per second of a large matrix product."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    began = time.perf_counter()
    for _ in range(times):
        a @ b
    return 2 * size**3 * times / (time.perf_counter() - began)


def measure_rate() -> None:
    set_processor(PRESETS["default"].training)
    data = TrainingData.of(read_tunes(find_corpus("oneills")).tunes)
    units, symbols = PRESETS["default"].network.units, len(data.vocabulary)
    operations = 6 * (4 * units * (units + PRESETS["default"].network.embedding) + units * symbols)
    ours, reference, ceiling = trainer_rate(data), one_slice_rate(symbols), product_rate()
    print(f"training           {ours:>12,.0f} chars/s on {torch.get_num_threads()} threads")
    print(f"one slice at a time{reference:>12,.0f} chars/s    ratio {ours / reference:.1f}")
    print(f"matrix product     {ceiling / 1e9:>12,.0f} GFLOP/s    ours {ours * operations / 1e9:.0f} GFLOP/s")
    print(f"share of it        {ours * operations / ceiling:>12.2f}")


def measure_presets(training: list[Path], validation: list[Path]) -> None:
    data = TrainingData.of(read_tunes(*training).tunes, read_tunes(*validation, keep_duplicates=True).tunes)
    for name, preset in PRESETS.items():
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
