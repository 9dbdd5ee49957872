"""Output while a network trains: a progress bar, a line for each epoch, and loss curves at the end."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tunewright.cli.console import warn
from tunewright.cli.safe_console import SafeConsole
from tunewright.errors import MissingExtraError
from tunewright.files import write_file
from tunewright.model.config import CELL_NAMES
from tunewright.report.figures.curves import draw_loss_curves
from tunewright.training.history import EpochRecord
from tunewright.training.ngram import Baselines
from tunewright.training.run import Run

HEADING = "epoch   learned   training full/cold   validation full/cold   seconds      (losses in nats per character)"


def follow(run: Run, stopped: Sequence[int]) -> None:
    """Train to the end, or until a signal stands in `stopped`, with a progress bar and a line for each epoch."""
    run.team.asked = stopped
    console = SafeConsole(soft_wrap=True)
    epochs = run.config.epochs
    done = f", {run.trainer.position.epoch} done already" if run.trainer.position.epoch else ""
    network, processes = run.network_config, f"; {run.team.size} processes" if run.team.size > 1 else ""
    console.print(
        f"{CELL_NAMES[network.cell]} of {network.units} units, {run.trainer.network.weight_count:,} weights; "
        f"{len(run.data.tunes):,} tunes of {run.data.characters:,} characters; {epochs} epochs{done}{processes}"
    )
    console.print(f"validation tunes by counting alone, full/cold: {counting(run.baselines)}")
    if run.lengthened:
        console.print(longer(run))
    console.print(HEADING)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]} chars/s, left"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar, closing(run.progress()) as steps:
        task = bar.add_task("starting", total=None, rate="-")
        for progress in steps:
            bar.update(
                task,
                total=progress.steps,
                completed=progress.step,
                description=f"loss {progress.loss:.3f}",
                rate=f"{progress.characters_per_second:,.0f}",
            )
            if progress.record:
                console.print(line_of(progress.record, epochs, best=run.trainer.best is progress.record))
            if run.team.stopping:
                break
    best = run.trainer.best
    if best:
        console.print(f"best: epoch {best.epoch}, in {run.folder / 'best'}")


def longer(run: Run) -> str:
    """What it means that a training goes on to more epochs than it began with."""
    before, done = (run.lengthened or {}).values()
    falls = "falls anew, as it would at this place of" if run.config.schedule == "cosine" else "stays as it was, for"
    return (
        f"trained longer: {before} epochs were asked for at first, of which {done} are done; the learning rate {falls} "
        f"{run.config.epochs} epochs, so that the outcome differs from one that was asked for these at first"
    )


def counting(found: Baselines) -> str:
    """The losses of the n-gram and the unigram model, in nats per character."""
    ngram, unigram = (
        f"{reached.full_tune.nats_per_char:.3f} / {reached.cold_window.nats_per_char:.3f}"
        for reached in (found.ngram, found.unigram)
    )
    return f"{ngram} with {found.context} characters of context, {unigram} with none"


def line_of(record: EpochRecord, epochs: int, *, best: bool) -> str:
    """The line of an epoch; a star marks the best so far."""
    return (
        f"{record.epoch:>3}/{epochs:<3} {record.training_loss:>8.3f} "
        f"{record.training_full_tune:>12.3f} /{record.training_cold_window:>6.3f} "
        f"{record.validation_full_tune:>14.3f} /{record.validation_cold_window:>6.3f} "
        f"{record.seconds:>9.1f} {'*' if best else ''}"
    )


def draw_curves(folder: Path, history: Sequence[EpochRecord]) -> None:
    """Write loss.png and loss.svg beside the history, or print that matplotlib is missing."""
    if not history:
        return
    try:
        for form in ("png", "svg"):
            write_file(folder / f"loss.{form}", draw_loss_curves(history, form))
    except MissingExtraError as error:
        warn(f"no curves drawn: {error}")
