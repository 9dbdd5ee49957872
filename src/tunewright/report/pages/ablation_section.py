"""Section of a page, and figure, about ablations: a matrix of units and kinds of characters, beside random units.

A cell gives the rise of the loss at a kind of character, or of the share of wrong bars. It is white where 5% or more of
the random units do as much, pale where fewer do, and dark where the change is significant after correction for the
number of kinds. Dark and pale differ in grey too.
"""

import io
from collections.abc import Sequence
from html import escape
from statistics import median
from textwrap import fill
from typing import TYPE_CHECKING

from tunewright.analysis.ablation.clamped_units import ALL, BARS, Ablation, AblationResult
from tunewright.analysis.ablation.effects import STANDS_OUT, Effect
from tunewright.analysis.ablation.sentences import ablation_sentences, ablation_summary, sentences_alone
from tunewright.analysis.ablation.without_looking_back import Alone
from tunewright.errors import MissingExtraError, OptionError
from tunewright.model.clamping import unit_name
from tunewright.rendering.page import PageSection

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "What units are for"
BEYOND, RATHER, WITHIN, RANDOM = "#d98a3d", "#fbe3c8", "#ffffff", "#d9d9d9"
"""Fills of cells: significant after correction; significant at this kind alone; not significant; random units."""
COLUMN_INCHES, ROW_INCHES, NAMES_INCHES, HEAD_INCHES = 0.86, 0.34, 2.4, 1.55

Cell = tuple[str, str]
"""Text and fill."""


def ablation_section(result: AblationResult, alone: Alone | None = None) -> PageSection:
    """Figure, sentences and table as a section of a page; `alone` is the ablation of a look-back head."""
    without = _without_looking(alone) if alone else ""
    if not result.ablations:
        return PageSection(TITLE, f"<p>No unit has a confirmed label, so none was held.</p>{without}")
    svg = draw_ablation(result, "svg").decode()
    described = "".join(f"<p>{escape(sentence)}</p>" for sentence in ablation_summary(result))
    sentences = "".join(f"<li>{escape(' '.join(ablation_sentences(each, result)))}</li>" for each in result.ablations)
    label = "Change of the loss at each kind of character when units are held at their means"
    figure = f'<div role="img" aria-label="{label}">{svg[svg.index("<svg") :]}</div>'
    words = f"<details><summary>In words</summary><ul>{sentences}</ul></details>"
    return PageSection(TITLE, f"{described}{figure}{_table(result)}{words}{without}")


def _without_looking(alone: Alone) -> str:
    """Ablation of the look-back head: sentences, and a table of the kinds of characters."""
    words = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences_alone(alone))
    heads = ("nats per character at", "looking back", "without", "rise (95% interval)")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(loss.of)}</th><td>{loss.looking:.3f}</td><td>{loss.alone:.3f}</td>'
        f"<td>{loss.rise.value:+.3f} ({loss.rise.low:+.3f} to {loss.rise.high:+.3f})</td></tr>"
        for loss in alone.losses
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<h3>Without looking back</h3>{words}{table}"


def draw_ablation(result: AblationResult, form: str = "svg") -> bytes:
    """Draw the matrix; `form` is png, svg or pdf.

    Raises
    ------
    OptionError
        If there is no ablation.
    MissingExtraError
        Without matplotlib.
    """
    if not result.ablations:
        raise OptionError("there is nothing to draw: no unit was clamped")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("Drawing ablations", "figures") from error
    columns = [ALL, *result.kinds, *([BARS] if result.wrong_bars else [])]
    names, rows = _rows(result, len(columns))
    size = NAMES_INCHES + COLUMN_INCHES * len(columns), HEAD_INCHES + ROW_INCHES * len(rows)
    figure = Figure(figsize=size)
    left, top = NAMES_INCHES / size[0], 1 - (HEAD_INCHES - 0.45) / size[1]
    axes = figure.add_axes((left, 0.45 / size[1], 1 - left - 0.01, top - 0.45 / size[1]))
    _draw_cells(axes, rows)
    axes.set_xticks(
        [place + 0.5 for place in range(len(columns))], [fill(column, 12) for column in columns], fontsize=8
    )
    axes.set_yticks([place + 0.5 for place in range(len(rows))], names, fontsize=8.5)
    figure.text(0.01, 1 - 0.12 / size[1], "What becomes harder when a unit is held at its mean", fontsize=12, va="top")
    unit = "change of the loss in nats per character" + ("; of wrong bars in percentage points" * (BARS in columns))
    figure.text(0.01, 1 - 0.36 / size[1], f"{unit}; + is worse", fontsize=9, va="top", color="#444444")
    key = "orange: more than random units do, all kinds taken into account; pale: more than 95% of them at this kind"
    figure.text(0.01, 0.1 / size[1], f"{key}; grey: what 90% of random units do", fontsize=8.5, color="#444444")
    picture = io.BytesIO()
    figure.savefig(picture, format=form, dpi=140, metadata={"Date": None} if form == "svg" else None)
    return picture.getvalue()


def _rows(result: AblationResult, width: int) -> tuple[list[str], list[list[Cell]]]:
    """Names and cells of the targets of each size, each size followed by its random sets."""
    names, rows = ["no unit held: loss, wrong bars"], [_all_units(result)]
    for size in dict.fromkeys(len(each.target.units) for each in result.ablations):
        some = [each for each in result.ablations if len(each.target.units) == size]
        for each in some:
            label = f": {each.target.label}" if each.target.label else ""
            names.append(f"{each.target.name}{label}")
            cells = [_cell(effect) for effect in _effects(each)]
            rows.append(cells + [("", WITHIN)] * (width - len(cells)))
        names.append("random units" if size == 1 else f"random groups of {size}")
        rows.append(_random_cells([_effects(each) for each in some], width))
    return names, rows


def _effects(ablation: Ablation) -> list[Effect]:
    return [ablation.overall, *ablation.kinds, *([ablation.bars] if ablation.bars else [])]


def _cell(effect: Effect) -> Cell:
    shade = BEYOND if effect.stands_out else RATHER if effect.p <= STANDS_OUT else WITHIN
    return _number(effect.of, effect.change.value), shade


def _random_cells(effects: Sequence[Sequence[Effect]], width: int) -> list[Cell]:
    cells = []
    for place in range(width):
        beside = [some[place] for some in effects if place < len(some)]
        ends = [median(map(end, beside)) for end in (_low, _high)] if beside else []
        cells.append(("\n".join(_number(beside[0].of, end) for end in ends), RANDOM))
    return cells


def _low(effect: Effect) -> float:
    return effect.random_low


def _high(effect: Effect) -> float:
    return effect.random_high


def _number(of: str, value: float) -> str:
    return f"{round(100 * value):+d}" if of == BARS else f"{value:+.3f}"


def _all_units(result: AblationResult) -> list[Cell]:
    """Cells of the intact network."""
    numbers = [f"{loss:.3f}" for loss in (result.loss, *result.losses)]
    return [
        (number, WITHIN) for number in (*numbers, *([f"{result.wrong_bars.value:.0%}"] if result.wrong_bars else []))
    ]


def _draw_cells(axes: "Axes", rows: Sequence[Sequence[Cell]]) -> None:
    from matplotlib.patches import Rectangle

    for row, cells in enumerate(rows):
        for column, (text, shade) in enumerate(cells):
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="#c8c8c8", linewidth=0.6))
            size, weight = (6.5, "normal") if shade == RANDOM else (8.5, "bold" if shade == BEYOND else "normal")
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, fontweight=weight)
    axes.set_xlim(0, len(rows[0]))
    axes.set_ylim(len(rows), 0)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _table(result: AblationResult) -> str:
    heads = ("unit", "follows", "held at", "all characters (95% interval)", "random units (90%)", "as much", "bars")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(map(_data, _table_row(each)))}</tr>" for each in result.ablations)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _data(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _table_row(ablation: Ablation) -> list[str]:
    effect, bars = ablation.overall, ablation.bars
    return [
        ", ".join(map(unit_name, ablation.target.units)),
        ablation.target.label,
        ", ".join(f"{value:.2f}" for value in ablation.held_at),
        f"{effect.change.value:+.4f} ({effect.change.low:+.4f} to {effect.change.high:+.4f})",
        f"{effect.random_low:+.4f} to {effect.random_high:+.4f}",
        f"{effect.as_large} of {effect.random_sets}",
        f"{round(100 * bars.change.value):+d} points; {bars.as_large} of {bars.random_sets}" if bars else "-",
    ]
