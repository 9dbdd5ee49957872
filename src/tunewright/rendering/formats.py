"""File formats of tunes: abc, musicxml, svg, png, pdf, midi, wav, opus and html, each made from one `Rendering`.

Each format needs the tune's text, its score or its performance; these are computed once for all formats. `render`
makes one file of one tune.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from tunewright.errors import MissingExtraError, OptionError
from tunewright.rendering.audio import opus_file, wav_file
from tunewright.rendering.midi import midi_file
from tunewright.rendering.musicxml.partwise import musicxml_file
from tunewright.rendering.page import PageTune, tune_page
from tunewright.rendering.performance import Performance, perform
from tunewright.rendering.score import Score, engrave, pdf_file, png_file, svg_file
from tunewright.rendering.source import abc_text

Made = TypeVar("Made")


@dataclass(frozen=True)
class Rendering:
    """One tune, with its text, score and performance computed once for all formats."""

    tune: str
    """ABC notation."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Its provenance; written into every file."""
    soundfont: Path | None = None
    """An SF2 file; None for the one that is installed."""
    more: str = ""
    """More HTML for its page."""
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def abc(self) -> str:
        """Its complete ABC text."""
        return self._once("abc", lambda: abc_text(self.tune, self.provenance))

    @property
    def score(self) -> Score:
        """Its engraved score."""
        return self._once("score", lambda: engrave(self.abc))

    @property
    def performance(self) -> Performance:
        """What sounds when."""
        return self._once("performance", lambda: perform(self.abc))

    @property
    def doubt(self) -> str:
        """What cannot be vouched for in it, as far as it was played; empty if all can."""
        performance = self._made.get("performance")
        doubtful = isinstance(performance, Performance) and not performance.vouched
        return "abcjs plays other notes than those that tunewright check reads" if doubtful else ""

    def _once(self, name: str, make: Callable[[], Made]) -> Made:
        # functools.cached_property of Python 3.11 locks across instances: threads with other tunes would wait
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    def page(self) -> bytes:
        """A page with this tune alone."""
        entry = PageTune(self.tune, self.provenance, more=self.more)
        return tune_page([entry], title=self.score.title or "Untitled", soundfont=self.soundfont).encode()


FORMATS: dict[str, Callable[[Rendering], bytes]] = {
    "abc": lambda tune: tune.abc.encode(),
    "musicxml": lambda tune: musicxml_file(tune.abc, tune.provenance),
    "svg": lambda tune: svg_file(tune.score, tune.provenance),
    "png": lambda tune: png_file(tune.score, tune.provenance),
    "pdf": lambda tune: pdf_file(tune.score, tune.provenance),
    "midi": lambda tune: midi_file(tune.performance, tune.provenance),
    "wav": lambda tune: wav_file(tune.performance, tune.provenance, tune.soundfont),
    "opus": lambda tune: opus_file(tune.performance, tune.provenance, tune.soundfont),
    "html": Rendering.page,
}
"""The function that makes each format."""

_SOUND = ("py_mini_racer", "mido", "midirenderer", "soundfile")
PACKAGES: dict[str, tuple[str, ...]] = {
    "abc": (),
    "musicxml": (),
    "svg": ("py_mini_racer",),
    "png": ("py_mini_racer", "typst"),
    "pdf": ("py_mini_racer", "typst"),
    "midi": ("py_mini_racer", "mido"),
    "wav": _SOUND,
    "opus": _SOUND,
    "html": _SOUND,
}
"""The packages that each format needs."""

SUFFIXES = {name: f".{name}" for name in FORMATS} | {"midi": ".mid"}
"""The suffix of a file of each format."""


def render(
    tune: str,
    format: str,  # noqa: A002
    *,
    provenance: Mapping[str, str] | None = None,
    soundfont: Path | None = None,
) -> bytes:
    """Turn a tune into a file.

    Parameters
    ----------
    tune
        One tune in ABC notation.
    format
        A name in `FORMATS`.
    provenance
        Where the tune comes from, such as ``{"model": "jigs", "seed": "3"}``; written into the file.
    soundfont
        An SF2 file to play it with; the one that is installed if None.

    Returns
    -------
    bytes
        The content of the file; texts are in UTF-8.

    Raises
    ------
    OptionError
        If there is no such format.
    RenderError
        If this tune cannot be rendered; the message has the reason.
    InputError
        If `soundfont` cannot be used.
    MissingExtraError
        If a package that the format needs is not installed.
    """
    check_format(format)
    return FORMATS[format](Rendering(tune, provenance or {}, soundfont))


def parse_formats(names: str) -> list[str]:
    """Return the formats in `names`, a list with commas, each once.

    Raises
    ------
    OptionError
        If there is no such format.
    MissingExtraError
        If a package that one of them needs is not installed, so that this shows before long work.
    """
    formats = list(dict.fromkeys(check_format(name.strip()) for name in names.split(",")))
    for name in formats:
        if any(find_spec(package) is None for package in PACKAGES[name]):
            raise MissingExtraError(f"The format {name}", "render")
    return formats


def check_format(name: str) -> str:
    """Return `name` if it is one of `FORMATS`.

    Raises
    ------
    OptionError
        If it is not.
    """
    if name not in FORMATS:
        raise OptionError(f"format is {name!r}; allowed: {', '.join(FORMATS)}")
    return name
