"""`ComposeRequest`: what a tune can be asked to be, its form as keywords of the library, and as a link."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any
from urllib.parse import urlencode

from msgspec import Meta

from tunewright.errors import OptionError
from tunewright.sampling.config import LEAST_ACCEPTED
from tunewright.studio.route import Line, Number

UNIT_NAME = r"^[0-9]{1,3}:[0-9]{1,5}$"
Clamps = Annotated[
    dict[Annotated[str, Meta(pattern=UNIT_NAME)], Annotated[float, Meta(ge=-1, le=1)]], Meta(max_length=50)
]
"""Units to hold, as ``layer:unit``, and at which value."""


@dataclass(frozen=True)
class ComposeRequest:
    """What is to be composed; None leaves it to the network."""

    network: Line = "oneills"
    temperature: Annotated[float, Meta(ge=0.05, le=5)] = 0.8
    top_p: Annotated[float, Meta(ge=0.01, le=1)] = 1.0
    top_k: Annotated[int, Meta(ge=0, le=1000)] = 0
    seed: Number | None = None
    """None lets the studio draw one."""
    key: Line | None = None
    meter: Line | None = None
    rhythm: Line | None = None
    unit_length: Line | None = None
    bars: Annotated[int, Meta(ge=1, le=256)] | None = None
    form: Line | None = None
    title: Line | None = None
    beginning: Annotated[str, Meta(max_length=5000)] = ""
    """How the tune begins."""
    raw: bool = False
    """Whatever the network writes, playable or not."""
    accept: Annotated[float, Meta(ge=LEAST_ACCEPTED, le=1)] = 1.0
    """Share of tunes to accept; below 1 several are composed before the first character comes."""
    clamp: Clamps = field(default_factory=dict)
    parent: Line | None = None
    """The take that this one comes from; only kept."""


def options_of(request: ComposeRequest, seed: int) -> dict[str, Any]:
    """The request as keywords of `tunewright.compose`."""
    left_out = ("network", "seed", "beginning", "clamp", "parent")
    options = {each.name: getattr(request, each.name) for each in fields(request) if each.name not in left_out}
    clamp = {_unit(name): value for name, value in request.clamp.items()}
    return {**options, "seed": seed, "prime": request.beginning or None, "clamp": clamp or None}


def told_options(request: ComposeRequest, seed: int) -> dict[str, Any]:
    """The options as they were used, for the page and for a link."""
    told = {each.name: getattr(request, each.name) for each in fields(request) if each.name != "parent"}
    return {**told, "seed": seed}


def link_of(request: ComposeRequest, seed: int) -> str:
    """The path and query with which the studio composes the same tune again."""
    defaults = told_options(ComposeRequest(), -1)
    told = told_options(request, seed)
    kept = {name: value for name, value in told.items() if value != defaults[name] or name in ("network", "seed")}
    return "/?" + urlencode({name: _written(value) for name, value in kept.items()})


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unit(name: str) -> tuple[int, int]:
    layer, _, unit = name.partition(":")
    if not (layer.isdecimal() and unit.isdecimal()):
        raise OptionError(f"the unit is {name!r}; allowed: layer and number, such as 0:42")
    return int(layer), int(unit)
