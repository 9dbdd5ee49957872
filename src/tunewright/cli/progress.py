"""A bar for work that reports what it is doing and how much of it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on the error stream, if that is a terminal; gives what to call with what is done and its share, 0 to 1."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda doing, share: bar.update(task, description=doing, completed=share)
