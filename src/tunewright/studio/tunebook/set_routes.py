"""The API of the tunebook's sets."""

from dataclasses import dataclass

from tunewright.studio.route import Done, Line, Route
from tunewright.studio.studio import Studio
from tunewright.studio.tunebook import tune_sets
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.tune_sets import KeptSet, TuneNumbers


@dataclass(frozen=True)
class KeptSets:
    """All sets, the newest first."""

    sets: tuple[KeptSet, ...]


@dataclass(frozen=True)
class NewSetRequest:
    """A set to make."""

    name: Line
    tunes: TuneNumbers = ()


@dataclass(frozen=True)
class ChangeSetRequest:
    """What is to be changed of a set; null leaves what is there."""

    name: Line | None = None
    tunes: TuneNumbers | None = None


def sets(studio: Studio) -> KeptSets:
    """All sets."""
    with studio.part(Tunebook).file.reading() as connection:
        return KeptSets(tune_sets.read_sets(connection))


def new_set(studio: Studio, request: NewSetRequest) -> KeptSet:
    """Make a set."""
    with studio.part(Tunebook).file.writing() as connection:
        return tune_sets.make_set(connection, request.name, request.tunes)


def change_set(studio: Studio, request: ChangeSetRequest, number: int) -> KeptSet:
    """Change a set."""
    with studio.part(Tunebook).file.writing() as connection:
        return tune_sets.change_set(connection, number, request.name, request.tunes)


def delete_set(studio: Studio, number: int) -> Done:
    """Delete a set; its tunes stay."""
    with studio.part(Tunebook).file.writing() as connection:
        tune_sets.delete_set(connection, number)
    return Done()


def restore_set(studio: Studio, number: int) -> KeptSet:
    """Bring a deleted set back."""
    with studio.part(Tunebook).file.writing() as connection:
        return tune_sets.restore_set(connection, number)


ROUTES = (
    Route("GET", "/api/sets", sets, None, KeptSets, "All sets."),
    Route("POST", "/api/sets", new_set, NewSetRequest, KeptSet, "Make a set.", status=201),
    Route("PUT", "/api/sets/{number:int}", change_set, ChangeSetRequest, KeptSet, "Change a set."),
    Route("DELETE", "/api/sets/{number:int}", delete_set, None, Done, "Delete a set; its tunes stay."),
    Route("POST", "/api/sets/{number:int}/restore", restore_set, None, KeptSet, "Bring a deleted set back."),
)
