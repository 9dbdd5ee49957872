"""The table of all routes of the studio's API: the rooms' tables, joined."""

from tunewright.studio.route import Route

ROUTES: tuple[Route, ...] = ()
