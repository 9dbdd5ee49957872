"""Section of a page, and figure, about what probes read off the state of a network."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from tunewright.analysis.probes.state_probes import Probe, ProbeScore, ProbeStudy
from tunewright.rendering.page import PageSection
from tunewright.report.figures.study_styles import drawing, finish_axes, new_figure, picture_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

READINGS = (
    ("trained", "the whole state", "#1b4965", "o", "full"),
    ("untrained", "of an untrained network", "#c1440e", "s", "none"),
    ("control", "control: answers at random", "#3a7d44", "^", "none"),
    ("best_unit", "the best single unit", "#8e5ba6", "D", "none"),
    ("constant", "always the same answer", "#6b6b6b", "|", "full"),
)
"""Field of `Probe`, name, colour, marker and its filling, in the order of the table's columns."""

PANELS = (
    ("accuracy", "What is read off the state: right answers", "share of characters with the right answer"),
    ("R2", "Numbers that are read off the state", "share of the variance explained (R²)"),
)
"""Statistic, title and axis label."""

ROW_INCHES, FRAME_INCHES = 0.36, 0.85
LOWEST = -0.05
"""Left end of the axis; R2 may be far below 0 where nothing was learned."""


def probes_section(study: ProbeStudy) -> PageSection:
    """Figure, table and an explanation, as a section of a page."""
    head = "".join(f'<th scope="col">{name}</th>' for _, name, *_ in READINGS)
    rows = "".join(_row(probe) for probe in study.probes)
    rare = f" Too rare to be probed: {escape(', '.join(study.too_rare))}." if study.too_rare else ""
    svg = draw_probes(study).decode() if study.probes else "<svg></svg>"
    html = (
        f'<div role="img" aria-label="What can be read off the state">{svg[svg.index("<svg") :]}</div>'
        "<p>A linear probe of all units learned each property on the tunes to choose by; the figures are of tunes that "
        "neither it nor the choice has seen, with the interval that holds 95% of resamples of these tunes. Control: "
        "random answers for each pair of characters, or answers permuted among the tunes; only memorising helps there."
        f"{rare}</p>"
        f'<table><thead><tr><th scope="col">property</th><th scope="col">measure</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table><p>{escape(_summary(study.probes))}</p>"
    )
    return PageSection("What the whole state knows", html)


def _row(probe: Probe) -> str:
    cells = "".join(f"<td>{_cell(getattr(probe, field))}</td>" for field, *_ in READINGS)
    layer = f" of layer {probe.layer}" if probe.layer else ""
    details = f"{probe.where}; {probe.tunes} tunes, {probe.characters:,} characters; best unit: {probe.unit}{layer}"
    return (
        f'<tr title="{escape(details)}"><th scope="row">{escape(probe.name)}</th>'
        f"<td>{'R²' if probe.statistic == 'R2' else probe.statistic}</td>{cells}</tr>"
    )


def _cell(score: ProbeScore) -> str:
    return f"{score.value:.3f} <small>{score.low:.3f} to {score.high:.3f}</small>"


def _summary(probes: Sequence[Probe]) -> str:
    """Properties that training adds to the state, those it does not, and those that may be due to the probe."""
    learned = [probe.name for probe in probes if probe.gain.low > 0]
    others = [probe.name for probe in probes if probe.gain.low <= 0]
    doubtful = [probe.name for probe in probes if probe.gain.low > 0 and probe.selectivity.low <= 0]
    said = f"Read better than from an untrained network: {', '.join(learned) or 'nothing'}."
    if doubtful:
        said += f" Of these, not significantly better than the control task: {', '.join(doubtful)}."
    return f"{said} Not significantly better: {', '.join(others)}." if others else said


def draw_probes(study: ProbeStudy, form: str = "svg") -> bytes:
    """Draw a row of dots for each property: the trained state and its controls.

    Parameters
    ----------
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    panels = [
        (panel, probes)
        for panel in PANELS
        if (probes := [probe for probe in study.probes if probe.statistic == panel[0]])
    ]
    sizes = [len(probes) for _, probes in panels] or [1]
    with drawing("Drawing probes"):
        figure = new_figure(ROW_INCHES * sum(sizes) + FRAME_INCHES * len(sizes) + 0.4)
        grid = figure.subplots(len(sizes), squeeze=False, height_ratios=sizes)[:, 0]
        for axes, ((_, title, label), probes) in zip(grid, panels, strict=False):
            _draw_panel(axes, probes)
            finish_axes(axes, title, label, "")
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower left", ncols=3, frameon=False, fontsize=8)
        return picture_of(figure, form)


def _draw_panel(axes: "Axes", probes: Sequence[Probe]) -> None:
    for place, (field, name, colour, marker, filling) in enumerate(READINGS):
        scores: list[ProbeScore] = [getattr(probe, field) for probe in probes]
        heights = [row + 0.13 * (place - 2) for row in range(len(probes))]
        axes.hlines(
            heights, [max(score.low, LOWEST) for score in scores], [score.high for score in scores], color=colour, lw=1
        )
        axes.plot(
            [max(score.value, LOWEST) for score in scores],
            heights,
            color=colour,
            marker=marker,
            fillstyle=filling,
            markersize=5,
            linestyle="none",
            label=name,
        )
    axes.set_yticks(range(len(probes)), [probe.name for probe in probes])
    axes.set_ylim(len(probes) - 0.5, -0.5)
    axes.set_xlim(LOWEST, 1.02)
