"""Elements of MusicXML for keys, metres, clefs, transposition and bar lines."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from tunewright.notation.keys import Key
from tunewright.notation.meter import parse_meter
from tunewright.notation.spec import CLEFS, LINE_OF_FIFTHS, METER_SIGNS, NATURAL_PITCHES

_MOST_FIFTHS = 7
_BEATS = re.compile(r"(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)")
_TIME_SYMBOLS = {"C": "common", "C|": "cut"}

_CLEFS = {
    "treble": ("G", 2), "bass": ("F", 4), "alto": ("C", 3), "tenor": ("C", 4), "soprano": ("C", 1),
    "mezzosoprano": ("C", 2), "baritone": ("F", 3), "perc": ("percussion", 0), "none": ("none", 0),
    "g": ("G", 2), "f": ("F", 4), "c": ("C", 3), "p": ("percussion", 0),
}  # fmt: skip
"""Sign and line of the clefs that ABC names."""

_NAMED_CLEF = rf"clef[ \t]*=[ \t]*\"?(?P<named>{'|'.join(CLEFS)}|none|[GCFP])"
_CLEF = re.compile(
    rf"(?<![\w=])(?:{_NAMED_CLEF}|(?P<bare>{'|'.join(CLEFS)}|(?<=\s)none))(?P<line>[1-5])?(?P<eight>[+-]8)?(?!\w)",
    re.IGNORECASE,
)
_TEXT = re.compile(r'(?<!clef=)"[^"]*"')
_STAFF_LINES = re.compile(r"(?<![\w=])stafflines[ \t]*=[ \t]*(\d)(?!\d)", re.IGNORECASE)
_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
"""Steps of the scale in so many semitones."""


class Clef(NamedTuple):
    """A clef."""

    sign: str
    line: int
    """From the lowest; 0 for one that stands on no line."""
    octaves: int
    """By which notes sound higher than in the clef without a number."""


TREBLE = Clef("G", 2, 0)


def add_key(attributes: Element, key: Key, *, hidden: bool = False) -> None:
    """Add a key: by its number of sharps or flats, or note by note if it is of another kind."""
    element = SubElement(attributes, "key", {"print-object": "no"} if hidden else {})
    fifths = sum(key.signature)
    if abs(fifths) <= _MOST_FIFTHS and key.signature == _signature(fifths):
        SubElement(element, "fifths").text = str(fifths)
        SubElement(element, "mode").text = key.mode or "none"
        return
    altered = False
    for letter, alteration in zip(NATURAL_PITCHES, key.signature, strict=True):
        if alteration:
            SubElement(element, "key-step").text = letter
            SubElement(element, "key-alter").text = str(alteration)
            altered = True
    if not altered:
        SubElement(element, "fifths").text = "0"


def _signature(fifths: int) -> tuple[int, ...]:
    altered = LINE_OF_FIFTHS[:fifths] if fifths > 0 else LINE_OF_FIFTHS[fifths:] if fifths else ""
    return tuple((letter in altered) * (1 if fifths > 0 else -1) for letter in NATURAL_PITCHES)


def add_time(attributes: Element, value: str) -> None:
    """Add the metre that the value of an ``M:`` field names; one without a bar is a senza misura."""
    meter = parse_meter(value)
    value = value.strip()
    symbol = _TIME_SYMBOLS.get(value)
    time = SubElement(attributes, "time", {"symbol": symbol} if symbol else {})
    if meter is None or meter.bar is None:
        SubElement(time, "senza-misura")
        return
    for beats, unit in _BEATS.findall(METER_SIGNS.get(value, value)):
        SubElement(time, "beats").text = re.sub(r"\s", "", beats)
        SubElement(time, "beat-type").text = unit


def clef_of(value: str) -> Clef | None:
    """Return the clef in the value of a ``K:`` or ``V:`` field; None without one."""
    match = _CLEF.search(_TEXT.sub("", value))
    if match is None:
        return None
    sign, line = _CLEFS[(match["named"] or match["bare"]).lower()]
    return Clef(sign, int(match["line"] or line) if line else 0, int(match["eight"] or 0) // 8)


def add_clef(attributes: Element, clef: Clef) -> None:
    """Add a clef."""
    element = SubElement(attributes, "clef")
    SubElement(element, "sign").text = clef.sign
    if clef.line:
        SubElement(element, "line").text = str(clef.line)
    if clef.octaves:
        SubElement(element, "clef-octave-change").text = str(clef.octaves)


def add_staff_lines(attributes: Element, value: str) -> None:
    """Add the number of staff lines if the value of a ``K:`` or ``V:`` field names it (``stafflines=1``)."""
    if match := _STAFF_LINES.search(value):
        SubElement(SubElement(attributes, "staff-details"), "staff-lines").text = match[1]


def add_transposition(attributes: Element, semitones: int) -> None:
    """Add by how much notes sound higher than they are written."""
    octaves, above = divmod(abs(semitones), 12)
    direction = 1 if semitones > 0 else -1
    element = SubElement(attributes, "transpose")
    SubElement(element, "diatonic").text = str(direction * _STEPS[above])
    SubElement(element, "chromatic").text = str(direction * above)
    if octaves:
        SubElement(element, "octave-change").text = str(direction * octaves)


def add_left_bar_line(measure: Element, ending: Sequence[int], *, repeat: bool) -> None:
    """Add the bar line before a measure if an ending or a repeat begins there."""
    if ending or repeat:
        line = SubElement(measure, "barline", location="left")
        SubElement(line, "bar-style").text = "heavy-light" if repeat else "regular"
        if ending:
            _add_ending(line, ending, "start")
        if repeat:
            SubElement(line, "repeat", direction="forward")


def add_right_bar_line(measure: Element, ended: Sequence[int], style: str, *, times: int) -> None:
    """Add the bar line after a measure, unless it is a plain one; a repeat that ends there is played `times` times."""
    if ended or style or times:
        line = SubElement(measure, "barline", location="right")
        SubElement(line, "bar-style").text = style or "regular"
        if ended:
            _add_ending(line, ended, "stop" if times or style == "light-heavy" else "discontinue")
        if times:
            SubElement(line, "repeat", {"direction": "backward", **({"times": str(times)} if times > 2 else {})})


def _add_ending(line: Element, passes: Sequence[int], kind: str) -> None:
    number = ", ".join(map(str, passes))
    ending = SubElement(line, "ending", number=number, type=kind)
    if kind == "start":
        ending.text = f"{number}."
