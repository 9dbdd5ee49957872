"""How fast is an exported network in ONNX Runtime, one step and a whole sequence, against torch?

    python benchmarks/exporting.py [MODEL]

Without a model the network is that of the preset `plain`, untrained: what it has learned does not change the time.
All on one thread, the best of several runs.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.model.network import CharNetwork, load_network, weights_of
from tunewright.model.onnx.graph import state_names, to_onnx
from tunewright.training.config import PRESETS

CHARACTERS, RUNS = 500, 9


def untrained() -> Checkpoint:
    config, vocabulary = PRESETS["plain"].network, Vocabulary("\x02\x03" + "".join(map(chr, range(32, 123))))
    return Checkpoint(config, vocabulary, weights_of(CharNetwork(config, len(vocabulary))))


def microseconds(read: Callable[[], None]) -> float:
    """Per character, of a function that reads `CHARACTERS`."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        read()
        taken.append(time.perf_counter() - began)
    return 1e6 * min(taken) / CHARACTERS


def measure(checkpoint: Checkpoint) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(to_onnx(checkpoint), options, providers=["CPUExecutionProvider"])
    names = state_names(checkpoint.config)
    ids = np.random.default_rng(0).integers(len(checkpoint.vocabulary), size=(CHARACTERS, 1))
    network = load_network(checkpoint)
    zeros = [part.numpy() for part in network.zero_state(1)]

    def steps() -> None:
        state = zeros
        for row in ids:
            _, *state = session.run(None, {"ids": row[None], **dict(zip(names, state, strict=True))})

    def sequence() -> None:
        session.run(None, {"ids": ids, **dict(zip(names, zeros, strict=True))})

    def torch_steps() -> None:
        state = None
        for row in torch.from_numpy(ids):
            _, state = network(row[None], state)

    def torch_sequence() -> None:
        network(torch.from_numpy(ids))

    with torch.inference_mode():
        for name, ours, theirs in (("one step", steps, torch_steps), ("in a sequence", sequence, torch_sequence)):
            time_ours, time_theirs = microseconds(ours), microseconds(theirs)
            print(
                f"{name:<14} {time_ours:6.1f} us/char   torch {time_theirs:6.1f}   ratio {time_theirs / time_ours:.1f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    measure(read_checkpoint(options.model) if options.model else untrained())


if __name__ == "__main__":
    main()
