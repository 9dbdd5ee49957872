"""Which tunes did the networks of a study learn from, and which were held back, as far as they are still there?"""

from collections.abc import Sequence
from dataclasses import dataclass

from tunewright.corpus.library import resolve
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError
from tunewright.study.results import StudyResults
from tunewright.training.data import TrainingData


@dataclass(frozen=True)
class StudyTunes:
    """The tunes of a study."""

    training: Sequence[Tune]
    held_out: Sequence[Tune]
    """None of the networks learned from them."""


def study_tunes(results: StudyResults) -> StudyTunes:
    """Read the tunes that the plan names.

    Raises
    ------
    CorpusError
        If they are no longer there, or no longer the same.
    MissingExtraError
        If they are a corpus of a package that is not installed.
    """
    plan = results.plan
    training: Sequence[Tune] = read_tunes(*map(resolve, plan.data)).tunes
    held_out: Sequence[Tune] = read_tunes(*map(resolve, plan.validation)).tunes if plan.validation else ()
    if not held_out:
        training, held_out = split_tunes(training)
    if TrainingData.of(training, held_out).fingerprint != results.data["fingerprint"]:
        raise CorpusError("the tunes are not those that the networks learned from: they have changed since")
    return StudyTunes(training, held_out)
