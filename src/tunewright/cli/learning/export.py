"""The command `tunewright export`."""

from pathlib import Path

from tunewright.errors import CheckpointError, MissingExtraError

TOLERANCE = 1e-3
"""A file whose numbers differ from torch's by more is not written."""


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
    from tunewright.files import write_file
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.model.onnx.comparison import largest_difference
    from tunewright.model.onnx.graph import to_onnx

    checkpoint = read_checkpoint(model)
    content = to_onnx(checkpoint)
    try:
        difference = largest_difference(checkpoint, content)
    except MissingExtraError as error:
        told = f"not compared with torch. {error}"
    else:
        if not difference <= TOLERANCE:  # nor is nan
            what = (
                f"ONNX Runtime and torch differ on it by {difference:.2g}, more than {TOLERANCE:g}; nothing is written"
            )
            raise CheckpointError(what, path=checkpoint.path)
        told = f"differs from torch by {difference:.1g} at most"
    write_file(onnx, content)
    print(f"{onnx}: {len(content):,} bytes; {told}")
