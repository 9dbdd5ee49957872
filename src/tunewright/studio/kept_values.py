"""`KeptValues`: what takes time to make, kept for a number of keys that were used lately."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

KeptT = TypeVar("KeptT")


class KeptValues:
    """Values by key; the one that was not used for the longest time is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], KeptT]) -> KeptT:
        """The value of `key`, made now if there is none; two threads may make the same."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: KeptT = self._values[key]
                return found
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
