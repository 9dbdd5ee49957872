"""Properties for probes of the state (key, metre, beat, bar, ...): a table with the right answer at each character.

Each property gives for every character of a text the right answer, as a word (classes) or as a number, and "" or nan
where it has none. Answers exist only among the music: in the header its fields are plain to see.

Shapes: T characters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.units.label_places import Floats, Places, read_places
from tunewright.analysis.units.labels import PITCH_NAMES
from tunewright.notation.fields import header_fields
from tunewright.notation.keys import parse_key
from tunewright.notation.lexer import Sign

Words = NDArray[np.str_]
LONGEST = "<U24"


@dataclass(frozen=True)
class Property:
    """One property that a probe reads off the state."""

    name: str
    kind: Literal["classes", "number"]
    phrase: str
    """The rest of a sentence after "the state tells"."""
    where: str
    """The characters where it has an answer."""
    values: Callable[[Mapping[str, str], Places], Words | Floats]
    """Computes the answers from the fields of the header and the places of a text, shape=(T,)."""
    of_tune: bool = False
    """Whether all characters of a tune have the same answer."""


def property_values(text: str) -> dict[str, Words | Floats]:
    """The right answers of every property of `PROPERTIES` by its name, shape=(T,) each."""
    fields = dict(header_fields(text))
    places = read_places(text)
    return {each.name: each.values(fields, places) for each in PROPERTIES}


METRES = {"C": "4/4", "C|": "2/2"}
"""Metres with two spellings."""

RHYTHMS = {"double jig": "jig", "slipjig": "slip jig"}
"""Types of tune with two spellings."""


def rhythm_of(value: str) -> str:
    """The type of tune that the value of ``R:`` names, in lower case and one spelling."""
    word = " ".join(value.lower().split())
    return RHYTHMS.get(word, word)


def metre_of(value: str) -> str:
    """The metre that the value of ``M:`` names, as a fraction if possible."""
    return METRES.get(value, value)


def _signature(value: str) -> str:
    key = parse_key(value) if value else None
    if key is None:
        return ""
    sharps = sum(key.signature)
    return f"{abs(sharps)} {'sharp' if sharps > 0 else 'flat'}{'s' * (abs(sharps) != 1)}" if sharps else "no sign"


def _tonic(value: str) -> str:
    key = parse_key(value) if value else None
    return PITCH_NAMES[key.tonic] if key and key.tonic is not None else ""


def _mode(value: str) -> str:
    key = parse_key(value) if value else None
    return key.mode if key else ""


def _of_field(letter: str, meaning: Callable[[str], str]) -> Callable[[Mapping[str, str], Places], Words]:
    """The same answer at all characters of the music."""
    return lambda fields, places: np.where(_in_music(places), meaning(fields.get(letter, ""))[:24], "").astype(LONGEST)


def _in_music(places: Places) -> NDArray[np.bool_]:
    return ~np.isnan(places.moments["section"]) & (np.arange(len(places.characters)) >= places.body)


def _counted(name: str, count: Callable[[Floats], Floats]) -> Callable[[Mapping[str, str], Places], Words]:
    """A whole number computed from a moment, as a class."""

    def values(_: Mapping[str, str], places: Places) -> Words:
        found = places.moments[name]
        known = ~np.isnan(found)
        words = np.full(len(found), "", LONGEST)
        words[known] = count(found[known]).astype(int).astype(LONGEST)
        return words

    return values


def _position(_: Mapping[str, str], places: Places) -> Floats:
    return places.moments["played"]


def _bars_left(_: Mapping[str, str], places: Places) -> Floats:
    ends = places.is_kind(Sign.BAR) & places.token_last
    ahead = ends[::-1].cumsum()[::-1] - ends
    return np.where(_in_music(places), ahead, np.nan).astype(np.float32)


def _last(which: str, measure: Callable[[Floats], Floats]) -> Callable[[Mapping[str, str], Places], Floats]:
    """A property of the last note, defined between notes."""

    def values(_: Mapping[str, str], places: Places) -> Floats:
        sounds = ~np.isnan(places.pitch) & (places.length > 0)
        found = measure(np.where(sounds, getattr(places, which), 1))
        last = np.maximum.accumulate(np.where(sounds, np.arange(len(sounds)), -1))
        defined = (last >= 0) & np.isnan(places.length) & (places.fields == "") & _in_music(places)
        return np.where(defined, found[last], np.nan).astype(np.float32)

    return values


MUSIC = "among the music"
GAPS = "between notes"

PROPERTIES: tuple[Property, ...] = (
    Property("key signature", "classes", "the key signature", MUSIC, _of_field("K", _signature), True),
    Property("tonic", "classes", "the tonic", MUSIC, _of_field("K", _tonic), True),
    Property("mode", "classes", "the mode", MUSIC, _of_field("K", _mode), True),
    Property("metre", "classes", "the metre", MUSIC, _of_field("M", metre_of), True),
    Property("type of tune", "classes", "the type of tune that R: names", MUSIC, _of_field("R", rhythm_of), True),
    Property("beat", "classes", "the number of the beat", MUSIC, _counted("beats", lambda beats: beats // 1 + 1)),
    Property("bar of eight", "classes", "the bar of eight", MUSIC, _counted("bar", lambda bar: bar % 8 + 1)),
    Property("section", "classes", "the section", MUSIC, _counted("section", lambda number: np.minimum(number, 3) + 1)),
    Property("position in the bar", "number", "the share of the bar that is played", MUSIC, _position),
    Property("bars left", "number", "the bars left until the end", MUSIC, _bars_left),
    Property("last length", "number", "the length of the last note, as a power of two", GAPS, _last("length", np.log2)),
    Property("last pitch", "number", "the height of the last note", GAPS, _last("pitch", np.asarray)),
)
