"""Comparisons of settings: paired differences over seeds with t intervals and p-values, corrected by Holm's method.

A question varies one option or several. For each pair of values of an option, the settings that differ in nothing else
are compared seed by seed. Their differences are averaged, which leaves one for each seed; these have a mean, an
interval and a p-value (Student's t, paired). Runs of one seed share the order of the data and, for networks of the same
shape, the initial weights. A paired test is valid whether or not their losses correlate, and sharper if they do.

The p-values of all comparisons in a question are corrected together (Holm); a difference is shown where the corrected
p-value is below .05. Only the seeds vary: an interval covers other seeds on the same tunes, not other tunes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

from tunewright.options import to_mapping
from tunewright.study.plans.plan import Question, Setting, Value, option_words, value_words
from tunewright.study.results.measures import MEASURES, Measure, setting_mean
from tunewright.study.results.study_results import StudyResults
from tunewright.study.results.uncertainty import CONFIDENCE, SeedMean, holm, p_value

Verdict = Literal["shown", "not shown", "not shown after correction", "one seed"]

VERDICTS: Mapping[Verdict, str] = {
    "shown": "",
    "not shown": "no difference shown",
    "not shown after correction": "no difference shown, since several comparisons were made",
    "one seed": "no interval, it may be chance",
}
"""Each verdict in words."""

METHOD = (
    "Differences are taken seed by seed and averaged, their intervals Student's; whether one is shown is decided at "
    f"{1 - CONFIDENCE:.2g}, all comparisons of a measure in a question considered (Holm)."
)
"""The method in words, for reports of a study with several seeds."""


@dataclass(frozen=True)
class Comparison:
    """Two values of an option, or two settings, compared."""

    option: str
    """Name of the option; empty where two settings are compared."""
    first: Value
    second: Value
    measure: str
    """Name in `MEASURES`."""
    difference: SeedMean
    """First minus second, over seeds."""
    p: float | None
    """Probability of a mean as far from 0 if there were no difference; None for one seed."""
    adjusted_p: float | None
    """The same, corrected for all comparisons of the question."""
    pairs: int
    """Number of pairs of settings that are averaged for each seed."""

    @property
    def verdict(self) -> Verdict:
        """Whether a difference is shown."""
        if self.p is None or self.adjusted_p is None:
            return "one seed"
        if self.adjusted_p < 1 - CONFIDENCE:
            return "shown"
        return "not shown after correction" if self.p < 1 - CONFIDENCE else "not shown"

    @property
    def in_words(self) -> str:
        """For instance ``dropout 0.3 against 0.1: -0.031 ± 0.006 nats, 3 seeds``."""
        measure, seeds = MEASURES[self.measure], self.difference.count
        difference = self.difference.in_words(measure.places, signed=True)
        seeds_in_words = f"{seeds} seeds" if seeds > 1 else "1 seed"
        pairs = f", mean of {self.pairs} pairs of settings" if self.pairs > 1 else ""
        verdict = VERDICTS[self.verdict]
        first = option_words(self.option, self.first) if self.option else self.first
        return f"{first} against {value_words(self.second)}: {difference} {measure.unit}, {seeds_in_words}{pairs}" + (
            f": {verdict}" if verdict else ""
        )


@dataclass(frozen=True)
class Answer:
    """The comparisons that answer a question of a study."""

    question: Question
    measure: str
    """Name in `MEASURES`."""
    settings: tuple[str, ...]
    """Names of the settings with a finished run, in the order of the question."""
    comparisons: tuple[Comparison, ...]
    lowest: str | None
    """Name of the setting with the lowest mean; None if no run has finished."""


def answer(results: StudyResults, question: Question, measure: str = "") -> Answer:
    """Compare the settings of a question.

    Parameters
    ----------
    results
        The study.
    question
        One of its questions.
    measure
        A name in `MEASURES`; "" is the validation loss under the study's protocol.
    """
    name = measure or results.protocol
    finished = {setting.name: setting for setting in results.settings}
    settings = [finished[setting] for setting in question.settings if setting in finished]
    compared = [
        _compare(results, name, option, first, second, _pairs(settings, question, option, first, second))
        for option in question.varies
        for second, first in combinations(question.options[option], 2)
    ]
    found = [comparison for comparison in compared if comparison]
    means = {setting.name: setting_mean(results, setting.name, name).value for setting in settings}
    return Answer(question, name, tuple(means), corrected(found), min(means, key=means.__getitem__, default=None))


def compare_settings(results: StudyResults, first: str, second: str, measure: str = "") -> Comparison | None:
    """The setting `first` against `second`, by their names; None if no seed has finished in both."""
    return _compare(results, measure or results.protocol, "", first, second, [(first, second)])


def corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons with p-values corrected for their number (Holm)."""
    adjusted = iter(holm([comparison.p for comparison in comparisons if comparison.p is not None]))
    return tuple(
        comparison if comparison.p is None else replace(comparison, adjusted_p=next(adjusted))
        for comparison in comparisons
    )


def _pairs(
    settings: Sequence[Setting], question: Question, option: str, first: Value, second: Value
) -> list[tuple[str, str]]:
    """Pairs of names of settings that differ only in `option`, which is `first` in one and `second` in the other."""
    others = [name for name in question.options if name != option]

    def having(value: Value) -> dict[tuple[Any, ...], str]:
        found = {}
        for setting in settings:
            options = options_of(setting)
            if options[option] == value:
                found[tuple(options[name] for name in others)] = setting.name
        return found

    left, right = having(first), having(second)
    return [(left[rest], right[rest]) for rest in left if rest in right]


def _compare(
    results: StudyResults, name: str, option: str, first: Value, second: Value, pairs: Sequence[tuple[str, str]]
) -> Comparison | None:
    """Average the pairs for each seed with which all their settings have finished.

    Returns None if there is no such seed, and for times of networks trained in a stack: those of one shape all have the
    same time, whatever their seed.
    """
    measure = MEASURES[name]
    if measure.by_clock and any(run.stacked for pair in pairs for setting in pair for run in results.of(setting)):
        return None
    by_setting = {setting: _by_seed(results, setting, measure) for pair in pairs for setting in pair}
    differences = [
        sum(by_setting[left][seed] - by_setting[right][seed] for left, right in pairs) / len(pairs)
        for seed in results.plan.seeds
        if pairs and all(seed in values for values in by_setting.values())
    ]
    if not differences:
        return None
    p = p_value(differences)
    return Comparison(option, first, second, name, SeedMean.of(differences), p, p, len(pairs))


def _by_seed(results: StudyResults, setting: str, measure: Measure) -> dict[int, float]:
    return {run.seed: measure.of(run) for run in results.of(setting)}


def options_of(setting: Setting) -> dict[str, Any]:
    """Every option of a setting by its name."""
    return {**to_mapping(setting.network), **to_mapping(setting.training)}
