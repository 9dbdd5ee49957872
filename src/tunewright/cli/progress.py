"""A bar for work that reports what it is doing and how much of it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from rich.console import Console
from rich.progress import Progress


@cache
def error_console() -> Console:
    """The error stream, as one console for all, so that a bar within a bar has a line of its own."""
    return Console(stderr=True)


@contextmanager
def progress_bar(announcement: str = "") -> Iterator[Callable[[str, float], None]]:
    """A bar on the error stream, if that is a terminal; gives what to call with what is done and its share, 0 to 1.

    Parameters
    ----------
    announcement
        A line to print, terminal or not, when the work begins, so that nobody waits in silence.
    """
    console = error_console()
    left_to_say = [announcement] if announcement else []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, visible=not announcement)

        def tell(doing: str, share: float) -> None:
            if left_to_say:
                console.print(left_to_say.pop(), markup=False, highlight=False, soft_wrap=True)
            bar.update(task, description=doing, completed=share, visible=True)

        yield tell


def indexing(tunes: int) -> str:
    """The announcement of an index of originality that is built, see `progress_bar`."""
    return f"indexing {tunes:,} tunes to look for copies; this happens once ..."
