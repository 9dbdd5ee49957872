"""Training and evaluation data: from the names that a user gives, or from what a checkpoint records.

A checkpoint does not hold the tunes that it learned from; it records where they were read, and their fingerprint.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tunewright.cli.sources import read_sources, report_unknown
from tunewright.corpus.cleaning import essential_tunes
from tunewright.corpus.large.built_corpus import BuiltCorpus, is_built, read_corpus
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import InputError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet, Measurable


def training_data(training: Sequence[str], validation: Sequence[str]) -> TrainingData:
    """Read tunes to train on and, if any are named, to validate on; or open a built corpus, which has both.

    Raises
    ------
    OptionError
        If a built corpus is named together with other sources.
    CorpusError
        If something cannot be read.
    """
    if corpus := built_corpus(training):
        if validation:
            raise OptionError(
                "a built corpus has its own validation tunes; "
                "to use others, give --validation when it is built (tunewright corpus build)"
            )
        data = TrainingData.built(corpus)
    else:
        data = TrainingData.of(
            read_sources(*training), read_sources(*validation, keep_duplicates=True) if validation else ()
        )
    report_unknown(data.validation.unknown)
    return data


def built_corpus(sources: Sequence[str]) -> BuiltCorpus | None:
    """Open the built corpus that `sources` name; None if they are something else."""
    if not any(map(is_built, sources)):
        return None
    if len(sources) > 1:
        raise OptionError("name a built corpus alone; to combine tunes, name all of them to tunewright corpus build")
    return read_corpus(Path(sources[0]))


def evaluation_data(model: Checkpoint, sources: Sequence[str]) -> Measurable:
    """Read tunes to measure `model` on, or open a built corpus for its validation tunes; report unknown characters.

    Raises
    ------
    OptionError
        If a built corpus is named together with other sources.
    CorpusError
        If something cannot be read.
    """
    if corpus := built_corpus(sources):
        built = BuiltEvaluationSet(corpus.validation, model.vocabulary)
        report_unknown_counts(built.unknown_counts)
        return built
    data = EvaluationSet.of(read_sources(*sources, keep_duplicates=True), model.vocabulary)
    report_unknown(data.unknown)
    return data


def report_unknown_counts(counts: Mapping[str, int]) -> None:
    """Print which characters of a built corpus are unknown to a network."""
    if counts:
        shown = ", ".join(f"{character!r} ({count:,} times)" for character, count in counts.items())
        print(f"characters that the network does not know, left out of the losses: {shown}", file=sys.stderr)


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
        read = essential_tunes if record.get("essentials") else list[Tune]
        data = TrainingData.of(
            read(read_sources(*training, quiet=True)),
            read(read_sources(*validation, keep_duplicates=True, quiet=True)) if validation else (),
        )
    if data.fingerprint != record.get("fingerprint"):
        raise OptionError(f"the tunes have changed since the network learned from them: {', '.join(training)}")
    return data


def data_in_vocabulary(model: Checkpoint, corpus: Sequence[str]) -> TrainingData:
    """The tunes of `corpus` in the vocabulary of `model`, a tenth kept back for validation as in a training.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    training, validation = split_tunes(read_sources(*corpus))
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


def former_tunes(model: Checkpoint, corpus: Sequence[str] | None) -> TrainingData | None:
    """The tunes of `corpus`, or those that the network learned from; None, with a warning, if they cannot be read."""
    if corpus:
        return data_in_vocabulary(model, corpus)
    try:
        return recorded_data(model)
    except InputError as error:
        print(
            f"no former tunes to train and measure on: {error}; name them with --corpus, or hold the weights with "
            "--l2-sp 30",
            file=sys.stderr,
        )
        return None
