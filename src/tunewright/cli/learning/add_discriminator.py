"""A discriminator for a network that was trained, and what is said of choosing with one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tunewright.cli.progress import progress_bar
from tunewright.errors import InputError
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint

if TYPE_CHECKING:
    from tunewright.sampling.composition import Composition
    from tunewright.training.data import TrainingData


def add_discriminator(folder: Path, data: "TrainingData", *, anew: bool = False) -> None:
    """Learn to tell what the network of a checkpoint composes from what it learned from, and keep that beside it.

    That there are too few tunes, or that it composes nothing that plays, is told. A network that has one keeps it
    unless it is to learn `anew`.
    """
    from tunewright.sampling.choosing.discriminator import KEY, Discriminator
    from tunewright.sampling.choosing.learning import learn_discriminator, training_texts

    began = time.monotonic()
    model = read_checkpoint(folder)
    if Discriminator.of(model) and not anew:
        return
    try:
        with progress_bar() as tell:
            found = learn_discriminator(model, training_texts(data), progress=tell)
    except InputError as error:
        print(f"no discriminator, so that composing takes every tune: {error}")
        return
    write_checkpoint(folder, replace(model, style={**model.style, KEY: found.as_json()}))
    print(
        f"discriminator: learned in {time.monotonic() - began:.0f} s to tell {found.tunes:,} training tunes from as "
        f"many composed ones; of two tunes that it had not seen it tells which is which in {found.auc:.1%}"
    )


def choosing_sentence(composition: "Composition") -> str | None:
    """How a tune was chosen, and what the network alone thinks of it; None if nothing was chosen."""
    choice = composition.choice
    if choice is None:
        return None
    how = f"accepted as number {choice.candidates}" if choice.accepted else f"drawn among {choice.candidates}"
    nats = -composition.likelihood / max(composition.composed, 1)
    return (
        f"chosen: {how} of the candidates of its seed; log-ratio of corpus to network {choice.log_ratio:+.2f} nats; "
        f"under the network alone {nats:.3f} nats per character; --seed {choice.seed} --accept 1 composes it again"
    )


def acceptance_sentence(compositions: Sequence["Composition"]) -> str | None:
    """What choosing took for some tunes; None if nothing was chosen."""
    choices = [composition.choice for composition in compositions if composition.choice]
    if not choices:
        return None
    candidates, accepted = sum(choice.candidates for choice in choices), sum(choice.accepted for choice in choices)
    drawn = f", {len(choices) - accepted:,} drawn where none was" if accepted < len(choices) else ""
    rate = f"{accepted / candidates:.1%} were accepted{drawn}"
    return f"choosing: {candidates:,} tunes composed for {len(choices):,}; {rate}; --accept 1 takes every tune"
