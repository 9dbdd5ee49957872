"""What fields change in the music: keys, metres, unit lengths, tempos, voices, parts and user symbols."""

import re
from collections.abc import Mapping

from tunewright.notation.keys import NO_KEY, assumed_key, parse_shifts
from tunewright.notation.meter import FREE, default_unit_length, parse_meter, parse_tempo, parse_unit_length
from tunewright.notation.voice.items import KeyChange, MeterChange, PartStart, TempoChange
from tunewright.notation.voices import AccidentalReach, Voice

_REACH = re.compile(r"^(?:%%|I:)[ \t]*propagate-accidentals[ \t:]+(not|octave|pitch)\b", re.MULTILINE)


class FieldEffects:
    """The fields of a tune so far, and its voices.

    Parameters
    ----------
    text
        The tune.
    defaults
        Values of the file header's fields, by letter.
    """

    def __init__(self, text: str, defaults: Mapping[str, str]) -> None:
        self.defaults = defaults
        self.header: dict[str, str] = {}
        """First value of each field of the header."""
        self.key, self.meter, self.unit = NO_KEY, FREE, 0  # what the header says
        self.first = Voice("", NO_KEY, FREE, 0, reach=_reach(text))
        self.voices = {"": self.first}
        self.user_signs: dict[str, str] = {}
        self._voice_values: dict[str, str] = {}
        self._part = ""

    def value(self, letter: str) -> str:
        """Return the value of a field of the header, or of the file header."""
        return self.header.get(letter, self.defaults.get(letter, ""))

    def read_header(self, letter: str, value: str) -> None:
        """Take note of a field of the header."""
        self.header.setdefault(letter, value)
        if letter == "V" and value:
            self._voice_values.setdefault(value.split()[0], value)
        elif letter == "U":
            self._user_sign(value)

    def begin_body(self) -> None:
        """Apply the header to the first voice."""
        self.key = assumed_key(self.value("K")) or NO_KEY
        self.meter = parse_meter(self.value("M")) or FREE
        self.unit = parse_unit_length(self.value("L")) or default_unit_length(self.meter)
        first = self.first
        first.key, first.meter, first.unit = self.key, self.meter, self.unit
        only = next(iter(self._voice_values.values())) if len(self._voice_values) == 1 else ""
        _shift(first, self.value("K"), only)

    def read_body(self, letter: str, value: str, start: int, voice: Voice, base: Voice) -> None:
        """Apply a field among the music to `voice`, which may be a layer of the voice `base`."""
        if letter == "K":
            voice.key = assumed_key(value) or voice.key
            base.items.append(KeyChange(start, voice.key))
            _shift(voice, value)
            voice.accidentals.clear()
            voice.written.clear()
        elif letter == "M":
            voice.meter = parse_meter(value) or voice.meter
            voice.items.append(MeterChange(start, voice.meter))
        elif letter == "L":
            voice.unit = parse_unit_length(value) or voice.unit
        elif letter == "Q" and (tempo := parse_tempo(value, self.unit)):
            base.items.append(TempoChange(start, tempo))
        elif letter == "P":
            self._part = value
            for other in self.voices.values():
                other.items.append(PartStart(start, value))
        elif letter == "U":
            self._user_sign(value)

    def turn_to(self, value: str) -> Voice:
        """Return the voice that the value of a ``V:`` field names; it is new if no field has named it before."""
        name, first = value.split()[0] if value else "", self.first
        if not first.name and all(type(item) is PartStart for item in first.items):  # the tune begins with V:
            del self.voices[first.name]
            first.name = name
            self.voices[name] = first
            first.shifts.clear()
            _shift(first, self.value("K"), self._voice_values.get(name, ""))
        if name not in self.voices:
            voice = self.voices[name] = Voice(name, self.key, self.meter, self.unit, reach=first.reach)
            _shift(voice, self.value("K"), self._voice_values.get(name, ""))
            if self._part:
                voice.items.append(PartStart(0, self._part))
        _shift(self.voices[name], value)
        return self.voices[name]

    def _user_sign(self, value: str) -> None:
        sign, _, meaning = value.partition("=")
        if sign.strip():
            self.user_signs[sign.strip()] = meaning.strip()


def _shift(voice: Voice, *values: str) -> None:
    """Move the sound of `voice` as the values of ``K:`` and ``V:`` fields say."""
    for value in values:
        voice.shifts.update(parse_shifts(value))
    voice.shift = sum(voice.shifts.values())


def _reach(text: str) -> AccidentalReach:
    """Return how far accidentals reach in the tune `text`."""
    found = _REACH.search(text) if "propagate-accidentals" in text else None
    reaches: tuple[AccidentalReach, ...] = ("not", "octave")
    return next((reach for reach in reaches if found and found[1] == reach), "pitch")
