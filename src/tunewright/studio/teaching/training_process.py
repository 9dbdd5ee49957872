"""The process that trains for the studio: it outlives the page and the studio, and keeps a journal that they read.

    python -m tunewright.studio.teaching.training_process FOLDER      trains as FOLDER/order.json says

It stops, and saves, when a file ``stop`` appears in the folder; started again it goes on. After each epoch it lets the
network compose a tune.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tunewright.cores import cores
from tunewright.errors import TunewrightError
from tunewright.files import write_file
from tunewright.model.checkpoint import LAST
from tunewright.notation.check import check
from tunewright.studio.teaching.training_journal import STOP, JournalReader, JournalWriter, ProcessLock
from tunewright.studio.teaching.training_order import LESSON, LESSON_MINUTES, TrainingOrder, read_order
from tunewright.training.config import PRESETS, Preset

if TYPE_CHECKING:
    from tunewright.training.data import TrainingData
    from tunewright.training.history import EpochRecord

PROGRESS_SECONDS = 1.0
LOW_PRIORITY = 10
"""Added to the process's niceness: the page stays quick."""
RUN = "run"
LESSON_SHAPES = ((128, 0.1, 6, 3), (96, 0.0, 4, 2), (64, 0.0, 2, 1))
"""Units, dropout, most and least epochs of the lesson's networks, the best first; see `tunewright.training.fitting`."""
TEACHER, COMPOSED, COMPOSED_TUNES = "oneills", "composed.abc", 400
SAMPLE_TEMPERATURE = 0.8
SAMPLE_CHARACTERS = 1500


def run_training(folder: Path) -> None:
    """Train as the folder's order says, until it is done or stopped."""
    lock, journal = ProcessLock(folder), JournalWriter(folder)
    if not lock.take():
        return  # another process trains here
    try:
        _train(folder, journal)
    except TunewrightError as error:
        journal.write("failed", error=str(error))
    except Exception as error:  # noqa: BLE001 - the journal tells it
        journal.write("failed", error=f"training broke off: {error!r}; {folder / 'log.txt'} says more")
        traceback.print_exc()
    finally:
        lock.give_back()


def _train(folder: Path, journal: JournalWriter) -> None:
    from tunewright.corpus.readers import read_tunes

    order = read_order(folder)
    journal.write("reading", corpus=order.corpus_title)
    reading = read_tunes(*(order.sources or _composed_tunes(folder)))
    journal.write("read", tunes=len(reading), refused=len(reading.failures), duplicates=len(reading.duplicates))
    from tunewright.training.data import TrainingData  # needs torch, which takes seconds: what was read is told before
    from tunewright.training.run import Run

    data = TrainingData.of(reading.tunes)
    threads = max(1, cores() - 1)
    if order.preset == LESSON and order.chosen is None:
        order = order.settled(_fitting(data, order))
    recipe = order.recipe(threads)
    order.settled(recipe).write(folder)
    origin = {"training_sources": list(order.sources), "validation_sources": []}
    run = Run(folder / RUN, data, recipe.network, recipe.training, origin=origin)
    resume = (folder / RUN / LAST).exists()
    run.open(resume=resume, force=True)
    journal.write("begun", epochs=recipe.training.epochs, units=recipe.network.units, resumed=resume)
    # A process that was killed between its checkpoint and its journal left an epoch untold.
    told_epochs = {line.data["epoch"] for line in JournalReader(folder).new_lines() if line.kind == "epoch"}
    for earlier in run.trainer.history:
        if earlier.epoch not in told_epochs:
            _tell_epoch(journal, earlier, recipe)
    told, steps = 0.0, run.progress()
    for progress in steps:
        now = time.monotonic()
        if progress.record or now - told >= PROGRESS_SECONDS:
            told = now
            rate = progress.characters_per_second
            left = _seconds_left(progress.step, progress.steps, data.characters * recipe.training.epochs, rate)
            journal.write(
                "progress", step=progress.step, steps=progress.steps, loss=progress.loss, rate=rate, seconds_left=left
            )
        if record := progress.record:
            _tell_epoch(journal, record, recipe)
            _compose_sample(folder, journal, record.epoch)
        if (folder / STOP).exists():
            steps.close()  # saves
            (folder / STOP).unlink(missing_ok=True)
            journal.write("stopped", step=progress.step)
            return
    journal.write("done", epochs=len(run.trainer.history))


def _tell_epoch(journal: JournalWriter, record: EpochRecord, recipe: Preset) -> None:
    journal.write(
        "epoch",
        epoch=record.epoch,
        training=record.training_full_tune,
        validation=record.validation(recipe.training.select_by),
        seconds=record.seconds,
    )


def _composed_tunes(folder: Path) -> list[str]:
    """A corpus for whom no book is installed: tunes of a network that comes along."""
    path = folder / COMPOSED
    if not path.exists():
        from tunewright.sampling.compose import compose_many

        tunes = compose_many(TEACHER, COMPOSED_TUNES, temperature=1.0, accept=1.0, seed=1)
        write_file(path, "\n".join(tune.text for tune in tunes))
    return [str(path)]


def _fitting(data: TrainingData, order: TrainingOrder) -> Preset:
    """The largest network of the lesson that this machine can train in time."""
    from tunewright.training.fitting import Recipe, fit

    default = PRESETS["default"]
    recipes = [
        Recipe(
            replace(default.network, units=units, embedding=48, dropout=dropout),
            replace(default.training, epochs=epochs, learning_rate=0.01),
            least_epochs=least,
        )
        for units, dropout, epochs, least in LESSON_SHAPES
    ]
    found = fit(data, recipes, 60 * (order.minutes or LESSON_MINUTES), order.seed).recipe
    return Preset(found.network, found.training)


def _compose_sample(folder: Path, journal: JournalWriter, epoch: int) -> None:
    """Let the network compose, as it is now."""
    from tunewright.sampling.compose import compose

    model = folder / RUN / LAST
    for raw in (False, True):
        try:
            tune = compose(
                model, temperature=SAMPLE_TEMPERATURE, seed=epoch, accept=1.0, max_length=SAMPLE_CHARACTERS, raw=raw
            )
        except TunewrightError:  # a vocabulary in which no tune can be written
            continue
        journal.write("sample", epoch=epoch, text=tune.text, findings=len(check(tune.text)), raw=raw)
        return


def _seconds_left(step: int, steps: int, characters: int, rate: float) -> float:
    return max(0.0, (1 - step / max(steps, 1)) * characters / rate) if rate else 0.0


if __name__ == "__main__":
    if os.name == "posix":
        os.nice(LOW_PRIORITY)
    run_training(Path(sys.argv[1]))
