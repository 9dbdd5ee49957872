"""Trainings, studies and heatmaps in a notebook: inline SVG and tables, without a request to a network.

Trainings are drawn here by hand, so that no extra is needed.
"""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from tunewright.analysis.activations import Heatmap
from tunewright.report.figures.curves import CURVES
from tunewright.report.figures.heatmap import draw_heatmap
from tunewright.study.results.result_tables import runs_table
from tunewright.study.results.study_results import StudyResults
from tunewright.training.history import EpochRecord
from tunewright.training.training_run import TrainingRun

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640.0, 260.0, 56.0, 34.0, 12.0
_KEY = 190.0
"""Pixels for the key at the right."""


def history_html(run: TrainingRun) -> str:
    """The loss curves of a training, and a table of its epochs."""
    if not run.history:
        return f"<p>{escape(repr(run))}</p>"
    return f"{curves_svg(run.history)}{_history_table(run.history, run.best)}"


def study_html(results: StudyResults) -> str:
    """The finished runs of a study."""
    table = runs_table(results)
    done = f"{len(results.runs)} of {len(results.plan.runs)} runs are done, {len(results.failed)} failed"
    return f"<p>{escape(done)}</p>{_table(table.columns, table.rows)}"


def heatmap_html(heatmap: Heatmap) -> str:
    """A text, coloured by what a unit does at each character."""
    limit = max(1.0, float(np.abs(heatmap.values).max(initial=0.0)))
    drawn = draw_heatmap(
        heatmap.text, heatmap.values, title=heatmap.title, low=-limit, high=limit, unit=heatmap.quantity
    )
    return drawn.decode()


def curves_svg(history: Sequence[EpochRecord]) -> str:
    """Losses under both protocols over the epochs, as inline SVG."""
    losses = {label: [float(getattr(record, row[0])) for record in history] for label, row in CURVES.items()}
    every = [loss for row in losses.values() for loss in row]
    low, high = min(every), max(every)
    margin = 0.05 * (high - low) or 0.1
    low, high = low - margin, high + margin
    right, base = _WIDTH - _KEY, _HEIGHT - _BOTTOM

    def x(place: int) -> float:
        return _LEFT + (right - _LEFT) * ((place + 0.5) / len(history))

    def y(loss: float) -> float:
        return _TOP + (base - _TOP) * (high - loss) / (high - low)

    drawn = [f'<path d="M{_LEFT:g} {_TOP:g}V{base:g}H{right:g}" stroke="#888" fill="none"/>']
    drawn += [_text(_LEFT - 6, y(tick) + 4, f"{tick:.2f}", "end") for tick in np.linspace(low, high, 5).tolist()]
    marked = sorted({0, len(history) // 2, len(history) - 1})
    drawn += [_text(x(place), base + 14, str(history[place].epoch), "middle") for place in marked]
    drawn.append(_text((_LEFT + right) / 2, _HEIGHT - 4, "epoch; losses in nats per character", "middle"))
    for number, (label, (_, colour, line, _)) in enumerate(CURVES.items()):
        style = f'stroke="{colour}" stroke-width="1.6" fill="none"' + (
            ' stroke-dasharray="5 3"' if line == "--" else ""
        )
        points = " ".join(f"{x(place):.1f},{y(loss):.1f}" for place, loss in enumerate(losses[label]))
        drawn.append(f'<polyline points="{points}" {style}/>')
        height = _TOP + 8 + 18 * number
        drawn.append(f'<path d="M{right + 10:g} {height:g}h22" {style}/>')
        drawn.append(_text(right + 38, height + 4, label, "start"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Loss curves" width="{_WIDTH:g}" '
        f'height="{_HEIGHT:g}" font-family="sans-serif" font-size="11" fill="currentColor">{"".join(drawn)}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _history_table(history: Sequence[EpochRecord], best: EpochRecord | None) -> str:
    rows = [
        (
            f"{record.epoch}{' (best)' if record is best else ''}",
            f"{record.training_loss:.3f}",
            f"{record.validation_full_tune:.3f}",
            f"{record.validation_cold_window:.3f}",
            f"{record.seconds:.1f}",
        )
        for record in history
    ]
    return _table(("epoch", "training loss", "validation, full_tune", "validation, cold_window", "seconds"), rows)


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
