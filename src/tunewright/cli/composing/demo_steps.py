"""The steps of `tunewright demo`: choice of the network, training, composing, and the page with everything."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tunewright.cli.composing.composed_figures import Figures
from tunewright.cli.composing.composed_files import bars_looked_at, provenance_of, write_tune
from tunewright.cli.composing.demo_tunes import DemoTune, demo_grammar, demo_tunes
from tunewright.cli.console import say, warn
from tunewright.cli.ending import stop_on_signal
from tunewright.cli.learning.training_display import draw_curves, follow
from tunewright.cli.sources import recorded
from tunewright.corpus.library import LIBRARY
from tunewright.files import write_file
from tunewright.model.checkpoint import read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.rendering.page import PageTune
from tunewright.report.pages.demo_page import demo_page
from tunewright.training.config import PRESETS
from tunewright.training.data import TrainingData
from tunewright.training.fitting import Fit, Recipe
from tunewright.training.run import Run

RULE = "likelihood under the network, form, originality and variety"
FREE = "What the network alone writes at temperature {:g} (plain sampling, nothing chosen)"


def recipes() -> list[Recipe]:
    """Networks and trainings to choose from, the best first; the choice is the first that fits into the time."""

    def recipe(units: int, dropout: float, epochs: int, least: int) -> Recipe:
        network = NetworkConfig(units=units, embedding=48, dropout=dropout, recurrent_weight_dropout=0.0, look_back=32)
        training = replace(PRESETS["default"].training, epochs=epochs, learning_rate=0.01)
        return Recipe(network, training, least_epochs=least)

    return [recipe(176, 0.2, 12, 5), recipe(128, 0.1, 8, 3), recipe(96, 0.0, 4, 1)]


def chosen_training(found: Fit, data: TrainingData, minutes: float) -> str:
    """A sentence on how fast this machine trains, and which network and epochs fit into the time."""
    network, epochs = found.recipe.network, found.recipe.training.epochs
    return (
        f"This machine learns about {found.characters_per_second:,.0f} characters a second now: {epochs} "
        f"{'pass' if epochs == 1 else 'passes'} over {len(data.tunes):,} tunes by an {network.cell.upper()} of "
        f"{network.units} units fit into {minutes:g} minutes"
    )


def train(data: TrainingData, found: Fit, corpus: str, out: Path, *, force: bool) -> Run | None:
    """Train, with a progress bar; returns None if the training was interrupted."""
    origin = {"training_sources": recorded([corpus]), "validation_sources": [], "essentials": True}
    run = Run(out / "run", data, found.recipe.network, found.recipe.training, origin=origin)
    run.open(force=force)
    with stop_on_signal() as stopped:
        follow(run, stopped)
    if stopped:
        return None
    draw_curves(run.folder, run.trainer.history)
    return run


def write_demo(run: Run, corpus: str, seed: int, formats: list[str], out: Path) -> None:
    """Compose and choose; write the files of the tunes, and the page of all of them."""
    model = read_checkpoint(run.folder)
    steering = demo_grammar(model)
    if steering.problem:
        warn(f"composing raw: {steering.problem}")
    figures = Figures(model, None, wanted=True, steered=steering.grammar is not None)
    name = f"{model.config.cell.upper()} trained on {Path(corpus).name}"
    tunes, looked_at = [], bars_looked_at(model)
    for tune in demo_tunes(model, name, seed, steering, figures):
        tunes.append(page_tune(tune, figures, formats, out, looked_at))
        say(f"temperature {tune.temperature:g}: the best of {tune.kept.candidates} tunes", flush=True)
    page = demo_page(
        [each for each, _ in tunes],
        model,
        run.trainer.history,
        learned_from=LIBRARY[corpus].title if corpus in LIBRARY else Path(corpus).name,
        chosen=chosen_tunes([candidates for _, candidates in tunes]),
        commands=commands(out / "run"),
    )
    write_file(out / "index.html", page)


def page_tune(
    tune: DemoTune,
    figures: Figures,
    formats: Sequence[str],
    out: Path,
    looked_at: Callable[[str], str] | None,
) -> tuple[PageTune, int]:
    """Write a tune's files; returns its part of the page, and the number of candidates that it was chosen from."""
    composition = tune.kept.composition
    provenance = provenance_of(tune.request, composition) | figures.recorded(composition, tune.kept.reasons)
    more = looked_at(composition.text) if looked_at else ""
    write_tune(composition.text, f"temperature-{tune.temperature:g}", formats, provenance, out, more)
    caption = f"temperature {tune.temperature:g}, seed {composition.seed}; the best of {tune.kept.candidates}"
    if tune.kept.originality is not None:
        caption += f"; {tune.kept.originality.summary}"
    folded = {FREE.format(tune.temperature): tune.raw.text}
    return PageTune(composition.text, provenance, caption, folded, more), tune.kept.candidates


def chosen_tunes(candidates: Sequence[int]) -> str:
    """A paragraph on how the tunes were chosen."""
    each = ", ".join(map(str, candidates))
    return (
        f"Chosen from {sum(candidates)} ({each} at temperatures 0.5, 1 and 2) by {RULE}: the rule of tunewright "
        "compose --keep. All were held to whole tunes that play, in forms that the corpus has. Low temperatures are "
        "tame, high ones wild."
    )


def commands(run: Path) -> list[tuple[str, str]]:
    """What to try next: pairs of a description and the command as it can be typed here."""
    found = "tunewright" if shutil.which("tunewright") else os.path.relpath(Path(sys.prefix, "bin", "tunewright"))
    program = shlex.quote(found)
    with_run = f"{program} compose {shlex.quote(str(run))}"
    return [
        ("Compose more with this network: a jig in G, say.", f"{with_run} --key G --meter 6/8 --bars 16 --form AABB"),
        ("Compose with a network that learned for longer.", f"{program} compose oneills-large --out tunes"),
        ("Learn your own tunes: a file or a folder of ABC.", f"{program} train my-tunes.abc --out runs/mine"),
    ]
