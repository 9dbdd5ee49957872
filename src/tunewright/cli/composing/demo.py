"""The command `tunewright demo`: learns a corpus in two minutes on any machine, composes, and makes a page."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tunewright.cli.composing.composed_files import bars_looked_at, provenance_of, write_tune
from tunewright.cli.ending import INTERRUPTED, stop_on_signal
from tunewright.cli.sources import read_sources, recorded
from tunewright.corpus.cleaning import essential_tunes
from tunewright.corpus.library import LIBRARY
from tunewright.errors import MissingExtraError
from tunewright.files import claim_folder, write_file
from tunewright.options import require
from tunewright.rendering.formats import parse_formats
from tunewright.rendering.page import PageTune

if TYPE_CHECKING:
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.cli.composing.demo_tunes import DemoTune
    from tunewright.training.data import TrainingData
    from tunewright.training.fitting import Fit, Recipe
    from tunewright.training.run import Run

FORMATS = "abc,midi,svg,wav"
RULE = "likelihood under the network, form, originality and variety"
FREE = "What the network alone writes at temperature {:g} (plain sampling, nothing chosen)"


def demo(
    *, corpus: str = "oneills", out: Path = Path("demo"), minutes: float = 1.8, seed: int = 0, force: bool = False
) -> int:
    """Train on a corpus for two minutes at most, compose, and show three tunes on a page.

    The first seconds show how fast this machine is; network and epochs are chosen so that they fit into the time. At
    each of the temperatures 0.5, 1 and 2 many tunes are composed, held to whole ones that play, and the best is shown,
    by the rule of `tunewright compose --keep`; what the network writes when it is left alone is there too.

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

    from tunewright.sampling.compiled import compiling
    from tunewright.training.data import TrainingData
    from tunewright.training.fitting import fit

    console = Console(highlight=False, soft_wrap=True)
    data = TrainingData.of(essential_tunes(read_sources(corpus)))
    claim_folder(out, force=force)
    compiling.start()
    found = fit(data, recipes(), 60 * minutes, seed)
    console.print(chosen_training(found, data, minutes))
    run = train(data, found, corpus, out, force=force)
    if run is None:
        console.print(f"stopped; start again with --force, which replaces {out}")
        return INTERRUPTED
    write_demo(run, corpus, seed, formats, out)
    console.print(f"Look at {out / 'index.html'}")
    return 0


def recipes() -> list["Recipe"]:
    """What may be learned, the best that there may be time for first."""
    from tunewright.model.config import NetworkConfig
    from tunewright.training.config import PRESETS
    from tunewright.training.fitting import Recipe

    def recipe(units: int, dropout: float, epochs: int, least: int) -> Recipe:
        network = NetworkConfig(units=units, embedding=48, dropout=dropout, recurrent_weight_dropout=0.0, look_back=32)
        training = replace(PRESETS["default"].training, epochs=epochs, learning_rate=0.01)
        return Recipe(network, training, least_epochs=least)

    return [recipe(176, 0.2, 12, 5), recipe(128, 0.1, 8, 3), recipe(96, 0.0, 4, 1)]


def chosen_training(found: "Fit", data: "TrainingData", minutes: float) -> str:
    """What suits this machine, in words."""
    network, epochs = found.recipe.network, found.recipe.training.epochs
    return (
        f"This machine learns about {found.characters_per_second:,.0f} characters a second now: {epochs} "
        f"{'pass' if epochs == 1 else 'passes'} over {len(data.tunes):,} tunes by an {network.cell.upper()} of "
        f"{network.units} units fit into {minutes:g} minutes"
    )


def train(data: "TrainingData", found: "Fit", corpus: str, out: Path, *, force: bool) -> "Run | None":
    """Train, with a bar; None if that was stopped."""
    from tunewright.cli.learning.training_display import draw_curves, follow
    from tunewright.training.run import Run

    origin = {"training_sources": recorded([corpus]), "validation_sources": [], "essentials": True}
    run = Run(out / "run", data, found.recipe.network, found.recipe.training, origin=origin)
    run.open(force=force)
    with stop_on_signal() as stopped:
        follow(run, stopped)
    if stopped:
        return None
    draw_curves(run.folder, run.trainer.history)
    return run


def write_demo(run: "Run", corpus: str, seed: int, formats: list[str], out: Path) -> None:
    """Compose and choose; write the files of the tunes, and the page of all of them."""
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.cli.composing.demo_tunes import demo_tunes, held
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.report.pages.demo_page import demo_page

    model = read_checkpoint(run.folder)
    whole = held(model)
    if whole.problem:
        print(f"composing {'freely' if whole.grammar else 'raw'}: {whole.problem}", file=sys.stderr)
    figures = Figures(model, None, wanted=True, steered=whole.grammar is not None)
    name = f"{model.config.cell.upper()} trained on {Path(corpus).name}"
    tunes, looked_at = [], bars_looked_at(model)
    for tune in demo_tunes(model, name, seed, whole, figures):
        tunes.append(page_tune(tune, figures, formats, out, looked_at))
        print(f"temperature {tune.temperature:g}: the best of {tune.kept.candidates} tunes", flush=True)
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
    tune: "DemoTune",
    figures: "Figures",
    formats: Sequence[str],
    out: Path,
    looked_at: Callable[[str], str] | None,
) -> tuple[PageTune, int]:
    """Write a tune's files; gives what the page shows of it, and among how many it was chosen."""
    composition = tune.kept.composition
    provenance = provenance_of(tune.wanted, composition) | figures.recorded(composition, tune.kept.reasons)
    more = looked_at(composition.text) if looked_at else ""
    write_tune(composition.text, f"temperature-{tune.temperature:g}", formats, provenance, out, more)
    caption = f"temperature {tune.temperature:g}, seed {composition.seed}; the best of {tune.kept.candidates}"
    if tune.kept.originality is not None:
        caption += f"; {tune.kept.originality.summary}"
    folded = {FREE.format(tune.temperature): tune.raw.text}
    return PageTune(composition.text, provenance, caption, folded, more), tune.kept.candidates


def chosen_tunes(candidates: Sequence[int]) -> str:
    """How the tunes were chosen, in words."""
    each = ", ".join(map(str, candidates))
    return (
        f"Chosen from {sum(candidates)} ({each} at temperatures 0.5, 1 and 2) by {RULE}: the rule of tunewright "
        "compose --keep. All were held to whole tunes that play, in forms that the corpus has. Low temperatures are "
        "tame, high ones wild."
    )


def commands(run: Path) -> list[tuple[str, str]]:
    """How to go on: what a command does, and the command as it can be typed here."""
    found = "tunewright" if shutil.which("tunewright") else os.path.relpath(Path(sys.prefix, "bin", "tunewright"))
    program = shlex.quote(found)
    with_run = f"{program} compose {shlex.quote(str(run))}"
    return [
        ("Compose more with this network: a jig in G, say.", f"{with_run} --key G --meter 6/8 --bars 16 --form AABB"),
        ("Compose with a network that learned for longer.", f"{program} compose oneills-large --out tunes"),
        ("Learn your own tunes: a file or a folder of ABC.", f"{program} train my-tunes.abc --out runs/mine"),
    ]
