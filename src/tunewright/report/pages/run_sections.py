"""Sections of a page about a training: loss curves, losses, hyper-parameters and data."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tunewright.model.checkpoint import Checkpoint
from tunewright.options import to_mapping, with_present_names
from tunewright.rendering.page import PageSection
from tunewright.report.figures.curves import draw_loss_curves
from tunewright.training.history import EpochRecord


def curves_section(history: Sequence[EpochRecord]) -> PageSection:
    """Loss curves as a section of a page; `history` holds every epoch of the run, at least one."""
    svg = draw_loss_curves(history, "svg").decode()
    curves = (
        f'<div class="figure" role="img" aria-label="Loss curves">{svg[svg.index("<svg") :]}</div>'
        "<p>Cross-entropy in nats per character. Whole tunes: every character once, the state carried from the tune's "
        "start. Cold windows: 30 characters each, the state zero at the start.</p>"
    )
    return PageSection("What it learned", curves)


def details_sections(model: Checkpoint) -> list[PageSection]:
    """Losses of the chosen epoch, every hyper-parameter, and the data, as folded sections."""
    measured = {_words(name): _number(value) for name, value in model.metrics.items()}
    options = {**to_mapping(model.config), **with_present_names(model.training["config"])}
    rows = {
        "The chosen network": measured,
        "Every hyper-parameter": {_words(name): _number(value) for name, value in options.items()},
        "The data": {_words(name): _number(value) for name, value in model.training["data"].items()},
    }
    return [PageSection(title, _table(each), folded=True) for title, each in rows.items()]


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
