"""Hyperparameter search with Optuna: drawing of trials, pruning, and the best trial.

Optuna draws the options of each trial from the results of those before it, and decides after each epoch whether to
prune a trial. Its storage is the file STUDY/trials/search.journal (see `search_journal`). A draw depends on the
plan, the number of the trial and the state of those before it. So with one worker a search that was killed gives the
same trials as without interruption; with several, that state depends on the clock.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tunewright.errors import InputError, MissingExtraError
from tunewright.study.plans.option_values import with_options
from tunewright.study.plans.plan import Plan, PlannedRun, setting_of
from tunewright.study.plans.plan_text import PlanTable
from tunewright.study.plans.search_space import Range, Search
from tunewright.study.results.run_record import RecordedRun, read_run
from tunewright.study.running.search_journal import SearchJournal
from tunewright.study.running.study_folder import status_of
from tunewright.training.history import EpochRecord

TRIALS, JOURNAL = "trials", "search.journal"
DIGITS = 4
"""Significant digits to which floats are rounded, so that they can be typed again."""

Outcome = Literal["done", "failed", "pruned"]


class Searcher:
    """Draws trials and records their results.

    Parameters
    ----------
    plan, search
        The study, and its search.
    folder
        The folder of the study.

    Raises
    ------
    MissingExtraError
        If Optuna is not installed.
    InputError
        If the journal of the search is damaged.
    """

    def __init__(self, plan: Plan, search: Search, folder: Path) -> None:
        try:
            self._optuna: Any = importlib.import_module("optuna")
        except ImportError as error:
            raise MissingExtraError("A search", "search") from error
        self._optuna.logging.set_verbosity(self._optuna.logging.ERROR)
        self._plan, self._search = plan, search
        self._state: Any = self._optuna.trial.TrialState
        journal = folder / TRIALS / JOURNAL
        journal.parent.mkdir(exist_ok=True)
        backend = SearchJournal(journal)
        try:
            storage = self._optuna.storages.JournalStorage(backend)
            self._study = self._study_in(storage, _sampler(self._optuna, search, 0))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError) as error:
            raise InputError(f"is damaged: Optuna says {error!r}", path=journal) from error
        self._spaces = {name: _distribution(self._optuna, space) for name, space in search.options.items()}

    def begun(self) -> list[tuple[PlannedRun, Outcome | None]]:
        """Every trial that was drawn, with its outcome; None if it has not ended."""
        outcomes: dict[Any, Outcome] = {
            self._state.COMPLETE: "done",
            self._state.FAIL: "failed",
            self._state.PRUNED: "pruned",
        }
        return [(self._run(trial.number, trial.params), outcomes.get(trial.state)) for trial in self._trials]

    @property
    def undrawn(self) -> int:
        """Number of trials that are still to be drawn."""
        return max(0, self._search.trials - len(self._trials))

    def draw(self) -> PlannedRun | None:
        """Draw another trial and record it; None if all are drawn."""
        if not self.undrawn:
            return None
        number = len(self._trials)
        # Drawn in a copy, so that the journal gets trial and options in one entry.
        copy = self._study_in(None, _sampler(self._optuna, self._search, self._plan.seeds[0] + number))
        copy.add_trials(self._trials)
        drawn = {
            name: _rounded(value, self._search.options[name]) for name, value in copy.ask(self._spaces).params.items()
        }
        params = {name: drawn[name] for name in self._search.options}
        self._study.add_trial(
            self._optuna.create_trial(state=self._state.RUNNING, params=params, distributions=self._spaces)
        )
        return self._run(number, params)

    def should_prune(self, run: PlannedRun, record: EpochRecord) -> bool:
        """Record an epoch; True if the trial should be pruned."""
        trial = self._trial(run)
        loss = record.validation(run.training.select_by)
        if record.epoch not in self._trials[trial.number].intermediate_values:
            trial.report(loss, record.epoch)
        return bool(trial.should_prune())

    def tell(self, run: PlannedRun, outcome: Outcome, best: EpochRecord | None) -> None:
        """Record the outcome of a trial."""
        states = {"done": self._state.COMPLETE, "failed": self._state.FAIL, "pruned": self._state.PRUNED}
        loss = best.validation(run.training.select_by) if best and outcome == "done" else None
        self._study.tell(self._trial(run).number, loss, state=states[outcome])

    @property
    def _trials(self) -> list[Any]:
        return list(self._study.get_trials(deepcopy=False))

    def _trial(self, run: PlannedRun) -> Any:
        trial = self._trials[int(run.name.rpartition("-")[2])]
        return self._optuna.trial.Trial(self._study, trial._trial_id)

    def _run(self, number: int, options: Mapping[str, Any]) -> PlannedRun:
        preset = with_options(self._plan.base, {**options, "seed": self._plan.seeds[0]}, PlanTable({}, Path(TRIALS)))
        setting = setting_of(preset, options)
        return PlannedRun(
            f"trial-{number:04}", setting.name, self._plan.seeds[0], setting.network, setting.training, TRIALS
        )

    def _study_in(self, storage: Any, sampler: Any) -> Any:
        pruner = _pruner(self._optuna, self._search, self._plan.base.training.epochs)
        return self._optuna.create_study(
            storage=storage, sampler=sampler, pruner=pruner, study_name="tunewright", load_if_exists=True
        )


def _sampler(optuna: Any, search: Search, seed: int) -> Any:
    kind = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}[search.sampler]
    return kind(seed=seed % 2**32)


def _pruner(optuna: Any, search: Search, epochs: int) -> Any:
    if search.pruner == "median":
        return optuna.pruners.MedianPruner(n_warmup_steps=epochs // 4)
    if search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=epochs)
    return optuna.pruners.NopPruner()


def _distribution(optuna: Any, space: Range | tuple[Any, ...]) -> Any:
    if not isinstance(space, Range):
        return optuna.distributions.CategoricalDistribution(space)
    kind = (
        optuna.distributions.IntDistribution if isinstance(space.low, int) else optuna.distributions.FloatDistribution
    )
    return kind(space.low, space.high, log=space.log)


def _rounded(value: Any, space: Range | tuple[Any, ...]) -> Any:
    if not isinstance(space, Range) or not isinstance(value, float):
        return value
    return min(max(float(f"{value:.{DIGITS}g}"), space.low), space.high)


@dataclass(frozen=True)
class Trial:
    """A trial that has ended."""

    name: str
    pruned: bool
    """Whether it was stopped before its end."""
    run: RecordedRun

    @property
    def loss(self) -> float:
        """The lowest validation loss of the protocol that is minimised, in nats per character."""
        return self.run.best.validation(self.run.protocol)


def ended_trials(folder: Path) -> tuple[Trial, ...]:
    """The finished and the pruned trials of the study `folder`, in the order in which they were drawn."""
    statuses = {place: (status_of(place) or {}).get("status") for place in sorted((folder / TRIALS).glob("*/"))}
    return tuple(
        Trial(place.name, status == "pruned", read_run(place))
        for place, status in statuses.items()
        if status in ("done", "pruned")
    )


def best_trial(folder: Path) -> Trial | None:
    """The finished trial with the lowest validation loss."""
    whole = (trial for trial in ended_trials(folder) if not trial.pruned)
    return min(whole, key=lambda trial: trial.loss, default=None)
