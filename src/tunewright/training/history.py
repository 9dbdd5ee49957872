"""Records of a training as it goes: of each epoch, of each batch, and how far it has come."""

from dataclasses import dataclass

from tunewright.training.config import Protocol


@dataclass(frozen=True)
class EpochRecord:
    """What is known after an epoch; one row of `history.csv`. Losses in nats per character."""

    epoch: int
    """From 1."""
    learning_rate: float
    """Of the epoch's last step."""
    training_loss: float
    """Mean over the epoch's batches as they were learned, dropout acting."""
    training_full_tune: float
    training_cold_window: float
    validation_full_tune: float
    validation_cold_window: float
    seconds: float
    """Training so far, evaluation left out."""

    def validation(self, protocol: Protocol) -> float:
        """Validation loss under `protocol`."""
        return self.validation_full_tune if protocol == "full_tune" else self.validation_cold_window


@dataclass(frozen=True)
class Progress:
    """Where training stands after a batch."""

    step: int
    """Batches so far, over all epochs."""
    steps: int
    """Batches in all epochs together; about as many where tunes are learned in other keys."""
    loss: float
    """Of this batch, in nats per character."""
    characters_per_second: float
    """Rate of learning in this epoch."""
    record: EpochRecord | None = None
    """After an epoch's last batch, what its evaluation says."""


@dataclass
class Position:
    """How far a training has come: all that changes in it besides tensors."""

    epoch: int = 0
    """Finished epochs."""
    batch: int = 0
    """Finished batches of the epoch under way."""
    epoch_nats: float = 0.0
    """Sum of the losses of its characters so far."""
    epoch_characters: int = 0
    epoch_seconds: float = 0.0
    learning_seconds: float = 0.0
    """Over all epochs."""
    evaluation_seconds: float = 0.0
    learning_rate: float = 0.0
    """Of the last step."""
