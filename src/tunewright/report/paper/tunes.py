"""Tunes that a paper shows, chosen by rule, and counts of errors without an acceptor.

Each tune is the best of some that one network composed, playable, at one temperature: see `analysis.selection`. Only
tunes of a length that can be shown take part, as long as there are any. How often a network follows the rules of the
notation by itself is counted on `FREE` tunes that no acceptor steers.

Seeds are constants, so that the same study gives the same tunes.
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
from tunewright.sampling.compose import compose_many
from tunewright.sampling.composition import Composition
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.study.results.study_results import StudyResults
from tunewright.training.data import TrainingData

_FIELD = re.compile(r"[A-Za-z]:")

TEMPERATURES = (1.0, 2.0, 0.5)
"""Temperatures in the order of the paper."""
CANDIDATES = 48
"""Tunes that are composed at a time, until ..."""
ENOUGH, MOST = 8, 144
"""... so many of them can be shown, or so many have been composed."""
FREE = 50
"""Tunes that are composed to count errors."""
FIRST_SEED = 0
"""First seed of the tunes shown and of those counted."""
LONGEST = 1000
"""Most characters of a tune."""
BARS = range(12, 41)
"""Numbers of bars that a tune to be shown may have."""
LINES = 8
"""Most lines of music of such a tune, ..."""
LINE = 80
"""... and most characters in any of its lines."""
BORROWED = 12
"""A substring of this length in a header field is a memorised name if a training tune has it too."""


@dataclass(frozen=True)
class PaperTune:
    """A tune in the paper."""

    name: str
    """Name of its files, such as ``temperature-0.5``."""
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
        """Name of its score, without dots, which could be taken for a file ending."""
        return f"tune-{self.name}".replace(".", "-")

    @property
    def text(self) -> str:
        """The tune in ABC notation, as the network wrote it."""
        return self.kept.composition.text

    @property
    def composition(self) -> Composition:
        """The composition behind it."""
        return self.kept.composition

    @property
    def originality(self) -> Originality | None:
        """Its originality against the training tunes; None if they are not available."""
        return self.kept.originality

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the checker."""
        return check(self.text)

    @cached_property
    def bars(self) -> int:
        """Number of bars."""
        return len(read_melody(self.text).bars)

    @property
    def provenance(self) -> dict[str, str]:
        """The facts needed to compose the same tune again, for its files."""
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
    """Counts of tunes composed without and with an acceptor."""

    count: int
    ended: int
    """Tunes without an acceptor that ended by themselves."""
    faultless: int
    """Those that ended and in which the checker finds no error."""
    steered: int | None
    """The same count of tunes that an acceptor steered; None without an acceptor."""
    removed: float | None
    """Mean probability per character that the acceptor ruled out."""


def acceptor(model: Checkpoint) -> Grammar | None:
    """The acceptor that keeps a network's tunes playable; None if its vocabulary is too small for one."""
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
    """Compose tunes until enough can be shown, and keep the best.

    Parameters
    ----------
    known
        The pieces of `name_pieces` of the training tunes; no tune is shown with a header that contains one.
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
    """Every substring of `BORROWED` characters of each field in a tune's header."""
    for _, value in header_fields(text):
        for start in range(len(value) - BORROWED + 1):
            yield value[start : start + BORROWED]


def can_be_shown(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a tune is short enough, and has a title and no piece of a name that is `known`."""
    lines = [line for line in text.splitlines() if line.strip()]
    music = [line for line in lines if not _FIELD.match(line)]
    fits = len(music) <= LINES and max(map(len, lines), default=0) <= LINE
    named = bool(title_of(text)) and known.isdisjoint(name_pieces(text))
    return fits and named and len(read_melody(text).bars) in BARS


def count_free(model: Checkpoint, grammar: Grammar | None, temperature: float) -> FreeTunes:
    """Count how often a network's tunes follow the rules, without and with an acceptor."""
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
    """The findings of severity error."""
    return [finding for finding in findings if finding.severity == "error"]


@dataclass(frozen=True)
class StudyTunes:
    """The tunes of a study."""

    training: Sequence[Tune]
    held_out: Sequence[Tune]
    """Tunes that none of the networks was trained on."""


def study_tunes(results: StudyResults) -> StudyTunes:
    """Read the tunes that the plan names.

    Raises
    ------
    CorpusError
        If they are missing or have changed.
    MissingExtraError
        If they are in a package that is not installed.
    """
    plan = results.plan
    training: Sequence[Tune] = read_tunes(*plan.data)
    held_out: Sequence[Tune] = read_tunes(*plan.validation) if plan.validation else ()
    if not held_out:
        training, held_out = split_tunes(training)
    if TrainingData.of(training, held_out).fingerprint != results.data["fingerprint"]:
        raise CorpusError("the tunes have changed since the networks were trained on them")
    return StudyTunes(training, held_out)
