"""Adaptation (fine-tuning) of a network to a musician's own few tunes, without forgetting the corpus that it knew.

The network is trained further, at a low learning rate, on the own tunes and on tunes of the corpus that it learned from
before (experience replay), while its weights may be pulled back to the former ones (L2-SP: X. Li, Y. Grandvalet,
F. Davoine, "Explicit inductive bias for transfer learning with convolutional networks", ICML 2018; here decoupled from
the gradient, as in AdamW). Of ten own tunes or more, some are held out, and the network of the pass with the lowest
loss on them is kept. Losses are measured before and after on the held-out tunes, and on the former validation tunes,
which show what was forgotten.

Characters that the former network did not know are added to its vocabulary (see `tunewright.model.widening`).

An adaptation is a run (see `tunewright.training.run`): it can be stopped at any moment and continued.
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
"""Number of times that a pass reads the own tunes, which are few; a pass ends with an evaluation."""
FEWEST_TO_HOLD_OUT = 10
"""With fewer own tunes none is held out."""
SEQUENCE_LENGTH, BATCH_SIZE, STATE_RESET_PROBABILITY = 80, 8, 0.5
"""Smaller batches than in training from scratch, so that few tunes still make many steps."""


@dataclass(frozen=True)
class Losses:
    """Losses of a network under both protocols, in nats per character."""

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
        The network to adapt; its checkpoint does not change.
    tunes
        The musician's own tunes.
    former
        Training and validation tunes of the network, in its vocabulary; without them nothing is replayed, and what was
        forgotten is not measured.
    config
        See `AdaptConfig`.
    held_out
        Own tunes to measure on; without them, some of `tunes` are held out.
    origin
        Recorded in every checkpoint, such as the source of the tunes.
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
        """Characters that the former network did not know."""
        return self.start.vocabulary.symbols[len(self._model.vocabulary) :]

    def open(self, *, resume: bool = False, force: bool = False) -> None:
        """Start, or continue the adaptation in the folder; raises what `Run.open` does."""
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
        """Raise OptionError if the run in the folder has other options; `Run.open` does the same for the tunes."""
        former = {"network": recorded.get("network"), **recorded.get("options", {})}
        for name, value in {"network": about["network"], **about["options"]}.items():
            if former.get(name) != value:
                raise OptionError(
                    f"{name} is {value!r}, but the run to go on with has {former.get(name)!r}", path=self.run.folder
                )

    def finish(self) -> dict[str, tuple[Losses, Losses]]:
        """Measure the best network once the run has ended, and record the losses in its checkpoint.

        Returns
        -------
        losses
            Before and after; `own` on the held-out tunes (on the training tunes, if there were too few), and `former`
            on the validation tunes of the former network, if they are known.
        """
        best = read_checkpoint(self.run.folder / BEST, self.run.own)
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
    """Return the own tunes to learn from and those to measure on."""
    if not tunes:
        raise CorpusError("there is no tune to learn from; give at least one")
    if held_out or len(tunes) < FEWEST_TO_HOLD_OUT or not config.held_out:
        return tunes, held_out
    return split_tunes(tunes, validation_fraction=config.held_out)


def _replayed(former: TrainingData | None, config: AdaptConfig, own_characters: int) -> list[Ids]:
    """Return tunes of the former corpus, drawn at random, `replay` times as long as the own tunes."""
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
        sequence_length=SEQUENCE_LENGTH,
        batch_size=BATCH_SIZE,
        state_reset_probability=STATE_RESET_PROBABILITY,
        optimizer="adamw",
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        weight_decay=0.0,
        patience=config.patience,
        seed=config.seed,
    )
