"""The command `tunewright demo`: trains on a corpus in two minutes on any machine, composes, and makes a page."""

from importlib.util import find_spec
from pathlib import Path

from tunewright.cli.ending import INTERRUPTED
from tunewright.cli.flags import NamedPath, Whole
from tunewright.cli.safe_console import SafeConsole
from tunewright.errors import MissingExtraError
from tunewright.files import claim_folder
from tunewright.options import require, require_seed
from tunewright.rendering.formats import parse_formats

FORMATS = "abc,midi,svg,wav"


def demo(
    *,
    corpus: str = "oneills",
    out: NamedPath = Path("demo"),
    minutes: float = 1.8,
    seed: Whole = 0,
    force: bool = False,
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
        Seed of the training and of the tunes.
    force
        Replace what --out holds.
    """
    require("minutes", minutes, "more than 0", minutes > 0)
    require_seed("seed", seed)
    formats = parse_formats(FORMATS)
    parse_formats("html")  # the page is made last; what it needs is looked for first
    if find_spec("matplotlib") is None:
        raise MissingExtraError("The demo's loss curves", "figures")

    from tunewright.cli.composing.demo_steps import chosen_training, recipes, train, write_demo
    from tunewright.cli.sources import read_sources
    from tunewright.corpus.cleaning import essential_tunes
    from tunewright.sampling.compiled import compiling
    from tunewright.training.data import TrainingData
    from tunewright.training.fitting import fit

    console = SafeConsole(soft_wrap=True)
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
