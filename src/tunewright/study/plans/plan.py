"""Plans of studies: questions about options, and the settings and runs (trainings) that answer them.

A plan is a TOML file:

    title = "Recurrent cells"          heading of the results; the file's name if left out
    data = ["ryans"]                   files, folders or named corpora to learn from
    validation = ["val.txt"]           to measure on; without it, a tenth of the tunes is kept back
    preset = "assignment"              what all settings start from; "default" if left out
    seeds = [0, 1, 2]                  every setting is trained once with each

    [base]                             options that differ from the preset in all settings
    epochs = 30

    [[question]]                       one table for each question
    title = "Which cell?"
    cell = ["rnn", "gru", "lstm"]      lists of values; all their combinations are trained

    [[where]]                          options that depend on others (see `plan_rules`)
    cell = "rnn"
    then = { units = 300 }

    [search]                           options to be searched by trials (see `search_space`)

Relative paths start at the plan's folder. A setting that several questions name is trained once. The baseline, which is
[base] alone, is always trained.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tunewright.checksums import CHECKSUM, seal_holds
from tunewright.model.config import CELL_NAMES, NetworkConfig
from tunewright.options import require_choice, to_mapping
from tunewright.study.plans.option_values import Value as Value
from tunewright.study.plans.option_values import one_value, require_option, with_options
from tunewright.study.plans.plan_rules import Rule, read_rules, with_dependent_options
from tunewright.study.plans.plan_text import PlanTable, read_table
from tunewright.study.plans.search_space import Search, read_search
from tunewright.training.config import PRESETS, Preset, TrainingConfig

KEYS = ("title", "data", "validation", "preset", "seeds", "fingerprint", "base", "question", "where", "search")

OF_RECURRENT = {"look_back", "recurrent_weight_dropout"}
"""Options of recurrent networks only."""
MOST_RUNS = 10_000
"""A plan with more runs is refused as a mistake."""


@dataclass(frozen=True)
class Setting:
    """A network with its training, to be run once with each seed."""

    name: str
    """Short, for people, and unique in its plan: ``LSTM 150, dropout 0.2``."""
    network: NetworkConfig
    training: TrainingConfig
    """With seed 0."""


@dataclass(frozen=True)
class Question:
    """Settings to compare."""

    title: str
    options: Mapping[str, tuple[Value, ...]]
    """The values of each option that the question names, in the order of the plan."""
    settings: tuple[str, ...]
    """Names of the settings with all combinations of them; the last option changes fastest."""

    @property
    def varies(self) -> tuple[str, ...]:
        """The options that have two values or more."""
        return tuple(name for name, values in self.options.items() if len(values) > 1)


@dataclass(frozen=True)
class PlannedRun:
    """One training of a study."""

    name: str
    """Name of its folder."""
    setting: str
    seed: int
    network: NetworkConfig
    training: TrainingConfig
    """With its seed."""
    part: str = "runs"
    """The folder of the study that holds it."""


@dataclass(frozen=True)
class Plan:
    """A whole study; see the module's docstring."""

    title: str
    data: tuple[str, ...]
    validation: tuple[str, ...]
    """Empty if a tenth of `data` is kept back instead."""
    preset: str
    seeds: tuple[int, ...]
    base: Preset
    """The preset with the options of [base]."""
    questions: tuple[Question, ...]
    settings: tuple[Setting, ...]
    """The baseline, then those of the questions, in their order."""
    rules: tuple[Rule, ...] = ()
    """Options that depend on others, in all settings and the baseline."""
    search: Search | None = None
    fingerprint: str = ""
    """SHA-256 of the tunes (see `TrainingData`); empty if the plan is for any tunes."""

    @property
    def baseline(self) -> str:
        """Name of the setting that is [base] alone."""
        return self.settings[0].name

    @cached_property
    def runs(self) -> tuple[PlannedRun, ...]:
        """Every training, seed by seed, so that half a study has results for all settings already."""
        return tuple(
            PlannedRun(
                folder_name(setting.name, seed),
                setting.name,
                seed,
                setting.network,
                replace(setting.training, seed=seed),
            )
            for seed in self.seeds
            for setting in self.settings
        )

    def with_data(self, data: Sequence[str] = (), validation: Sequence[str] = ()) -> "Plan":
        """The same study of other tunes; if only `validation` is given, the training tunes stay."""
        if not data and not validation:
            return self
        return replace(self, data=tuple(data) or self.data, validation=tuple(validation), fingerprint="")


def read_plan(path: Path | str) -> Plan:
    """Read a plan.

    Raises
    ------
    OptionError
        If it cannot be read, is not TOML, or holds a mistake; the message names the place.
    """
    path = Path(path)
    table = _unsealed(read_table(path))
    table.require_known(*KEYS)
    preset = table.text("preset", "default")
    with table.locate_errors():
        require_choice("preset", preset, PRESETS)
    base = _base(PRESETS[preset], table.table("base"))
    asked = [_question_options(each) for each in table.tables("question")]
    rules = read_rules(table.tables("where"))
    questions, settings = _settings(base, table.table("base"), asked, rules)
    plan = Plan(
        title=table.text("title", path.stem),
        data=tuple(_path_beside(path, name) for name in table.list_of("data", str)),
        validation=tuple(_path_beside(path, name) for name in table.list_of("validation", str)),
        preset=preset,
        seeds=_seeds(table),
        base=base,
        questions=questions,
        settings=settings,
        rules=rules,
        search=read_search(table.table("search"), base) if "search" in table.values else None,
        fingerprint=table.text("fingerprint", ""),
    )
    if not plan.data:
        raise table.error("data is missing; add data = [...] with files, folders, or corpora such as 'oneills'")
    if not plan.questions and not plan.search:
        raise table.error("has no question; add a table [[question]] with an option such as units = [150, 200]")
    for number, rule in enumerate(rules, start=1):
        if not any(rule.matches(_mapping(setting)) for setting in settings):
            raise table.error(f"[[where]] {number}: no setting has these options")
    if (count := len(plan.settings) * len(plan.seeds)) > MOST_RUNS:
        raise table.error(f"has {count:,} runs; at most {MOST_RUNS:,} are allowed")
    return plan


def _unsealed(table: PlanTable) -> PlanTable:
    """A plan without its checksum, which a plan that Tunewright wrote has; OptionError if it does not fit."""
    if CHECKSUM not in table.values:
        return table
    if not seal_holds(table.path.read_bytes()):
        raise table.error(
            f"has changed since Tunewright wrote it: its {CHECKSUM} does not fit; take the line {CHECKSUM} out to use "
            "it as a plan of your own"
        )
    return replace(table, values={name: value for name, value in table.values.items() if name != CHECKSUM})


def folder_name(setting: str, seed: int) -> str:
    """Name of the folder of a run: ``lstm-150-dropout-0.2-seed-0``."""
    return f"{re.sub(r'[^a-z0-9._+]+', '-', setting.lower())}-seed-{seed}"


def option_words(name: str, value: Value) -> str:
    """An option in words: ``learning rate 0.006``."""
    if name == "look_back":
        return f"looking back {value}" if value else "not looking back"
    return f"{name.replace('_', ' ')} {value_words(value)}"


def value_words(value: Value) -> str:
    """A value in words, without needless digits: ``0`` for 0.0."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)


def _seeds(table: PlanTable) -> tuple[int, ...]:
    seeds = table.list_of("seeds", int)
    if not seeds:
        raise table.error("seeds is missing; seeds = [0, 1, 2], say, trains each setting three times")
    with table.locate_errors():
        for seed in seeds:
            TrainingConfig(seed=seed)
    return seeds


def _base(preset: Preset, table: PlanTable) -> Preset:
    """The preset with the options of [base], on one thread."""
    options = {name: one_value(table, name, value) for name, value in table.values.items()}
    return with_options(Preset(preset.network, replace(preset.training, threads=1)), options, table)


def _question_options(table: PlanTable) -> tuple[PlanTable, str, dict[str, tuple[Value, ...]]]:
    """Title of a question, and the values of each option that it names."""
    title = table.text("title", "")
    if not title:
        raise table.error('has no title; add one such as title = "Which cell?"')
    table = replace(table, place=f"{table.place} ({title})")
    options = {}
    for name, values in table.values.items():
        if name == "title":
            continue
        require_option(table, name)
        if not isinstance(values, list) or not values:
            raise table.error(f"{name} is {values!r}; a list of values was expected, such as units = [150, 200, 250]")
        options[name] = tuple(one_value(table, name, value) for value in values)
        table.require_different(name, list(options[name]))
    if not any(len(values) > 1 for values in options.values()):
        raise table.error("varies no option; give one of them two values or more, such as units = [150, 200]")
    return table, title, options


def _settings(
    base: Preset,
    base_table: PlanTable,
    asked: list[tuple[PlanTable, str, dict[str, tuple[Value, ...]]]],
    rules: tuple[Rule, ...],
) -> tuple[tuple[Question, ...], tuple[Setting, ...]]:
    """The questions, and the settings that answer them, each once."""
    named = {name: None for _, _, options in asked for name in options}
    of_base = _mapping(base)
    first = setting_of(with_options(base, with_dependent_options(rules, of_base, {}), base_table), named)
    settings = {first.name: first}
    questions = []
    for table, title, options in asked:
        names = []
        for values in itertools.islice(itertools.product(*options.values()), MOST_RUNS + 1):
            chosen = with_dependent_options(rules, of_base, dict(zip(options, values, strict=True)))
            setting = setting_of(with_options(base, chosen, table), named)
            names.append(settings.setdefault(setting.name, setting).name)
        questions.append(Question(title, options, tuple(names)))
    return tuple(questions), tuple(settings.values())


def setting_of(options: Preset, named: Iterable[str]) -> Setting:
    """The setting with these options; its name states cell and units, then the other options of `named`."""
    values = _mapping(options)
    left_out = {"cell", "units"} | (set() if options.network.is_recurrent else OF_RECURRENT)
    others = [option_words(name, values[name]) for name in named if name not in left_out]
    name = ", ".join([f"{CELL_NAMES[options.network.cell]} {options.network.units}", *others])
    return Setting(name, options.network, options.training)


def _mapping(options: Preset | Setting) -> dict[str, Value]:
    return {**to_mapping(options.network), **to_mapping(options.training)}


def _path_beside(path: Path, name: str) -> str:
    """The absolute path of a file or folder beside the plan; if there is none, `name` as it is (a corpus, say)."""
    found = path.parent / name
    return str(found.resolve()) if name and "\0" not in name and found.exists() else name
