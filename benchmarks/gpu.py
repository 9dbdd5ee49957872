"""How fast do networks learn on a GPU: one of 128, 150, 256 or 512 units, and many at once?

    python benchmarks/gpu.py                          the whole table; some minutes
    python benchmarks/gpu.py --device cpu --quick     the same code on the processor: shows that it runs, not how fast

One LSTM: for each size, number of lanes and precision, characters per second of the step that lies in one CUDA graph,
and the best configuration of each size; sizes that cuDNN is slow at are measured as they are and padded. Many LSTMs of
16 lanes each: the characters per second of all together. References in the same run: the ordinary training loop on the
same device, which launches every kernel and cuts batches out on the processor; and the device's rate of float32 matrix
products, beside the arithmetic that a character takes (6 operations per weight of the recurrent and read-out matrices).

The text is made up, of as many symbols as O'Neill's has: what it says does not change the time.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import torch

from tunewright.corpus.batches import streams
from tunewright.corpus.tune import Tune
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.model.padding import pad_layers, quick_units
from tunewright.training.config import Precision, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.gpu.resident import ResidentLearner
from tunewright.training.loop import Trainer
from tunewright.training.optimizers import make_optimizer
from tunewright.training.precision import PRECISIONS
from tunewright.training.stacked.stacked_training import Member, StackedTrainer

LETTERS = "".join(map(chr, range(33, 124)))
TUNE_LENGTH = 400
STACKED_LANES = 16


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    units: tuple[int, ...] = (128, 150, 256, 512)
    lanes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    networks: tuple[int, ...] = (1, 4, 16, 64)
    stacked_units: tuple[int, ...] = (128, 150, 256)
    length: int = 80
    warm_up: int = 10
    steps: int = 50


QUICK = Plan(units=(16, 130), lanes=(4,), networks=(1, 3), stacked_units=(16,), length=5, warm_up=1, steps=2)


def made_up_data(lanes: int, plan: Plan) -> TrainingData:
    """As much as is learned from with so many lanes, so that no epoch ends within a measurement."""
    generator, letters = np.random.default_rng(0), np.array(list(LETTERS))
    count = 2 + lanes * plan.length * (plan.warm_up + plan.steps + 1) // TUNE_LENGTH
    texts = ["".join(letters[generator.integers(len(letters), size=TUNE_LENGTH)]) + "\n" for _ in range(count)]
    tunes = [Tune(text, Path("made-up"), 1, len(text)) for text in texts]
    return TrainingData.of(tunes[1:], tunes[:1])


def rate(step: Callable[[], object], characters: int, plan: Plan, device: torch.device) -> float:
    """Characters per second of `step`, which learns from so many."""
    for _ in range(plan.warm_up):
        step()
    wait(device)
    began = time.perf_counter()
    for _ in range(plan.steps):
        step()
    wait(device)
    return plan.steps * characters / (time.perf_counter() - began)


def wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def resident_rate(
    data: TrainingData, units: int, lanes: int, precision: Precision, *, pad: bool, plan: Plan, device: torch.device
) -> float:
    config = TrainingConfig(sequence_length=plan.length, batch_size=lanes)
    network = CharNetwork(NetworkConfig(units=units), len(data.vocabulary)).to(device)
    if pad:
        pad_layers(network.layers)
    dropout, generator = torch.Generator(device).manual_seed(0), np.random.default_rng(0)
    learner = ResidentLearner(
        network, make_optimizer(network, config), dropout=dropout, clip=config.max_grad_norm, precision=precision
    )
    batches = streams(
        data.tunes,
        sequence_length=plan.length,
        batch_size=lanes,
        state_reset_probability=config.state_reset_probability,
        generator=generator,
    )
    return rate(lambda: learner.learn(next(batches), config.learning_rate), lanes * plan.length, plan, device)


def trainer_rate(data: TrainingData, units: int, lanes: int, plan: Plan, device: torch.device) -> float:
    config = TrainingConfig(
        sequence_length=plan.length, batch_size=lanes, device="cuda" if device.type == "cuda" else "cpu"
    )
    network = CharNetwork(NetworkConfig(units=units), len(data.vocabulary)).to(device)
    batches = Trainer(network, data, config).run()
    return rate(lambda: next(batches), lanes * plan.length, plan, device)


def stacked_rate(
    data: TrainingData, units: int, networks: int, precision: Precision, plan: Plan, device: torch.device
) -> float:
    config = TrainingConfig(sequence_length=plan.length, batch_size=STACKED_LANES, precision=precision)
    members = [Member(NetworkConfig(units=units), replace(config, seed=seed)) for seed in range(networks)]
    batches = StackedTrainer(data, members, device, own_dropout=False).run()
    return rate(lambda: next(batches), networks * STACKED_LANES * plan.length, plan, device)


def product_rate(device: torch.device, size: int = 2048, times: int = 10) -> float:
    """float32 operations per second of a large matrix product."""
    a, b = torch.randn(size, size, device=device), torch.randn(size, size, device=device)
    a @ b
    wait(device)
    began = time.perf_counter()
    for _ in range(times):
        a @ b
    wait(device)
    return 2 * size**3 * times / (time.perf_counter() - began)


def measure_one(plan: Plan, device: torch.device) -> None:
    ceiling, symbols = product_rate(device), 0
    best: dict[int, tuple[float, str]] = {}
    print(f"float32 matrix product {ceiling / 1e9:,.0f} GFLOP/s\n")
    print("one LSTM     lanes  precision  computed at         chars/s   ordinary loop   ratio")
    for lanes in plan.lanes:
        data = made_up_data(lanes, plan)
        symbols = len(data.vocabulary)
        for units in plan.units:
            ordinary = trainer_rate(data, units, lanes, plan, device)
            for precision, computed in product(PRECISIONS, sorted({units, quick_units("LSTM", units)})):
                found = resident_rate(data, units, lanes, precision, pad=computed > units, plan=plan, device=device)
                best[units] = max(best.get(units, (0.0, "")), (found, f"{lanes} lanes, {precision}, at {computed}"))
                line = f"{units:<12} {lanes:5}  {precision:<10} {computed:<11} {found:15,.0f}"
                print(f"{line} {ordinary:15,.0f} {found / ordinary:7.2f}", flush=True)
    print("\nbest configuration")
    for units, (found, how) in best.items():
        operations = 6 * (4 * units * (units + NetworkConfig().embedding) + units * symbols)
        print(f"{units:<12} {found:15,.0f} chars/s   {how}   {found * operations / ceiling:.3f} of the product rate")


def measure_many(plan: Plan, device: torch.device) -> None:
    data = made_up_data(STACKED_LANES, plan)
    print("\nmany LSTMs   networks  precision         chars/s   of each   ratio to one")
    for units, precision in product(plan.stacked_units, PRECISIONS):
        alone = 0.0
        for networks in plan.networks:
            found = stacked_rate(data, units, networks, precision, plan, device)
            alone = alone or found
            line = f"{units:<12} {networks:8}  {precision:<10} {found:14,.0f}"
            print(f"{line} {found / networks:9,.0f} {found / alone:14.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--quick", action="store_true", help="tiny networks and few steps, to see that everything runs")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        # Not an error: `make benchmarks` goes on with the next script.
        print(
            "nothing measured: torch sees no GPU here (--device cpu --quick runs the same code on the processor)",
            file=sys.stderr,
        )
        return
    device = torch.device(options.device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"{device.type}: {name}, torch {torch.__version__}")
    plan = QUICK if options.quick else Plan()
    measure_one(plan, device)
    measure_many(plan, device)


if __name__ == "__main__":
    main()
