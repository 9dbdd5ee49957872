"""Comparison of an exported ONNX file with the network in torch.

Both read the same random characters from the same nonzero state, twice: as one sequence, and one step at a time with
the state handed on. The result is the largest difference between any two numbers that should be equal; float32 sums in
another order differ by some millionths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.errors import CheckpointError, MissingExtraError
from tunewright.files import write_file
from tunewright.model.checkpoint import Checkpoint, Model, checkpoint_of
from tunewright.model.network import CharNetwork, load_network
from tunewright.model.onnx.graph import state_names, to_onnx

TIME, LANES, SEED = 50, 3, 0
TOLERANCE = 1e-3
"""A file whose numbers differ from torch's by more is not written."""


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


@dataclass(frozen=True)
class Exported:
    """An ONNX file that was written."""

    path: Path
    size: int
    """Bytes."""
    difference: float | None
    """The largest from torch; None if it was not compared."""
    problem: str = ""
    """Why it was not compared."""


def export(model: Model, path: Path | str) -> Exported:
    """Write a network as an ONNX file, once its results are known to be torch's.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along.
    path
        The file to write; one of the same name is replaced.

    Raises
    ------
    CheckpointError
        If ONNX Runtime and torch differ by more than `TOLERANCE`; then nothing is written.
    MissingExtraError
        If onnx is not installed.
    """
    checkpoint = checkpoint_of(model)
    content, difference, problem = to_onnx(checkpoint), None, ""
    try:
        difference = largest_difference(checkpoint, content)
    except MissingExtraError as error:
        problem = str(error)
    else:
        if not difference <= TOLERANCE:  # nor is nan
            what = (
                f"ONNX Runtime and torch differ on it by {difference:.2g}, more than {TOLERANCE:g}; nothing is written"
            )
            raise CheckpointError(what, path=checkpoint.path)
    write_file(Path(path), content)
    return Exported(Path(path), len(content), difference, problem)


def _fixed(network: CharNetwork, state: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """The state with as many rows of memory as torch may have: empty ones do not count."""
    return [part.numpy() for part in network.with_fixed_memory(tuple(map(torch.from_numpy, state)))]
