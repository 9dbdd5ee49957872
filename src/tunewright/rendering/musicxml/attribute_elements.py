"""Elements of MusicXML for keys, metres, clefs and bar lines."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from tunewright.notation.keys import Key
from tunewright.notation.meter import parse_meter
from tunewright.notation.spec import METER_SIGNS, NATURAL_PITCHES

_MOST_FIFTHS = 7
_SHARPS = (4, 1, 5, 2, 6, 3, 0)  # F C G D A E B, as places in C D E F G A B
_BEATS = re.compile(r"(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)")
_TIME_SYMBOLS = {"C": "common", "C|": "cut"}

CLEFS = {
    "treble": ("G", "2"), "bass": ("F", "4"), "alto": ("C", "3"), "tenor": ("C", "4"), "soprano": ("C", "1"),
    "mezzosoprano": ("C", "2"), "baritone": ("F", "3"), "perc": ("percussion", ""), "none": ("none", ""),
    "G": ("G", "2"), "F": ("F", "4"), "C": ("C", "3"),
}  # fmt: skip
"""Sign and line of the clefs that ABC names."""

_CLEF = re.compile(
    r"(?:^|\s)(?:clef=\"?)?(treble|bass|alto|tenor|soprano|mezzosoprano|baritone|perc|none)([+-]8)?(?!\w)"
)
_CLEF_OPTION = re.compile(r"clef=\"?([GFC])\b")


def add_key(attributes: Element, key: Key) -> None:
    """Add a key: by its number of sharps or flats, or note by note if it is of another kind."""
    element = SubElement(attributes, "key")
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
    signature = [0] * 7
    places = _SHARPS[:fifths] if fifths > 0 else _SHARPS[fifths:] if fifths else ()
    for place in places:
        signature[(place - 1) % 7] = 1 if fifths > 0 else -1
    return tuple(signature)


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


def clef_of(value: str) -> str:
    """Return the name of the clef in a ``K:`` or ``V:`` field, with ``+8`` or ``-8``; empty without one."""
    if option := _CLEF_OPTION.search(value):
        return option[1]
    match = _CLEF.search(value)
    return match[1] + (match[2] or "") if match else ""


def add_clef(attributes: Element, name: str) -> None:
    """Add the clef that `clef_of` returned; the treble clef for none."""
    octaves = {"+8": "1", "-8": "-1"}.get(name[-2:])
    sign, line = CLEFS.get(name.rstrip("+-8") or "treble", CLEFS["treble"])
    clef = SubElement(attributes, "clef")
    SubElement(clef, "sign").text = sign
    if line:
        SubElement(clef, "line").text = line
    if octaves:
        SubElement(clef, "clef-octave-change").text = octaves


def add_left_bar_line(measure: Element, ending: Sequence[int], *, repeat: bool) -> None:
    """Add the bar line before a measure if an ending or a repeat begins there."""
    if ending or repeat:
        line = SubElement(measure, "barline", location="left")
        SubElement(line, "bar-style").text = "heavy-light" if repeat else "regular"
        if ending:
            _add_ending(line, ending, "start")
        if repeat:
            SubElement(line, "repeat", direction="forward")


def add_right_bar_line(measure: Element, ended: Sequence[int], style: str, *, repeat: bool) -> None:
    """Add the bar line after a measure, unless it is a plain one."""
    if ended or style or repeat:
        line = SubElement(measure, "barline", location="right")
        SubElement(line, "bar-style").text = style or "regular"
        if ended:
            _add_ending(line, ended, "stop" if repeat or style == "light-heavy" else "discontinue")
        if repeat:
            SubElement(line, "repeat", direction="backward")


def _add_ending(line: Element, passes: Sequence[int], kind: str) -> None:
    number = ", ".join(map(str, passes))
    ending = SubElement(line, "ending", number=number, type=kind)
    if kind == "start":
        ending.text = f"{number}."
