"""Options of a plan that depend on others: rules of the form "where cell is rnn, units are 331".

    [[where]]                                              in every setting with these options
    cell = "rnn"
    look_back = 0
    then = { units = 331, epochs = 24 }                    the options are these

With rules, a question can compare settings of equal size or equal training time that differ in more than the option it
varies. Where a question names an option itself, its value takes precedence over the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tunewright.study.plans.option_values import Value, one_value
from tunewright.study.plans.plan_text import PlanTable


@dataclass(frozen=True)
class Rule:
    """Options that depend on others."""

    where: Mapping[str, Value]
    """The options that a setting must have."""
    then: Mapping[str, Value]
    """The options that it then gets."""

    def matches(self, options: Mapping[str, Value]) -> bool:
        """Whether a setting with these options has all those of `where`."""
        return all(options[name] == value for name, value in self.where.items())


def read_rules(tables: Sequence[PlanTable]) -> tuple[Rule, ...]:
    """Read the tables [[where]].

    Raises
    ------
    OptionError
        For a name or value that no option has; the message names the place.
    """
    return tuple(_rule(table) for table in tables)


def _rule(table: PlanTable) -> Rule:
    then = replace(table.table("then"), place=f"{table.place} then")
    where = {name: one_value(table, name, value) for name, value in table.values.items() if name != "then"}
    if not where or not then.values:
        raise table.error('names no option; it needs options such as cell = "rnn", and then = { ... }')
    return Rule(where, {name: one_value(then, name, value) for name, value in then.values.items()})


def with_dependent_options(
    rules: Sequence[Rule], base: Mapping[str, Value], asked: Mapping[str, Value]
) -> dict[str, Value]:
    """The options in which a setting differs from `base`: those `asked`, and those that depend on them."""
    dependent: dict[str, Value] = {}
    for rule in rules:
        if rule.matches({**base, **asked}):
            dependent |= rule.then
    return {**dependent, **asked}
