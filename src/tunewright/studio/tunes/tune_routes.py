"""Routes about one tune: check, bars in words, playing, variations, transposing, originality, files, soundfont."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from threading import BoundedSemaphore

from tunewright.errors import OptionError, RenderError, VocabularyError, install_command
from tunewright.notation.fields import header_fields
from tunewright.notation.transpose import transpose
from tunewright.rendering.audio import installed_soundfont
from tunewright.rendering.formats import FORMATS, PACKAGES, SUFFIXES, Rendering, check_format
from tunewright.rendering.page import file_name
from tunewright.rendering.source import title_of
from tunewright.sampling.vary import vary
from tunewright.studio.composing.loaded_networks import Networks
from tunewright.studio.route import Download, Refused, Route
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio
from tunewright.studio.tunes.bar_words import bars_in_words
from tunewright.studio.tunes.checked_text import placed_findings
from tunewright.studio.tunes.near_tunes import HumanCorpora
from tunewright.studio.tunes.playing import Playing, play_bars
from tunewright.studio.tunes.practice import PlayedTune, played_tune, practice_file, silent_tune
from tunewright.studio.tunes.tune_messages import (
    BarsAnswer,
    CheckAnswer,
    FileFormat,
    FormatsAnswer,
    MidiRequest,
    OriginalityAnswer,
    OriginalityRequest,
    PlayRequest,
    RenderRequest,
    TextAnswer,
    TextRequest,
    TransposeRequest,
    VariationsAnswer,
    VariationsRequest,
    VariedTune,
)

SOUNDS = ("wav", "opus", "html")
LONGEST_SOUND_SECONDS = 360.0
"""A longer tune gets no WAV or Opus file: it would need too much memory."""
MOST_VARIED_BARS = 32
WAIT_SECONDS = 20
MOST_AT_ONCE = 2
"""Variations that are written, and sounds that are made, at one time."""
LONGEST_COMPARED = 20_000
"""Characters of a tune that is varied or compared."""
KEPT_SECONDS = 30 * 24 * 3600

MEDIA_TYPES = {
    "abc": "text/vnd.abc; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "midi": "audio/midi",
    "wav": "audio/wav",
    "opus": "audio/ogg",
    "html": "text/html; charset=utf-8",
    "musicxml": "application/vnd.recordare.musicxml+xml",
}


class LongWork:
    """Places for work that keeps a core busy for seconds."""

    def __init__(self, _: Settings) -> None:
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place while work is done.

        Raises
        ------
        Refused
            If all are taken.
        """
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise Refused(429, f"{MOST_AT_ONCE} such requests are being answered already; try again in a moment")
        try:
            yield
        finally:
            self._places.release()


def check_text(_: Studio, request: TextRequest) -> CheckAnswer:
    """Find what is wrong."""
    return CheckAnswer(placed_findings(request.text))


def read_bars(_: Studio, request: TextRequest) -> BarsAnswer:
    """Say the bars in words."""
    fields: dict[str, str] = {}
    for letter, value in header_fields(request.text):
        fields.setdefault(letter, value)
    bars = bars_in_words(request.text)
    return BarsAnswer(bars, *(fields.get(letter, "") for letter in "TKMR"))


def play(_: Studio, request: PlayRequest) -> PlayedTune:
    """Compute what sounds; a text that cannot be played is silent, and no error."""
    try:
        return played_tune(_playing(request))
    except RenderError as error:
        return silent_tune(str(error))


def write_midi(_: Studio, request: MidiRequest) -> Download:
    """Make a MIDI file of it."""
    content = practice_file(
        _playing(request),
        tempo=request.tempo,
        counted=request.count_in,
        beaten=request.metronome,
        instrument=request.instrument,
    )
    return Download(content, MEDIA_TYPES["midi"], f"{file_name(title_of(request.text))}.mid")


def _playing(request: PlayRequest) -> Playing:
    return play_bars(request.text, request.first_bar, request.last_bar, repeats=request.repeats, swing=request.swing)


def write_variations(studio: Studio, request: VariationsRequest) -> VariationsAnswer:
    """Write bars anew."""
    _require_short(request.text)
    if request.last < request.first:
        raise OptionError(f"bars is {request.first}-{request.last}; allowed: the last not before the first")
    if request.last - request.first >= MOST_VARIED_BARS:
        raise Refused(413, f"these are more than {MOST_VARIED_BARS} bars; write fewer anew at a time")
    with studio.part(LongWork).place():
        return _varied(studio, request)


def _varied(studio: Studio, request: VariationsRequest) -> VariationsAnswer:
    try:
        found = vary(
            studio.part(Networks).network(request.network),
            request.text,
            request.first,
            request.last,
            candidates=request.candidates,
            temperature=request.temperature,
            seed=request.seed,
        )
    except VocabularyError as error:  # the library's advice is about the command line
        seen = error.message.partition("; ")[0]
        raise Refused(400, f"{seen}; take it out of the tune", line=error.line, column=error.column) from error
    varied = tuple(VariedTune(each.text, each.bars, each.seed, round(each.likelihood, 3)) for each in found)
    return VariationsAnswer(varied, round(found[0].before, 3) if found else None)


def _require_short(text: str) -> None:
    if len(text) > LONGEST_COMPARED:
        raise Refused(413, f"the tune has {len(text):,} characters; at most {LONGEST_COMPARED:,} are allowed here")


def transpose_text(_: Studio, request: TransposeRequest) -> TextAnswer:
    """Move a tune to another key."""
    if (request.semitones is None) is (request.key is None):
        raise OptionError("give one of semitones and key")
    by = request.semitones if request.semitones is not None else request.key or ""
    return TextAnswer(transpose(request.text, by))


def find_nearest(studio: Studio, request: OriginalityRequest) -> OriginalityAnswer:
    """Compare a tune with those of a corpus."""
    _require_short(request.text)
    figures, nearest = studio.part(HumanCorpora).compare(request.text, request.corpus)
    return OriginalityAnswer(figures.verdict, figures.sentences(), nearest)


def list_formats(_: Studio) -> FormatsAnswer:
    """Say which formats there are."""
    missing = {
        name: next(filter(lambda each: find_spec(each) is None, needs), None) for name, needs in PACKAGES.items()
    }
    return FormatsAnswer(
        tuple(
            FileFormat(name, SUFFIXES[name], install_command("render") if missing[name] else None) for name in FORMATS
        )
    )


def render_tune(studio: Studio, request: RenderRequest) -> Download:
    """Make a file of a tune."""
    name = check_format(request.format)
    tune = Rendering(request.text, request.provenance)
    if name in SOUNDS and tune.performance.length_seconds > LONGEST_SOUND_SECONDS:
        minutes = tune.performance.length_seconds / 60
        raise RenderError(
            f"the tune lasts {minutes:.0f} minutes; sound is made of at most {LONGEST_SOUND_SECONDS / 60:.0f}"
        )
    with studio.part(LongWork).place() if name in SOUNDS else nullcontext():
        content = FORMATS[name](tune)
    return Download(content, MEDIA_TYPES.get(name, "application/octet-stream"), _name_of(request.text, name))


def _name_of(text: str, format_name: str) -> str:
    return f"{file_name(title_of(text))}{SUFFIXES[format_name]}"


def read_soundfont(_: Studio) -> Download:
    """The instruments."""
    return Download(installed_soundfont().read_bytes(), "audio/x-soundfont", seconds_kept=KEPT_SECONDS)


ROUTES = (
    Route("POST", "/api/check", check_text, TextRequest, CheckAnswer, "What is wrong in a text, and repairs."),
    Route("POST", "/api/bars", read_bars, TextRequest, BarsAnswer, "The bars of a tune in words, with their places."),
    Route("POST", "/api/playing", play, PlayRequest, PlayedTune, "What sounds when bars of a tune are played."),
    Route("POST", "/api/midi", write_midi, MidiRequest, Download, "A MIDI file of bars of a tune, to practise with."),
    Route("POST", "/api/variations", write_variations, VariationsRequest, VariationsAnswer, "Bars, written anew."),
    Route("POST", "/api/transpose", transpose_text, TransposeRequest, TextAnswer, "A tune in another key."),
    Route("POST", "/api/originality", find_nearest, OriginalityRequest, OriginalityAnswer, "The nearest human tunes."),
    Route("GET", "/api/formats", list_formats, None, FormatsAnswer, "The formats that a tune can be written in."),
    Route("POST", "/api/render", render_tune, RenderRequest, Download, "A tune as a file."),
    Route("GET", "/api/soundfont", read_soundfont, None, Download, "The instruments of the page's synthesizer."),
)
