"""The command `tunewright export`: a network as an ONNX file, compared with torch before it is written."""

from pathlib import Path

from tunewright.errors import CheckpointError, MissingExtraError
from tunewright.files import write_file

TOLERANCE = 1e-3
"""The largest difference of a logit or state from torch's with which a file is written."""


def export(model: Path, *, onnx: Path) -> None:
    """Write a network as an ONNX file, which ONNX Runtime runs without torch and without Tunewright.

    One graph takes one step and a whole sequence; symbols and origin are in its metadata. Before it is written, its
    results are compared with torch's.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    onnx
        The file to write; one of the same name is replaced.
    """
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.model.onnx.comparison import largest_difference
    from tunewright.model.onnx.graph import to_onnx

    checkpoint = read_checkpoint(model)
    content = to_onnx(checkpoint)
    try:
        difference = largest_difference(checkpoint, content)
    except MissingExtraError as error:
        compared = f"not compared with torch. {error}"
    else:
        if not difference <= TOLERANCE:  # true of nan, too
            what = f"ONNX Runtime and torch differ on it by {difference:.2g}, more than {TOLERANCE:g}; no file written"
            raise CheckpointError(what, path=checkpoint.path)
        compared = f"differs from torch by {difference:.1g} at most"
    write_file(onnx, content)
    print(f"{onnx}: {len(content):,} bytes; {compared}")
