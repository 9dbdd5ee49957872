"""The command `tunewright demo`."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from tunewright.cli.composed_files import provenance_of, write_tune
from tunewright.cli.interrupt import stop_on_signal
from tunewright.cli.sources import read_sources, recorded
from tunewright.cli.status import INTERRUPTED
from tunewright.errors import MissingExtraError, RenderError
from tunewright.files import claim_folder, write_file
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.options import require
from tunewright.rendering import PageTune, render, tune_page
from tunewright.rendering.formats import parse_formats
from tunewright.sampling.compose import Composition, compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.training.loop import EpochRecord
from tunewright.training.presets import PRESETS

EPOCHS = 16
"""What two idle cores manage within the time limit; on slower ones the limit ends the schedule earlier."""
TEMPERATURES = (0.5, 1.0, 2.0)
CANDIDATES = 16
"""Seeds tried at each temperature until a tune ends by itself and can be played."""
MAX_LENGTH = 1500
FORMATS = "abc,midi,svg,wav"


def demo(
    *, corpus: str = "oneills", out: Path = Path("demo"), minutes: float = 1.8, seed: int = 0, force: bool = False
) -> int:
    """Train on a corpus for at most two minutes, compose three tunes, and show them on a page.

    The tunes have temperatures 0.5, 1 and 2: at each, that of the first of 16 seeds that ends by itself and can be
    played.

    Parameters
    ----------
    corpus
        What to learn from: files, a folder, or the name of a corpus on this machine.
    out
        The folder to write; its index.html shows everything.
    minutes
        Time limit of the training.
    seed
        Of the training, and the first one tried for the tunes.
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
    write_demo(read_checkpoint(run.folder), run.trainer.history, Path(corpus).name, seed, formats, out)
    console.print(f"Look at {out / 'index.html'}")
    return 0


def write_demo(
    model: Checkpoint, history: Sequence[EpochRecord], name: str, seed: int, formats: list[str], out: Path
) -> None:
    """Compose a tune at each temperature; write its files, and the page of all of them."""
    from tunewright.report.run_sections import run_sections

    tunes = []
    for temperature in TEMPERATURES:
        config = CompositionConfig(temperature=temperature, max_length=MAX_LENGTH, seed=seed)
        composition = first_that_plays(model, config)
        provenance = provenance_of(model, f"LSTM trained on {name}", composition, config)
        write_tune(composition, f"temperature-{temperature:g}", formats, provenance, out)
        caption = f"temperature {temperature:g}, seed {composition.seed}"
        tunes.append(PageTune(composition.text, provenance, caption))
    page = tune_page(tunes, title="Three new tunes", sections=run_sections(model, history))
    write_file(out / "index.html", page)


def first_that_plays(model: Checkpoint, config: CompositionConfig) -> Composition:
    """The composition of the first seed that ends by itself and can be played; of the first seed if none does."""
    compositions = sorted(compose_many(model, CANDIDATES, config), key=lambda composition: composition.seed)
    for composition in compositions:
        if composition.ended and plays(composition.text):
            return composition
    return compositions[0]


def plays(tune: str) -> bool:
    """True if it can be engraved and played."""
    try:
        for name in ("svg", "midi"):
            render(tune, name)
    except RenderError:
        return False
    return True
