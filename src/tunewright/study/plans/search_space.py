"""Search spaces of a study: ranges and choices for hyperparameter search, with its sampler and pruner.

    [search]
    trials = 40                                            how many are tried
    sampler = "tpe"                                        what chooses the next one: "tpe" or "random"
    pruner = "median"                                      what ends bad trials early: "none", "median", "hyperband"

    [search.options]
    learning_rate = { low = 0.001, high = 0.03, log = true }
    units = { low = 100, high = 300 }                      a whole number, as units are
    cell = ["lstm", "gru"]                                 one of these

All other options are those of [base]. A trial is trained once, with the first of the plan's seeds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tunewright.options import require, require_choice
from tunewright.study.plans.option_values import OPTIONS, Value, one_value, require_option, with_options
from tunewright.study.plans.plan_text import PlanTable
from tunewright.training.config import Preset

Sampler = Literal["tpe", "random"]
Pruner = Literal["none", "median", "hyperband"]


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`."""

    low: int | float
    high: int | float
    log: bool = False
    """Whether they are drawn on a logarithmic scale."""


@dataclass(frozen=True)
class Search:
    """The options to search, and how trials are drawn and pruned."""

    trials: int
    options: Mapping[str, Range | tuple[Value, ...]]
    """Numbers of a range, or one of some values."""
    sampler: str = "tpe"
    pruner: str = "median"


def read_search(table: PlanTable, base: Preset) -> Search:
    """Read [search].

    Raises
    ------
    OptionError
        For what cannot be searched; the message names the place.
    """
    table.require_known("trials", "sampler", "pruner", "options")
    trials = table.values.get("trials")
    if type(trials) is not int:
        raise table.error(f"trials is {trials!r}; a whole number was expected")
    sampler, pruner = table.text("sampler", "tpe"), table.text("pruner", "median")
    with table.locate_errors():
        require("trials", trials, "1 to 10,000", 1 <= trials <= 10_000)
        require_choice("sampler", sampler, ("tpe", "random"))
        require_choice("pruner", pruner, ("none", "median", "hyperband"))
    wanted = table.table("options")
    if not wanted.values:
        raise wanted.error("names no option; add one such as learning_rate = { low = 0.001, high = 0.03, log = true }")
    options = {name: _choices(wanted, name, value, base) for name, value in wanted.values.items()}
    return Search(trials, options, sampler, pruner)


def _choices(table: PlanTable, name: str, value: Any, base: Preset) -> Range | tuple[Value, ...]:
    require_option(table, name)
    if isinstance(value, dict):
        return _range(replace(table, values=value, place=f"{table.place} {name}"), name, base)
    if not isinstance(value, list) or len(value) < 2:
        raise table.error(f"{name} is {value!r}; a list of values was expected, or {{ low = ..., high = ... }}")
    values = tuple(one_value(table, name, each) for each in value)
    table.require_different(name, list(values))
    for each in values:
        with_options(base, {name: each}, table)
    return values


def _range(table: PlanTable, name: str, base: Preset) -> Range:
    table.require_known("low", "high", "log")
    if isinstance(OPTIONS[name], str):
        raise table.error("takes words, not numbers; give a list of them")
    for end in ("low", "high"):
        if end not in table.values:
            raise table.error(f"has no {end}")
    numbers: dict[str, Any] = {end: one_value(table, name, table.values[end]) for end in ("low", "high")}
    for end in numbers.values():
        with_options(base, {name: end}, table)
    log = table.values.get("log", False)
    if not isinstance(log, bool):
        raise table.error(f"log is {log!r}; true or false was expected")
    if not numbers["low"] < numbers["high"]:
        raise table.error(f"low is {numbers['low']} and high {numbers['high']}; low must be less")
    if log and numbers["low"] <= 0:
        raise table.error(f"low is {numbers['low']}; with log it must be above 0")
    return Range(**numbers, log=log)
