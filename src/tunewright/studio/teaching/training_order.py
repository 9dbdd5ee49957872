"""`TrainingOrder`: what a training was asked to do, as its folder keeps it."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tunewright.errors import OptionError
from tunewright.files import write_file
from tunewright.model.config import NetworkConfig
from tunewright.options import from_mapping
from tunewright.studio.teaching.training_journal import ORDER
from tunewright.training.config import PRESETS, Preset, TrainingConfig

LESSON = "lesson"
"""A preset of the studio alone: the network and the number of passes that fit into a few minutes on this machine."""
LESSON_MINUTES = 3.0


@dataclass(frozen=True)
class TrainingOrder:
    """What a training was asked to do."""

    title: str
    corpus: str
    """Name of a corpus of the library, or of one that was brought in."""
    corpus_title: str
    sources: tuple[str, ...]
    """What `read_tunes` is given."""
    preset: str
    epochs: int = 0
    """0 leaves it to the preset."""
    minutes: float = 0.0
    """Time limit; 0 for none."""
    seed: int = 0
    chosen: dict[str, Any] | None = None
    """Network and recipe once they are settled, so that a training that goes on has the same."""

    def write(self, folder: Path) -> None:
        """Keep it in the folder of the training."""
        write_file(folder / ORDER, json.dumps(asdict(self), indent=2) + "\n")

    def settled(self, preset: Preset) -> "TrainingOrder":
        """The order with network and recipe as they are used."""
        return replace(self, chosen={"network": asdict(preset.network), "training": asdict(preset.training)})

    def recipe(self, threads: int) -> Preset:
        """Network and recipe: those that are settled, else those of the preset with what the order says."""
        if self.chosen:
            network = from_mapping(NetworkConfig, self.chosen["network"])
            return Preset(network, replace(from_mapping(TrainingConfig, self.chosen["training"]), threads=threads))
        preset = PRESETS[self.preset]
        training = replace(preset.training, minutes=self.minutes, seed=self.seed, threads=threads)
        return Preset(preset.network, replace(training, epochs=self.epochs or training.epochs))


def read_order(folder: Path) -> TrainingOrder:
    """The order that a folder keeps.

    Raises
    ------
    OptionError
        If there is none, or it is damaged.
    """
    try:
        stored = json.loads((folder / ORDER).read_text(encoding="utf-8"))
        return TrainingOrder(**{**stored, "sources": tuple(stored["sources"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OptionError(f"is no training of the studio: {error}", path=folder / ORDER) from error
