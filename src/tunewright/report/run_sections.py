"""What should a page of composed tunes say about the training behind them?"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tunewright.model.checkpoint import Checkpoint
from tunewright.options import to_mapping
from tunewright.rendering.page import PageSection
from tunewright.report.figures import draw_loss_curves
from tunewright.training.history import EpochRecord


def run_sections(model: Checkpoint, history: Sequence[EpochRecord]) -> list[PageSection]:
    """Loss curves, losses of the chosen epoch, every hyper-parameter, and the data, as sections of a page.

    Parameters
    ----------
    model
        The best checkpoint of the run.
    history
        Every epoch of the run, at least one.
    """
    svg = draw_loss_curves(history, "svg").decode()
    curves = (
        f'<div role="img" aria-label="Loss curves">{svg[svg.index("<svg") :]}</div>'
        "<p>Cross-entropy in nats per character. Whole tunes: every character once, the state carried from the tune's "
        "start. Cold windows: 30 characters each, the state zero at the start.</p>"
    )
    measured = {_words(name): _number(value) for name, value in model.metrics.items()}
    options = {**to_mapping(model.network), **model.training["config"]}
    return [
        PageSection("Loss curves", curves),
        PageSection("The chosen network", _table(measured)),
        PageSection("Every hyper-parameter", _table({_words(name): _number(value) for name, value in options.items()})),
        PageSection("The data", _table({_words(name): _number(v) for name, v in model.training["data"].items()})),
    ]


def _table(rows: Mapping[str, str]) -> str:
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows.items()
    )
    return f"<table><tbody>{cells}</tbody></table>"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
