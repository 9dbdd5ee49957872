"""The command `tunewright export`: a network as an ONNX file, compared with torch before it is written."""

from tunewright.cli.console import say
from tunewright.cli.flags import NamedPath


def export(model: NamedPath, *, onnx: NamedPath) -> None:
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
    from tunewright.model.onnx import comparison

    written = comparison.export(model, onnx)
    told = f"not compared with torch. {written.problem}"
    if written.difference is not None:
        told = f"differs from torch by {written.difference:.1g} at most"
    say(f"{onnx}: {written.size:,} bytes; {told}")
