"""Progress bars on the error stream, for work that reports what it is doing and which share is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from rich.markup import escape
from rich.progress import Progress

from tunewright.cli.console import printable
from tunewright.cli.safe_console import SafeConsole


@cache
def error_console() -> SafeConsole:
    """The one console of the error stream: two bars at a time then have a line each."""
    return SafeConsole(stderr=True)


@contextmanager
def progress_bar(announcement: str = "") -> Iterator[Callable[[str, float], None]]:
    """A bar, if the error stream is a terminal; yields a function of what is being done and the share done, 0 to 1.

    Parameters
    ----------
    announcement
        A line to print when the work begins, on a terminal or not.
    """
    console = error_console()
    left_to_say = [announcement] if announcement else []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, visible=not announcement)

        def tell(doing: str, share: float) -> None:
            if left_to_say:
                console.print(left_to_say.pop(), soft_wrap=True)
            bar.update(task, description=escape(printable(doing)), completed=share, visible=True)

        yield tell


def indexing(tunes: int) -> str:
    """The announcement of an originality index that is being built, for `progress_bar`."""
    return f"indexing {tunes:,} tunes to look for copies; this happens once ..."
