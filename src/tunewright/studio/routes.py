"""The table of all routes of the studio's API: the rooms' tables, joined."""

from collections.abc import Callable

from tunewright.studio.route import Route
from tunewright.studio.studio import Studio

ROUTES: tuple[Route, ...] = ()

BEGINNINGS: tuple[Callable[[Studio], None], ...] = ()
"""What rooms make ready when the server starts; each returns at once."""
