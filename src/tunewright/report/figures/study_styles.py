"""Styles that all figures of a study share: one colour and marker per setting, axes, legends and files.

A setting has the same colour and marker in every figure, by its place in the plan. Losses on validation tunes are solid
lines, losses on training tunes are dashed. So figures can be read without colour.
"""

import io
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import MissingExtraError
from tunewright.training.ngram import Baselines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Line = Literal["-", "--", ":"]

COLOURS = ("#1b4965", "#c1440e", "#3a7d44", "#8e5ba6", "#b07d12", "#2a9d8f", "#a3325c", "#6b6b6b")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "d")
"""As many as have no factor in common with `COLOURS`: 88 settings pass before the same pair comes again."""

PROTOCOLS = {"full_tune": "whole tunes", "cold_window": "cold windows"}

SIDES: Mapping[str, Line] = {"validation": "-", "training": "--"}
"""How losses on validation and on training tunes are drawn."""

MARKS = 6
"""Markers along a curve."""

MOST_COLUMNS = 3
"""Of a legend."""

LEGEND_ROW, LEGEND_SIGN, LEGEND_CHARACTER = 0.17, 0.5, 0.065
"""Inches: the height of an entry, and the widths of its line and of a character at most."""

WIDTH = 7.2
"""Inches: a page of A4 less its margins."""

LONGEST_LINE = 90
"""Characters of a title in one line."""


@dataclass(frozen=True)
class Style:
    """How a setting is drawn."""

    colour: str
    marker: str


@dataclass(frozen=True)
class Entry:
    """What a legend says of one kind of line."""

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
def drawing(purpose: str) -> "Iterator[None]":
    """Within it, figures come out the same to the byte each time.

    Parameters
    ----------
    purpose
        What is drawn, as the start of a sentence.

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
    """Title, axis labels (with units) and a quiet grid."""
    axes.set_title(title.replace("$", r"\$"), loc="left", fontsize=9)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def draw_line(axes: "Axes", x: Floats, y: Floats, style: Style, line: Line) -> None:
    """A curve with some markers, which are open where it is not solid; x and y have the same shape=(points,)."""
    every = max(1, len(x) // MARKS)
    axes.plot(
        x, y, color=style.colour, marker=style.marker, markersize=3.5, markevery=(every - 1, every), linewidth=1.2,
        linestyle=line, fillstyle="full" if line == "-" else "none",
    )  # fmt: skip


def whole_numbers(axes: "Axes") -> None:
    """Ticks below the axes at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def mark_counting(axes: "Axes", baselines: Baselines, protocol: str, *, upright: bool = False) -> None:
    """A line at the loss that counting characters reaches: across the axes, or upright."""
    draw = axes.axvline if upright else axes.axhline
    loss = getattr(baselines.ngram, protocol).nats_per_char
    draw(loss, color=COUNTING.colour, linestyle=COUNTING.line, linewidth=1.2)


def leave_out_the_first_epoch(panels: "Sequence[Axes]") -> None:
    """Let axes of losses, all the same, end below the first epoch, whose losses would press all others together."""
    lines = [np.asarray(line.get_ydata(), np.float64) for axes in panels for line in axes.get_lines()]
    later = [line[1:] for line in lines if len(line) > 3]
    if later:
        low, high = min(line.min() for line in lines), max(line.max() for line in later)
        for axes in panels:
            axes.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))


def entries_of(names: Sequence[str], styles: Mapping[str, Style]) -> list[Entry]:
    """What the legend says of settings."""
    labels = short_names(names)
    return [Entry(labels[name], styles[name].colour, "-", styles[name].marker) for name in names]


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Names of settings without what all of them have in common, but for their beginning."""
    parts = {name: name.split(", ") for name in names}
    shared = set.intersection(*(set(rest) for _, *rest in parts.values())) if len(names) > 1 else set()
    return {
        name: ", ".join([first, *(part for part in rest if part not in shared)])
        for name, (first, *rest) in parts.items()
    }


def add_legend(figure: "Figure", entries: Sequence[Entry]) -> None:
    """A legend below everything."""
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
    """Inches that the legend takes."""
    return LEGEND_ROW * -(-len(entries) // legend_columns(entries))


def legend_columns(entries: Sequence[Entry]) -> int:
    """As many columns as the longest label lets into the width of the figure."""
    longest = max(len(entry.label) for entry in entries)
    return max(1, min(MOST_COLUMNS, int(WIDTH / (LEGEND_SIGN + LEGEND_CHARACTER * longest))))


def picture_of(figure: "Figure", form: str) -> bytes:
    """The figure as png, svg or pdf."""
    dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    picture = io.BytesIO()
    figure.savefig(picture, format=form, dpi=160, metadata=dates.get(form))
    return picture.getvalue()


def plain(text: str, width: int = LONGEST_LINE) -> str:
    """Text in lines of at most `width` characters, in which matplotlib finds no mathematics."""
    return fill(text.replace("$", r"\$"), width)
