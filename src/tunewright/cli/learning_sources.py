"""How do the names that a user gives become what a network learns from, or is measured on?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tunewright.cli.sources import read_sources, report_unknown
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.errors import OptionError

if TYPE_CHECKING:
    from tunewright.model.checkpoint import Checkpoint
    from tunewright.training.data import TrainingData
    from tunewright.training.evaluate import Measurable


def training_data(training: Sequence[str], validation: Sequence[str]) -> TrainingData:
    """Read tunes to learn from and, if any are named, to measure on; or open a built corpus, which has both.

    Raises
    ------
    OptionError
        If a built corpus does not stand alone.
    CorpusError
        If something cannot be read.
    """
    from tunewright.training.data import TrainingData

    if corpus := built_corpus(training):
        if validation:
            raise OptionError(
                "a built corpus brings its own tunes to measure on; "
                "name others with --validation when it is built (tunewright corpus build)"
            )
        data = TrainingData.built(corpus)
    else:
        data = TrainingData.of(
            read_sources(*training), read_sources(*validation, keep_duplicates=True) if validation else ()
        )
    report_unknown(data.validation.unknown)
    return data


def to_measure(model: Checkpoint, sources: Sequence[str]) -> Measurable:
    """Read tunes to measure `model` on, or open a built corpus for its validation tunes; tells what is unknown.

    Raises
    ------
    OptionError
        If a built corpus does not stand alone.
    CorpusError
        If something cannot be read.
    """
    from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet

    if corpus := built_corpus(sources):
        built = BuiltEvaluationSet(corpus.validation, model.vocabulary)
        report_unknown_counts(built.unknown_counts)
        return built
    data = EvaluationSet.of(read_sources(*sources, keep_duplicates=True), model.vocabulary)
    report_unknown(data.unknown)
    return data


def report_unknown_counts(counts: Mapping[str, int]) -> None:
    """Say which characters of a built corpus a network cannot know."""
    if counts:
        shown = ", ".join(f"{character!r} ({count:,} times)" for character, count in counts.items())
        print(f"characters that the network does not know, left out of the losses: {shown}", file=sys.stderr)
