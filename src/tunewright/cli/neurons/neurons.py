"""The command `tunewright neurons`: what the units of a network follow, with evidence, files and a page."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from tunewright.cli.console import say, warn
from tunewright.cli.flags import NamedPath, Whole
from tunewright.cli.own_module import OwnFlag, own_module
from tunewright.cli.progress import progress_bar
from tunewright.errors import OptionError


def neurons(
    model: NamedPath,
    *,
    data: Annotated[list[str], Parameter(consume_multiple=True)],
    out: NamedPath,
    held_out: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    tune: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    unit: Annotated[list[Whole] | None, Parameter(consume_multiple=True)] = None,
    against: Annotated[list[NamedPath] | None, Parameter(consume_multiple=True)] = None,
    quantity: str = "h",
    characters: Whole = 100_000,
    network: OwnFlag = None,
    force: bool = False,
) -> None:
    """Show what the units of a network follow: header, bar lines, pitch and many more, each by evidence.

    For each unit the labels that it follows best are chosen on one half of the tunes and measured again on the other.
    An untrained network of the same shape goes through the same procedure and stands beside it.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    data
        Files or folders of tunes, or names of corpora on this machine (oneills, ryans).
    out
        Folder for index.html, neurons.json, figures and the other files.
    held_out
        Tunes to confirm on, instead of a half of --data.
    tune
        Files of tunes, composed ones for instance, to show the units on; without it the network composes one.
    unit
        Show these units only, counted from 0, and draw them.
    against
        Other models, whose units for the same labels are shown beside.
    quantity
        The value of each unit that is studied: h, its output; c, input, forget, candidate or output of an LSTM; reset,
        update or candidate of a GRU.
    characters
        The most characters of tunes to choose labels by, and of tunes to confirm them on; of more, a sample is taken.
    network
        FILE:CLASS, the module that was trained, if it is one of your own. The file is run.
    force
        Write into a folder that holds something already.
    """
    from tunewright.cli.neurons.neuron_table import show
    from tunewright.cli.sources import read_sources
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.report.pages.neuron_writing import write_neurons

    checkpoint = read_checkpoint(model, own_module(network))
    others = {str(path): read_checkpoint(path) for path in against or ()}
    if checkpoint.reads_plain_text:
        raise OptionError("units are labelled by music, and the network learned plain text")
    shown = read_sources(*tune, keep_duplicates=True) if tune else ()
    tunes, confirming = read_sources(*data), read_sources(*held_out) if held_out else None
    with progress_bar() as tell:
        written = write_neurons(
            checkpoint,
            tunes,
            out,
            held_out=confirming,
            shown=shown,
            units=unit,
            against=others,
            quantity=quantity,
            characters=characters,
            force=force,
            progress=tell,
        )
    for problem in written.problems:
        warn(f"left out: {problem}")
    show(written.found, by_unit=unit is not None)
    say(f"Look at {written.page}")
