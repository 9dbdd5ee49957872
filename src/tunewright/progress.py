"""The type of progress callbacks of long analyses."""

from collections.abc import Callable

Progress = Callable[[str, float], object]
"""A function of what is being done and the share of all work that is done, 0 to 1."""
