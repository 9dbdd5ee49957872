"""Tables of a plan's TOML text, with errors that name the file and the table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tunewright.errors import OptionError
from tunewright.options import load_toml, nearest

Item = TypeVar("Item", str, int)


@dataclass(frozen=True)
class PlanTable:
    """A table of a plan, with its place in the file."""

    values: Mapping[str, Any]
    path: Path
    place: str = ""
    """``[base]``, for instance; empty for the top level."""

    def error(self, message: str) -> OptionError:
        """Return an error that names this place."""
        return OptionError(f"{self.place}: {message}" if self.place else message, path=self.path)

    @contextmanager
    def locate_errors(self) -> Iterator[None]:
        """Add this place to the message of an OptionError that is raised inside."""
        try:
            yield
        except OptionError as error:
            raise self.error(error.message) from error

    def require_known(self, *names: str) -> None:
        """Raise OptionError, with the nearest right name, unless every key is one of `names`."""
        for name in self.values:
            if name not in names:
                raise self.error(f"no key is called {name!r}; there are {', '.join(names)}{nearest(name, names)}")

    def text(self, name: str, default: str) -> str:
        """Return a string that is not blank, or `default` if it is left out."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or (name in self.values and not value.strip()):
            raise self.error(f"{name} is {value!r}; a string was expected")
        return value

    def list_of(self, name: str, kind: type[Item]) -> tuple[Item, ...]:
        """Return a list of strings or whole numbers without repetitions; empty if it is left out."""
        value = self.values.get(name, [])
        wanted = {str: "strings", int: "whole numbers"}[kind]
        if not isinstance(value, list) or not all(type(each) is kind for each in value):
            raise self.error(f"{name} is {value!r}; a list of {wanted} was expected")
        if "" in value:
            raise self.error(f"{name} holds an empty name")
        self.require_different(name, value)
        return tuple(value)

    def require_different(self, name: str, values: list[Any]) -> None:
        """Raise OptionError if a value is in the list `name` twice."""
        for number, value in enumerate(values):
            if value in values[:number]:
                raise self.error(f"{name} has {value!r} twice")

    def table(self, name: str) -> "PlanTable":
        """Return the table ``[name]``; empty if it is left out."""
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.error(f"{name} is {value!r}; a table [{name}] was expected")
        return PlanTable(value, self.path, f"[{name}]" if not self.place else f"{self.place[:-1]}.{name}]")

    def tables(self, name: str) -> list["PlanTable"]:
        """Return the tables ``[[name]]``, each with its number in its place."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.error(f"{name} is {value!r}; tables [[{name}]] were expected")
        return [PlanTable(each, self.path, f"[[{name}]] {number}") for number, each in enumerate(value, start=1)]


def read_table(path: Path) -> PlanTable:
    """Read a TOML file.

    Raises
    ------
    OptionError
        If it cannot be read, or is not TOML.
    """
    return PlanTable(load_toml(path), path)
