"""Training as a library call: `train` and `adapt`, and the runs that they return.

A run is an iterator of `Progress`, one after every batch. Closing it, or leaving its ``with`` block, saves, so that
nothing is lost; `TrainingRun.finish` goes on to the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tunewright.corpus.cleaning import essential_tunes
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.readers import Tunes, measured_tunes, read_tunes, tunes_of
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.checkpoint import BEST, Build, Checkpoint, Model, checkpoint_of, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.own_network import own_config
from tunewright.notebook import ShownInNotebook
from tunewright.options import Options, from_mapping, require_choice, require_names
from tunewright.training.adapt import Adaptation, Losses
from tunewright.training.config import PRESETS, AdaptConfig, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import EvaluationSet
from tunewright.training.run import Run

if TYPE_CHECKING:
    from types import TracebackType

    from tunewright.training.history import EpochRecord, Progress

OptionsT = TypeVar("OptionsT", bound=Options)


class TrainingRun(Iterator["Progress"], ShownInNotebook):
    """A training under way, as `train` returns it."""

    view = "report.pages.result_views:history_html"

    def __init__(self, run: Run) -> None:
        self.run = run
        """What it trains, with its trainer and its network as it stands."""
        self._steps = run.progress()

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.run.folder

    @property
    def history(self) -> tuple[EpochRecord, ...]:
        """The epochs so far."""
        return tuple(self.run.trainer.history)

    @property
    def best(self) -> EpochRecord | None:
        """The epoch with the lowest validation loss so far."""
        return self.run.trainer.best

    def __next__(self) -> Progress:
        """Learn a batch."""
        return next(self._steps)

    def close(self) -> None:
        """Stop and save; the same call with ``resume=True`` goes on."""
        self._steps.close()
        self.run.release()

    def finish(self) -> Checkpoint:
        """Train to the end; returns the network of the best epoch, which `folder` holds."""
        for _ in self:
            pass
        self.run.release()
        return read_checkpoint(self.folder / BEST, self.run.own)

    def __enter__(self) -> TrainingRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        best = f", best validation loss {self.best.validation(self.run.config.select_by):.4f}" if self.best else ""
        return f"<{type(self).__name__} in {self.folder}: {len(self.history)} epochs{best}>"


class AdaptationRun(TrainingRun):
    """A network that learns tunes of one's own, as `adapt` returns it."""

    def __init__(self, adaptation: Adaptation) -> None:
        super().__init__(adaptation.run)
        self.adaptation = adaptation
        self.losses: Mapping[str, tuple[Losses, Losses]] = {}
        """Before and after, once it is finished; see `Adaptation.finish`."""

    def finish(self) -> Checkpoint:
        """Train to the end, and measure; returns the network of the best pass, which `folder` holds."""
        for _ in self:
            pass
        self.losses = self.adaptation.finish()
        self.run.release()
        return read_checkpoint(self.folder / BEST, self.run.own)


def train(
    tunes: Tunes,
    validation: Tunes = (),
    *,
    out: Path | str,
    preset: str = "default",
    network: NetworkConfig | Build | None = None,
    config: TrainingConfig | None = None,
    resume: bool = False,
    force: bool = False,
    **options: Any,
) -> TrainingRun:
    """Train a network into the run folder `out`.

    Parameters
    ----------
    tunes
        What to learn from: tunes, or the file, folder or name of a corpus to read them from.
    validation
        What to measure on; without it, a tenth of `tunes` is kept back, near-duplicates together.
    out
        The run folder.
    preset
        A name of `PRESETS`: the architecture and recipe where the others say nothing.
    network, config
        Architecture and recipe. In place of an architecture, a class or function that makes a `torch.nn.Module` of
        your own from the number of symbols; see `tunewright.model.own_network` for what it must do.
    resume
        Go on with the run that `out` holds.
    force
        Replace what `out` holds.
    options
        In place of those of `network` and `config`, by their names: ``units=64, epochs=2``.

    Returns
    -------
    TrainingRun
        It learns as it is iterated, which yields a `Progress` after every batch; `TrainingRun.finish` does all of it.

    Raises
    ------
    OutputError, CheckpointError, OptionError
        If `out` is in use, has nothing to go on with, or was made with other data or options; for an unknown option;
        for a network of your own that breaks the protocol.
    DivergenceError
        When a loss is no longer finite; the last good checkpoint stays.
    """
    require_choice("preset", preset, PRESETS)
    of_network, of_training = _names(NetworkConfig), _names(TrainingConfig)
    require_names(options, {*of_network, *of_training})
    chosen = PRESETS[preset]
    own = None if network is None or isinstance(network, NetworkConfig) else network
    asked = {name: options[name] for name in of_network & options.keys()}
    if own:
        require_no_shape(asked)
    recipe = _with(config or chosen.training, {name: options[name] for name in of_training & options.keys()})
    data = TrainingData.of(tunes_of(tunes), measured_tunes(validation))
    base = network if isinstance(network, NetworkConfig) else chosen.network
    shape = own_config(own, len(data.vocabulary)) if own else _with(base, asked)
    run = Run(Path(out), data, shape, recipe, own=own)
    run.open(resume=resume, force=force)
    return TrainingRun(run)


def adapt(
    model: Model,
    tunes: Tunes,
    validation: Tunes = (),
    *,
    out: Path | str,
    former: Tunes | None = None,
    config: AdaptConfig | None = None,
    resume: bool = False,
    force: bool = False,
    **options: Any,
) -> AdaptationRun:
    """Let a network learn a few tunes of one's own without forgetting the others.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along; it stays as it is.
    tunes
        One's own.
    validation
        Own tunes to measure on; without them, of ten or more some are kept back.
    out
        The run folder to write.
    former
        Tunes that the network learned from before, of which some are read again, and a tenth kept back to measure what
        is forgotten. Without it they are looked for where the network's training found them; ``()`` reads none again.
    config
        See `AdaptConfig`.
    resume
        Go on with the run that `out` holds.
    force
        Replace what `out` holds.
    options
        In place of those of `config`, by their names: ``epochs=2, l2_sp=30``.

    Returns
    -------
    AdaptationRun
        As `train` returns it; once finished, its `losses` say what was gained and what was forgotten.

    Raises
    ------
    OutputError, CheckpointError, OptionError
        As for `train`.
    CorpusError, OptionError
        If there is no tune to learn from, or if those that it learned from before are no longer there or the same.
    """
    require_names(options, _names(AdaptConfig))
    checkpoint = checkpoint_of(model)
    known: TrainingData | None = None
    if former is None:
        known = recorded_data(checkpoint)
    elif former:
        known = data_in_vocabulary(checkpoint, tunes_of(former))
    config = _with(config or AdaptConfig(), options)
    own, held_out = tunes_of(tunes), measured_tunes(validation)
    adaptation = Adaptation(Path(out), checkpoint, own, known, config, held_out=held_out)
    adaptation.open(resume=resume, force=force)
    return AdaptationRun(adaptation)


def require_no_shape(options: Collection[str]) -> None:
    """Raise OptionError if an option of Tunewright's networks is given beside a module of one's own."""
    for name in sorted(options):
        raise OptionError(f"{name} is an option of Tunewright's networks; a module of your own says it in its own code")


def _names(kind: type[Options]) -> set[str]:
    return {each.name for each in fields(kind)}


def _with(base: OptionsT, given: Mapping[str, Any]) -> OptionsT:
    """`base` with some options replaced."""
    from_mapping(type(base), given)  # for types and ranges
    return replace(base, **given)


def recorded_data(model: Checkpoint) -> TrainingData:
    """Training and validation tunes of `model`, the same as then; of an adapted network, those of its first training.

    Raises
    ------
    InputError
        If the model does not record them, or if the tunes have gone or changed.
    """
    record = first_training(model).get("data", {})
    training, validation = record.get("training_sources"), record.get("validation_sources")
    if not training:
        raise OptionError("the network does not say what it learned from")
    if corpus := built_corpus(training):
        data = TrainingData.built(corpus)
    else:
        read, plain = essential_tunes if record.get("essentials") else list[Tune], model.reads_plain_text
        data = TrainingData.of(
            read(read_tunes(*training, plain_text=plain)),
            read(read_tunes(*validation, keep_duplicates=True, plain_text=plain)) if validation else (),
        )
    if data.fingerprint != record.get("fingerprint"):
        raise OptionError(f"the tunes have changed since the network learned from them: {', '.join(training)}")
    return data


def data_in_vocabulary(model: Checkpoint, tunes: Sequence[Tune]) -> TrainingData:
    """`tunes` in the vocabulary of `model`, a tenth kept back for validation as in a training."""
    training, validation = split_tunes(tunes)
    vocabulary = model.vocabulary
    return TrainingData(
        vocabulary,
        tuple(vocabulary.encode_known(tune.framed) for tune in training),
        EvaluationSet.of(training, vocabulary),
        EvaluationSet.of(validation, vocabulary),
    )


def first_training(model: Checkpoint) -> dict[str, Any]:
    """The record of the first training of `model`, before any adaptation."""
    record = dict(model.training)
    while "adapted_from" in record:
        record = record["adapted_from"]["training"]
    return record
