"""Comparison of an exported ONNX file with the network in torch.

Both read the same random characters from the same nonzero state, twice: as one sequence, and one step at a time with
the state handed on. The result is the largest difference between any two numbers that should be equal; float32 sums in
another order differ by some millionths.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.errors import MissingExtraError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import CharNetwork, load_network
from tunewright.model.onnx.graph import state_names

TIME, LANES, SEED = 50, 3, 0


def largest_difference(checkpoint: Checkpoint, content: bytes) -> float:
    """How far the logits and states of the ONNX file `content` are from the network's at most; nan if some are.

    Raises
    ------
    CheckpointError
        If the weights of `checkpoint` do not fit its configuration.
    MissingExtraError
        If onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError:
        raise MissingExtraError("Checking an ONNX file", "onnx") from None
    onnxruntime.disable_telemetry_events()  # its builds for Windows would send some
    network = load_network(checkpoint)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(SEED)
    before, ids = generator.integers(len(checkpoint.vocabulary), size=(2, TIME, LANES))  # (T, B) each
    names = state_names(checkpoint.config)
    with torch.inference_mode():
        _, start = network(torch.from_numpy(before))
        logits, end = network(torch.from_numpy(ids), start)
    expected = [logits.numpy(), *(part.numpy() for part in network.with_fixed_memory(end))]

    state = [part.numpy() for part in start]
    whole = session.run(None, {"ids": ids, **dict(zip(names, state, strict=True))})
    steps = []
    for row in ids:
        scores, *state = session.run(None, {"ids": row[None], **dict(zip(names, state, strict=True))})
        steps.append(scores)
    stepwise = [np.concatenate(steps), *state]
    return max(
        float(np.abs(ours - theirs).max())
        for scores, *parts in (whole, stepwise)
        for ours, theirs in zip(expected, [scores, *_fixed(network, parts)], strict=True)
    )


def _fixed(network: CharNetwork, state: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """The state with as many rows of memory as torch may have: empty ones do not count."""
    return [part.numpy() for part in network.with_fixed_memory(tuple(map(torch.from_numpy, state)))]
