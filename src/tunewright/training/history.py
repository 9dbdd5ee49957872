"""Records of a training: of each epoch, of each batch, and its position. Losses are in nats per character."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from tunewright.training.config import Protocol


@dataclass(frozen=True)
class EpochRecord:
    """Losses after an epoch; one row of `history.csv`."""

    epoch: int
    """From 1."""
    learning_rate: float
    """Of the epoch's last step."""
    training_loss: float
    """Mean over the epoch's batches before their steps, with dropout."""
    training_full_tune: float
    training_cold_window: float
    validation_full_tune: float
    validation_cold_window: float
    seconds: float
    """Training time so far, without evaluation."""

    def validation(self, protocol: Protocol) -> float:
        """Validation loss under `protocol`."""
        return self.validation_full_tune if protocol == "full_tune" else self.validation_cold_window


@dataclass(frozen=True)
class Progress:
    """Progress of a training after a batch."""

    step: int
    """Number of batches so far, over all epochs."""
    steps: int
    """Number of batches in all epochs; approximate if tunes are transposed."""
    loss: float
    """Of this batch, in nats per character."""
    characters_per_second: float
    """Training speed in this epoch."""
    record: EpochRecord | None = None
    """Losses of the epoch, after its last batch; else None."""


@dataclass
class Position:
    """Position of a training: all of its state that is not tensors."""

    epoch: int = 0
    """Number of finished epochs."""
    batch: int = 0
    """Number of finished batches of the current epoch."""
    epoch_nats: float = 0.0
    """Sum of the losses of its characters so far, in nats."""
    epoch_characters: int = 0
    epoch_seconds: float = 0.0
    learning_seconds: float = 0.0
    """Over all epochs."""
    evaluation_seconds: float = 0.0
    """Over all epochs, with what was measured before the first."""
    last_evaluation_seconds: float = 0.0
    """Of the evaluation after the last epoch."""
    learning_rate: float = 0.0
    """Of the last step."""


def history_as_csv(history: Sequence[EpochRecord]) -> str:
    """Return a CSV table with one row per epoch, one column per field of `EpochRecord`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in fields(EpochRecord)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(record) for record in history)
    return text.getvalue()
