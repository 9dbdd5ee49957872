"""Which tunes does a paper show, and what is said of them?

Each is the best of some that one network composed, playable, at one temperature: see `analysis.selection`. Only tunes
of a length that can be shown take part, as long as there are any. How often a network keeps the rules of the
notation by itself is counted on `FREE` tunes that nothing steers.

Seeds are always the same, so that the same study gives the same tunes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tunewright import __version__
from tunewright.acceptor.grammar import Grammar
from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.analysis.originality.verdict import Originality
from tunewright.analysis.selection import Kept, keep_best
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError, GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.notation.check import check
from tunewright.notation.fields import header_fields
from tunewright.notation.findings import Finding
from tunewright.notation.melody import read_melody
from tunewright.rendering.source import title_of
from tunewright.sampling.compose import Composition, compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.study.results.study_results import StudyResults
from tunewright.training.data import TrainingData

_FIELD = re.compile(r"[A-Za-z]:")

TEMPERATURES = (1.0, 2.0, 0.5)
"""In the order in which the paper shows them."""
CANDIDATES = 48
"""Tunes that are composed at a time, for one to be chosen from those that can be shown, ..."""
ENOUGH, MOST = 8, 480
"""... until so many of them can, or so many have been composed."""
FREE = 50
"""Tunes that are counted."""
FIRST_SEED = 0
"""Of either."""
LONGEST = 1000
"""Characters."""
BARS = range(12, 41)
"""Bars that a tune of a length to be shown has."""
LINES = 8
"""Lines below its header that it has at most, ..."""
LINE = 80
"""... and characters in any of its lines."""
BORROWED = 12
"""So many characters in a row of a field that a training tune has too are a name learned by heart."""


@dataclass(frozen=True)
class PaperTune:
    """A tune as the paper shows it."""

    name: str
    """Of its files, such as ``temperature-0.5``."""
    kept: Kept
    setting: str
    """Name of the setting of its network."""
    run: str
    """Name of the run."""
    weights: str
    """Fingerprint of the network."""
    temperature: float
    steered: bool
    """Whether an acceptor kept it playable."""

    @property
    def figure(self) -> str:
        """Name of its score, without a dot that would look like the beginning of an ending."""
        return f"tune-{self.name}".replace(".", "-")

    @property
    def text(self) -> str:
        """ABC, as the network wrote it."""
        return self.kept.composition.text

    @property
    def composition(self) -> Composition:
        """How it came about."""
        return self.kept.composition

    @property
    def originality(self) -> Originality | None:
        """How near it is to what the network learned from; None if that is not known."""
        return self.kept.originality

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checker has against it."""
        return check(self.text)

    @cached_property
    def bars(self) -> int:
        """How many it has."""
        return len(read_melody(self.text).bars)

    @property
    def provenance(self) -> dict[str, str]:
        """What it takes to make the same tune again, for its files."""
        return {
            "composed by": f"Tunewright {__version__}",
            "model": f"{self.setting} ({self.run})",
            "weights": self.weights,
            "seed": str(self.composition.seed),
            "temperature": f"{self.temperature:g}",
            "composed": "playable" if self.steered else "raw",
        }


@dataclass(frozen=True)
class FreeTunes:
    """What a network does where nothing steers it."""

    count: int
    ended: int
    """Came to their end by themselves."""
    faultless: int
    """Ended, and the checker finds no error."""
    steered: int | None
    """Of as many tunes that an acceptor steered, those that ended and have no error; None if there is none."""
    removed: float | None
    """Mean probability, over the characters of those, of what it ruled out."""


def acceptor(model: Checkpoint) -> Grammar | None:
    """What keeps the tunes of a network playable; None if its characters do not suffice for one."""
    try:
        return playable(model)
    except GrammarError:
        return None


def choose_tune(
    model: Checkpoint,
    grammar: Grammar | None,
    index: OriginalityIndex | None,
    *,
    name: str,
    setting: str,
    run: str,
    temperature: float,
    known: frozenset[str] = frozenset(),
) -> PaperTune:
    """Compose, and keep the best.

    Parameters
    ----------
    known
        What `name_pieces` gives for the training tunes: no name is shown that has such a piece.
    """
    config = CompositionConfig(temperature=temperature, max_length=LONGEST, seed=FIRST_SEED)
    composed: list[Composition] = []
    fitting: list[Composition] = []
    while len(fitting) < ENOUGH and len(composed) < MOST:
        more = replace(config, seed=FIRST_SEED + len(composed))
        composed += compose_many(model, CANDIDATES, more, grammar=grammar)
        fitting = [one for one in composed if one.ended and can_be_shown(one.text, known)]
    faultless = [one for one in fitting if not errors(check(one.text))]
    kept = keep_best(faultless or fitting or composed, 1, index.query if index else None)[0]
    return PaperTune(name, kept, setting, run, model.fingerprint, temperature, grammar is not None)


def name_pieces(text: str) -> Iterator[str]:
    """Every `BORROWED` characters in a row of each field in the header of a tune."""
    for _, value in header_fields(text):
        for start in range(len(value) - BORROWED + 1):
            yield value[start : start + BORROWED]


def can_be_shown(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a tune is of a length to be shown, and has a title and no piece of a name that is `known`."""
    lines = [line for line in text.splitlines() if line.strip()]
    music = [line for line in lines if not _FIELD.match(line)]
    fits = len(music) <= LINES and max(map(len, lines), default=0) <= LINE
    named = bool(title_of(text)) and known.isdisjoint(name_pieces(text))
    return fits and named and len(read_melody(text).bars) in BARS


def count_free(model: Checkpoint, grammar: Grammar | None, temperature: float) -> FreeTunes:
    """See how often a network keeps the rules by itself."""
    config = CompositionConfig(temperature=temperature, max_length=LONGEST, seed=FIRST_SEED)
    composed = list(compose_many(model, FREE, config, raw=True))
    ended = sum(one.ended for one in composed)
    if grammar is None:
        return FreeTunes(len(composed), ended, _faultless(composed), None, None)
    steered = list(compose_many(model, FREE, config, grammar=grammar))
    removed = sum(one.removed * one.composed for one in steered) / sum(one.composed for one in steered)
    return FreeTunes(len(composed), ended, _faultless(composed), _faultless(steered), removed)


def _faultless(composed: Sequence[Composition]) -> int:
    return sum(one.ended and not errors(check(one.text)) for one in composed)


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """Those that are no mere notes."""
    return [finding for finding in findings if finding.severity == "error"]


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
    training: Sequence[Tune] = read_tunes(*plan.data)
    held_out: Sequence[Tune] = read_tunes(*plan.validation) if plan.validation else ()
    if not held_out:
        training, held_out = split_tunes(training)
    if TrainingData.of(training, held_out).fingerprint != results.data["fingerprint"]:
        raise CorpusError("the tunes are not those that the networks learned from: they have changed since")
    return StudyTunes(training, held_out)
