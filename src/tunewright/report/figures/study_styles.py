"""Styles that all figures of a study share: one colour and marker per setting, axes, legends and files.

A setting has the same colour and marker in every figure, by its place in the plan. Losses on validation tunes are solid
lines, losses on training tunes are dashed. So figures can be read without colour.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import MissingExtraError
from tunewright.training.ngram import Baselines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Line = Literal["-", "--", ":"]

COLOURS = ("#1b4965", "#c1440e", "#3a7d44", "#8e5ba6", "#b07d12", "#2a9d8f", "#a3325c", "#6b6b6b")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "d")
"""Their number is coprime with that of `COLOURS`, so that 88 settings have different pairs."""

PROTOCOLS = {"full_tune": "whole tunes", "cold_window": "cold windows"}

SIDES: Mapping[str, Line] = {"validation": "-", "training": "--"}
"""Line styles of losses on validation and on training tunes."""

MARKS = 6
"""Markers along a curve."""

MOST_COLUMNS = 3
"""Most columns of a legend."""

LEGEND_ROW, LEGEND_SIGN, LEGEND_CHARACTER = 0.17, 0.5, 0.065
"""Inches: height of an entry, width of its line, greatest width of a character."""

WIDTH = 7.2
"""Inches: a page of A4 without its margins."""

LONGEST_LINE = 90
"""Most characters in a line of a title."""


@dataclass(frozen=True)
class Style:
    """Colour and marker of a setting."""

    colour: str
    marker: str


@dataclass(frozen=True)
class Entry:
    """An entry of a legend."""

    label: str
    colour: str
    line: Line
    marker: str = ""


COUNTING = Entry("counting (n-gram)", "black", ":")


def styles_of(names: Sequence[str]) -> dict[str, Style]:
    """A style for each of `names`, in their order."""
    return {
        name: Style(COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]) for place, name in enumerate(names)
    }


@contextmanager
def drawing(purpose: str) -> Iterator[None]:
    """Context in which figures are reproducible to the byte.

    Parameters
    ----------
    purpose
        What is drawn, as the beginning of an error message.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingExtraError(purpose, "figures") from error
    with mpl.rc_context({"svg.hashsalt": "tunewright", "font.size": 9}):
        yield


def new_figure(height: float) -> "Figure":
    """An empty figure, `height` inches high."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), layout="constrained")


def finish_axes(axes: "Axes", title: str, x: str, y: str) -> None:
    """Add title, axis labels (with units) and a grid."""
    axes.set_title(title.replace("$", r"\$"), loc="left", fontsize=9)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def draw_line(axes: "Axes", x: Floats, y: Floats, style: Style, line: Line) -> None:
    """Draw a curve with some markers, open ones unless it is solid; x and y have the same shape=(points,)."""
    every = max(1, len(x) // MARKS)
    axes.plot(
        x, y, color=style.colour, marker=style.marker, markersize=3.5, markevery=(every - 1, every), linewidth=1.2,
        linestyle=line, fillstyle="full" if line == "-" else "none",
    )  # fmt: skip


def whole_numbers(axes: "Axes") -> None:
    """Put ticks of the x axis at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def mark_counting(axes: "Axes", baselines: Baselines, protocol: str, *, upright: bool = False) -> None:
    """Draw a line at the loss of the n-gram model: horizontal, or vertical if `upright`."""
    draw = axes.axvline if upright else axes.axhline
    loss = getattr(baselines.ngram, protocol).nats_per_char
    draw(loss, color=COUNTING.colour, linestyle=COUNTING.line, linewidth=1.2)


def leave_out_the_first_epoch(panels: "Sequence[Axes]") -> None:
    """Limit the y axes of all panels to the losses after the first epoch, whose large values would dominate."""
    lines = [np.asarray(line.get_ydata(), np.float64) for axes in panels for line in axes.get_lines()]
    later = [line[1:] for line in lines if len(line) > 3]
    if later:
        low, high = min(line.min() for line in lines), max(line.max() for line in later)
        for axes in panels:
            axes.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))


def entries_of(names: Sequence[str], styles: Mapping[str, Style]) -> list[Entry]:
    """Entries of the legend for settings."""
    labels = short_names(names)
    return [Entry(labels[name], styles[name].colour, "-", styles[name].marker) for name in names]


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Names of settings without the parts that all share; the first part always stays."""
    parts = {name: name.split(", ") for name in names}
    shared = set.intersection(*(set(rest) for _, *rest in parts.values())) if len(names) > 1 else set()
    return {
        name: ", ".join([first, *(part for part in rest if part not in shared)])
        for name, (first, *rest) in parts.items()
    }


def add_legend(figure: "Figure", entries: Sequence[Entry]) -> None:
    """Add a legend at the bottom of the figure."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            color=entry.colour,
            linestyle=entry.line,
            marker=entry.marker,
            markersize=4.5,
            label=plain(entry.label),
        )
        for entry in entries
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=legend_columns(entries), frameon=False, fontsize=8)


def legend_height(entries: Sequence[Entry]) -> float:
    """Height of the legend in inches."""
    return LEGEND_ROW * -(-len(entries) // legend_columns(entries))


def legend_columns(entries: Sequence[Entry]) -> int:
    """Number of columns that fit into the figure's width with the longest label."""
    longest = max(len(entry.label) for entry in entries)
    return max(1, min(MOST_COLUMNS, int(WIDTH / (LEGEND_SIGN + LEGEND_CHARACTER * longest))))


def picture_of(figure: "Figure", form: str) -> bytes:
    """The figure as png, svg or pdf."""
    dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    picture = io.BytesIO()
    figure.savefig(picture, format=form, dpi=160, metadata=dates.get(form))
    return picture.getvalue()


def plain(text: str, width: int = LONGEST_LINE) -> str:
    """Text in lines of at most `width` characters, escaped so that matplotlib reads no mathematics."""
    return fill(text.replace("$", r"\$"), width)
