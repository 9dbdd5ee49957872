"""Plans written as TOML, and the differences between two plans.

A written plan holds every option, so that it means the same whatever the presets become, and the fingerprint of the
tunes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from tunewright.checksums import BLANK, CHECKSUM, seal
from tunewright.options import to_mapping
from tunewright.study.plans.option_values import NOT_IN_PLANS
from tunewright.study.plans.plan import Plan, value_words
from tunewright.study.plans.search_space import Range, Search


def as_toml(plan: Plan) -> str:
    """Return the text of a plan that `read_plan` reads as `plan`."""
    top: dict[str, Any] = {
        "title": plan.title,
        "data": plan.data,
        "validation": plan.validation,
        "preset": plan.preset,
        "seeds": plan.seeds,
        "fingerprint": plan.fingerprint,
    }
    parts = [_lines({name: value for name, value in top.items() if value not in ("", ())})]
    parts.append("[base]\n" + _lines(options_of(plan)))
    parts += ["[[question]]\n" + _lines({"title": each.title, **each.options}) for each in plan.questions]
    parts += ["[[where]]\n" + _lines({**rule.where, "then": rule.then}) for rule in plan.rules]
    if plan.search:
        parts.append(_search_lines(plan.search))
    return "\n".join(parts)


def as_sealed_toml(plan: Plan) -> bytes:
    """The text of a plan after its checksum, with which `read_plan` notices any change."""
    return seal(f'{CHECKSUM} = "{BLANK}"\n{as_toml(plan)}'.encode())


def options_of(plan: Plan) -> dict[str, Any]:
    """Every option of the baseline that a plan may set, by name."""
    every = {**to_mapping(plan.base.network), **to_mapping(plan.base.training)}
    return {name: value for name, value in every.items() if name not in NOT_IN_PLANS}


def difference(former: Plan, plan: Plan) -> str | None:
    """The first difference between two plans, in words; None if there is none. Names of files may differ."""
    before, now = options_of(former), options_of(plan)
    for name, value in before.items():
        if value != now[name]:
            return f"its {name} is {value_words(value)}, and that of the plan {value_words(now[name])}"
    if former.fingerprint != plan.fingerprint:
        return f"it is about other tunes, from {', '.join(former.data)}"
    for field in fields(Plan):
        if field.name in ("data", "validation", "preset", "base", "settings", "fingerprint"):
            continue
        if getattr(former, field.name) != getattr(plan, field.name):
            return f"its {field.name} differ from the plan's" if field.name[-1] == "s" else f"its {field.name} differs"
    return None


def _search_lines(search: Search) -> str:
    chosen = {"trials": search.trials, "sampler": search.sampler, "pruner": search.pruner}
    options = {name: asdict(value) if isinstance(value, Range) else value for name, value in search.options.items()}
    return f"[search]\n{_lines(chosen)}\n[search.options]\n{_lines(options)}"


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {_value(part)}' for name, part in value.items())} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
