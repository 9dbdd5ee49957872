"""Tunewright learns from tunes in ABC notation, one character at a time, and composes new ones.

The public names load their modules when they are first used, so that ``import tunewright`` itself is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunewright.corpus.library import find_corpus
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.split import split_tunes
    from tunewright.corpus.tune import Tune
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.model.config import NetworkConfig
    from tunewright.notation.check import check
    from tunewright.notation.transpose import transpose, transpositions
    from tunewright.rendering import render
    from tunewright.sampling.compose import compose, compose_many
    from tunewright.sampling.config import CompositionConfig
    from tunewright.training.config import PRESETS, TrainingConfig
    from tunewright.training.evaluate import evaluate
    from tunewright.training.run import train

__version__ = "0.1.0"

_HOMES = {
    "PRESETS": "training.config",
    "CompositionConfig": "sampling.config",
    "NetworkConfig": "model.config",
    "TrainingConfig": "training.config",
    "Tune": "corpus.tune",
    "check": "notation.check",
    "compose": "sampling.compose",
    "compose_many": "sampling.compose",
    "evaluate": "training.evaluate",
    "find_corpus": "corpus.library",
    "read_checkpoint": "model.checkpoint",
    "read_tunes": "corpus.readers",
    "render": "rendering",
    "split_tunes": "corpus.split",
    "train": "training.run",
    "transpose": "notation.transpose",
    "transpositions": "notation.transpose",
}

__all__ = [
    "PRESETS",
    "CompositionConfig",
    "NetworkConfig",
    "TrainingConfig",
    "Tune",
    "check",
    "compose",
    "compose_many",
    "evaluate",
    "find_corpus",
    "read_checkpoint",
    "read_tunes",
    "render",
    "split_tunes",
    "train",
    "transpose",
    "transpositions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
