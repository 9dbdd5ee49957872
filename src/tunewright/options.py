"""Options as frozen dataclasses: conversion from flags, TOML and JSON, and checks of names, types and ranges.

The fields of an option class have plain types; its `__post_init__` refuses values outside their range with the
functions below. An unknown name is an error that offers the nearest right one.
"""

import dataclasses
import difflib
import math
import numbers
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, get_args, get_type_hints

from tunewright.errors import OptionError


class Options(Protocol):
    """Any dataclass of options."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


OptionsT = TypeVar("OptionsT", bound=Options)

FORMER_NAMES = {
    "clip": "max_grad_norm",
    "lanes": "batch_size",
    "length": "sequence_length",
    "pull": "l2_sp",
    "reset": "state_reset_probability",
    "weight_drop": "recurrent_weight_dropout",
}
"""Names of options in version 0.1.0, with their present names."""


MOST = 1_000_000
"""Greatest value of numbers that nobody needs to be greater, such as epochs; it keeps them far below 64 bits."""


def require(name: str, value: float, allowed: str, holds: bool) -> None:
    """Raise OptionError, with the value and what is allowed, unless `holds` is true and `value` is finite."""
    if not (holds and (isinstance(value, int) or math.isfinite(value))):
        raise OptionError(f"{name} is {_shown(value)}; allowed: {allowed}")


def require_whole(name: str, value: int, least: int, most: int = MOST, *, note: str = "") -> None:
    """Raise OptionError unless `value` is a whole number from `least` to `most`; `note` says what `least` means."""
    low = f"{least:,}{f' ({note})' if note else ''}"
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        raise OptionError(f"{name} is {_shown(value)}; allowed: {low} or more")
    if value > most:
        raise OptionError(f"{name} is {_shown(value)}; allowed: {low} up to {most:,}")


def require_seed(name: str, value: int) -> None:
    """Raise OptionError unless `value` may seed a generator: from 0 up to, not including, 2^63."""
    require(name, value, "0 up to, not including, 2^63", isinstance(value, numbers.Integral) and 0 <= value < 2**63)


def require_types(options: Options) -> None:
    """Raise OptionError for the first field of `options` whose value is not of its type."""
    for name, wanted in get_type_hints(type(options)).items():
        value = getattr(options, name)
        if not _fits(value, wanted):
            raise OptionError(_of_type(name, value, wanted))


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no number that is so long
        return "a number of thousands of digits"


def _of_type(name: str, value: Any, wanted: Any) -> str:
    kind = getattr(wanted, "__name__", None) or str(wanted)
    return f"{name} is {_shown(value)}; a value of type {kind} was expected"


def require_choice(name: str, value: str, choices: Collection[str]) -> None:
    """Raise OptionError, with the nearest right word, unless `value` is one of `choices`."""
    if value not in choices:
        raise OptionError(f"{name} is {value!r}; allowed: {', '.join(choices)}{nearest(str(value), choices)}")


def from_mapping(kind: type[OptionsT], values: Mapping[str, Any], *, path: Path | None = None) -> OptionsT:
    """Build options of class `kind` from names and values, as they are read from TOML or JSON.

    Raises
    ------
    OptionError
        For an unknown name, a value of the wrong type, or one outside its range; the message names `path`.
    """
    types = get_type_hints(kind)
    for name, value in values.items():
        if name not in types:
            raise OptionError(unknown_option(name, types), path=path)
        if not _fits(value, types[name]):
            raise OptionError(_of_type(name, value, types[name]), path=path)
    try:
        return kind(**values)
    except OptionError as error:
        raise OptionError(error.message, path=path) from error


def require_names(given: Iterable[str], names: Collection[str]) -> None:
    """Raise OptionError with the nearest right name for the first of `given` that is none of `names`."""
    for name in given:
        if name not in names:
            raise OptionError(unknown_option(name, names))


def with_present_names(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Options from a file of an earlier version, under their present names."""
    return {FORMER_NAMES.get(name, name): value for name, value in stored.items()}


def unknown_option(name: str, names: Collection[str]) -> str:
    """The message about an option that is not among `names`, with its present name or the nearest right one."""
    if (present := FORMER_NAMES.get(name)) in names:
        return f"{name!r} is now called {present!r}"
    return f"no option is called {name!r}{nearest(name, names)}"


def to_mapping(options: Options) -> dict[str, Any]:
    """Names and values of `options`, for JSON and for `from_mapping`."""
    return dataclasses.asdict(options)


def load_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises
    ------
    OptionError
        If it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"cannot be read: {error.strerror or error}", path=path) from error
    except UnicodeDecodeError as error:
        raise OptionError(f"is not UTF-8 text: {error.reason} at byte {error.start}", path=path) from error
    except (ValueError, RecursionError) as error:  # RecursionError: a thousand brackets, say
        raise OptionError(f"is not TOML: {error}", path=path) from error


def _fits(value: Any, wanted: Any) -> bool:
    choices = get_args(wanted)
    if choices and not all(isinstance(choice, type) for choice in choices):
        return isinstance(value, str)  # a Literal: `require_choice` checks the word
    kinds = choices or (wanted,)
    if isinstance(value, bool):
        return bool in kinds
    whole = int in kinds and isinstance(value, numbers.Integral)  # numpy's too
    return whole or isinstance(value, kinds) or (float in kinds and isinstance(value, numbers.Real))


def nearest(name: str, names: Collection[str]) -> str:
    """The end of a message that offers the nearest of `names`; empty if none is near."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
