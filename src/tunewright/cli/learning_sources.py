"""Training and evaluation data from the names that a user gives, with a line about what is left out."""

from collections.abc import Mapping, Sequence

from tunewright.cli.console import warn
from tunewright.cli.sources import read_sources, report_unknown
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.errors import CorpusError, InputError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet, Measurable
from tunewright.training.training_run import data_in_vocabulary, recorded_data


def training_data(training: Sequence[str], validation: Sequence[str], *, plain_text: bool = False) -> TrainingData:
    """Read tunes to train on and, if any are named, to validate on; or open a built corpus, which has both.

    With `plain_text` the files are taken for text of any kind.

    Raises
    ------
    OptionError
        If a built corpus is named together with other sources.
    CorpusError
        If something cannot be read.
    """
    if corpus := built_corpus(training):
        if plain_text:
            raise OptionError("a built corpus holds tunes; --plain-text needs files")
        if validation:
            raise OptionError(
                "a built corpus has its own validation tunes; "
                "to use others, give --validation when it is built (tunewright corpus build)"
            )
        data = TrainingData.built(corpus)
    else:
        held_out = read_sources(*validation, keep_duplicates=True, plain_text=plain_text) if validation else ()
        try:
            read = read_sources(*training, plain_text=plain_text)
        except CorpusError as error:
            if plain_text or "no tune" not in error.message:
                raise
            how = "; --plain-text learns text that is not ABC"
            raise CorpusError(error.message + how, path=error.path, line=error.line) from error
        data = TrainingData.of(read, held_out)
    report_unknown(data.validation.unknown)
    return data


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
        corpus.validation.verify()
        built = BuiltEvaluationSet(corpus.validation, model.vocabulary)
        report_unknown_counts(built.unknown_counts)
        return built
    read = read_sources(*sources, keep_duplicates=True, plain_text=model.reads_plain_text)
    data = EvaluationSet.of(read, model.vocabulary)
    report_unknown(data.unknown)
    return data


def report_unknown_counts(counts: Mapping[str, int]) -> None:
    """Print which characters of a built corpus are unknown to a network."""
    if counts:
        shown = ", ".join(f"{character!r} ({count:,} times)" for character, count in counts.items())
        warn(f"characters that the network does not know, left out of the losses: {shown}")


def former_tunes(model: Checkpoint, corpus: Sequence[str] | None) -> TrainingData | None:
    """The tunes of `corpus`, or those that the network learned from; None, with a warning, if they cannot be read."""
    if corpus:
        return data_in_vocabulary(model, read_sources(*corpus, plain_text=model.reads_plain_text))
    try:
        return recorded_data(model)
    except InputError as error:
        warn(
            f"no former tunes to train and measure on: {error}; name them with --corpus, or hold the weights with "
            "--l2-sp 30",
        )
        return None
