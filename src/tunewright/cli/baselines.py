"""How does a command set a network's losses beside those of counting?"""

import sys
from collections.abc import Sequence

from tunewright.cli.sources import learned_from
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import InputError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.evaluate import EvaluationSet
from tunewright.training.ngram import Baselines, baselines


def baselines_beside(model: Checkpoint, tunes: Sequence[Tune], corpus: Sequence[str] | None) -> Baselines | None:
    """What counting reaches on `tunes`, or None, which is told on the error stream.

    Parameters
    ----------
    model
        The network that is measured.
    tunes
        What it is measured on.
    corpus
        The tunes to count; if None, those that the network learned from.

    Raises
    ------
    InputError
        If `corpus` cannot be read.
    """
    try:
        counted = encoded(model, learned_from(model, corpus)) if corpus else its_own(model)
    except InputError as error:
        if corpus:
            raise
        print(f"no baselines: {error}; name the tunes to count with --corpus", file=sys.stderr)
        return None
    return baselines(counted, len(model.vocabulary), EvaluationSet.of(tunes, model.vocabulary))


def its_own(model: Checkpoint) -> list[Ids]:
    """The tunes that `model` learned from, without those that were kept back.

    Raises
    ------
    InputError
        If they cannot be found, or are no longer the same.
    """
    tunes = learned_from(model)
    data = model.training["data"]
    if not data.get("validation_sources"):
        tunes, _ = split_tunes(tunes)
    counted = encoded(model, tunes)
    characters = sum(map(len, counted))
    if characters != data.get("training_characters"):
        raise OptionError(
            f"the network learned from {data.get('training_characters', 0):,} characters, and its corpus has "
            f"{characters:,} now"
        )
    return counted


def encoded(model: Checkpoint, tunes: Sequence[Tune]) -> list[Ids]:
    """The tunes as ids, without characters that the network does not know."""
    return [model.vocabulary.encode_known(tune.framed) for tune in tunes]


def counting_in_words(found: Baselines, name: str) -> str:
    """What counting reaches under the protocol `name`, in nats per character."""
    ngram, unigram = getattr(found.ngram, name), getattr(found.unigram, name)
    return f"counting {ngram.nats_per_char:.4f}, unigram {unigram.nats_per_char:.4f}"
