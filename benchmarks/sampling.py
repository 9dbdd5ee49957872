"""How fast does a network compose?

    python benchmarks/sampling.py            one stream on one core, with random weights (they do not change the speed)
    python benchmarks/sampling.py MODEL      a trained network: also 1,000 tunes, and from the shell to the first tune

One stream is one tune, one character after the other, by an LSTM of 150 units with the vocabulary of O'Neill's or of
MODEL: raw, and with the grammar that makes it play. References in the same run: the same network as an eager PyTorch
loop, one step per character; the numpy reference of the compiled loop; and the time to read all weights once from the
processor's cache (numpy's dot product), which a stream of this kind cannot beat. Rates are the best of five
rounds, taken in turns. What looking back costs is told in processor time: the network gets a head with keys of 32
numbers that does all its work and is never followed, so that both write the same tunes. Give a MODEL for it: tunes of
random weights are too long. Chosen tunes are those that a discriminator accepts, if the network has one.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, load_network, weights_of
from tunewright.sampling.compiled import kernel
from tunewright.sampling.compiled.calling import END_ID, START_ID
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.compose import Composer, compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.sampling.reference import NumpyReference

ROUNDS = 5
STARTS = 10
LOOKS = 100
GATE_OPEN = {"look_back.gate.weight": 0.0, "look_back.gate.bias": 60.0, "look_back.match": 0.0}
TUNES = 1000
CONFIG = CompositionConfig(max_length=3000, accept=1)


def random_model() -> Checkpoint:
    """Random weights."""
    vocabulary = Vocabulary.of(read_tunes(find_corpus("oneills")).tunes)
    torch.manual_seed(0)
    config = NetworkConfig(units=150)
    return Checkpoint(config, vocabulary, weights_of(CharNetwork.of(config, vocabulary)))


def endless(model: Checkpoint) -> Checkpoint:
    """The same network, but it never ends a tune by itself."""
    bias = model.weights["readout.bias"].copy()
    bias[END_ID] = -100
    return replace(model, weights={**model.weights, "readout.bias": bias})


def stream_rate(composer: Composer, streams: int, reference: NumpyReference | None = None) -> float:
    """Characters per second of one stream after the other."""
    written, began = 0, time.perf_counter()
    for seed in range(streams):
        generation = composer.begin(seed)
        (reference or composer.writer).write(generation, CONFIG.max_length)
        written += len(generation.written)
    return written / (time.perf_counter() - began)


@torch.inference_mode()
def eager_rate(model: Checkpoint, characters: int = 1000) -> float:
    """Characters per second of a PyTorch loop that calls the network once for each."""
    network, state = load_network(model), None
    symbol = torch.tensor([[START_ID]])
    began = time.perf_counter()
    for _ in range(characters):
        logits, state = network(symbol, state)
        symbol = torch.multinomial(torch.softmax(logits[0], dim=1), 1)
    return characters / (time.perf_counter() - began)


def reading_rate(model: Checkpoint, times: int = 500) -> float:
    """How often per second the weights that a character takes can be read."""
    network = pack(model)
    weights = network.weights[network.rows[0].size :]  # of the first layer's input, a character takes one row
    began = time.perf_counter()
    for _ in range(times):
        np.dot(weights, weights)
    return times / (time.perf_counter() - began)


def measure_streams(model: Checkpoint) -> None:
    forever, grammar = endless(model), playable(model)
    raw, steered = Composer(forever, CONFIG), Composer(model, CONFIG, grammar=grammar)
    measures: dict[str, Callable[[], float]] = {
        "one stream, raw": lambda: stream_rate(raw, 10),
        "one stream, playable": lambda: stream_rate(steered, 20),
        "numpy reference, raw": lambda: stream_rate(raw, 1, NumpyReference(pack(forever), CONFIG)),
        "eager PyTorch": lambda: eager_rate(model),
        "weights read once": lambda: reading_rate(model),
    }
    rounds = [[measure() for measure in measures.values()] for _ in range(ROUNDS)]
    best = dict(zip(measures, map(max, zip(*rounds, strict=True)), strict=True))
    for name, rate in best.items():
        print(f"{name:<22}{rate:>12,.0f} chars/s   {rate / best['eager PyTorch']:>6.1f} times eager PyTorch"
              f"   {rate / best['weights read once']:>6.2f} of the limit")  # fmt: skip


def looking_back(model: Checkpoint, width: int = 32) -> Checkpoint:
    """The same network with a head that looks back, whose gate is always open: it writes the same tunes."""
    config = replace(model.config, look_back=width)
    head = {
        name: weight
        for name, weight in weights_of(CharNetwork.of(config, model.vocabulary)).items()
        if name.startswith("look_back.")
    }
    gate = {name: np.full_like(head[name], value) for name, value in GATE_OPEN.items()}
    return replace(model, config=config, weights={**model.weights, **head, **gate})


def without_head(model: Checkpoint) -> Checkpoint:
    """The same network, if it looks back, without its head."""
    weights = {name: values for name, values in model.weights.items() if not name.startswith("look_back.")}
    return replace(model, config=replace(model.config, look_back=0), weights=weights)


def measure_looking_back(model: Checkpoint) -> None:
    plain_model = without_head(model)
    for way, grammar in (("raw", None), ("playable", playable(model))):
        composers = [Composer(each, CONFIG, grammar=grammar) for each in (plain_model, looking_back(plain_model))]
        seconds = np.array([[seconds_each(composer, seed) for composer in composers] for seed in range(LOOKS)])
        plain, looking = np.quantile(seconds, 0.1, axis=0)  # other programs on the core only add
        print(f"looking back, {way:<10}{1 / looking:>10,.0f} chars/s of processor time, {plain / looking:.2f} times "
              f"the {1 / plain:,.0f} without")  # fmt: skip


def seconds_each(composer: Composer, seed: int) -> float:
    """Processor seconds of a character that is kept."""
    generation, began = composer.begin(seed), time.process_time()
    composer.writer.write(generation, len(generation.symbols))
    return (time.process_time() - began) / len(generation.written)


def measure_many(model: Checkpoint) -> None:
    chosen = CompositionConfig(max_length=3000)
    for name, grammar, config in (
        ("raw", None, CONFIG),
        ("playable", playable(model), CONFIG),
        ("chosen", None, chosen),
    ):
        began = time.perf_counter()
        tunes = list(compose_many(model, TUNES, config, grammar=grammar, raw=name == "raw"))
        seconds = time.perf_counter() - began
        characters = sum(tune.composed for tune in tunes)
        print(f"{TUNES:,} tunes, {name:<10}{seconds:>8.2f} s   {characters / TUNES:,.0f} characters each   "
              f"{characters / seconds:,.0f} chars/s on {os.cpu_count()} cores")  # fmt: skip


def measure_start(model: Path) -> None:
    program = str(Path(sys.executable).parent / "tunewright")
    commands = {
        "raw": [program, "compose", str(model), "--raw", "--no-originality"],
        "playable": [program, "compose", str(model), "--playable", "--no-originality"],
        "python -c pass": [sys.executable, "-c", "pass"],
        "import torch": [sys.executable, "-c", "import torch"],
    }
    rounds = [[seconds_of(command) for command in commands.values()] for _ in range(STARTS)]
    medians = dict(zip(commands, map(float, np.median(rounds, axis=0)), strict=True))
    for name, seconds in medians.items():
        print(f"from the shell, {name:<16}{seconds:>6.2f} s   {medians['raw'] / seconds:.2f} times that for a raw tune")


def seconds_of(command: list[str]) -> float:
    """Wall-clock seconds of one run, process start included."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    began = time.perf_counter()
    state = "was compiled" if kernel.is_ready() else "had to be compiled"
    kernel.ready()
    print(f"the loop {state}: ready after {time.perf_counter() - began:.2f} s")
    model = read_checkpoint(options.model) if options.model else random_model()
    measure_streams(model)
    measure_looking_back(model)
    if options.model:
        measure_many(model)
        measure_start(options.model)


if __name__ == "__main__":
    main()
