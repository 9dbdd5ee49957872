"""The command `tunewright demo`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from tunewright.cli.beginning import Beginning
from tunewright.cli.compose import Wanted, grammar_for, prepare
from tunewright.cli.composed_figures import Figures
from tunewright.cli.composed_files import provenance_of, write_tune
from tunewright.cli.interrupt import stop_on_signal
from tunewright.cli.sources import read_sources, recorded
from tunewright.cli.status import INTERRUPTED
from tunewright.errors import GrammarError, MissingExtraError
from tunewright.files import claim_folder, write_file
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.notation.grammar import Grammar
from tunewright.options import require
from tunewright.rendering import PageTune, tune_page
from tunewright.rendering.formats import parse_formats
from tunewright.sampling.config import CompositionConfig
from tunewright.training.history import EpochRecord
from tunewright.training.presets import PRESETS

EPOCHS = 16
"""What two idle cores manage within the time limit; on slower ones the limit ends the schedule earlier."""
TEMPERATURES = (0.5, 1.0, 2.0)
MAX_LENGTH = 1500
FORMATS = "abc,midi,svg,wav"


def demo(
    *, corpus: str = "oneills", out: Path = Path("demo"), minutes: float = 1.8, seed: int = 0, force: bool = False
) -> int:
    """Train on a corpus for at most two minutes, compose three tunes, and show them on a page.

    The tunes have temperatures 0.5, 1 and 2, and an acceptor keeps them playable; beside each stands how near it is to
    the corpus.

    Parameters
    ----------
    corpus
        What to learn from: files, a folder, or the name of a corpus on this machine.
    out
        The folder to write; its index.html shows everything.
    minutes
        Time limit of the training.
    seed
        Of the training and of the tunes.
    force
        Replace what --out holds.
    """
    require("minutes", minutes, "more than 0", minutes > 0)
    formats = parse_formats(FORMATS)
    parse_formats("html")  # the page is made last; what it needs is looked for first
    if find_spec("matplotlib") is None:
        raise MissingExtraError("The demo's loss curves", "figures")

    from tunewright.cli.training_display import draw_curves, follow
    from tunewright.training.data import TrainingData
    from tunewright.training.run import Run

    console = Console(highlight=False, soft_wrap=True)
    preset = PRESETS["default"]
    config = replace(preset.training, epochs=EPOCHS, minutes=minutes, seed=seed)
    data = TrainingData.of(read_sources(corpus))
    claim_folder(out, force=force)
    run = Run(
        out / "run",
        data,
        preset.network,
        config,
        origin={"training_sources": recorded([corpus]), "validation_sources": []},
    )
    run.open(force=force)
    console.print(f"Training for at most {minutes:g} minutes ...")
    with stop_on_signal() as stopped:
        follow(run, stopped)
    if stopped:
        console.print(f"stopped; start again with --force, which replaces {out}")
        return INTERRUPTED
    draw_curves(run.folder, run.trainer.history)
    console.print("Composing ...")
    prepare()
    write_demo(read_checkpoint(run.folder), run.trainer.history, Path(corpus).name, seed, formats, out)
    console.print(f"Look at {out / 'index.html'}")
    return 0


def write_demo(
    model: Checkpoint, history: Sequence[EpochRecord], name: str, seed: int, formats: list[str], out: Path
) -> None:
    """Compose a tune at each temperature; write its files, and the page of all of them."""
    from tunewright.report.run_sections import run_sections

    beginning, recorded_name = Beginning(), f"LSTM trained on {name}"
    grammar = acceptor(model)
    figures = Figures(model, None, wanted=True, steered=grammar is not None)
    tunes = []
    for temperature in TEMPERATURES:
        config = CompositionConfig(temperature=temperature, max_length=MAX_LENGTH, seed=seed)
        wanted = Wanted(model, recorded_name, config, grammar, {}, beginning, count=1, keep=None, device="cpu")
        composition = next(iter(wanted.compositions()))
        originality = figures.originality(composition.text)
        provenance = provenance_of(wanted, composition) | figures.recorded(composition)
        write_tune(composition.text, f"temperature-{temperature:g}", formats, provenance, out)
        caption = f"temperature {temperature:g}, seed {composition.seed}"
        if originality is not None:
            caption += f"; {originality.summary}"
        tunes.append(PageTune(composition.text, provenance, caption))
    page = tune_page(tunes, title="Three new tunes", sections=run_sections(model, history))
    write_file(out / "index.html", page)


def acceptor(model: Checkpoint) -> Grammar | None:
    """What keeps the tunes playable; None, which is told, where the network's characters do not suffice for one."""
    try:
        return grammar_for(model, {}, Beginning())
    except GrammarError as error:
        print(f"composing raw: {error.message}", file=sys.stderr)
        return None
