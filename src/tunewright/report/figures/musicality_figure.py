"""Figure of musicality: features of composed tunes beside those of a corpus, as small multiples.

There is a panel for the distributions of each feature, and one for the overlaps of all of them. The corpus is grey;
each composed set has its own colour, line and marker, so that the figure can be read without colour.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.musicality.musicality_study import Bin, FeatureComparison, Musicality
from tunewright.errors import MissingExtraError, OptionError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Line = Literal["-", "--", ":", "-."]

STYLES: tuple[tuple[str, Line, str], ...] = (
    ("#1b4965", "-", "o"),
    ("#c1440e", "--", "s"),
    ("#3a7d44", ":", "^"),
    ("#6a4c93", "-.", "D"),
)
"""Colour, line and marker of each composed set."""

CORPUS = "#c4c4c4"
TICKS_SHOWN = 7
"""Most ticks on an axis of values."""

LONGEST_TICK_LABEL = 4
"""Most characters of a label on such an axis."""

LONGEST_UPRIGHT_LABEL = 6
"""Most characters of a label; categories with longer ones are drawn as rows."""

LONGEST_LEVEL_LABEL = 2
"""Most characters of a label; if a category has a longer one, the labels are rotated."""

LONGEST_NAME = 28
"""Most characters of the name of a set; the middle of a longer one is left out."""

LEGEND_COLUMNS = 3

COLUMNS = 4

_OPEN_MARKER: dict[str, Any] = {"linestyle": "none", "markersize": 3.5, "fillstyle": "none"}


@dataclass(frozen=True)
class _Side:
    """One composed set in one panel."""

    name: str
    feature: FeatureComparison
    colour: str
    line: Line
    marker: str


def draw_musicality(sets: Mapping[str, Musicality], form: str = "svg", *, corpus: str = "corpus") -> bytes:
    """Draw the distributions of every feature in a corpus and in composed tunes.

    Parameters
    ----------
    sets
        Composed sets by their names in the legend, all compared with the same corpus.
    form
        File format of the picture: png, svg or pdf.
    corpus
        The name of the corpus.

    Raises
    ------
    OptionError
        If there are no sets, or more than styles.
    MissingExtraError
        Without matplotlib.
    """
    if not 1 <= len(sets) <= len(STYLES):
        raise OptionError(f"{len(sets)} sets of tunes to draw; allowed: 1 to {len(STYLES)}")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("Drawing musicality", "figures") from error
    panels = [
        [_Side(_plain(name), feature, *style) for (name, feature), style in zip(columns, STYLES, strict=False)]
        for columns in zip(
            *([(name, feature) for feature in found.features] for name, found in sets.items()), strict=True
        )
    ]
    rows = -(-(len(panels) + 2) // COLUMNS)  # the overlaps take the cells that are left, two or more
    figure = Figure(figsize=(12.5, 2.9 * rows), layout="constrained")
    grid = figure.add_gridspec(rows, COLUMNS)
    for place, panel in enumerate(panels):
        _draw_feature(figure.add_subplot(grid[divmod(place, COLUMNS)]), panel)
    _draw_overlaps(figure.add_subplot(grid[rows - 1, len(panels) % COLUMNS :]), panels)
    _finish(figure, next(iter(sets.values())), sets, corpus)
    picture = io.BytesIO()
    figure.savefig(picture, format=form, dpi=130, metadata={"Date": None} if form == "svg" else None)
    return picture.getvalue()


def _finish(figure: "Figure", first: Musicality, sets: Mapping[str, Musicality], corpus: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Patch | Line2D] = [Patch(color=CORPUS, label=f"{_plain(corpus)} ({first.reference_tunes:,} tunes)")]
    for (name, found), (colour, line, marker) in zip(sets.items(), STYLES, strict=False):
        label = f"{_plain(name)} ({found.composed_tunes:,} tunes)"
        handles.append(Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=4, label=label))
    figure.legend(handles=handles, loc="outside upper left", ncols=LEGEND_COLUMNS, frameon=False, fontsize=10)


def _draw_feature(axes: "Axes", panel: Sequence[_Side]) -> None:
    feature = panel[0].feature
    _draw_kind(feature)(axes, panel)
    axes.set_title(feature.name, loc="left", fontsize=10)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_kind(feature: FeatureComparison) -> "Callable[[Axes, Sequence[_Side]], None]":
    if feature.kind == "categorical":
        lengthy = max(len(part.label) for part in feature.bins) > LONGEST_UPRIGHT_LABEL
        return _draw_long_categories if lengthy else _draw_categories
    return {"numeric": _draw_values, "share": _draw_share}[feature.kind]


def _draw_categories(axes: "Axes", panel: Sequence[_Side]) -> None:
    bins = panel[0].feature.bins[: _used(panel)[-1] + 1]
    places = range(len(bins))
    axes.bar(places, [part.reference for part in bins], color=CORPUS, width=0.8)
    for side in panel:
        shares = [part.composed for part in side.feature.bins[: len(bins)]]
        axes.plot(places, shares, color=side.colour, marker=side.marker, **_OPEN_MARKER)
    axes.set_xticks(places, [part.label for part in bins], rotation=_turn(bins))
    axes.set_xlabel(panel[0].feature.unit, fontsize=8)
    axes.set_ylabel("share", fontsize=8)
    axes.yaxis.set_major_formatter(_percent)


def _draw_long_categories(axes: "Axes", panel: Sequence[_Side]) -> None:
    bins = panel[0].feature.bins[: _used(panel)[-1] + 1]
    places = range(len(bins))
    axes.barh(places, [part.reference for part in bins], color=CORPUS, height=0.8)
    for side in panel:
        shares = [part.composed for part in side.feature.bins[: len(bins)]]
        axes.plot(shares, places, color=side.colour, marker=side.marker, **_OPEN_MARKER)
    axes.set_yticks(places, [part.label for part in bins])
    axes.invert_yaxis()
    axes.set_ylabel(panel[0].feature.unit, fontsize=8)
    axes.set_xlabel("share", fontsize=8)
    axes.xaxis.set_major_formatter(_percent)


def _draw_values(axes: "Axes", panel: Sequence[_Side]) -> None:
    bins, used = panel[0].feature.bins, _used(panel)
    kept = slice(used[0], used[-1] + 1)
    edges = range(kept.start, kept.stop + 1)
    axes.stairs([part.reference for part in bins[kept]], edges, fill=True, color=CORPUS)
    for side in panel:
        shares = [part.composed for part in side.feature.bins[kept]]
        axes.stairs(shares, edges, color=side.colour, linestyle=side.line, linewidth=1.4)
    shown = _ticks([part.label for part in bins], kept.start, kept.stop)
    axes.set_xticks(list(shown), list(shown.values()))
    unit = panel[0].feature.unit
    axes.set_xlabel(f"share {unit}" if unit.startswith("of ") else unit, fontsize=8)
    axes.set_ylabel("share of tunes", fontsize=8)
    axes.yaxis.set_major_formatter(_percent)


def _used(panel: Sequence[_Side]) -> list[int]:
    """Indices of the bins that are not empty; the first bin if all are."""
    shares = zip(*([(part.reference, part.composed) for part in side.feature.bins] for side in panel), strict=True)
    return [place for place, pairs in enumerate(shares) if any(map(any, pairs))] or [0]


def _ticks(labels: Sequence[str], first: int, last: int) -> dict[int, str]:
    """Positions and labels of evenly spaced ticks, as many as fit."""
    for step in range(-(-(last - first) // TICKS_SHOWN), last - first):
        shown = {place: labels[place] for place in range(first, last) if place % step == 0}
        if max(map(len, shown.values()), default=0) <= LONGEST_TICK_LABEL:
            return shown
    return {first: labels[first]}


def _draw_share(axes: "Axes", panel: Sequence[_Side]) -> None:
    means = [panel[0].feature.reference_mean, *(side.feature.composed_mean for side in panel)]
    for place, mean in enumerate(means):
        if mean is None:
            continue
        colour = panel[place - 1].colour if place else CORPUS
        axes.bar(place, mean, width=0.6, color=CORPUS if not place else "white", edgecolor=colour, linewidth=1.4)
        axes.annotate(f"{mean:.0%}", (place, mean), ha="center", va="bottom", fontsize=8)
    names = ["corpus", *(side.name for side in panel)]
    lengthy = max(map(len, names)) > LONGEST_UPRIGHT_LABEL
    axes.set_xticks(range(len(names)), names, rotation=20 if lengthy else 0, ha="right" if lengthy else "center")
    axes.set_ylim(0, 1.1)
    axes.set_ylabel("share of tunes", fontsize=8)
    axes.yaxis.set_major_formatter(_percent)


def _draw_overlaps(axes: "Axes", panels: Sequence[Sequence[_Side]]) -> None:
    for row, panel in enumerate(panels):
        ceiling = panel[0].feature.overlap_ceiling
        if ceiling:
            axes.barh(row, ceiling.high - ceiling.low, left=ceiling.low, height=0.8, color=CORPUS)
        for place, side in enumerate(panel, 1):
            if side.feature.overlap:
                height = row + 0.7 * (place / (len(panel) + 1) - 0.5)
                _draw_estimate(axes, side, side.feature.overlap, height)
    axes.set_yticks(range(len(panels)), [panel[0].feature.name for panel in panels])
    axes.invert_yaxis()
    axes.set_xlim(right=1)
    axes.set_xlabel("overlap with the corpus (1: equal); grey: tunes held out of the corpus", fontsize=8)
    axes.set_title("all features: overlap, with 95% intervals", loc="left", fontsize=10)
    axes.tick_params(labelsize=7)
    axes.grid(visible=True, axis="x", color="#d8d8d8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_estimate(axes: "Axes", side: _Side, estimate: Estimate, height: float) -> None:
    around = [[estimate.value - estimate.low], [estimate.high - estimate.value]]
    axes.errorbar(
        estimate.value,
        height,
        xerr=around,
        color=side.colour,
        marker=side.marker,
        markersize=3.5,
        linewidth=1.2,
        fillstyle="none",
    )


def _turn(bins: Sequence[Bin]) -> int:
    return 90 if max(len(part.label) for part in bins) > LONGEST_LEVEL_LABEL else 0


def _plain(name: str) -> str:
    """A shortened name, escaped so that matplotlib does not read mathematics or hide it."""
    half = LONGEST_NAME // 2
    shown = name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"
    return (" " if shown.startswith("_") else "") + shown.replace("$", r"\$")


def _percent(share: float, _place: float) -> str:
    return f"{100 * share:.3g}%"
