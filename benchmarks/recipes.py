"""Which recipe is best, and is the difference more than chance?

    python benchmarks/recipes.py --train TRAIN --validation VAL                          all presets, seeds 0, 1, 2
    python benchmarks/recipes.py --train ... --validation ... --variants default,no-weight-drop --seeds 0 1 2 3
    python benchmarks/recipes.py --train ... --validation ... --until 1.9 --variants small

Each variant is a preset with some options changed; the first is what the others are compared with. For each it prints
the losses on the validation tunes of the epoch with the lowest full_tune, their mean over the seeds, and the difference
from the first variant with its standard error, seed by seed. With ``--until`` it prints the seconds of training after
which each loss is below a limit for the first time; measuring it does not count.
"""

import argparse
import statistics
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tunewright.corpus.readers import read_tunes
from tunewright.training.config import PRESETS, Preset
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import cold_window, full_tune
from tunewright.training.history import EpochRecord
from tunewright.training.run import Run

BETWEEN = 0.2
"""Seconds of training between two measurements of ``--until``."""


@dataclass(frozen=True)
class Variant:
    """A preset, and what is changed in it."""

    preset: str = "plain"
    network: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)

    def options(self, seed: int) -> Preset:
        base = PRESETS[self.preset]
        network = replace(base.network, **self.network)
        return Preset(network, replace(base.training, seed=seed, **self.training))


VARIANTS = {
    **{name: Variant(name) for name in PRESETS},
    "no-weight-drop": Variant(network={"recurrent_weight_dropout": 0.0}),
    "weight-drop-0.3": Variant(network={"recurrent_weight_dropout": 0.3}),
    "embedding-32": Variant(network={"embedding": 32}),
    "one-hot": Variant(network={"embedding": 0}),
    "dropout-0.2": Variant(network={"dropout": 0.2}),
    "length-80": Variant(training={"sequence_length": 80, "state_reset_probability": 0.5}),
    "never-reset": Variant(training={"state_reset_probability": 0.0}),
    "lanes-32": Variant(training={"batch_size": 32}),
    "rate-0.012": Variant(training={"learning_rate": 0.012}),
    "decay-0.3": Variant(training={"weight_decay": 0.3}),
    "28-epochs": Variant(training={"epochs": 28}),
}


def run_of(data: TrainingData, options: Preset, folder: str) -> Run:
    run = Run(Path(folder), data, options.network, options.training)
    run.open(force=True)
    return run


def trained(data: TrainingData, options: Preset) -> EpochRecord:
    """The best epoch of a whole training."""
    with TemporaryDirectory() as folder:
        run = run_of(data, options, folder)
        for _ in run.progress():
            pass
        best = run.trainer.best
    assert best
    return best


def compare(data: TrainingData, names: list[str], seeds: list[int]) -> None:
    results: dict[str, list[EpochRecord]] = {}
    for name in names:
        results[name] = []
        for seed in seeds:
            best = trained(data, VARIANTS[name].options(seed))
            results[name].append(best)
            print(
                f"{name:<18} seed {seed}   full_tune {best.validation_full_tune:.4f}   cold_window "
                f"{best.validation_cold_window:.4f}   epoch {best.epoch}   {best.seconds:.0f} s",
                flush=True,
            )
    print("\n| variant | full_tune | cold_window | full_tune less the first's | cold_window less the first's |")
    print("|---|---|---|---|---|")
    for name, records in results.items():
        columns = [summary(records, protocol) for protocol in ("full_tune", "cold_window")]
        columns += [difference(records, results[names[0]], protocol) for protocol in ("full_tune", "cold_window")]
        print(f"| {name} | {' | '.join(columns)} |")


def losses(records: list[EpochRecord], protocol: Any) -> list[float]:
    return [record.validation(protocol) for record in records]


def summary(records: list[EpochRecord], protocol: str) -> str:
    values = losses(records, protocol)
    return f"{statistics.mean(values):.4f} ({min(values):.4f} to {max(values):.4f})"


def difference(records: list[EpochRecord], others: list[EpochRecord], protocol: str) -> str:
    pairs = zip(losses(records, protocol), losses(others, protocol), strict=True)
    differences = [ours - theirs for ours, theirs in pairs]
    if len(differences) < 2 or not any(differences):
        return f"{differences[0]:+.4f}"
    error = statistics.stdev(differences) / len(differences) ** 0.5
    return f"{statistics.mean(differences):+.4f} ± {error:.4f}"


def seconds_until(data: TrainingData, options: Preset, limit: float) -> dict[str, float]:
    """Seconds of training until the loss under each protocol is below `limit`."""
    found: dict[str, float] = {}
    measured = 0.0
    with TemporaryDirectory() as folder:
        run = run_of(data, options, folder)
        trainer = run.trainer
        for progress in trainer.run():
            now = trainer.position.learning_seconds
            if now - measured < BETWEEN and not progress.record:
                continue
            measured = now
            for protocol in (full_tune, cold_window):
                if protocol.__name__ not in found and protocol(trainer.network, data.validation).nats_per_char < limit:
                    found[protocol.__name__] = now
            if len(found) == 2:
                break
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", nargs="+", type=Path, required=True)
    parser.add_argument("--validation", nargs="+", type=Path, required=True)
    parser.add_argument("--variants", default=",".join(PRESETS), help=f"any of {', '.join(VARIANTS)}")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--until", type=float)
    options = parser.parse_args()
    data = TrainingData.of(
        read_tunes(*options.train).tunes, read_tunes(*options.validation, keep_duplicates=True).tunes
    )
    names = options.variants.split(",")
    if options.until is None:
        compare(data, names, options.seeds)
        return
    for name in names:
        for seed in options.seeds:
            found = seconds_until(data, VARIANTS[name].options(seed), options.until)
            times = "   ".join(f"{protocol} {seconds:.2f} s" for protocol, seconds in found.items())
            print(f"{name:<18} seed {seed}   below {options.until}: {times or 'never'}", flush=True)


if __name__ == "__main__":
    main()
