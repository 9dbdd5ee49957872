"""Books made of the tunebook's tunes: one ABC file, a PDF with contents, one page that plays, an archive.

What a tune holds that cannot be engraved or played never fails the book: the PDF and the page show its text with the
reason, the archive has its ABC file alone.
"""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunewright.corpus.tune import Tune
from tunewright.rendering.batch import names, render_tunes
from tunewright.rendering.formats import parse_formats
from tunewright.rendering.page import PageTune, file_name, tune_page
from tunewright.rendering.source import abc_text
from tunewright.studio.route import Download, Refused
from tunewright.studio.tunebook.book_pdf import book_pdf
from tunewright.studio.tunebook.tune_rows import KeptTune

BookForm = Literal["abc", "pdf", "html", "zip"]

MOST_TUNES: dict[BookForm, int] = {"abc": 100_000, "pdf": 500, "html": 60, "zip": 500}
"""More would take minutes, or make a page that no browser opens with pleasure."""

_MEDIA_TYPES: dict[BookForm, str] = {
    "abc": "text/vnd.abc; charset=utf-8",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class BookTune:
    """A tune for a book."""

    text: str
    provenance: dict[str, str]


def export_book(tunes: Sequence[KeptTune], form: BookForm, title: str) -> Download:
    """A book of tunes, in their order, as a file.

    Parameters
    ----------
    tunes
        With their texts.
    title
        Heading of the PDF and of the page; the file is named after it.

    Raises
    ------
    Refused
        If there are no tunes, or more than this form can hold.
    MissingExtraError
        If a package that the form needs is not installed.
    """
    if not tunes:
        raise Refused(404, "no tune fits; the book would be empty")
    if len(tunes) > MOST_TUNES[form]:
        raise Refused(
            413,
            f"{len(tunes):,} tunes were chosen; at most {MOST_TUNES[form]:,} fit into this kind of book. "
            "Choose a set, a tag or fewer tunes, or take ABC",
        )
    content = _MAKERS[form]([BookTune(tune.text, _words(tune)) for tune in tunes], title)
    return Download(content, _MEDIA_TYPES[form], f"{file_name(title)}.{form}")


def _words(tune: KeptTune) -> dict[str, str]:
    """The provenance of a tune as words."""
    given = tune.provenance or {}
    return {name: str(value) for name, value in given.items() if value is not None and str(value).strip()}


def _abc(tunes: Sequence[BookTune], _title: str) -> bytes:
    """All tunes, numbered from 1, with a blank line after each."""
    texts = []
    for number, tune in enumerate(tunes, 1):
        lines = abc_text(tune.text, tune.provenance).rstrip("\n").split("\n")
        first = next(place for place, line in enumerate(lines) if line.startswith("X:"))
        before = [*lines[:first], *lines[first + 1 :]]
        texts.append("\n".join([f"X:{number}", *before]) + "\n")
    return "\n".join(texts).encode()


def _page(tunes: Sequence[BookTune], title: str) -> bytes:
    parse_formats("html")
    return tune_page([PageTune(tune.text, tune.provenance) for tune in tunes], title=title).encode()


def _archive(tunes: Sequence[BookTune], title: str) -> bytes:
    """A folder with the book as one ABC file, and ABC and MIDI of each tune."""
    parse_formats("midi")
    stem = file_name(title)
    parts = [Tune(tune.text, Path(f"{stem}.abc"), 1, len(tune.text)) for tune in tunes]
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{stem}/{stem}.abc", _abc(tunes, title))
        made = {outcome.path.name: outcome for outcome in render_tunes(parts, ["midi"], Path(folder))}
        for name, tune in zip(names(parts), tunes, strict=True):
            archive.writestr(f"{stem}/tunes/{name}.abc", abc_text(tune.text, tune.provenance))
            if not (outcome := made[f"{name}.mid"]).reason:
                archive.writestr(f"{stem}/tunes/{name}.mid", outcome.path.read_bytes())
    return packed.getvalue()


def _pdf(tunes: Sequence[BookTune], title: str) -> bytes:
    parse_formats("pdf")
    return book_pdf([(tune.text, tune.provenance) for tune in tunes], title)


_MAKERS = {"abc": _abc, "pdf": _pdf, "html": _page, "zip": _archive}
