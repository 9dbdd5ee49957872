"""The table of all routes of the studio's API: the rooms' tables, joined."""

from collections.abc import Callable

from tunewright.studio.composing import compose_routes
from tunewright.studio.composing.welcome import warm_up
from tunewright.studio.results import study_routes
from tunewright.studio.route import Route
from tunewright.studio.studio import Studio
from tunewright.studio.teaching import training_routes
from tunewright.studio.tunebook import book_routes, set_routes, tunebook_routes
from tunewright.studio.tunes import tune_routes
from tunewright.studio.units import neuron_routes

ROUTES: tuple[Route, ...] = (
    *compose_routes.ROUTES,
    *tune_routes.ROUTES,
    *tunebook_routes.ROUTES,
    *set_routes.ROUTES,
    *book_routes.ROUTES,
    *training_routes.ROUTES,
    *study_routes.ROUTES,
    *neuron_routes.ROUTES,
)

BEGINNINGS: tuple[Callable[[Studio], None], ...] = (warm_up,)
"""What rooms make ready when the server starts; each returns at once."""
