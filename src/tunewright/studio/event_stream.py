"""Server-sent events that resume: a log of numbered events, which any number of clients read from where they left off.

A handler returns `EventLog`; the server writes them as ``text/event-stream``. Lines of an event: its number (from 1), its
kind, and its data as JSON. A client that lost the connection says the last number that it has seen (``Last-Event-ID``,
or ``?after=``) and gets what came since.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec


@dataclass(frozen=True)
class Event:
    """One event."""

    kind: str
    data: bytes
    """JSON."""


class EventLog:
    """Events in order, written by one thread and read by many."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._closed = False
        self._lock = Lock()
        self._wakers: set[Callable[[], None]] = set()

    def publish(self, kind: str, data: Any) -> None:
        """Add an event; `data` is a dataclass or what JSON can hold."""
        with self._lock:
            self._events.append(Event(kind, msgspec.json.encode(data)))
        self._wake()

    def close(self) -> None:
        """Say that no more events come."""
        with self._lock:
            self._closed = True
        self._wake()

    def after(self, number: int) -> tuple[list[Event], bool]:
        """The events that came after the one with this number, and whether no more will come."""
        with self._lock:
            return self._events[number:], self._closed

    def on_change(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake`, from any thread, whenever something was added; returns a function that ends this."""
        with self._lock:
            self._wakers.add(wake)
        return lambda: self._wakers.discard(wake)

    def _wake(self) -> None:
        with self._lock:
            wakers = list(self._wakers)
        for wake in wakers:
            wake()
