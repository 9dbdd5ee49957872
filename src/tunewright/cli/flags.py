"""Command-line flags from the fields of an options dataclass, and options merged from presets, TOML files and flags.

Each field becomes a flag of the same name that is None unless given, so that a preset, a TOML file and flags can be
laid over one another. The help text is the field's docstring.
"""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

from cyclopts import Parameter, Token
from docstring_parser import parse_from_object

from tunewright.errors import OptionError
from tunewright.options import Options, from_mapping, load_toml, to_mapping

OptionsT = TypeVar("OptionsT", bound=Options)


def _named(_type: Any, tokens: Sequence[Token]) -> Path:
    """A path; an empty name, which Path takes for the current folder, is an error."""
    if not tokens[0].value or "\0" in tokens[0].value:
        raise ValueError("the name is empty; give a file or folder")
    return Path(tokens[0].value)


def _whole(_type: Any, tokens: Sequence[Token]) -> int:
    """A whole number in decimal digits; cyclopts itself would round others."""
    if not re.fullmatch("[+-]?[0-9]{1,4000}", tokens[0].value):
        raise ValueError(f"{tokens[0].value[:40]!r} is no whole number")
    return int(tokens[0].value)


Whole = Annotated[int, Parameter(converter=_whole)]
"""A whole number as a user writes it."""
NamedPath = Annotated[Path, Parameter(converter=_named)]
"""A file or folder as a user names it."""


def flags_of(kind: type[Options], *, title: str) -> Any:
    """A parameter type whose flags are the fields of `kind`, each None unless given."""
    help_texts = {entry.arg_name: entry.description for entry in parse_from_object(kind).params}
    flags = [
        (
            name,
            Annotated[(Whole if hint is int else hint) | None, Parameter(help=help_texts.get(name), group=title)],
            None,
        )
        for name, hint in get_type_hints(kind).items()
    ]
    # cyclopts takes a class whose module is `types`, as make_dataclass leaves it, for a built-in one without fields.
    namespace = {"__module__": __name__}
    return Parameter(name="*")(
        dataclasses.make_dataclass(f"{kind.__name__}Flags", flags, frozen=True, namespace=namespace)
    )


def flag(name: str) -> str:
    """The flag of the option `name`: ``--top-k`` for ``top_k``."""
    return "--" + name.replace("_", "-")


def given(flags: Any) -> dict[str, Any]:
    """The flags that were given, by name."""
    if flags is None:
        return {}
    return {name: value for name, value in dataclasses.asdict(flags).items() if value is not None}


def override(base: OptionsT, *layers: tuple[dict[str, Any], Path | None]) -> OptionsT:
    """Lay names and values over `base`, in order; each layer comes with the file it is from, if any."""
    for values, path in layers:
        if values:
            from_mapping(type(base), values, path=path)  # so that an error names its own file
            base = from_mapping(type(base), {**to_mapping(base), **values}, path=path)
    return base


def read_toml(path: Path | None, tables: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The named tables of a TOML file, empty where it lacks one.

    Raises
    ------
    OptionError
        If the file cannot be read, is not TOML, or holds anything besides the tables.
    """
    if path is None:
        return {table: {} for table in tables}
    content = load_toml(path)
    for name, value in content.items():
        if name not in tables or not isinstance(value, dict):
            allowed = ", ".join(f"[{table}]" for table in tables)
            raise OptionError(f"{name!r} stands outside the tables {allowed}", path=path)
    return {table: content.get(table, {}) for table in tables}
