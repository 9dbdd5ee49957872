"""Requests and answers of the routes about one tune."""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from tunewright.studio.route import Line, Share
from tunewright.studio.tunes.bar_words import BarInWords
from tunewright.studio.tunes.checked_text import PlacedFinding
from tunewright.studio.tunes.near_tunes import HumanTune

TuneText = Annotated[str, Meta(max_length=50_000, description="One tune in ABC notation.")]
BarNumber = Annotated[int, Meta(ge=0, le=10_000)]
Program = Annotated[int, Meta(ge=0, le=127, description="Instrument of General MIDI.")]


@dataclass(frozen=True)
class TextRequest:
    """A tune's text."""

    text: TuneText


@dataclass(frozen=True)
class CheckAnswer:
    """What is wrong in a text."""

    findings: tuple[PlacedFinding, ...]


@dataclass(frozen=True)
class BarsAnswer:
    """The bars of a tune."""

    bars: tuple[BarInWords, ...]
    title: str
    key: str
    meter: str
    rhythm: str


@dataclass(frozen=True)
class PlayRequest:
    """Which bars are played, and how."""

    text: TuneText
    first_bar: BarNumber | None = None
    last_bar: BarNumber | None = None
    repeats: bool = True
    swing: Share = 0.0


@dataclass(frozen=True)
class MidiRequest(PlayRequest):
    """A MIDI file to practise with."""

    tempo: Annotated[float, Meta(ge=10, le=600, description="Beats in a minute.")] | None = None
    count_in: bool = False
    metronome: bool = False
    instrument: Program | None = None


@dataclass(frozen=True)
class VariationsRequest:
    """Bars that a network writes anew."""

    network: Line
    text: TuneText
    first: BarNumber
    last: BarNumber
    candidates: Annotated[int, Meta(ge=1, le=64)] = 12
    temperature: Annotated[float, Meta(ge=0.05, le=3)] = 0.8
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


@dataclass(frozen=True)
class VariedTune:
    """A tune with some new bars."""

    text: str
    bars: str
    """The new bars, with the bar lines between them."""
    seed: int
    likelihood: float
    """Log-probability, in nats, of the new bars and all that follows them."""


@dataclass(frozen=True)
class VariationsAnswer:
    """Variations, the likeliest first."""

    variations: tuple[VariedTune, ...]
    before: float | None
    """Log-probability of the bars as they were and all that follows them; None if no variation was found."""


@dataclass(frozen=True)
class TransposeRequest:
    """A tune, and how far it is moved or the tonic that it gets: one of the two."""

    text: TuneText
    semitones: Annotated[int, Meta(ge=-36, le=36)] | None = None
    key: Line | None = None


@dataclass(frozen=True)
class TextAnswer:
    """A tune's text."""

    text: str


@dataclass(frozen=True)
class OriginalityRequest:
    """A tune, and what it is compared with."""

    text: TuneText
    corpus: Line = "oneills"


@dataclass(frozen=True)
class OriginalityAnswer:
    """How near a tune is to the tunes of a corpus."""

    verdict: str
    sentences: tuple[str, ...]
    nearest: tuple[HumanTune, ...]


@dataclass(frozen=True)
class FileFormat:
    """A format that a tune can be written in."""

    name: str
    suffix: str
    """Of its files, with the dot."""
    install: str | None
    """What must be installed for it; None if it is."""


@dataclass(frozen=True)
class FormatsAnswer:
    """All formats."""

    formats: tuple[FileFormat, ...]


@dataclass(frozen=True)
class RenderRequest:
    """A tune, and the format of the file that it becomes."""

    text: TuneText
    format: Line
    provenance: Annotated[dict[Line, Line], Meta(max_length=40)] = field(default_factory=dict)
