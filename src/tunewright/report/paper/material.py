"""Material of a paper besides its losses: composed tunes, counts of tunes, studies of units.

All of it is made here, from the weights of the runs. What is not available (the tunes of the study are gone, a package
is not installed) is left out, and the reason is kept for the text of the paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tunewright.analysis.ablation.without_looking_back import Alone, study_alone
from tunewright.analysis.memory.copying import Copying, study_copying
from tunewright.analysis.memory.looked_at import Looked, look_at
from tunewright.analysis.originality.corpus_index import OriginalityIndex, originality_index
from tunewright.analysis.units.samples import Sides
from tunewright.errors import InputError, MissingExtraError, TunewrightError
from tunewright.model.checkpoint import BEST, Checkpoint, read_checkpoint
from tunewright.model.config import require_equations
from tunewright.model.network import load_network
from tunewright.progress import Progress
from tunewright.report.paper.chosen_units import CHARACTERS, NeuronPart, study_chosen_units
from tunewright.report.paper.tunes import (
    TEMPERATURES,
    FreeTunes,
    PaperTune,
    StudyTunes,
    acceptor,
    choose_tune,
    count_free,
    name_pieces,
    study_tunes,
)
from tunewright.study.plans.plan import value_words
from tunewright.study.results.comparisons import options_of
from tunewright.study.results.study_results import RunResult, StudyResults

QUALITY_TEMPERATURE = 1.0
"""Temperature for comparing settings as composers: the network's own probabilities."""


@dataclass(frozen=True)
class LookingPart:
    """The study of a network that looks back."""

    tune: PaperTune
    """A tune composed by the network."""
    looked: Looked
    """The earlier bars that the bars of the tune come from."""
    copying: Copying
    """Statistics of its gate on held-out tunes."""
    alone: Alone
    """Ablation of its look-back head."""


@dataclass(frozen=True)
class PaperMaterial:
    """Everything that the text of a paper is made from."""

    results: StudyResults
    baseline: RunResult
    """The run of the baseline setting with the lowest validation loss."""
    best: RunResult
    """The recurrent run with the lowest validation loss."""
    tunes: tuple[PaperTune, ...] = ()
    """Tunes of the baseline, one at each of `TEMPERATURES`."""
    samples: tuple[PaperTune, ...] = ()
    """Tunes of settings that differ from the baseline only in dropout."""
    unit_tune: PaperTune | None = None
    """The tune on which units are shown, composed by the best network."""
    free: Mapping[float, FreeTunes] = field(default_factory=dict)
    """Counts of the baseline, by temperature."""
    qualities: Mapping[str, FreeTunes] = field(default_factory=dict)
    """Counts at `QUALITY_TEMPERATURE`, by name of the setting."""
    units: NeuronPart | None = None
    looking: LookingPart | None = None
    """Of the best network that looks back; None if there is none, or the tunes of the study are gone."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """Widths of the pictures, in hundredths of a line of text, by name."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Reasons why something is missing: ``originality``, ``units``, and names of figures."""

    @property
    def protocol(self) -> str:
        """The protocol under which losses are compared."""
        return self.results.protocol

    def has(self, picture: str) -> bool:
        """Whether there is a picture of this name."""
        return picture in self.widths

    @property
    def all_tunes(self) -> tuple[PaperTune, ...]:
        """All tunes that are shown, each once."""
        found = {tune.name: tune for tune in (*self.tunes, *self.samples)}
        if self.unit_tune:
            found.setdefault(self.unit_tune.name, self.unit_tune)
        return tuple(found.values())


def gather(results: StudyResults, progress: Progress = lambda *_: None) -> PaperMaterial:
    """Compose, count and study, as far as possible; at least one run must have finished.

    Raises
    ------
    CheckpointError
        If the weights of a run are damaged.
    OptionError
        If the baseline is not a recurrent network.
    """
    settings = [setting.name for setting in results.settings]
    setting = results.plan.baseline if results.plan.baseline in settings else settings[0]
    baseline = _best(results, results.of(setting))
    require_equations(baseline.network.cell, "a paper of tunes")
    composing = {each.name: results.of(each.name) for each in results.settings if each.network.is_recurrent}
    best = _best(results, tuple(run for runs in composing.values() for run in runs))
    problems: dict[str, str] = {}
    tunes = _study_tunes(results, problems)
    index = _index(tunes, progress)
    training = tunes.training if tunes else ()
    composer = _Composer(index, frozenset(piece for tune in training for piece in name_pieces(tune.text)))
    progress("composing", 0.3)
    at = [composer.choose(baseline, f"temperature-{value:g}", value) for value in TEMPERATURES]
    samples = [composer.choose(_best(results, results.of(name)), key, 1.0) for key, name in _samples(results).items()]
    own = at[0] if best == baseline else composer.choose(best, "best-network", 1.0)
    progress("counting", 0.4)
    units = looking = None
    if tunes:
        try:
            units = study_chosen_units(
                composer.model(best), tunes, own.text, lambda doing, share: progress(doing, 0.5 + share / 4)
            )
            looking = _looking(composer, results, tunes, (at[0], own), progress)
        except InputError as error:
            problems["units"] = error.message
    return PaperMaterial(
        results,
        baseline,
        best,
        tuple(at),
        tuple(samples),
        own,
        {value: composer.count(baseline, value) for value in TEMPERATURES},
        {name: composer.count(_best(results, runs), QUALITY_TEMPERATURE) for name, runs in composing.items()},
        units,
        looking,
        problems=problems,
    )


def _looking(
    composer: "_Composer", results: StudyResults, tunes: StudyTunes, composed: Sequence[PaperTune], progress: Progress
) -> LookingPart | None:
    """Study the best network that looks back, on one of the tunes `composed` or on a new one."""
    looking = {setting.name for setting in results.settings if options_of(setting)["look_back"]}
    runs = tuple(run for run in results.runs if run.setting in looking)
    if not runs:
        return None
    run = _best(results, runs)
    model = composer.model(run)
    tune = next((each for each in composed if each.run == run.name), None)
    tune = tune or composer.choose(run, "looking-back", TEMPERATURES[0])
    sides = Sides.of(model, tunes.training, tunes.held_out, CHARACTERS)
    copying = study_copying(model, sides, lambda doing, share: progress(doing, 0.75 + share / 20))
    alone = study_alone(model, sides, progress=lambda doing, share: progress(doing, 0.8 + share / 20))
    return LookingPart(tune, look_at(load_network(model), model.vocabulary, tune.text), copying, alone)


class _Composer:
    """Composes with the networks of runs, each read once."""

    def __init__(self, index: OriginalityIndex | None, known: frozenset[str]) -> None:
        self._index, self._known = index, known
        self._models: dict[str, Checkpoint] = {}
        self._counted: dict[tuple[str, float], FreeTunes] = {}

    def model(self, run: RunResult) -> Checkpoint:
        if run.name not in self._models:
            self._models[run.name] = read_checkpoint(run.folder / BEST)
        return self._models[run.name]

    def choose(self, run: RunResult, name: str, temperature: float) -> PaperTune:
        model = self.model(run)
        return choose_tune(
            model,
            acceptor(model),
            self._index,
            name=name,
            setting=run.setting,
            run=run.name,
            temperature=temperature,
            known=self._known,
        )

    def count(self, run: RunResult, temperature: float) -> FreeTunes:
        key = (run.name, temperature)
        if key not in self._counted:
            model = self.model(run)
            self._counted[key] = count_free(model, acceptor(model), temperature)
        return self._counted[key]


def _best(results: StudyResults, runs: tuple[RunResult, ...]) -> RunResult:
    return min(runs, key=lambda run: run.best.validation(results.protocol))


def _study_tunes(results: StudyResults, problems: dict[str, str]) -> StudyTunes | None:
    try:
        return study_tunes(results)
    except (InputError, MissingExtraError) as error:
        problems["originality"] = problems["units"] = f"the tunes of the study cannot be read any more ({why(error)})"
        return None


def _index(tunes: StudyTunes | None, progress: Progress) -> OriginalityIndex | None:
    if tunes is None:
        return None

    def report(doing: str, share: float) -> None:
        progress(doing, 0.3 * share)

    return originality_index(tunes.training, progress=report)


def _samples(results: StudyResults) -> dict[str, str]:
    """Settings that differ from the baseline only in dropout, by the names of their tunes."""
    options = {setting.name: options_of(setting) for setting in results.plan.settings}
    base = options[results.plan.baseline]
    names = [setting.name for setting in results.settings if setting.name != results.plan.baseline]
    same = [name for name in names if {**options[name], "dropout": base["dropout"]} == base]
    by_dropout = {options[name]["dropout"]: name for name in same}
    return {f"dropout-{value_words(value)}": by_dropout[value] for value in sorted(by_dropout)}


def why(error: TunewrightError) -> str:
    """The message of an error, without the file that it names."""
    return error.message if isinstance(error, InputError) else str(error)
