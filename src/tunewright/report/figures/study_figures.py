"""Figures of a study: one for each question, one of speed, one of size.

Lines are means over seeds, bands reach from the lowest to the highest seed, bars are 95% confidence intervals (see
`study.results.uncertainty`), absent where there is one seed. Every setting looks the same in all figures (see
`study_styles`).
"""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import InputError
from tunewright.report.figures.study_styles import (
    COUNTING,
    PROTOCOLS,
    SIDES,
    Entry,
    Style,
    add_legend,
    draw_line,
    drawing,
    entries_of,
    finish_axes,
    leave_out_the_first_epoch,
    legend_height,
    mark_counting,
    new_figure,
    picture_of,
    plain,
    short_names,
    styles_of,
    whole_numbers,
)
from tunewright.study.plans.plan import Question, option_words
from tunewright.study.results.comparisons import options_of
from tunewright.study.results.measures import setting_mean
from tunewright.study.results.study_results import RunResult, StudyResults
from tunewright.study.results.uncertainty import SeedMean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

MOST_IN_A_PANEL = 6
"""Most settings whose curves share a panel."""

ALL = "Loss after each epoch"
"""Title of the panel if there is only one."""

LONGEST_NAME = 26
"""Most characters in a line of a setting's name beside an axis."""

LONGEST_TITLE = {2: 40, 3: 28}
"""Most characters in a line of a panel's title, by the number of panels in a row."""

STEP = 0.012
"""Distance between settings of the same size, as a share of the axis of sizes."""

PANEL_HEIGHT, LINE_HEIGHT = 2.4, 0.14
"""Inches; the latter of a line of names beside an axis."""


def draw_question(results: StudyResults, question: Question, form: str = "svg") -> bytes:
    """Draw the loss curves of the settings of a question, and their best losses.

    Parameters
    ----------
    results
        The study.
    question
        One of its questions.
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    InputError
        If no run of the question has finished.
    MissingExtraError
        Without matplotlib.
    """
    finished = [setting.name for setting in results.settings]
    names = [name for name in question.settings if name in finished]
    _require(names, results)
    with drawing("Drawing a study"):
        styles = styles_of([setting.name for setting in results.plan.settings])
        entries = [*entries_of(names, styles), *_sides(results), COUNTING]
        panels = _panels(results, question, names)
        draw = _draw_side_by_side if len(panels) == 1 else _draw_many_panels
        figure = draw(results, panels, names, styles, legend_height(entries))
        figure.suptitle(plain(question.title), x=0.01, ha="left", fontsize=11)
        add_legend(figure, entries)
        return picture_of(figure, form)


def draw_speed(results: StudyResults, form: str = "svg") -> bytes:
    """Draw the loss over training time, and the best loss against the training rate; see `draw_question`."""
    names = [setting.name for setting in results.settings]
    _require(names, results)
    with drawing("Drawing a study"):
        styles = styles_of([setting.name for setting in results.plan.settings])
        entries = [*entries_of(names, styles), COUNTING]
        figure = new_figure(3.0 + legend_height(entries))
        over_time, against_rate = figure.subplots(1, 2)
        for name in names:
            losses, seconds = _mean(results, name, f"validation_{results.protocol}"), _mean(results, name, "seconds")
            draw_line(over_time, seconds, losses, styles[name], "-")
            _point(against_rate, setting_mean(results, name, "rate"), setting_mean(results, name), styles[name])
        _mark_counting(over_time, results, upright=False)
        _mark_counting(against_rate, results, upright=False)
        leave_out_the_first_epoch([over_time])
        over_time.set_xlim(left=0)
        against_rate.xaxis.set_major_formatter(_thousands)
        finish_axes(over_time, "Loss over time", "learning time (s)", _loss_label(results, "validation loss"))
        finish_axes(
            against_rate,
            f"Best loss against speed{_bars(results)}",
            "rate (characters/s)",
            _loss_label(results, "validation loss"),
        )
        add_legend(figure, entries)
        return picture_of(figure, form)


def draw_sizes(results: StudyResults, form: str = "svg") -> bytes:
    """Draw the best loss against the number of parameters; a line joins settings that differ only in size.

    Settings of the same size are drawn slightly apart, so that all can be seen.
    """
    names = [setting.name for setting in results.settings]
    _require(names, results)
    with drawing("Drawing a study"):
        styles = styles_of([setting.name for setting in results.plan.settings])
        entries = [*entries_of(names, styles), COUNTING]
        figure = new_figure(3.6 + legend_height(entries))
        axes = figure.subplots()
        places = _places(results)
        for family in _families(results):
            sizes = sorted(family, key=places.__getitem__)
            losses = [setting_mean(results, name).value for name in sizes]
            axes.plot([places[name] for name in sizes], losses, color="#b0b0b0", linewidth=1, zorder=1)
        for name in names:
            _point(axes, SeedMean(places[name], None, 1), setting_mean(results, name), styles[name])
        _mark_counting(axes, results, upright=False)
        axes.xaxis.set_major_formatter(_thousands)
        finish_axes(
            axes,
            f"Best loss against size{_bars(results)}",
            "parameters (settings of one size side by side)",
            _loss_label(results, "validation loss"),
        )
        add_legend(figure, entries)
        return picture_of(figure, form)


def _require(names: Sequence[str], results: StudyResults) -> None:
    if not names:
        raise InputError("there is nothing to draw: no run has finished", path=results.folder)


def _panels(results: StudyResults, question: Question, names: Sequence[str]) -> dict[str, list[str]]:
    """Settings by the title of their panel: one panel, or one for each value of all options but the last."""
    if len(names) <= MOST_IN_A_PANEL:
        return {ALL: list(names)}
    options = {setting.name: options_of(setting) for setting in results.settings}
    panels: dict[str, list[str]] = {}
    for name in names:
        title = ", ".join(option_words(option, options[name][option]) for option in question.varies[:-1])
        panels.setdefault(title or ALL, []).append(name)
    return panels


def _draw_side_by_side(
    results: StudyResults,
    panels: Mapping[str, Sequence[str]],
    names: Sequence[str],
    styles: Mapping[str, Style],
    below: float,
) -> "Figure":
    """Draw curves on the left, best losses on the right; `below` is the height of the legend in inches."""
    figure = new_figure(max(3.3, _rows_height(names)) + below)
    curves, best = figure.subplots(1, 2, width_ratios=(3, 2))
    for title, members in panels.items():
        _draw_curves(curves, results, members, styles)
        finish_axes(curves, title, "epoch", _loss_label(results, "loss"))
    leave_out_the_first_epoch([curves])
    _draw_best(best, results, names, styles)
    return figure


def _draw_many_panels(
    results: StudyResults,
    panels: Mapping[str, Sequence[str]],
    names: Sequence[str],
    styles: Mapping[str, Style],
    below: float,
) -> "Figure":
    """Draw rows of panels of curves, all with the same axes, and best losses below them."""
    columns = 2 if len(panels) in (2, 4) else 3
    rows = -(-len(panels) // columns)
    heights = [PANEL_HEIGHT] * rows + [_rows_height(names)]
    figure = new_figure(sum(heights) + 0.4 + below)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=heights)
    drawn: list[Axes] = []
    for place, (title, members) in enumerate(panels.items()):
        row, column = divmod(place, columns)
        axes = figure.add_subplot(
            grid[row, column], sharex=drawn[0] if drawn else None, sharey=drawn[0] if drawn else None
        )
        _draw_curves(axes, results, members, styles)
        lowest = place + columns >= len(panels)
        words = fill(title, LONGEST_TITLE[columns])
        finish_axes(axes, words, "epoch" if lowest else "", "" if column else _loss_label(results, "loss"))
        drawn.append(axes)
    leave_out_the_first_epoch(drawn)
    _draw_best(figure.add_subplot(grid[rows, :]), results, names, styles)
    return figure


def _draw_curves(axes: "Axes", results: StudyResults, names: Sequence[str], styles: Mapping[str, Style]) -> None:
    for name in names:
        for side, line in SIDES.items():
            losses = _losses(results.of(name), f"{side}_{results.protocol}")  # (seeds, epochs)
            epochs = np.arange(1.0, losses.shape[1] + 1)
            draw_line(axes, epochs, losses.mean(axis=0), styles[name], line)
            if side == "validation" and len(losses) > 1:
                low, high = losses.min(axis=0), losses.max(axis=0)
                axes.fill_between(epochs, low, high, color=styles[name].colour, alpha=0.15, linewidth=0)
    whole_numbers(axes)


def _draw_best(axes: "Axes", results: StudyResults, names: Sequence[str], styles: Mapping[str, Style]) -> None:
    """Draw the best validation loss of each setting in a row."""
    for row, name in enumerate(names):
        style, found = styles[name], setting_mean(results, name)
        single = [run.best.validation(results.protocol) for run in results.of(name)]
        if len(single) > 1:
            axes.plot(single, [row] * len(single), "|", color=style.colour, markersize=7, alpha=0.6)
        _point(axes, found, SeedMean(row, None, 1), style)
    _mark_counting(axes, results, upright=True)
    axes.set_yticks(range(len(names)), _row_names(names), fontsize=8)
    axes.set_ylim(len(names) - 0.5, -0.5)
    finish_axes(axes, f"Best epoch{_bars(results)}", _loss_label(results, "validation loss"), "")


def _row_names(names: Sequence[str]) -> list[str]:
    return [plain(name, LONGEST_NAME) for name in short_names(names).values()]


def _rows_height(names: Sequence[str]) -> float:
    """Height of `_draw_best` in inches."""
    lines = 1.3 + max(name.count("\n") for name in _row_names(names))
    return 0.8 + LINE_HEIGHT * lines * len(names)


def _losses(runs: Sequence[RunResult], field: str) -> Floats:
    """A field of `EpochRecord`, shape=(runs, epochs that all of them have)."""
    epochs = min(len(run.history) for run in runs)
    return np.array([[getattr(record, field) for record in run.history[:epochs]] for run in runs], np.float64)


def _mean(results: StudyResults, name: str, field: str) -> Floats:
    mean: Floats = _losses(results.of(name), field).mean(axis=0)
    return mean


def _point(axes: "Axes", x: SeedMean, y: SeedMean, style: Style) -> None:
    axes.errorbar(
        x.value, y.value, xerr=x.half_width, yerr=y.half_width, color=style.colour, marker=style.marker, markersize=5,
        linewidth=1.2, capsize=2.5,
    )  # fmt: skip


def _mark_counting(axes: "Axes", results: StudyResults, *, upright: bool) -> None:
    """Draw a line at the loss of the n-gram model, if it is recorded."""
    if results.baselines:
        mark_counting(axes, results.baselines, results.protocol, upright=upright)


def _places(results: StudyResults) -> dict[str, float]:
    """Position of each setting on the axis of sizes."""
    same: dict[int, list[str]] = {}
    for setting in results.settings:
        same.setdefault(results.of(setting.name)[0].parameters, []).append(setting.name)
    step = STEP * ((max(same) - min(same)) or max(same))
    return {
        name: size + step * (place - (len(names) - 1) / 2)
        for size, names in same.items()
        for place, name in enumerate(names)
    }


def _families(results: StudyResults) -> list[list[str]]:
    """Names of the settings, grouped by all options but size."""
    families: dict[tuple[Any, ...], list[str]] = {}
    for setting in results.settings:
        rest = tuple(
            value for name, value in options_of(setting).items() if name not in ("units", "layers", "embedding")
        )
        families.setdefault(rest, []).append(setting.name)
    return list(families.values())


def _loss_label(results: StudyResults, what: str) -> str:
    return f"{what}, {PROTOCOLS[results.protocol]}\n(nats per character)"


def _sides(results: StudyResults) -> list[Entry]:
    bands = {"validation": " (band: all seeds)"} if _several(results) else {}
    return [Entry(side + bands.get(side, ""), "black", line) for side, line in SIDES.items()]


def _bars(results: StudyResults) -> str:
    """What error bars are, for a title."""
    return ", 95% intervals" if _several(results) else ", one seed"


def _several(results: StudyResults) -> bool:
    return any(len(results.of(setting.name)) > 1 for setting in results.settings)


def _thousands(value: float, _place: float) -> str:
    return f"{value:,.0f}" if value < 10_000 else f"{value / 1000:,.0f}k"
