"""How is a network trained? (Kept apart from `loop.py` so that the command line reads it without torch.)"""

from dataclasses import dataclass
from typing import Literal, get_args

from tunewright.options import require, require_choice

Feed = Literal["windows", "streams", "tunes"]
Optimizer = Literal["muon", "adamw", "adam", "nadam", "rmsprop", "sgd"]
Schedule = Literal["cosine", "constant"]
Protocol = Literal["full_tune", "cold_window"]
Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["float32", "tf32", "bfloat16"]


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides how training goes, besides the data and the architecture."""

    feed: Feed = "streams"
    """`windows`: random slices, state zero at each (the assignment's way); `streams`: state carried through a tune;
    `tunes`: like streams, but all lanes begin a tune together, tunes of like length."""
    length: int = 40
    """Characters that are read before each step of the optimiser, in each lane."""
    lanes: int = 16
    """Slices or streams side by side in one batch."""
    reset: float = 0.4
    """Probability that a stream starts a batch from the zero state; `windows` always do, `tunes` never."""
    transpose: float = 0.0
    """Share of the tunes that are learned in another key, others and in others in each epoch."""
    epochs: int = 48
    """Passes over the whole corpus."""
    optimizer: Optimizer = "adamw"
    """Rule of the update; `muon` is for large networks, `sgd` has Nesterov momentum 0.9."""
    learning_rate: float = 0.008
    """Highest step size."""
    weight_decay: float = 0.1
    """Pull of the weights towards zero (decoupled for `adamw`, an L2 penalty for the others)."""
    beta1: float = 0.8
    """How much the mean of the gradients keeps at each step (`adamw`, `adam`, `nadam`; `muon` outside the layers)."""
    beta2: float = 0.95
    """The same of the mean of their squares. The usual 0.9 and 0.999 remember for longer, which suits long training."""
    warmup: float = 0.05
    """Share of training over which the learning rate rises from zero."""
    schedule: Schedule = "cosine"
    """After the warm-up the learning rate falls to zero along a half cosine, or stays constant."""
    clip: float = 1.0
    """Largest norm of the gradient; 0 does not clip."""
    select_by: Protocol = "full_tune"
    """Validation loss that chooses the best checkpoint."""
    patience: int = 0
    """Epochs without a better validation loss after which training stops; 0 never stops early."""
    minutes: float = 0.0
    """Training ends, its schedule with it, within this time; 0 has no limit. With one, runs differ with the clock."""
    seed: int = 0
    """Decides initial weights, order of the data and dropout."""
    device: Device = "auto"
    """`auto` takes a GPU if torch sees one."""
    precision: Precision = "float32"
    """Of the factors of matrix products, on a GPU; on a processor `float32` only."""
    threads: int = 0
    """Processor threads; 0 goes on choosing what is fastest, up to one per core, or to what OMP_NUM_THREADS says."""

    def __post_init__(self) -> None:
        require_choice("feed", self.feed, get_args(Feed))
        require_choice("optimizer", self.optimizer, get_args(Optimizer))
        require_choice("schedule", self.schedule, get_args(Schedule))
        require_choice("select_by", self.select_by, get_args(Protocol))
        require_choice("device", self.device, get_args(Device))
        require_choice("precision", self.precision, get_args(Precision))
        for name in ("length", "lanes", "epochs"):
            require(name, getattr(self, name), "1 or more", getattr(self, name) >= 1)
        for name in ("weight_decay", "clip", "patience", "minutes", "threads"):
            require(name, getattr(self, name), "0 or more", getattr(self, name) >= 0)
        require("seed", self.seed, "0 up to, not including, 2^63", 0 <= self.seed < 2**63)
        require("learning_rate", self.learning_rate, "more than 0", self.learning_rate > 0)
        for name in ("reset", "transpose"):
            require(name, getattr(self, name), "0 to 1", 0 <= getattr(self, name) <= 1)
        for name in ("beta1", "beta2"):
            require(name, getattr(self, name), "0 up to, not including, 1", 0 <= getattr(self, name) < 1)
        require("warmup", self.warmup, "0 up to, not including, 1", 0 <= self.warmup < 1)
