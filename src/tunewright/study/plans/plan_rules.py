"""Which options go with others in a plan, and are no question of their own?

    [[where]]                                              of every setting that has these options
    cell = "rnn"
    look_back = 0
    then = { units = 331, epochs = 24 }                    these are so

So settings are compared that have as many weights, or learn as long, and differ in more than the option that is asked
about. An option that a question names is as the question says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tunewright.study.plans.option_values import Value, one_value
from tunewright.study.plans.plan_text import Table


@dataclass(frozen=True)
class Rule:
    """What goes with some options."""

    where: Mapping[str, Value]
    """Of the settings that it is for."""
    then: Mapping[str, Value]
    """What else is so in them."""

    def holds_for(self, options: Mapping[str, Value]) -> bool:
        """Is it for a setting with these options?"""
        return all(options[name] == value for name, value in self.where.items())


def read_rules(tables: Sequence[Table]) -> tuple[Rule, ...]:
    """Read the tables [[where]].

    Raises
    ------
    OptionError
        For what no option can be; it names the place.
    """
    return tuple(_rule(table) for table in tables)


def _rule(table: Table) -> Rule:
    then = replace(table.table("then"), place=f"{table.place} then")
    where = {name: one_value(table, name, value) for name, value in table.values.items() if name != "then"}
    if not where or not then.values:
        raise table.error('names no option; some, and then = { ... }, were expected, such as cell = "rnn"')
    return Rule(where, {name: one_value(then, name, value) for name, value in then.values.items()})


def with_what_goes_along(
    rules: Sequence[Rule], base: Mapping[str, Value], asked: Mapping[str, Value]
) -> dict[str, Value]:
    """The options that a setting has beside those of `base`: those `asked`, and what goes with them."""
    along: dict[str, Value] = {}
    for rule in rules:
        if rule.holds_for({**base, **asked}):
            along |= rule.then
    return {**along, **asked}
