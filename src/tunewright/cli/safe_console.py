"""A rich console for tables and progress bars that shows what others have written as it is: no control, no markup."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from tunewright.cli.console import printable


class SafeConsole(Console):
    """A console that writes control characters out, and takes no brackets or words in a text for markup.

    Parameters
    ----------
    options
        Those of `rich.console.Console`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Lay something out; only the console's own control codes stay."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text))
