"""`Studio`: what all handlers share: settings, and one object of each part, such as the tunebook."""

from collections.abc import Callable
from threading import RLock
from typing import Any, Protocol, TypeVar, cast

from tunewright.studio.settings import Settings


class StudioPart(Protocol):
    """What a studio has one of."""

    def close(self) -> None:
        """End threads, close files; called once, when the server stops."""


PartT = TypeVar("PartT", bound=StudioPart)


class Studio:
    """Settings, and the parts that handlers share.

    Parts are made when they are first asked for. A part is a class whose only argument is the settings::

        class Tunebook:
            def __init__(self, settings: Settings) -> None: ...
            def close(self) -> None: ...


        studio.part(Tunebook).search(...)
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._parts: dict[Any, StudioPart] = {}
        self._lock = RLock()

    def part(self, kind: Callable[[Settings], PartT]) -> PartT:
        """The one object of class `kind`."""
        with self._lock:
            if kind not in self._parts:
                self._parts[kind] = kind(self.settings)
            return cast(PartT, self._parts[kind])

    def close(self) -> None:
        """Close all parts, the last one first."""
        with self._lock:
            while self._parts:
                _, part = self._parts.popitem()
                part.close()
