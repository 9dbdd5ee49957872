"""File formats of figures, from the name that a user gives: PNG, SVG or PDF."""

from pathlib import Path

from tunewright.errors import OptionError, OutputError

FORMATS = ("png", "svg", "pdf")


def figure_form(figure: Path, flag: str) -> str:
    """The format that the suffix of `figure` names; error messages name the option `flag`.

    Raises
    ------
    OptionError, OutputError
        If the suffix names no format, or the folder does not exist.
    """
    form = figure.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise OptionError(f"{flag} is '{figure}'; allowed: a name that ends in .{', .'.join(FORMATS)}")
    if not figure.parent.is_dir():
        raise OutputError("no such folder; a figure is drawn into a folder that exists", path=figure.parent)
    return form
