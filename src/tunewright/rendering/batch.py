"""Rendering of many tunes to files, by several engines at once; a tune that fails does not stop the others."""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.tune import Tune
from tunewright.errors import RenderError, TunewrightError
from tunewright.files import write_file
from tunewright.rendering.engine import close_engines, most_engines
from tunewright.rendering.formats import FORMATS, SUFFIXES, Rendering
from tunewright.rendering.page import file_name
from tunewright.rendering.source import title_of

TUNES_AHEAD = 4
"""Tunes per engine that are queued ahead of the first unfinished one."""


@dataclass(frozen=True)
class Outcome:
    """The result of rendering one tune in one format."""

    tune: Tune
    format: str
    path: Path
    """The file, whether or not it could be written."""
    reason: str = ""
    """Why it could not be made; empty if it was."""
    doubt: str = ""
    """What cannot be vouched for in a file that was made."""


def render_tunes(
    tunes: Sequence[Tune], formats: Sequence[str], out: Path, *, soundfont: Path | None = None
) -> Generator[Outcome, None, None]:
    """Write every tune in every format, several tunes at once; yield the outcome of each file, in order.

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
    under_way: deque[Future[list[Outcome]]] = deque()
    with ThreadPoolExecutor(most_engines()) as pool:
        try:
            for tune, name in zip(tunes, names(tunes), strict=True):
                under_way.append(pool.submit(_render_tune, tune, formats, out / name, soundfont))
                if len(under_way) > TUNES_AHEAD * most_engines():
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            close_engines()  # ends the tunes that are under way
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _render_tune(tune: Tune, formats: Sequence[str], stem: Path, soundfont: Path | None) -> list[Outcome]:
    rendering = Rendering(tune.text, soundfont=soundfont)
    outcomes = []
    for form in formats:
        path = stem.with_name(stem.name + SUFFIXES[form])
        try:
            write_file(path, FORMATS[form](rendering))
        except RenderError as error:
            outcomes.append(Outcome(tune, form, path, str(error)))
        except TunewrightError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails in one tune must not end the book
            outcomes.append(Outcome(tune, form, path, f"unexpected {type(error).__name__}: {error}"))
        else:
            outcomes.append(Outcome(tune, form, path, doubt=rendering.doubt))
    return outcomes


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
