"""A route of the studio's API: path, method, handler, the classes of its request and its response, and its checks.

Each room has a module-level tuple ``ROUTES``; `tunewright.studio.routes` joins them, and from that one table come the
routes that Starlette serves and the OpenAPI document. A room looks like this::

    @dataclass(frozen=True)
    class ShiftRequest:
        text: Abc
        semitones: Annotated[int, Meta(ge=-24, le=24)] = 0


    @dataclass(frozen=True)
    class ShiftResponse:
        text: str


    def shift(studio: Studio, request: ShiftRequest) -> ShiftResponse:
        return ShiftResponse(transpose(request.text, request.semitones))


    def read_tune(studio: Studio, tune: int) -> KeptTune:
        return studio.part(Tunebook).tune(tune)  # raises Refused(404, "no tune has the number 7")


    ROUTES = (
        Route("POST", "/api/transpose", shift, ShiftRequest, ShiftResponse, "A tune in another key."),
        Route("GET", "/api/tunes/{tune:int}", read_tune, None, KeptTune, "One tune of the book."),
    )

Handlers are plain functions, run in a worker thread: first the studio, then the request (where the route has one), then
what stands in braces in the path, by name. Requests and responses are frozen dataclasses; the ranges of their fields
(``Annotated[int, Meta(ge=0)]``) are checked before a handler is called, and stand in the OpenAPI document. A request of
GET and DELETE is read from the query, of POST and PUT from the JSON of the body, or from a form if one of its fields
holds files.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from tunewright.errors import TunewrightError
from tunewright.options import unknown_option

LONGEST_ABC = 200_000
"""Most characters of a text of ABC in one request."""

Abc = Annotated[str, Meta(max_length=LONGEST_ABC, description="Text in ABC notation.")]
Line = Annotated[str, Meta(max_length=200, description="One line of text.")]
Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A count, place or name that JavaScript can hold too."""
Share = Annotated[float, Meta(ge=0, le=1)]

LARGEST_IN_PATH = 2**53 - 1


class Refused(TunewrightError):  # noqa: N818 (what the client is told is not an error of ours)
    """What a client asked for cannot be done.

    Parameters
    ----------
    status
        400 for a wrong value, 404 where there is no such thing, 409 for a conflict, 413 for too much, 422 for a text
        that is no tune, 429 for too many at once.
    message
        What came, and what is allowed: a sentence for people.
    line, column
        The place in the text that was sent, counted from 1.
    """

    def __init__(self, status: int, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.line, self.column = status, message, line, column


@dataclass(frozen=True)
class Upload:
    """A file that came in a form."""

    name: str
    """As the browser gave it: never a path, never to be written to disk under it."""
    content: bytes


Uploads = Annotated[tuple[Upload, ...], Meta(max_length=50)]
"""Type of a request's field that holds files; such a request is a form (multipart/form-data)."""


@dataclass(frozen=True)
class Download:
    """A response that is a file."""

    content: bytes
    media_type: str
    """Such as ``audio/midi``."""
    name: str = ""
    """Under this name the browser saves it; shown in the page if empty."""
    seconds_kept: int = 0
    """How long a browser may keep it without asking again."""


@dataclass(frozen=True)
class Done:
    """A response that says nothing more."""

    done: bool = True


@dataclass(frozen=True)
class Route:
    """One path and method of the API."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """Such as ``/api/tunes/{tune:int}``: what stands in braces is an argument of the handler."""
    handler: Callable[..., Any]
    """Plain function of the studio, the request and the path's arguments; see the module."""
    request: type[Any] | None
    """Frozen dataclass of what is sent; None if nothing is."""
    response: type[Any]
    """Frozen dataclass that becomes JSON; `Download`, or `tunewright.studio.event_stream.EventLog`."""
    summary: str
    """One sentence for the API's document."""
    status: int = 200
    """Of the answer if all goes well."""
    with_client: bool = False
    """True gives the handler the argument ``client``: a text that stands for the page that asks."""
    largest_body: int = 1_000_000
    """Most bytes that may be sent."""

    @cached_property
    def in_form(self) -> tuple[str, ...]:
        """Names of the request's fields that hold files."""
        hints = get_type_hints(self.request) if self.request else {}
        return tuple(name for name, hint in hints.items() if Upload in get_args(hint))

    @property
    def in_query(self) -> bool:
        """Whether the request is read from the query."""
        return self.request is not None and self.method in ("GET", "DELETE")

    @cached_property
    def path_types(self) -> dict[str, str]:
        """Type of each argument in the path, ``int`` or ``str``, by its name."""
        return {name: kind or "str" for name, kind in re.findall(r"{(\w+)(?::(\w+))?}", self.path)}


def request_of(kind: type[Any], values: Any, *, strict: bool = True) -> Any:
    """Make a request of class `kind` from what JSON, a query or a form held.

    Parameters
    ----------
    strict
        False also reads numbers from text, as queries and forms have them.

    Raises
    ------
    Refused
        For a name that the class does not have, a value of the wrong type or one outside its range.
    """
    try:
        for message in _unknown_names(kind, values):
            raise Refused(400, message)
        made = msgspec.convert(values, kind, strict=strict)
        _require_text(made)
    except msgspec.ValidationError as error:
        raise Refused(400, _sentence(str(error))) from error
    except RecursionError as error:
        raise Refused(400, "the request is nested too deeply") from error
    return made


def path_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the path.

    Raises
    ------
    Refused
        For a number that nothing can have.
    """
    for name, value in given.items():
        if isinstance(value, int) and value > LARGEST_IN_PATH:
            raise Refused(404, f"no {name} has the number {value}")
    _require_text(given)
    return dict(given)


def _unknown_names(kind: Any, values: Any) -> Iterator[str]:
    """Messages about names in `values` that dataclass `kind`, or a dataclass in one of its fields, does not have."""
    if is_dataclass(kind) and isinstance(values, Mapping):
        hints = get_type_hints(kind)
        for name, value in values.items():
            if name not in hints:
                yield unknown_option(name[:50], hints)
            else:
                yield from _unknown_names(hints[name], value)
    elif isinstance(values, list | tuple):
        for inner in get_args(kind):
            for value in values if is_dataclass(inner) else ():
                yield from _unknown_names(inner, value)
    else:
        for inner in get_args(kind):
            yield from _unknown_names(inner, values)


def _require_text(value: Any) -> None:
    """Refuse text with characters that no file, database or page can hold: NUL, and halves of a pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise Refused(400, "a text has the character U+0000 or half of a surrogate pair; neither is allowed")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _require_text(name)
            _require_text(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _require_text(inner)
    elif is_dataclass(value):
        for each in fields(value):
            _require_text(getattr(value, each.name))


def _sentence(message: str) -> str:
    """``bars: expected `int`, got `str``` for msgspec's ``Expected `int`, got `str` - at `$.bars```."""
    said, _, place = message.partition(" - at `$")
    name = place.strip("`").lstrip(".")
    said = said[:1].lower() + said[1:]
    return f"{name}: {said}" if name else f"the request: {said}"
