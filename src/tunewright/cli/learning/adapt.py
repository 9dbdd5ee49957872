"""The command `tunewright adapt`: training of a network on a few more tunes, with its former tunes beside them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tunewright.cli.console import say
from tunewright.cli.ending import INTERRUPTED, stop_on_signal
from tunewright.cli.flags import NamedPath, flags_of, given, override
from tunewright.cli.sources import read_sources, recorded
from tunewright.errors import OptionError
from tunewright.training.config import AdaptConfig

if TYPE_CHECKING:
    from tunewright.training.adapt import Adaptation, Losses

AdaptFlags = flags_of(AdaptConfig, title="Adapting")


def adapt(
    model: NamedPath,
    *tunes: str,
    out: NamedPath,
    validation: Annotated[list[str], Parameter(consume_multiple=True)] | None = None,
    corpus: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    resume: bool = False,
    force: bool = False,
    adapting: AdaptFlags | None = None,  # type: ignore[valid-type]
) -> int:
    """Let a network learn a few tunes of your own without forgetting the others.

    It goes on training on them and, beside them, on tunes that it learned from before. The new network is written to
    --out; the former stays as it is. Both are measured, on tunes of your own that were kept back and on those that the
    former was validated on. Ctrl-C stops after the batch under way and saves; the same command with --resume goes on.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    tunes
        Files or folders of your tunes.
    out
        The run folder to write.
    validation
        Files of your tunes to measure on; without them, of ten or more the share --held-out is kept back.
    corpus
        The tunes that the network learned from, if they are no longer where its training found them.
    resume
        Go on with the run in --out.
    force
        Replace what --out holds.
    """
    from tunewright.cli.learning.training_display import draw_curves, follow
    from tunewright.cli.learning_sources import former_tunes
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.training.adapt import Adaptation

    if not tunes:
        raise OptionError("no tunes to learn from; name files or folders of them")
    checkpoint = read_checkpoint(model)
    config = override(AdaptConfig(), (given(adapting), None))
    adaptation = Adaptation(
        out,
        checkpoint,
        read_sources(*tunes, plain_text=checkpoint.reads_plain_text),
        former_tunes(checkpoint, corpus),
        config,
        held_out=read_sources(*validation, keep_duplicates=True, plain_text=checkpoint.reads_plain_text)
        if validation
        else (),
        origin={"training_sources": recorded(tunes), "validation_sources": recorded(validation or ())},
    )
    adaptation.open(resume=resume, force=force)
    announce(adaptation)
    with stop_on_signal() as stopped:
        follow(adaptation.run, stopped)
    draw_curves(out, adaptation.run.trainer.history)
    if stopped and not adaptation.run.trainer.finished:
        say("stopped and saved; go on with the same command and --resume")
        return INTERRUPTED
    show(adaptation.finish(), adaptation.held_out)
    return 0


def announce(adaptation: "Adaptation") -> None:
    """Print the characters that are new to the network, and a warning if no tunes are held out."""
    if adaptation.added_characters:
        say(f"characters that are new to the network: {' '.join(map(repr, adaptation.added_characters))}")
    if not adaptation.held_out:
        say("too few tunes to hold any out: losses on own tunes are measured on the tunes that are learned from")


def show(losses: "Mapping[str, tuple[Losses, Losses]]", held_out: int) -> None:
    """Print the losses before and after."""
    names = {
        "own": f"own tunes ({held_out} held out)" if held_out else "own tunes (learned from)",
        "former": "former validation tunes",
    }
    say(f"\n{'nats per character':<28}{'full_tune':>18}{'cold_window':>18}")
    for name, (before, after) in losses.items():
        full = f"{before.full_tune:.3f} -> {after.full_tune:.3f}"
        cold = f"{before.cold_window:.3f} -> {after.cold_window:.3f}"
        say(f"{names[name]:<28}{full:>18}{cold:>18}")
