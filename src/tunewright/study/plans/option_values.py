"""Which options may a plan set, and to what?"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tunewright.model.config import NetworkConfig
from tunewright.options import from_mapping, to_mapping, unknown
from tunewright.study.plans.plan_text import Table
from tunewright.training.config import Preset, TrainingConfig

Value = str | int | float

GOVERNED = {
    "seed": "the list 'seeds' says it",
    "threads": "every run of a study learns on one thread, and --workers says how many run at once",
    "minutes": "with a limit of time runs would differ with the clock; 'epochs' says how long they train",
}
"""Options that no plan sets, and why."""

OPTIONS: dict[str, Value] = {**to_mapping(NetworkConfig()), **to_mapping(TrainingConfig())}
"""Every option of a network and its training, with its default."""


def with_options(base: Preset, values: Mapping[str, Value], table: Table) -> Preset:
    """Return `base` with these options; one outside its range is blamed on `table`."""
    with table.blame():
        return Preset(*(_part(part, values) for part in (base.network, base.training)))


def one_value(table: Table, name: str, came: Any) -> Value:
    """A value of the option `name`; a whole number where a fraction is expected becomes one, 0 and 0.0 being one."""
    require_option(table, name)
    default, value = OPTIONS[name], came
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


def require_option(table: Table, name: str) -> None:
    """Raise OptionError unless a plan may set the option `name`."""
    if name in GOVERNED:
        raise table.error(f"{name} is not for a plan to set: {GOVERNED[name]}")
    if name not in OPTIONS:
        raise table.error(unknown(name, OPTIONS))


def _part(part: Any, values: Mapping[str, Value]) -> Any:
    """The options of one class with those of `values` that belong to it."""
    own = {field.name: values[field.name] for field in fields(part) if field.name in values}
    return from_mapping(type(part), {**to_mapping(part), **own})
