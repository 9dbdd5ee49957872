"""Routes of neurons: what units of a network follow, what one of them does on a text, and studies of other networks."""

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Annotated, Literal

from msgspec import Meta

from tunewright.errors import install_command
from tunewright.studio.composing.loaded_networks import Networks
from tunewright.studio.route import Line, Route
from tunewright.studio.studio import Studio
from tunewright.studio.units.unit_findings import ShownFinding
from tunewright.studio.units.unit_studies import StudyState, UnitStudies
from tunewright.studio.units.unit_values import LONGEST_READ, UnitReadings

PLACES = 3
"""Decimal places of values that the page is given."""

FindingGroup = Literal["bars", "form", "notes", "header", "signs"]

GROUPS: dict[FindingGroup, tuple[str, ...]] = {
    "bars": (
        "position in the bar", "full bar", "first beat", "last beat", "on the beat", "distance to the bar line",
        "end of bar", "bar line",
    ),
    "form": (
        "bar of four", "bar of eight", "bar of the section", "fourth bar", "section", "repeat", "repeat sign",
        "first ending", "second ending", "last bar", "nearness to the end", "characters read",
    ),
    "notes": (
        "note", "high letter", "pitch", "last pitch", "step", "length", "accidental", "octave mark", "rest",
        "broken rhythm", "tuplet", "tie", "slur", "chord", "grace notes", "gap between notes",
    ),
    "header": ("header", "field", "lyrics", "comment", "inline field"),
}  # fmt: skip
"""Beginnings of labels' names, by what in a tune they are about; all others are signs."""


@dataclass(frozen=True)
class NetworkUnits:
    """Which network's units."""

    network: Line = "oneills"


@dataclass(frozen=True)
class NeuronFinding(ShownFinding):
    """A finding, and the part of a tune that it is about."""

    group: FindingGroup = "signs"


@dataclass(frozen=True)
class UnitsAbout:
    """What is known of the units of a network."""

    network: str
    layers: int
    units: int
    """Of each layer."""
    state: StudyState
    share: float
    """Of a study that runs, 0 to 1."""
    doing: str
    error: str
    install: str
    """What a study needs that is not here; empty if all is."""
    held_out_tunes: int
    findings: tuple[NeuronFinding, ...]
    """Confirmed ones, the strongest first."""


@dataclass(frozen=True)
class UnitOnText:
    """A unit, and a text that its network reads."""

    text: Annotated[str, Meta(max_length=LONGEST_READ, description="Text in ABC notation.")]
    layer: Annotated[int, Meta(ge=0, le=999)]
    unit: Annotated[int, Meta(ge=0, le=99_999)]
    network: Line = "oneills"


@dataclass(frozen=True)
class UnitValues:
    """What a unit does on a text."""

    values: tuple[float, ...]
    """Its output, -1 to 1, after each UTF-16 unit of the text."""
    unknown: int
    """Characters that the network does not know; they change nothing."""


def units(studio: Studio, request: NetworkUnits) -> UnitsAbout:
    """What the units of a network follow."""
    model = studio.part(Networks).network(request.network)
    studies = studio.part(UnitStudies)
    known, progress = studies.findings(request.network, model), studies.progress(request.network, model)
    return UnitsAbout(
        request.network,
        model.config.layers,
        model.config.units,
        progress.state,
        progress.share,
        progress.doing,
        progress.error,
        "" if find_spec("torch") else install_command("train"),
        known.held_out_tunes if known else 0,
        tuple(NeuronFinding(**asdict(each), group=group_of(each.label)) for each in known.findings) if known else (),
    )


def group_of(label: str) -> FindingGroup:
    """Return the part of a tune that a label is about."""
    for group, names in GROUPS.items():
        if label in names or any(label.startswith(f"{name} ") for name in names):
            return group
    return "signs"


def begin_study(studio: Studio, request: NetworkUnits) -> UnitsAbout:
    """Begin to study a network."""
    model = studio.part(Networks).network(request.network)
    studio.part(UnitStudies).start(studio, request.network, model)
    return units(studio, request)


def unit_values(studio: Studio, request: UnitOnText) -> UnitValues:
    """What a unit does at each character of a text."""
    model = studio.part(Networks).network(request.network)
    values, unknown = studio.part(UnitReadings).values(model, request.text, request.layer, request.unit)
    doubled = (
        round(value, PLACES)
        for character, value in zip(request.text, values, strict=True)
        for _ in range(1 + (ord(character) > 0xFFFF))
    )
    return UnitValues(tuple(doubled), unknown)


ROUTES = (
    Route("GET", "/api/units", units, NetworkUnits, UnitsAbout, "What the units of a network follow."),
    Route("POST", "/api/units/studies", begin_study, NetworkUnits, UnitsAbout, "Find it out.", status=202),
    Route("POST", "/api/units/values", unit_values, UnitOnText, UnitValues, "What a unit does on a text."),
)
