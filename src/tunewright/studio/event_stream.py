"""Server-sent events that resume: a log of numbered events, which any number of clients read from where they left off.

A handler returns an `EventLog`; the server writes it as ``text/event-stream``. Lines of an event: its number (from 1),
its kind, and its data as JSON. A client that lost the connection says the last number that it has seen
(``Last-Event-ID``, or ``?after=``) and gets what came since.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec

FLUSH_SECONDS = 0.015
"""Least time between two writes to one client: what comes meanwhile is written together."""
KEEP_ALIVE_SECONDS = 15.0
"""After so long without an event a comment is written, so that nothing between takes the connection for dead."""
RETRY = b"retry: 1000\n\n"
"""How long, in milliseconds, a browser waits before it asks again."""


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

    @property
    def closed(self) -> bool:
        """Whether no more will come."""
        return self._closed

    @property
    def last_kind(self) -> str:
        """Of the last event; empty if there is none."""
        return self._events[-1].kind if self._events else ""

    def after(self, number: int) -> tuple[list[Event], bool]:
        """The events that came after the one with this number, and whether no more will come."""
        with self._lock:
            return self._events[number:], self._closed

    def known(self, number: int) -> int:
        """The number itself, or 0 if no event has it: it is of a former log of the same name, and all are new."""
        return number if number <= len(self._events) else 0

    def on_change(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake`, from any thread, whenever something was added; returns a function that ends this."""
        with self._lock:
            self._wakers.add(wake)

        def forget() -> None:
            with self._lock:
                self._wakers.discard(wake)

        return forget

    def _wake(self) -> None:
        with self._lock:
            wakers = list(self._wakers)
        for wake in wakers:
            wake()


class EventStreams:
    """Writes logs to clients, and ends all of that when the server stops.

    Used in one event loop.
    """

    def __init__(self) -> None:
        self._ended = False
        self._open: set[asyncio.Event] = set()

    def end(self) -> None:
        """End every stream; clients will ask again, and find the studio closed."""
        self._ended = True
        for changed in self._open:
            changed.set()

    async def written(self, log: EventLog, number: int) -> AsyncIterator[bytes]:
        """What a client is sent that has seen the events up to this number."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(changed.set)

        number, forget = log.known(number), log.on_change(wake)
        self._open.add(changed)
        try:
            yield RETRY
            while not self._ended:
                changed.clear()
                events, closed = log.after(number)
                if events:
                    yield b"".join(_lines(number + place, event) for place, event in enumerate(events, 1))
                    number += len(events)
                    await asyncio.sleep(FLUSH_SECONDS)
                elif closed:
                    return
                else:
                    try:
                        await asyncio.wait_for(changed.wait(), KEEP_ALIVE_SECONDS)
                    except TimeoutError:
                        yield b": nothing new\n\n"
        finally:
            self._open.discard(changed)
            forget()


def _lines(number: int, event: Event) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event.kind.encode(), event.data)
