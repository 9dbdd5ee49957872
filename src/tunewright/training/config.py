"""Options of training, adaptation and dynamic evaluation, and the presets.

Nothing here needs torch, so that the command line starts quickly.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from tunewright.model.config import NetworkConfig
from tunewright.options import require, require_choice, require_seed, require_types, require_whole

Feed = Literal["windows", "streams", "tunes"]
Optimizer = Literal["muon", "adamw", "adam", "nadam", "rmsprop", "sgd"]
Schedule = Literal["cosine", "constant"]
Protocol = Literal["full_tune", "cold_window"]
Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["float32", "tf32", "bfloat16"]

LARGEST_BATCH, MOST_THREADS = 100_000_000, 4096
"""Most characters of a batch, and most processor threads or processes."""


@dataclass(frozen=True)
class TrainingConfig:
    """Options of training, other than data and architecture."""

    feed: Feed = "streams"
    """`windows`: random slices, state zero at each (the assignment's way); `streams`: state carried through a tune;
    `tunes`: like streams, but all tunes of a batch, of about the same length, begin together."""
    sequence_length: int = 40
    """Characters of each row of a batch: read before each step of the optimiser."""
    batch_size: int = 16
    """Number of slices, streams or tunes in one batch."""
    state_reset_probability: float = 0.4
    """Probability that a stream starts a batch from the zero state; `windows` always do, `tunes` never."""
    transpose: float = 0.0
    """Share of the tunes that are learned in another key; drawn again in each epoch."""
    epochs: int = 48
    """Number of passes over the whole corpus."""
    optimizer: Optimizer = "adamw"
    """Rule of the update; `muon` is for large networks, `sgd` has Nesterov momentum 0.9."""
    learning_rate: float = 0.008
    """Highest step size."""
    weight_decay: float = 0.1
    """Shrinks the weights towards zero (decoupled for `adamw`, an L2 penalty for the others)."""
    beta1: float = 0.8
    """Decay of the mean of the gradients (`adamw`, `adam`, `nadam`; `muon` outside the layers)."""
    beta2: float = 0.95
    """Decay of the mean of their squares. The usual 0.9 and 0.999 average over more steps, which suits long
    training."""
    warmup: float = 0.05
    """Share of training over which the learning rate rises from zero."""
    schedule: Schedule = "cosine"
    """After the warm-up the learning rate falls to zero along a half cosine, or stays constant."""
    max_grad_norm: float = 1.0
    """Largest norm of the gradient; 0 does not clip."""
    select_by: Protocol = "full_tune"
    """Protocol of the validation loss that selects the best checkpoint."""
    patience: int = 0
    """Epochs without a better validation loss after which training stops; 0 never stops early."""
    minutes: float = 0.0
    """Time limit; training and its schedule end within it. 0 has no limit. With one, runs depend on the clock."""
    seed: int = 0
    """Seed of initial weights, order of the data and dropout."""
    device: Device = "auto"
    """`auto` uses a GPU if torch finds one."""
    precision: Precision = "float32"
    """Precision of the factors of matrix products, on a GPU; on a processor `float32` only."""
    threads: int = 0
    """Processor threads; 0 keeps choosing the fastest number, up to one per core, or up to OMP_NUM_THREADS."""

    def __post_init__(self) -> None:
        require_types(self)
        require_choice("feed", self.feed, get_args(Feed))
        require_choice("optimizer", self.optimizer, get_args(Optimizer))
        require_choice("schedule", self.schedule, get_args(Schedule))
        require_choice("select_by", self.select_by, get_args(Protocol))
        require_choice("device", self.device, get_args(Device))
        require_choice("precision", self.precision, get_args(Precision))
        for name in ("sequence_length", "batch_size", "epochs"):
            require_whole(name, getattr(self, name), 1)
        largest = f"so many that sequence_length times batch_size is {LARGEST_BATCH:,} at most"
        require("batch_size", self.batch_size, largest, self.batch_size * self.sequence_length <= LARGEST_BATCH)
        require_whole("patience", self.patience, 0)
        require_whole("threads", self.threads, 0, MOST_THREADS)
        for name in ("weight_decay", "max_grad_norm", "minutes"):
            require(name, getattr(self, name), "0 or more", getattr(self, name) >= 0)
        require_seed("seed", self.seed)
        require("learning_rate", self.learning_rate, "more than 0", self.learning_rate > 0)
        for name in ("state_reset_probability", "transpose"):
            require(name, getattr(self, name), "0 to 1", 0 <= getattr(self, name) <= 1)
        for name in ("beta1", "beta2"):
            require(name, getattr(self, name), "0 up to, not including, 1", 0 <= getattr(self, name) < 1)
        require("warmup", self.warmup, "0 up to, not including, 1", 0 <= self.warmup < 1)


@dataclass(frozen=True)
class AdaptConfig:
    """Options of adaptation, other than the tunes."""

    epochs: int = 5
    """Number of passes; each reads the user's tunes four times."""
    learning_rate: float = 0.001
    """Highest step size."""
    replay: float = 4.0
    """Characters of the former corpus that are replayed for each character of the user's tunes."""
    l2_sp: float = 1.0
    """Strength of the pull back to the former weights: after each step they go back by this times the step size."""
    held_out: float = 0.2
    """Share of the user's tunes that is held out to measure on, if there are ten or more."""
    patience: int = 3
    """Passes without a better loss on the held-out tunes after which it ends; 0 never ends early."""
    seed: int = 0
    """Seed of the choice of replayed tunes, the order of all tunes, and dropout."""

    def __post_init__(self) -> None:
        require_types(self)
        require_whole("epochs", self.epochs, 1)
        require_whole("patience", self.patience, 0)
        require("learning_rate", self.learning_rate, "more than 0", self.learning_rate > 0)
        for name in ("replay", "l2_sp"):
            require(name, getattr(self, name), "0 or more", getattr(self, name) >= 0)
        require("held_out", self.held_out, "0 up to, not including, 1", 0 <= self.held_out < 1)
        require_seed("seed", self.seed)


@dataclass(frozen=True)
class DynamicConfig:
    """Options of dynamic evaluation."""

    rate: float = 0.003
    """Step size; 0 learns nothing."""
    segment: int = 10
    """Characters that are predicted before each step."""
    replay: int = 8
    """Number of former tunes that are replayed beside each segment; 0 replays none."""
    forget: float = 0.5
    """Share of the change that a tune made to the weights that is undone at its end."""
    decay: float = 0.0
    """Share by which the weights go back to the trained ones after each step."""
    replay_seed: int = 0
    """Seed of the choice of replayed tunes."""

    def __post_init__(self) -> None:
        require_types(self)
        require("rate", self.rate, "0 or more", self.rate >= 0)
        require_whole("segment", self.segment, 1)
        require_whole("replay", self.replay, 0)
        require("forget", self.forget, "0 to 1", 0 <= self.forget <= 1)
        require("decay", self.decay, "0 to 1", 0 <= self.decay <= 1)
        require_seed("replay_seed", self.replay_seed)


@dataclass(frozen=True)
class Preset:
    """An architecture and its training options."""

    network: NetworkConfig
    training: TrainingConfig


def _looking_back(units: int, dropout: float, epochs: int) -> Preset:
    return Preset(
        NetworkConfig(units=units, embedding=64, dropout=dropout, recurrent_weight_dropout=0.0, look_back=32),
        TrainingConfig(
            feed="tunes", sequence_length=120, batch_size=8, epochs=epochs, weight_decay=0.05, beta1=0.85, beta2=0.97
        ),
    )


PRESETS = {
    "default": _looking_back(units=150, dropout=0.3, epochs=10),
    "large": _looking_back(units=320, dropout=0.35, epochs=14),
    "small": Preset(
        NetworkConfig(units=96, embedding=64, dropout=0.0, recurrent_weight_dropout=0.0),
        TrainingConfig(sequence_length=24, epochs=2, learning_rate=0.02),
    ),
    "plain": Preset(NetworkConfig(), TrainingConfig()),
    "assignment": Preset(
        NetworkConfig(embedding=32, dropout=0.2, recurrent_weight_dropout=0.0),
        TrainingConfig(
            feed="windows", sequence_length=30, batch_size=64, epochs=20, learning_rate=0.006, select_by="cold_window"
        ),
    ),
}
"""`default`: 150 units with a pointer head that looks back over the tune, so that bars return in it. `large`: 320 units
that look back, the best that we know. `small`: trained in seconds. `plain`: 150 units without a head, with the best
recipe that we know, which is the default of the options. `assignment`: random slices of 30 characters, the whole corpus
each epoch."""
