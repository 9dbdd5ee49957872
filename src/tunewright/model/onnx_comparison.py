"""Does ONNX Runtime compute from an exported file what torch computes from the checkpoint?

Both read the same random characters from the same random state, twice: as one sequence, and one step at a time with the
state handed on. The largest difference between any two numbers that should be equal tells how well they agree; float32
sums in another order differ by some millionths.
"""

import numpy as np
import torch

from tunewright.errors import MissingExtraError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network
from tunewright.model.onnx_graph import state_names

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
    ids = generator.integers(len(checkpoint.vocabulary), size=(TIME, LANES))  # (T, B)
    names = state_names(checkpoint.network.cell)
    shape = (checkpoint.network.layers, LANES, checkpoint.network.units)
    start = tuple(generator.uniform(-1, 1, shape).astype(np.float32) for _ in names)
    with torch.inference_mode():
        logits, end = network(torch.from_numpy(ids), tuple(map(torch.from_numpy, start)))
    expected = [logits.numpy(), *(part.numpy() for part in end)]

    whole = session.run(None, {"ids": ids, **dict(zip(names, start, strict=True))})
    state, steps = start, []
    for row in ids:
        scores, *state = session.run(None, {"ids": row[None], **dict(zip(names, state, strict=True))})
        steps.append(scores)
    stepwise = [np.concatenate(steps), *state]
    return max(
        float(np.abs(ours - theirs).max())
        for results in (whole, stepwise)
        for ours, theirs in zip(expected, results, strict=True)
    )
