"""How does a network learn a musician's own few tunes without forgetting all others?

It goes on training, at a low rate, on the own tunes and on tunes of the corpus that it learned from before (replay),
while its weights may be drawn back to where they were (L2-SP: X. Li, Y. Grandvalet, F. Davoine, "Explicit inductive
bias for transfer learning with convolutional networks", ICML 2018; here apart from the gradient, as AdamW does with
decay). Of ten own tunes or more, some are held out, and the network of the pass that predicts them best is kept.
Both losses are measured before and after: on the tunes held out, and on those that the former network was validated on,
which shows what was forgotten.

Characters that the former network did not know are added to its vocabulary (see `model/widening.py`).

An adaptation is a run (see `run.py`): it can be stopped at any moment and gone on with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tunewright.corpus.large.shards import count_characters
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import CorpusError, OptionError
from tunewright.model.checkpoint import BEST, Checkpoint, read_checkpoint, write_checkpoint
from tunewright.model.network import load_network
from tunewright.model.widening import widen
from tunewright.options import to_mapping
from tunewright.training.config import AdaptConfig, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import EvaluationSet, Measurable, cold_window, full_tune
from tunewright.training.run import Run, Start, read_last

TIMES_PER_PASS = 4
"""How often a pass reads the own tunes, which are few; a pass ends with a measurement."""
FEWEST_TO_HOLD_OUT = 10
"""Of fewer own tunes none is held out."""
LENGTH, LANES, RESET = 80, 8, 0.5
"""Batches are smaller than in training from scratch, so that few tunes still make many steps."""


@dataclass(frozen=True)
class Losses:
    """A network under both protocols, in nats per character."""

    full_tune: float
    cold_window: float

    @classmethod
    def of(cls, model: Checkpoint, data: Measurable) -> "Losses":
        """Measure `model`."""
        network = load_network(model)
        return cls(full_tune(network, data).nats_per_char, cold_window(network, data).nats_per_char)


class Adaptation:
    """One adaptation and its run folder.

    Parameters
    ----------
    folder
        The run folder to write.
    model
        The network to adapt; its checkpoint stays as it is.
    tunes
        The musician's own.
    former
        What the network learned from and was validated on, in its vocabulary; None if that is not known, and then
        nothing is read again, nor is it known what was forgotten.
    config
        See `AdaptConfig`.
    held_out
        Own tunes to measure on; without them, some of `tunes` are kept back.
    origin
        Recorded in every checkpoint: where the tunes were read, say.
    """

    def __init__(
        self,
        folder: Path,
        model: Checkpoint,
        tunes: Sequence[Tune],
        former: TrainingData | None = None,
        config: AdaptConfig | None = None,
        *,
        held_out: Sequence[Tune] = (),
        origin: Mapping[str, Any] | None = None,
    ) -> None:
        self.config, self.former, self._model = config or AdaptConfig(), former, model
        learned, held_out = _divided(tunes, held_out, self.config)
        self.start = widen(model, (character for tune in (*learned, *held_out) for character in tune.text))
        vocabulary = self.start.vocabulary
        self.held_out = len(held_out)
        self.own = EvaluationSet.of(held_out or learned, vocabulary)
        encoded = [vocabulary.encode(tune.framed) for tune in learned] * TIMES_PER_PASS
        again = _replayed(former, self.config, count_characters(encoded))
        data = TrainingData(
            vocabulary,
            tuple(ids.astype(vocabulary.dtype) for ids in (*encoded, *again)),
            EvaluationSet.of(learned, vocabulary),
            self.own,
        )
        begin = Start(self.start, self.config.l2_sp)
        self.run = Run(folder, data, model.config, _training_config(self.config), origin=origin, start=begin)

    @property
    def added_characters(self) -> str:
        """What the former network did not know."""
        return self.start.vocabulary.symbols[len(self._model.vocabulary) :]

    def open(self, *, resume: bool = False, force: bool = False) -> None:
        """Start, or go on with what the folder holds; see `Run.open` for what is raised."""
        about = {"network": self._model.fingerprint, "options": to_mapping(self.config)}
        if resume:
            self._compare(read_last(self.run.folder).training.get("adapted_from", {}), about)
        self.run.open(resume=resume, force=force)
        self.run.notes["adapted_from"] = {
            **about,
            "added_characters": self.added_characters,
            "held_out": self.held_out,
            "before": _as_json(self._losses(self.start)),
            "metrics": dict(self._model.metrics),
            "training": dict(self._model.training),
        }

    def _compare(self, recorded: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        """Refuse to go on with what was begun otherwise; `Run.open` does the same for the tunes."""
        former = {"network": recorded.get("network"), **recorded.get("options", {})}
        for name, value in {"network": about["network"], **about["options"]}.items():
            if former.get(name) != value:
                raise OptionError(
                    f"{name} is {value!r}, but the run to go on with has {former.get(name)!r}", path=self.run.folder
                )

    def finish(self) -> dict[str, tuple[Losses, Losses]]:
        """Measure the network that is kept, and record it in its checkpoint, once the run has ended.

        Returns
        -------
        losses
            Before and after; `own` on the tunes held out (those learned from, if there were too few), and `former` on
            those that the former network was validated on, if these are known.
        """
        best = read_checkpoint(self.run.folder / BEST)
        before, after = self._losses(self.start), self._losses(best)
        about = {**self.run.notes["adapted_from"], "after": _as_json(after)}
        write_checkpoint(self.run.folder / BEST, replace(best, training={**best.training, "adapted_from": about}))
        return {name: (before[name], after[name]) for name in before}

    def _losses(self, model: Checkpoint) -> dict[str, Losses]:
        losses = {"own": Losses.of(model, self.own)}
        return {**losses, "former": Losses.of(model, self.former.validation)} if self.former else losses


def _as_json(losses: Mapping[str, Losses]) -> dict[str, dict[str, float]]:
    return {name: asdict(each) for name, each in losses.items()}


def _divided(
    tunes: Sequence[Tune], held_out: Sequence[Tune], config: AdaptConfig
) -> tuple[Sequence[Tune], Sequence[Tune]]:
    """Own tunes to learn from and to measure on."""
    if not tunes:
        raise CorpusError("there is no tune to learn from")
    if held_out or len(tunes) < FEWEST_TO_HOLD_OUT or not config.held_out:
        return tunes, held_out
    return split_tunes(tunes, validation_fraction=config.held_out)


def _replayed(former: TrainingData | None, config: AdaptConfig, own_characters: int) -> list[Ids]:
    """Tunes of the former corpus, drawn at random, about as long together as `replay` says."""
    chosen: list[Ids] = []
    if former:
        left = config.replay * own_characters
        for number in np.random.default_rng(config.seed).permutation(len(former.tunes)):
            if left <= 0:
                break
            chosen.append(former.tunes[int(number)])
            left -= len(chosen[-1])
    return chosen


def _training_config(config: AdaptConfig) -> TrainingConfig:
    return TrainingConfig(
        feed="streams",
        sequence_length=LENGTH,
        batch_size=LANES,
        state_reset_probability=RESET,
        optimizer="adamw",
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        weight_decay=0.0,
        patience=config.patience,
        seed=config.seed,
    )
