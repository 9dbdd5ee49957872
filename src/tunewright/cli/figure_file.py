"""Where may a command draw a figure to?"""

from pathlib import Path

from tunewright.errors import OptionError, OutputError

FORMATS = ("png", "svg", "pdf")


def figure_form(figure: Path, flag: str) -> str:
    """The format that the name of a file asks for; `flag` is the option that it was given by.

    Raises
    ------
    OptionError, OutputError
        If there is no such format, or no such folder.
    """
    form = figure.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise OptionError(f"{flag} is '{figure}'; allowed: a name that ends in .{', .'.join(FORMATS)}")
    if not figure.parent.is_dir():
        raise OutputError("there is no such folder to draw to", path=figure.parent)
    return form
