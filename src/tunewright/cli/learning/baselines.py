"""How does a command set a network's losses beside those of counting?"""

import sys
from collections.abc import Sequence

from tunewright.cli.sources import read_sources
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import InputError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.evaluate import Measurable
from tunewright.training.learned_data import learning_data
from tunewright.training.ngram import MOST_CHARACTERS, Baselines, baselines


def baselines_beside(model: Checkpoint, data: Measurable, corpus: Sequence[str] | None) -> Baselines | None:
    """What counting reaches on `data`, or None, which is told on the error stream.

    Parameters
    ----------
    model
        The network that is measured.
    data
        What it is measured on.
    corpus
        The tunes to count; if None, those that the network learned from.

    Raises
    ------
    InputError
        If `corpus` cannot be read.
    """
    try:
        counted = named(model, corpus) if corpus else learning_data(model).tunes
    except InputError as error:
        if corpus:
            raise
        print(f"no baselines: {error}; name the tunes to count with --corpus", file=sys.stderr)
        return None
    return baselines(counted, len(model.vocabulary), data)


def named(model: Checkpoint, corpus: Sequence[str]) -> Sequence[Ids]:
    """The tunes that `corpus` names; of a built one, as many of those to learn from as are counted anyway."""
    built = built_corpus(corpus)
    if not built:
        return encoded(model, read_sources(*corpus))
    step = max(1, built.training.ids.characters // MOST_CHARACTERS)
    return encoded(model, built.training.read(range(0, len(built.training), step)))


def encoded(model: Checkpoint, tunes: Sequence[Tune]) -> list[Ids]:
    """The tunes as ids, without characters that the network does not know."""
    return [model.vocabulary.encode_known(tune.framed) for tune in tunes]


def counting_in_words(found: Baselines, name: str) -> str:
    """What counting reaches under the protocol `name`, in nats per character."""
    ngram, unigram = getattr(found.ngram, name), getattr(found.unigram, name)
    return f"counting {ngram.nats_per_char:.4f}, unigram {unigram.nats_per_char:.4f}"
