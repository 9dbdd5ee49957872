"""Section of a page, and figure, about the memory of networks."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from tunewright.analysis.memory.gates import OPEN, SHUT, Gate
from tunewright.analysis.memory.gradient_decay import GradientDecay
from tunewright.analysis.memory.memory_study import MemoryStudy
from tunewright.errors import OptionError
from tunewright.rendering.page import PageSection
from tunewright.report.figures.study_styles import Style, drawing, finish_axes, new_figure, picture_of, plain, styles_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 6
"""Most networks in one figure."""
FLOOR = 1e-8
"""Least length of a gradient that is drawn."""
SHADES = (("#6b6b6b", ""), ("#d8d8d8", ""), ("#ffffff", "///"))
"""Shade and hatching of the share of time that a gate is shut, in between, and open."""
NO_GATES = "an RNN has no gates: all its units are overwritten at each character"
DISTANCES = (1, 10, 50, 100)
"""Characters back for which the table gives the growth."""


def memory_section(studies: Mapping[str, MemoryStudy]) -> PageSection:
    """Figure, tables and an explanation, as a section of a page.

    Parameters
    ----------
    studies
        Studies by the names of the networks, 1 to 6 of any kinds.
    """
    svg = draw_memory(studies).decode()
    html = (
        f'<div role="img" aria-label="How far back characters matter">{svg[svg.index("<svg") :]}</div>'
        "<p>Gradient: mean length of the gradient of the loss at a character with respect to the input that many "
        "characters earlier. Loss: with the state zero that many characters before. Time constant: characters in which "
        f"the content of a unit typically falls to 37%.</p>{_growth(studies)}{_gates(studies)}"
    )
    return PageSection("How far back it remembers", html)


def _growth(studies: Mapping[str, MemoryStudy]) -> str:
    """Table of the growth of state gradients, and of the context that is enough."""
    rows = ""
    for name, study in studies.items():
        title = f"{name} ({study.cell.upper()})"
        enough = study.context.enough()
        context = f"{enough} characters" if enough else "more than measured"
        rows += _row(title, [*_growth_cells(study.trained), context])
        rows += _row(f"{title} before training", [*_growth_cells(study.untrained), "-"])
    head = [
        "length of a state gradient that starts with 1",
        *(f"{distance} back" for distance in DISTANCES),
        "factor a character",
        "has grown, at most",
        "context for all but 0.01 nats",
    ]
    return _table(head, rows)


def _growth_cells(decay: GradientDecay) -> list[str]:
    last = max((distance for distance in DISTANCES if distance < len(decay.growth)), default=1)
    lengths = [f"{decay.growth[distance]:.2g}" if distance <= last else "-" for distance in DISTANCES]
    return [*lengths, f"{decay.per_step(last):.3f}", f"{max(decay.exploding[1:]):.0%} of places"]


def _gates(studies: Mapping[str, MemoryStudy]) -> str:
    gates = [(f"{name}: {gate.name}", gate) for name, study in studies.items() for gate in study.gates]
    rows = "".join(_row(title, _gate_cells(gate)) for title, gate in gates)
    lasting = "time constant of the median unit, of the longest"
    head = ["gate", "mean", f"shut (below {SHUT})", f"open (above {OPEN})", lasting]
    without = "".join(f"<p>{escape(name)}: {NO_GATES}.</p>" for name, study in studies.items() if not study.gates)
    return (_table(head, rows) if gates else "") + without


def _gate_cells(gate: Gate) -> list[str]:
    lasting = sorted(gate.time_constants)
    constants = f"{lasting[len(lasting) // 2]:.1f}, {lasting[-1]:.1f} characters" if lasting else "-"
    return [f"{gate.mean:.2f}", f"{gate.shut:.0%}", f"{gate.open:.0%}", constants]


def _row(title: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{escape(title)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def _table(head: list[str], rows: str) -> str:
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"


def draw_memory(studies: Mapping[str, MemoryStudy], form: str = "svg") -> bytes:
    """Draw gradients against the distance, loss against context, gates, and time constants of units.

    Parameters
    ----------
    studies
        Studies by the names of the networks in the legend, 1 to 6.
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    OptionError
        If there are no networks, or more than 6.
    MissingExtraError
        Without matplotlib.
    """
    if not 1 <= len(studies) <= MOST:
        raise OptionError(f"{len(studies)} networks to draw the memory of; allowed: 1 to {MOST}")
    styles = styles_of(tuple(studies))
    gated = {name: study for name, study in studies.items() if study.gates}
    with drawing("Drawing memory"):
        figure = new_figure(5.8 if gated else 3.1)
        grid = figure.subplots(2 if gated else 1, 2, squeeze=False)
        for name, study in studies.items():
            _draw_gradients(grid[0, 0], study, styles[name])
            _draw_context(grid[0, 1], name, study, styles[name])
        if gated:
            _draw_gates(grid[1, 0], gated)
            _draw_time_constants(grid[1, 1], gated, styles)
        handles, labels = grid[0, 1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=3, frameon=False, fontsize=8)
        return picture_of(figure, form)


def _draw_gradients(axes: "Axes", study: MemoryStudy, style: Style) -> None:
    for decay, line in ((study.trained, "-"), (study.untrained, "--")):
        axes.plot(
            range(len(decay.to_input)),
            [max(length, FLOOR / 10) for length in decay.to_input],
            color=style.colour,
            linestyle=line,
            linewidth=1.3,
            marker=style.marker,
            markersize=4,
            markevery=25,
            fillstyle="full" if line == "-" else "none",
        )
    axes.set_yscale("log")
    axes.set_ylim(bottom=FLOOR)
    finish_axes(axes, "Gradient of the loss (dashed: untrained)", "characters back", "mean length")


def _draw_context(axes: "Axes", name: str, study: MemoryStudy, style: Style) -> None:
    parts = study.context.by_context
    gates = "" if study.gates else ", no gates"
    axes.errorbar(
        [(part.fewest * part.most) ** 0.5 for part in parts],
        [study.context.full + part.excess for part in parts],
        yerr=[part.standard_error or 0.0 for part in parts],
        color=style.colour,
        marker=style.marker,
        markersize=4,
        linewidth=1.3,
        label=f"{plain(name)} ({study.cell.upper()} of {study.units}{gates})",
    )
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:.0f}")
    finish_axes(axes, "Loss with less context", "characters of context", "loss (nats per character)")


def _draw_gates(axes: "Axes", studies: Mapping[str, MemoryStudy]) -> None:
    bars = [(f"{name}: {gate.name}", gate) for name, study in studies.items() for gate in study.gates]
    for row, (_, gate) in enumerate(bars):
        left = 0.0
        for (shade, hatch), share in zip(SHADES, (gate.shut, 1 - gate.shut - gate.open, gate.open), strict=True):
            axes.barh(row, share, left=left, color=shade, hatch=hatch, edgecolor="#333333", linewidth=0.5, height=0.7)
            left += share
    axes.set_yticks(range(len(bars)), [plain(label) for label, _ in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    finish_axes(axes, f"Gates: grey shut (< {SHUT}), striped open (> {OPEN})", "share of the time, all units", "")
    axes.xaxis.set_major_formatter(_percent)


def _draw_time_constants(axes: "Axes", studies: Mapping[str, MemoryStudy], styles: Mapping[str, Style]) -> None:
    for name, study in studies.items():
        values = sorted(constant for gate in study.gates for constant in gate.time_constants)
        axes.plot(
            [(place + 0.5) / len(values) for place in range(len(values))],
            values,
            color=styles[name].colour,
            marker=styles[name].marker,
            markersize=4,
            markevery=max(1, len(values) // 6),
            linewidth=1.3,
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_major_formatter(_percent)
    finish_axes(axes, "How long units keep what they hold", "share of units", "time constant (characters)")


def _percent(share: float, _place: float) -> str:
    return f"{share:.0%}"
