"""Options that a plan may set, and the values that each may have."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tunewright.model.config import OWN, NetworkConfig
from tunewright.options import from_mapping, to_mapping, unknown_option
from tunewright.study.plans.plan_text import PlanTable
from tunewright.training.config import Preset, TrainingConfig

Value = str | int | float

NOT_IN_PLANS = {
    "seed": "the list 'seeds' gives the seeds",
    "threads": "every run of a study trains on one thread, and --workers sets how many run at once",
    "minutes": "with a time limit, results would depend on the clock; set 'epochs' instead",
}
"""Options that no plan may set, and why."""

OPTIONS: dict[str, Value] = {**to_mapping(NetworkConfig()), **to_mapping(TrainingConfig())}
"""Every option of a network and its training, with its default."""


def with_options(base: Preset, values: Mapping[str, Value], table: PlanTable) -> Preset:
    """Return `base` with these options; an error about one outside its range names `table`."""
    with table.locate_errors():
        return Preset(*(_part(part, values) for part in (base.network, base.training)))


def one_value(table: PlanTable, name: str, came: Any) -> Value:
    """A value of the option `name`, of its type; a whole number becomes a float where a float is expected."""
    require_option(table, name)
    default, value = OPTIONS[name], came
    if (name, came) == ("cell", OWN):
        raise table.error(
            f"cell is {came!r}, which no study trains: its workers and its paper read each run by themselves, and no "
            "run holds code; train the module with tunewright train --network, and compare runs with tunewright compare"
        )
    if isinstance(default, float) and type(came) in (int, float):
        try:
            value = float(came) + 0.0  # -0.0 becomes 0.0
        except OverflowError as error:
            raise table.error(f"{name} is too large a number") from error
    if type(value) is not type(default):
        wanted = {str: "a word", int: "a whole number", float: "a number"}[type(default)]
        raise table.error(f"{name} is {came!r}; {wanted} was expected")
    chosen: Value = value
    return chosen


def require_option(table: PlanTable, name: str) -> None:
    """Raise OptionError unless a plan may set the option `name`."""
    if name in NOT_IN_PLANS:
        raise table.error(f"a plan cannot set {name}: {NOT_IN_PLANS[name]}")
    if name not in OPTIONS:
        raise table.error(unknown_option(name, OPTIONS))


def _part(part: Any, values: Mapping[str, Value]) -> Any:
    """The options of one class, with those of `values` that are its fields."""
    own = {field.name: values[field.name] for field in fields(part) if field.name in values}
    return from_mapping(type(part), {**to_mapping(part), **own})
