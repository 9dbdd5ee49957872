"""Training of a discriminator for a network: corpus tunes against its own composed tunes, for rejection sampling."""

import time
from dataclasses import replace
from pathlib import Path

from tunewright.cli.console import say
from tunewright.cli.progress import progress_bar
from tunewright.errors import InputError
from tunewright.model.checkpoint import Build, read_checkpoint, write_checkpoint
from tunewright.sampling.choosing.discriminator import KEY, Discriminator
from tunewright.sampling.choosing.learning import learn_discriminator, training_texts
from tunewright.training.data import TrainingData


def add_discriminator(folder: Path, data: TrainingData, *, anew: bool = False, own: Build | None = None) -> None:
    """Train a discriminator between the tunes of `data` and what the network composes; store it in the checkpoint.

    Prints how good it is, or why there is none: too few tunes, say, or a network that composes nothing playable.

    Parameters
    ----------
    folder
        A checkpoint, which is written again.
    data
        What its network learned from.
    anew
        Replace a discriminator that the checkpoint has; otherwise it stays.
    own
        What makes the network, if it is a module of one's own.
    """
    began = time.monotonic()
    model = read_checkpoint(folder, own)
    if Discriminator.of(model) and not anew:
        return
    try:
        with progress_bar() as tell:
            found = learn_discriminator(model, training_texts(data), progress=tell)
    except InputError as error:
        say(f"no discriminator, so that composing takes every tune: {error}")
        return
    write_checkpoint(folder, replace(model, style={**model.style, KEY: found.as_json()}))
    say(
        f"discriminator: learned in {time.monotonic() - began:.0f} s to tell {found.tunes:,} training tunes from as "
        f"many composed ones; of two tunes that it had not seen it tells which is which in {found.auc:.1%}"
    )
