"""Page of `tunewright demo`: three composed tunes, the training behind them, and the next commands."""

from collections.abc import Sequence
from html import escape

from tunewright.model.checkpoint import Checkpoint
from tunewright.rendering.page import PageSection, PageTune, tune_page
from tunewright.report.pages.run_sections import curves_section, details_sections
from tunewright.training.history import EpochRecord

TITLE = "Three new tunes"


def demo_page(
    tunes: Sequence[PageTune],
    model: Checkpoint,
    history: Sequence[EpochRecord],
    *,
    learned_from: str,
    chosen: str,
    commands: Sequence[tuple[str, str]],
) -> str:
    """Return the page as one self-contained HTML file.

    Parameters
    ----------
    tunes
        The tunes to show.
    model
        The network that composed them.
    history
        Every epoch of its training, at least one.
    learned_from
        Title of the corpus.
    chosen
        A sentence that says how the tunes were chosen.
    commands
        The next steps: what a command does, and the command.
    """
    return tune_page(
        tunes,
        title=TITLE,
        introduction=_introduction(model, history, learned_from, chosen),
        sections=[_how_to_go_on(commands), curves_section(history), *details_sections(model)],
    )


def _introduction(model: Checkpoint, history: Sequence[EpochRecord], learned_from: str, chosen: str) -> str:
    network, data, best = model.config, model.training["data"], model.metrics
    passes = "pass" if len(history) == 1 else "passes"
    learned = (
        f"A recurrent network ({network.cell.upper()}, {network.units} units) read {data['training_tunes']:,} tunes of "
        f"{learned_from}, one character at a time, for {_duration(history[-1].seconds)} on this machine "
        f"({len(history)} {passes}). It now predicts tunes that it never saw with a loss of "
        f"{best['validation_full_tune']:.2f} nats per character. Then it wrote these."
    )
    return f'<p class="lead">{escape(learned)}</p>\n<p class="caption">{escape(chosen)}</p>'


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} second{'s' if round(seconds) > 1 else ''}"
    return f"{seconds / 60:.1f} minutes"


def _how_to_go_on(commands: Sequence[tuple[str, str]]) -> PageSection:
    rows = "".join(
        f'<li><p>{escape(what)}</p><div class="command"><code>{escape(command)}</code>'
        f'<button type="button" class="copy" aria-label="Copy this command">Copy</button></div></li>'
        for what, command in commands
    )
    return PageSection("How to go on", f'<ol class="commands">{rows}</ol>')
