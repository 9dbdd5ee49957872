"""Display of results in a notebook, for classes of the lower parts of the package.

A class names the function of a higher part that turns it into HTML, which is imported when a notebook asks for it.
What cannot be shown, because an extra is missing, say, is shown as text: a display never raises.
"""

from html import escape
from importlib import import_module
from typing import ClassVar


class ShownInNotebook:
    """Shows itself in a notebook as HTML, or else as text."""

    view: ClassVar[str]
    """The function that makes the HTML, such as ``report.pages.result_views:history_html``."""

    def _repr_html_(self) -> str:
        module, _, name = self.view.partition(":")
        try:
            return str(getattr(import_module(f"tunewright.{module}"), name)(self))
        except Exception:  # noqa: BLE001 - a notebook shows the text instead
            return f"<pre>{escape(str(getattr(self, 'text', self)))}</pre>"
