"""The command `tunewright train`: training of a network, with options from a preset, a TOML file and flags."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tunewright.cli.console import say
from tunewright.cli.ending import INTERRUPTED, stop_on_signal
from tunewright.cli.flags import NamedPath, flags_of, given, override, read_toml
from tunewright.cli.own_module import OwnFlag, own_module
from tunewright.cli.processes import ignore_sigterm_after_worker_error
from tunewright.cli.sources import recorded
from tunewright.errors import OptionError
from tunewright.model.checkpoint import BEST, PLAIN_TEXT, Build, Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.options import require_choice
from tunewright.training.config import PRESETS, Preset, TrainingConfig

if TYPE_CHECKING:
    from tunewright.training.data import TrainingData

NetworkFlags = flags_of(NetworkConfig, title="Network")
TrainingFlags = flags_of(TrainingConfig, title="Training")


def train(
    *tunes: str,
    out: NamedPath,
    validation: Annotated[list[str], Parameter(consume_multiple=True)] | None = None,
    preset: str | None = None,
    config: NamedPath | None = None,
    resume: bool = False,
    force: bool = False,
    no_discriminator: bool = False,
    plain_text: bool = False,
    own: OwnFlag = None,
    network: NetworkFlags | None = None,  # type: ignore[valid-type]
    training: TrainingFlags | None = None,  # type: ignore[valid-type]
) -> int:
    """Train a network on tunes.

    Options come from the preset, then from the TOML file, then from flags; a later layer
    overrides an earlier one. Ctrl-C stops after the current batch and saves; --resume goes on there. At the end a
    discriminator learns to tell the network's own tunes from training tunes; composing chooses its tunes by it.

    Parameters
    ----------
    tunes
        Files or folders of tunes, or the name of a corpus on this machine (oneills, ryans); or one built corpus (see
        tunewright corpus build).
    out
        The run folder to write.
    validation
        Files of tunes to measure on; without them, a tenth of the tunes is kept back, near-duplicates together.
    preset
        default (150 units that look back over their tune), large (320 of them), small (learned in seconds), plain (150
        units that do not look back), or assignment (random slices of 30 characters).
    config
        A TOML file with the tables [network] and [training].
    resume
        Go on with the run in --out. Tunes and options may be left out; those of the run are taken.
    force
        Replace what --out holds.
    no_discriminator
        Learn none. With --resume, a run that is finished gets one later.
    plain_text
        The files hold text of any kind, not tunes: learn it, cut into passages. The network then does everything but
        music.
    own
        FILE:CLASS, a torch module of your own in place of Tunewright's network, such as my_lstm.py:MyLstm. The file is
        run. With --resume it is needed again.
    """
    from tunewright.cli.learning.add_discriminator import add_discriminator
    from tunewright.cli.learning.training_display import draw_curves, follow
    from tunewright.cli.learning_sources import training_data
    from tunewright.training.distributed import team_of_torchrun
    from tunewright.training.run import Run, read_last

    build = own_module(own)
    if resume and force:
        raise OptionError("--resume and --force exclude each other: one goes on with a run, the other replaces it")
    with ignore_sigterm_after_worker_error(), team_of_torchrun() as team:
        former = team.in_turn(partial(read_last, out)) if resume else None
        with team.together():
            sources = choose_sources(tunes, validation or (), former)
            options = choose_options(preset, config, given(network), given(training), former)
            plain_text = former.reads_plain_text if former else plain_text
            data = training_data(sources["training_sources"], sources["validation_sources"], plain_text=plain_text)
            shape = options.network if build is None else own_shape(build, data, given(network))
        origin = {**sources, **({PLAIN_TEXT: True} if plain_text else {})}
        run = Run(out, data, shape, options.training, origin=origin, team=team, own=build)
        run.open(resume=resume, force=force)
        with stop_on_signal() as stopped:
            follow(run, stopped)
        if team.leads:
            draw_curves(run.folder, run.trainer.history)
        if team.stopping and not run.trainer.finished:
            say(f"stopped and saved; go on with: tunewright train --out {out} --resume")
            return INTERRUPTED
        if team.leads and not no_discriminator and not plain_text:
            add_discriminator(run.folder / BEST, data, own=build)
    return 0


def own_shape(build: Build, data: "TrainingData", asked: Mapping[str, Any]) -> NetworkConfig:
    """The record of a network of one's own; `asked` are flags of Tunewright's networks, of which there may be none."""
    from tunewright.model.own_network import own_config
    from tunewright.training.training_run import require_no_shape

    require_no_shape(asked)
    return own_config(build, len(data.vocabulary))


def choose_sources(tunes: Sequence[str], validation: Sequence[str], former: Checkpoint | None) -> dict[str, list[str]]:
    """Sources of the training and the validation tunes: those named, or else those of the `former` run."""
    sources = {"training_sources": recorded(tunes), "validation_sources": recorded(validation)}
    if former and not tunes:
        if validation:
            raise OptionError("--validation with --resume needs the training tunes too: name them, or leave out both")
        sources = {name: former.training.get("data", {}).get(name, []) for name in sources}
    if not sources["training_sources"]:
        raise OptionError("no tunes to train on; name files, folders, or a corpus such as oneills")
    return sources


def choose_options(
    preset: str | None,
    config: Path | None,
    network: dict[str, Any],
    training: dict[str, Any],
    former: Checkpoint | None,
) -> Preset:
    """Options from the preset (or the `former` run), the TOML file and the flags; the later layers win."""
    from tunewright.training.run import training_config_of

    require_choice("preset", preset or "default", PRESETS)
    base = PRESETS[preset or "default"]
    if former and not preset:
        base = Preset(former.config, training_config_of(former))
    tables = read_toml(config, ("network", "training"))
    return Preset(
        override(base.network, (tables["network"], config), (network, None)),
        override(base.training, (tables["training"], config), (training, None)),
    )
