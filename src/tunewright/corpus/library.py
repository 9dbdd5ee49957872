"""Named corpora: the books of tunes inside the music21 package.

They are found on the disk without importing music21 (which takes seconds). music21's own licence does not cover them:
they are there by permission of the people who typed them in, so they are read where they are and never copied into
anything that we distribute.
"""

import difflib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.sources import existing
from tunewright.errors import CorpusError, MissingExtraError


@dataclass(frozen=True)
class LibraryCorpus:
    """A book of tunes inside the music21 package."""

    name: str
    """Name on the command line."""
    title: str
    folder: str
    """Folder below music21's folder of scores."""
    licence: str


_PERMISSION = "melodies in the public domain; transcriptions shared through music21 by permission of their encoders"

LIBRARY = {
    corpus.name: corpus
    for corpus in (
        LibraryCorpus("oneills", "O'Neill's Music of Ireland (1,850 melodies), 1903", "oneills1850", _PERMISSION),
        LibraryCorpus("ryans", "Ryan's Mammoth Collection, 1883", "ryansMammoth", _PERMISSION),
    )
}
"""Every named corpus, by its name."""


def find_corpus(name: str) -> Path:
    """Return the folder of the corpus called `name`.

    Raises
    ------
    CorpusError
        If no corpus has this name, or if this copy of music21 came without its scores.
    MissingExtraError
        If music21 is not installed.
    """
    if name not in LIBRARY:
        raise CorpusError(f"no corpus is called '{name}'{_nearest(name)}; there are {', '.join(LIBRARY)}")
    package = importlib.util.find_spec("music21")
    if package is None or not package.submodule_search_locations:
        raise MissingExtraError(f"The corpus '{name}'", "corpora")
    folder = Path(package.submodule_search_locations[0], "corpus", LIBRARY[name].folder)
    if not folder.is_dir():
        raise CorpusError(f"the corpus '{name}' is missing: this copy of music21 came without its scores", path=folder)
    return folder


def resolve(source: Path | str) -> Path:
    """Return the file or folder that `source` means: an existing path, else a corpus by its name.

    Raises
    ------
    CorpusError
        If it is neither.
    MissingExtraError
        If it is the name of a corpus, and music21 is not installed.
    """
    name = str(source)
    if name in LIBRARY and not Path(name).exists():
        return find_corpus(name)
    try:
        return existing(source)
    except CorpusError as error:
        names = ", ".join(LIBRARY)
        hint = f"{_nearest(name)}; a file, a folder or the name of a corpus ({names}) was expected"
        raise CorpusError(f"{error.message}{hint}", path=source) from error


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), LIBRARY, n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
