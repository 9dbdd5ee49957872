"""`Corpora`: what a network can learn from: books of the library, and files that were brought in.

Files that are brought in lie in the data folder under names of our own; what a user calls them is text, and no path.
"""

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from threading import Lock

from tunewright.corpus.library import LIBRARY, find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.sources import SUFFIXES
from tunewright.errors import CorpusError, MissingExtraError
from tunewright.files import write_file
from tunewright.studio.route import Refused, Upload
from tunewright.studio.settings import Settings

ABOUT = "about.json"
MOST_TOLD = 50
"""Failures and titles that are told one by one."""
PACKED = {".zip", ".gz"}


@dataclass(frozen=True)
class RefusedPiece:
    """Something in a file that is no tune."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class CorpusAbout:
    """What is in a corpus."""

    name: str
    title: str
    mine: bool
    """Whether it was brought in."""
    installed: bool = True
    install: str = ""
    """How to install it, if it is not."""
    files: tuple[str, ...] = ()
    tunes: int = 0
    """0 if nobody has looked yet."""
    characters: int = 0
    duplicates: int = 0
    refused: int = 0
    refused_first: tuple[RefusedPiece, ...] = ()
    titles: tuple[str, ...] = ()
    """Of some of its tunes."""


class Corpora:
    """The corpora of a data folder, and those of the library."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.folder / "corpora"
        self._looked: dict[str, CorpusAbout] = {}
        self._lock = Lock()

    def close(self) -> None:
        """Nothing is open."""

    def listed(self) -> tuple[CorpusAbout, ...]:
        """All of them; those of the library without a look inside."""
        books = tuple(self._looked.get(name, _book(name)) for name in LIBRARY)
        return (*books, *(self._stored(name) for name in self._names()))

    def about(self, name: str) -> CorpusAbout:
        """What is in a corpus; reads it if nobody has yet."""
        if name in LIBRARY:
            with self._lock:
                if name not in self._looked:
                    self._looked[name] = _read(name, LIBRARY[name].title, [find_corpus(name)], {}, mine=False)
                return self._looked[name]
        if name in self._names():
            return self._stored(name)
        raise Refused(404, f"no corpus is called {name[:100]!r}")

    def sources(self, name: str) -> tuple[str, ...]:
        """What `read_tunes` is given for it."""
        if name in LIBRARY:
            find_corpus(name)  # or an error that says what to install
            return (name,)
        if name not in self._names():
            raise Refused(404, f"no corpus is called {name[:100]!r}")
        return (str((self._folder / name / "files").resolve()),)

    def bring_in(self, title: str, uploads: Sequence[Upload]) -> CorpusAbout:
        """Keep files as a corpus, and say what was read and what was refused.

        Raises
        ------
        Refused
            If there is no tune in them.
        """
        if not uploads:
            raise Refused(400, "no file came; drop at least one that has tunes")
        with self._lock:
            title = title.strip() or PurePosixPath(uploads[0].name.replace("\\", "/")).stem or "tunes"
            base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "tunes"
            taken = {*self._names(), *LIBRARY}
            name = next(each for n in range(1, 10_000) if (each := base if n == 1 else f"{base}-{n}") not in taken)
            folder = self._folder / name
            try:
                names = _store(folder / "files", uploads)
                about = _read(name, title, [folder / "files" / each for each in names], names, mine=True)
            except CorpusError as error:
                shutil.rmtree(folder, ignore_errors=True)
                reason = _without_folder(str(error), folder, names)
                raise Refused(400, f"no tune was found: {reason}") from error
            write_file(folder / ABOUT, json.dumps(asdict(about), indent=2) + "\n")
        return about

    def remove(self, name: str) -> None:
        """Remove a corpus that was brought in; trainings that are finished keep their networks."""
        with self._lock:
            if name not in self._names():
                raise Refused(404, f"no corpus of yours is called {name[:100]!r}")
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if (path / ABOUT).is_file())

    def _stored(self, name: str) -> CorpusAbout:
        stored = json.loads((self._folder / name / ABOUT).read_text(encoding="utf-8"))
        pieces = tuple(RefusedPiece(**piece) for piece in stored["refused_first"])
        texts = {key: tuple(stored[key]) for key in ("files", "titles")}
        return CorpusAbout(**{**stored, **texts, "refused_first": pieces})


def _store(folder: Path, uploads: Sequence[Upload]) -> dict[str, str]:
    """Write the files under names of our own; the users' names by these."""
    folder.mkdir(parents=True)
    names = {}
    for number, upload in enumerate(uploads, 1):
        suffixes = PurePosixPath(upload.name.lower().replace("\\", "/")).suffixes
        known = [suffix for suffix in suffixes[-2:] if suffix in SUFFIXES or suffix in PACKED]
        name = f"{number:03}{''.join(known) or '.abc'}"
        write_file(folder / name, upload.content)
        names[name] = upload.name
    return names


def _read(name: str, title: str, paths: Sequence[Path], names: dict[str, str], *, mine: bool) -> CorpusAbout:
    reading = read_tunes(*paths)
    step = max(1, len(reading) // MOST_TOLD)
    titles = [found.group(1) for tune in reading.tunes[::step] if (found := re.search(r"(?m)^T:\s*(.+)$", tune.text))]
    base = paths[0].parent if mine else paths[0]

    def shown(path: Path) -> str:
        inside = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        first, _, rest = inside.partition("/")
        return f"{names.get(first, first)}/{rest}" if rest else names.get(first, first)

    refused = tuple(RefusedPiece(shown(each.path), each.line, each.reason) for each in reading.failures[:MOST_TOLD])
    return CorpusAbout(
        name,
        title,
        mine,
        files=tuple(names.values()),
        tunes=len(reading),
        characters=sum(len(tune.text) for tune in reading),
        duplicates=len(reading.duplicates),
        refused=len(reading.failures),
        refused_first=refused,
        titles=tuple(titles[:MOST_TOLD]),
    )


def _book(name: str) -> CorpusAbout:
    try:
        find_corpus(name)
    except MissingExtraError as error:
        return CorpusAbout(name, LIBRARY[name].title, False, installed=False, install=error.install)
    except CorpusError as error:
        return CorpusAbout(name, LIBRARY[name].title, False, installed=False, install=error.message)
    return CorpusAbout(name, LIBRARY[name].title, False)


def _without_folder(message: str, folder: Path, names: dict[str, str]) -> str:
    """A message in which files have the names that the user gave them."""
    message = message.replace(f"{folder / 'files'}{os.sep}", "").replace(str(folder / "files"), "")
    for name, given in names.items():
        message = message.replace(name, given)
    return message
