"""The API of the tunebook's tunes: listed, found, kept, changed, tagged, deleted and restored."""

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from tunewright.notation.melody import read_melody
from tunewright.studio.route import Abc, Done, Line, Number, Refused, Route
from tunewright.studio.studio import Studio
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.melody_search import find_melody, locate_melody
from tunewright.studio.tunebook.tune_list import (
    BookSummary,
    ListedTunes,
    Order,
    TuneFilter,
    list_matches,
    list_tunes,
    summary,
)
from tunewright.studio.tunebook.tune_rows import CountedTunes, KeptTune, Tag, add_tags, read_tune
from tunewright.studio.tunebook.tune_sets import TuneNumbers
from tunewright.studio.tunebook.typed_notes import readings

INDEXING_SECONDS = 1.0
"""How long a search by notes waits for tunes that were just brought in."""

Notes = Annotated[str, Meta(max_length=1000, description="Notes as ABC or as letters.")]
ProvenanceGiven = dict[Annotated[str, Meta(max_length=60)], str | int | float | bool | None]


@dataclass(frozen=True)
class TunesRequest:
    """Which tunes are listed; empty and null mean any."""

    words: Line = ""
    notes: Notes = ""
    tag: Tag = ""
    set: Number | None = None
    book: Line = ""
    rhythm: Line = ""
    key: Line = ""
    sort: Order = "best"
    offset: Number = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@dataclass(frozen=True)
class KeepTuneRequest:
    """A tune to keep."""

    text: Abc
    tags: Annotated[tuple[Tag, ...], Meta(max_length=30)] = ()
    provenance: ProvenanceGiven | None = None


@dataclass(frozen=True)
class ChangeTuneRequest:
    """What is to be changed of a tune; null leaves what is there."""

    text: Abc | None = None
    title: Line | None = None
    tags: Annotated[tuple[Tag, ...], Meta(max_length=30)] | None = None
    provenance: ProvenanceGiven | None = None


@dataclass(frozen=True)
class ManyTunesRequest:
    """Some tunes."""

    tunes: TuneNumbers


@dataclass(frozen=True)
class TagTunesRequest:
    """Tags to give to some tunes, and to take from them."""

    tunes: TuneNumbers
    add: Annotated[tuple[Tag, ...], Meta(max_length=30)] = ()
    remove: Annotated[tuple[Tag, ...], Meta(max_length=30)] = ()


@dataclass(frozen=True)
class PassageRequest:
    """Notes to find in a tune."""

    notes: Notes


@dataclass(frozen=True)
class TunePassage:
    """The characters of a tune from which to which the notes stand, in UTF-16 units; null where they do not."""

    start: int | None = None
    end: int | None = None


def tunebook_summary(studio: Studio) -> BookSummary:
    """What the book holds."""
    book = studio.part(Tunebook)
    with book.file.reading() as connection:
        return summary(connection, book.notice)


def tunes(studio: Studio, request: TunesRequest) -> ListedTunes:
    """A page of the list."""
    book = studio.part(Tunebook)
    wanted = TuneFilter(
        request.words, request.tag, request.set, request.book, request.rhythm, request.key, request.sort
    )
    if not request.notes.strip():
        with book.file.reading() as connection:
            return list_tunes(connection, wanted, request.offset, request.limit)
    melodies = readings(request.notes)
    unread = book.index_for(INDEXING_SECONDS)
    with book.file.reading() as connection:
        found = list_matches(connection, find_melody(connection, melodies), wanted, request.offset, request.limit)
    return replace(found, unread=unread, heard=melodies[0])


def keep_tune(studio: Studio, request: KeepTuneRequest) -> KeptTune:
    """Keep a tune."""
    return studio.part(Tunebook).keep(request.text, request.tags, request.provenance)


def one_tune(studio: Studio, tune: int) -> KeptTune:
    """One tune."""
    return studio.part(Tunebook).tune(tune)


def change_tune(studio: Studio, request: ChangeTuneRequest, tune: int) -> KeptTune:
    """Change a tune."""
    return studio.part(Tunebook).change(
        tune, text=request.text, title=request.title, tags=request.tags, provenance=request.provenance
    )


def delete_tune(studio: Studio, tune: int) -> Done:
    """Delete a tune."""
    if not studio.part(Tunebook).delete([tune]):
        raise Refused(404, f"no tune of the book has the number {tune}")
    return Done()


def restore_tune(studio: Studio, tune: int) -> KeptTune:
    """Bring a deleted tune back."""
    book = studio.part(Tunebook)
    book.restore([tune])
    return book.tune(tune)


def delete_tunes(studio: Studio, request: ManyTunesRequest) -> CountedTunes:
    """Delete some tunes."""
    return CountedTunes(studio.part(Tunebook).delete(request.tunes))


def restore_tunes(studio: Studio, request: ManyTunesRequest) -> CountedTunes:
    """Bring some deleted tunes back."""
    return CountedTunes(studio.part(Tunebook).restore(request.tunes))


def tag_tunes(studio: Studio, request: TagTunesRequest) -> CountedTunes:
    """Tag some tunes."""
    with studio.part(Tunebook).file.writing() as connection:
        for number in request.tunes:
            read_tune(connection, number)
            connection.executemany(
                "DELETE FROM tags WHERE tune = ? AND name = ?", [(number, name) for name in request.remove]
            )
            add_tags(connection, number, request.add)
    return CountedTunes(len(request.tunes))


def passage(studio: Studio, request: PassageRequest, tune: int) -> TunePassage:
    """Where in a tune some notes stand."""
    text = studio.part(Tunebook).tune(tune).text
    notes = read_melody(text).notes
    found = [locate_melody(melody, [note.pitch for note in notes]) for melody in readings(request.notes)]
    places = min((place for place in found if place), default=None)
    if places is None:
        return TunePassage()
    start, end = notes[places.first].start, notes[places.last - 1].end
    return TunePassage(_units(text[:start]), _units(text[:end]))


def _units(text: str) -> int:
    """Characters as JavaScript counts them."""
    return len(text.encode("utf-16-le")) // 2


ROUTES = (
    Route("GET", "/api/tunebook", tunebook_summary, None, BookSummary, "What the tunebook holds."),
    Route("GET", "/api/tunes", tunes, TunesRequest, ListedTunes, "A page of the tunes that fit."),
    Route("POST", "/api/tunes", keep_tune, KeepTuneRequest, KeptTune, "Keep a tune.", status=201),
    Route("GET", "/api/tunes/{tune:int}", one_tune, None, KeptTune, "A tune, with its text."),
    Route("PUT", "/api/tunes/{tune:int}", change_tune, ChangeTuneRequest, KeptTune, "Change a tune."),
    Route("DELETE", "/api/tunes/{tune:int}", delete_tune, None, Done, "Delete a tune; it can be restored."),
    Route("POST", "/api/tunes/{tune:int}/restore", restore_tune, None, KeptTune, "Bring a deleted tune back."),
    Route("GET", "/api/tunes/{tune:int}/passage", passage, PassageRequest, TunePassage, "Where notes stand in a tune."),
    Route("POST", "/api/tunes/deletion", delete_tunes, ManyTunesRequest, CountedTunes, "Delete some tunes."),
    Route("POST", "/api/tunes/restoration", restore_tunes, ManyTunesRequest, CountedTunes, "Bring some tunes back."),
    Route("POST", "/api/tunes/tagging", tag_tunes, TagTunesRequest, CountedTunes, "Tag some tunes."),
)
