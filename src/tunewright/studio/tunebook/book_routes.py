"""The API of books: files brought into the tunebook, and books made of its tunes."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from tunewright.studio.route import Download, Line, Number, Route, Uploads
from tunewright.studio.studio import Studio
from tunewright.studio.tunebook import tune_sets
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.book_export import BookForm, export_book
from tunewright.studio.tunebook.book_import import ImportReport, delete_book, import_books, restore_book
from tunewright.studio.tunebook.tune_list import Order, TuneFilter, all_numbers
from tunewright.studio.tunebook.tune_rows import CountedTunes, Tag, read_tune

LARGEST_BOOKS = 64_000_000
"""Bytes of the files that are brought in at once."""
BOOK_TITLE = "Tunebook"

NumberList = Annotated[str, Meta(pattern=r"^(\d{1,15}(,\d{1,15})*)?$", max_length=16_000)]
"""Numbers of tunes with commas between them."""


@dataclass(frozen=True)
class BooksRequest:
    """Files with tunes, in any form that is read."""

    files: Uploads
    tag: Tag = ""


@dataclass(frozen=True)
class BookRequest:
    """Which tunes make up a book, and its form."""

    format: BookForm
    title: Line = ""
    words: Line = ""
    tag: Tag = ""
    set: Number | None = None
    book: Line = ""
    rhythm: Line = ""
    key: Line = ""
    ids: NumberList = ""
    sort: Order = "title"


def bring_in(studio: Studio, request: BooksRequest) -> ImportReport:
    """Bring in books."""
    return import_books(studio.part(Tunebook), request.files, request.tag)


def take_out(studio: Studio, book: int) -> CountedTunes:
    """Delete the tunes of a book that was brought in."""
    with studio.part(Tunebook).file.writing() as connection:
        return CountedTunes(delete_book(connection, book))


def bring_back(studio: Studio, book: int) -> CountedTunes:
    """Bring back the tunes of a book that was deleted."""
    with studio.part(Tunebook).file.writing() as connection:
        return CountedTunes(restore_book(connection, book))


def make_book(studio: Studio, request: BookRequest) -> Download:
    """Make a book."""
    order: Order = "set" if request.set is not None else request.sort
    wanted = TuneFilter(request.words, request.tag, request.set, request.book, request.rhythm, request.key, order)
    title = request.title.strip() or BOOK_TITLE
    book = studio.part(Tunebook)
    with book.file.reading() as connection:
        numbers = [int(number) for number in request.ids.split(",")] if request.ids else all_numbers(connection, wanted)
        if request.set is not None and not request.title.strip():
            title = tune_sets.read_set(connection, request.set).name
        chosen = [read_tune(connection, number) for number in numbers]
    return export_book(chosen, request.format, title)


ROUTES = (
    Route("POST", "/api/books", bring_in, BooksRequest, ImportReport, "Bring in books.", largest_body=LARGEST_BOOKS),
    Route("DELETE", "/api/books/{book:int}", take_out, None, CountedTunes, "Delete what a book brought in."),
    Route("POST", "/api/books/{book:int}/restore", bring_back, None, CountedTunes, "Bring a deleted book back."),
    Route("GET", "/api/book", make_book, BookRequest, Download, "A book of the tunes that fit, as a file."),
)
