"""N-gram and unigram baselines for `tunewright evaluate`: losses that counting characters reaches."""

from collections.abc import Sequence

from tunewright.cli.console import warn
from tunewright.cli.sources import read_sources
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import InputError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.evaluate import Measurable
from tunewright.training.ngram import MOST_CHARACTERS, Baselines, baselines
from tunewright.training.training_run import recorded_data


def baselines_beside(model: Checkpoint, data: Measurable, corpus: Sequence[str] | None) -> Baselines | None:
    """What counting reaches on `data`; None, with a warning on the error stream, if the tunes to count cannot be read.

    Parameters
    ----------
    model
        The network that is measured.
    data
        The tunes that it is measured on.
    corpus
        The tunes to count; if None, those that the network learned from.

    Raises
    ------
    InputError
        If `corpus` cannot be read.
    """
    try:
        counted = counted_tunes(model, corpus) if corpus else recorded_data(model).tunes
    except InputError as error:
        if corpus:
            raise
        warn(f"no baselines: {error}; name the tunes to count with --corpus")
        return None
    return baselines(counted, len(model.vocabulary), data)


def counted_tunes(model: Checkpoint, corpus: Sequence[str]) -> Sequence[Ids]:
    """The tunes of `corpus` as ids; of a built corpus, a sample as large as the n-gram model takes."""
    built = built_corpus(corpus)
    if not built:
        return encoded(model, read_sources(*corpus, plain_text=model.reads_plain_text))
    built.training.verify()
    step = max(1, built.training.ids.characters // MOST_CHARACTERS)
    return encoded(model, built.training.read(range(0, len(built.training), step)))


def encoded(model: Checkpoint, tunes: Sequence[Tune]) -> list[Ids]:
    """The tunes as ids, without characters that the network does not know."""
    return [model.vocabulary.encode_known(tune.framed) for tune in tunes]
