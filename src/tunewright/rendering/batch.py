"""How do many tunes become files, without one that fails stopping the rest?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.tune import Tune
from tunewright.errors import RenderError
from tunewright.files import write_file
from tunewright.rendering.formats import FORMATS, SUFFIXES, Rendering
from tunewright.rendering.page import file_name
from tunewright.rendering.source import title_of


@dataclass(frozen=True)
class Outcome:
    """What became of one tune in one format."""

    tune: Tune
    format: str
    path: Path
    """The file, whether or not it could be written."""
    reason: str = ""
    """Why it could not be made; empty if it was."""


def render_tunes(
    tunes: Sequence[Tune], formats: Sequence[str], out: Path, *, soundfont: Path | None = None
) -> Iterator[Outcome]:
    """Write every tune in every format, and say after each file what became of it.

    A file is named after its source file, the tune's position in that and the tune's title, such as
    ``jigs-007-the-rakish-paddy.mid``; the same tunes get the same names each time.

    Parameters
    ----------
    tunes
        What to render.
    formats
        Names in `tunewright.rendering.FORMATS`.
    out
        A folder that exists; files of the same names are replaced.
    soundfont
        An SF2 file to play them with; the one that is installed if None.

    Raises
    ------
    InputError
        If `soundfont` cannot be used, or a file cannot be written.
    MissingExtraError
        If a package that a format needs is not installed.
    """
    for tune, name in zip(tunes, names(tunes), strict=True):
        rendering = Rendering(tune.text, soundfont=soundfont)
        for form in formats:
            path = out / f"{name}{SUFFIXES[form]}"
            try:
                write_file(path, FORMATS[form](rendering))
            except RenderError as error:
                yield Outcome(tune, form, path, str(error))
            else:
                yield Outcome(tune, form, path)


def names(tunes: Sequence[Tune]) -> list[str]:
    """Return a name for the files of each tune, without suffix; no two are equal."""
    positions: dict[Path, int] = {}
    digits = len(str(len(tunes)))
    taken: set[str] = set()
    found = []
    for tune in tunes:
        position = positions[tune.path] = positions.get(tune.path, 0) + 1
        base = f"{file_name(tune.path.stem)}-{position:0{digits}}-{file_name(title_of(tune.text))}"
        name, copies = base, 1
        while name in taken:
            copies += 1
            name = f"{base}-{copies}"
        taken.add(name)
        found.append(name)
    return found
