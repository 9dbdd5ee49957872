"""Elements of MusicXML for signs at notes: decorations, dynamics, chord symbols, annotations, tempos.

Each decoration is one row of a table: a notation, which belongs to its note, or a direction, which stands before it.
"""

import re
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from tunewright.notation.spec import CHORD_SYMBOL
from tunewright.rendering.musicxml.note_values import plain_value

Attributes = dict[str, str]

_NOTATIONS: dict[str, tuple[str, str, Attributes]] = {
    # decoration: group within <notations>, element, attributes
    "staccato": ("articulations", "staccato", {}),
    "tenuto": ("articulations", "tenuto", {}),
    "accent": ("articulations", "accent", {}),
    "emphasis": ("articulations", "accent", {}),
    ">": ("articulations", "accent", {}),
    "^": ("articulations", "strong-accent", {}),
    "wedge": ("articulations", "staccatissimo", {}),
    "breath": ("articulations", "breath-mark", {}),
    "shortphrase": ("articulations", "breath-mark", {}),
    "mediumphrase": ("articulations", "caesura", {}),
    "longphrase": ("articulations", "caesura", {}),
    "slide": ("articulations", "scoop", {}),
    "roll": ("ornaments", "turn", {}),
    "turn": ("ornaments", "turn", {}),
    "turnx": ("ornaments", "turn", {"slash": "yes"}),
    "invertedturn": ("ornaments", "inverted-turn", {}),
    "invertedturnx": ("ornaments", "inverted-turn", {"slash": "yes"}),
    "trill": ("ornaments", "trill-mark", {}),
    "trill(": ("ornaments", "wavy-line", {"type": "start"}),
    "trill)": ("ornaments", "wavy-line", {"type": "stop"}),
    "lowermordent": ("ornaments", "mordent", {}),
    "mordent": ("ornaments", "mordent", {}),
    "uppermordent": ("ornaments", "inverted-mordent", {}),
    "pralltriller": ("ornaments", "inverted-mordent", {}),
    "upbow": ("technical", "up-bow", {}),
    "downbow": ("technical", "down-bow", {}),
    "open": ("technical", "open-string", {}),
    "thumb": ("technical", "thumb-position", {}),
    "snap": ("technical", "snap-pizzicato", {}),
    "plus": ("technical", "stopped", {}),
    "+": ("technical", "stopped", {}),
    "arpeggio": ("", "arpeggiate", {}),
    "fermata": ("", "fermata", {"type": "upright"}),
    "invertedfermata": ("", "fermata", {"type": "inverted"}),
}
_TREMOLOS = {"/": "1", "//": "2", "///": "3"}
_FINGERS = frozenset("012345")

_DYNAMICS = frozenset(("pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz", "sf", "fp"))
_WEDGES = {
    **dict.fromkeys(("crescendo(", "<("), "crescendo"),
    **dict.fromkeys(("diminuendo(", ">("), "diminuendo"),
    **dict.fromkeys(("crescendo)", "<)", "diminuendo)", ">)"), "stop"),
}
_JUMPS: dict[str, tuple[str, Attributes]] = {
    # decoration: words, attributes of <sound>
    "d.c.": ("D.C.", {"dacapo": "yes"}),
    "dacapo": ("Da Capo", {"dacapo": "yes"}),
    "d.c.alfine": ("D.C. al Fine", {"dacapo": "yes"}),
    "d.c.alcoda": ("D.C. al Coda", {"dacapo": "yes"}),
    "d.s.": ("D.S.", {"dalsegno": "segno"}),
    "d.s.alfine": ("D.S. al Fine", {"dalsegno": "segno"}),
    "d.s.alcoda": ("D.S. al Coda", {"dalsegno": "segno"}),
    "dacoda": ("To Coda", {"tocoda": "coda"}),
    "fine": ("Fine", {"fine": "yes"}),
}
_PLACED = {"^": "above", "_": "below", "<": "", ">": "", "@": ""}
"""Where an annotation stands, by its first sign."""

_KINDS = {
    "": "major", "maj": "major", "M": "major",
    "m": "minor", "min": "minor", "-": "minor",
    "7": "dominant", "maj7": "major-seventh", "M7": "major-seventh", "m7": "minor-seventh", "min7": "minor-seventh",
    "-7": "minor-seventh", "mM7": "major-minor", "mmaj7": "major-minor",
    "dim": "diminished", "°": "diminished", "dim7": "diminished-seventh", "°7": "diminished-seventh",
    "m7b5": "half-diminished", "ø": "half-diminished", "ø7": "half-diminished",
    "aug": "augmented", "+": "augmented", "aug7": "augmented-seventh", "+7": "augmented-seventh",
    "6": "major-sixth", "m6": "minor-sixth", "min6": "minor-sixth",
    "9": "dominant-ninth", "maj9": "major-ninth", "m9": "minor-ninth",
    "11": "dominant-11th", "m11": "minor-11th", "13": "dominant-13th", "m13": "minor-13th",
    "sus": "suspended-fourth", "sus4": "suspended-fourth", "sus2": "suspended-second", "5": "power",
}  # fmt: skip
"""Kinds of chords by what follows the root."""

_CHORD = re.compile(CHORD_SYMBOL)
_ROOT = re.compile(r"([A-G])([#b♯♭]?)([^/(]*)(?:/([A-Ga-g])([#b♯♭]?))?")
_ALTERATIONS = {"#": "1", "♯": "1", "b": "-1", "♭": "-1"}

_TEMPO = re.compile(r"((?:\d{1,4}/\d{1,4}[ \t]*)+)=[ \t]*(\d+(?:\.\d+)?)")
_PLAIN_TEMPO = re.compile(r"(?:C\d?[ \t]*=[ \t]*)?(\d+(?:\.\d+)?)[ \t]*")
_QUOTED = re.compile(r'"([^"]*)"')


class Tempo(NamedTuple):
    """The value of a ``Q:`` field."""

    text: str
    beat: Fraction
    """Whole notes."""
    per_minute: float
    """Beats; 0 if only a text is given."""

    @property
    def quarters(self) -> float:
        """Quarter notes in a minute."""
        return float(self.beat * 4) * self.per_minute


def parse_tempo(value: str, unit: Fraction) -> Tempo:
    """Read the value of a ``Q:`` field; a number without a beat counts notes of `unit` whole notes."""
    texts = _QUOTED.findall(value)
    rest = _QUOTED.sub(" ", value).strip()
    if match := _TEMPO.match(rest):
        lengths = [part.split("/") for part in match[1].split()]
        beat = sum((Fraction(int(count), int(parts)) for count, parts in lengths if int(parts)), Fraction())
        return Tempo(" ".join(texts), beat, float(match[2]))
    if match := _PLAIN_TEMPO.fullmatch(rest):
        return Tempo(" ".join(texts), unit, float(match[1]))
    return Tempo(" ".join(texts), unit, 0.0)


def add_tempo(measure: Element, tempo: Tempo) -> None:
    """Add the direction that shows and sets `tempo`."""
    value = plain_value(tempo.beat) if tempo.per_minute else None
    if not tempo.text and not value:
        return
    direction = SubElement(measure, "direction", placement="above")
    if tempo.text:
        SubElement(SubElement(direction, "direction-type"), "words").text = tempo.text
    if value:
        metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
        SubElement(metronome, "beat-unit").text = value[0]
        for _ in range(value[1]):
            SubElement(metronome, "beat-unit-dot")
        SubElement(metronome, "per-minute").text = f"{tempo.per_minute:g}"
    if tempo.quarters:
        SubElement(direction, "sound", tempo=f"{tempo.quarters:g}")


def add_words(measure: Element, text: str, placement: str = "above") -> Element:
    """Add a direction of words; return it."""
    direction = SubElement(measure, "direction", {"placement": placement} if placement else {})
    SubElement(SubElement(direction, "direction-type"), "words").text = text
    return direction


def add_text(measure: Element, text: str) -> None:
    """Add a chord symbol or an annotation, without its quotation marks."""
    stripped = text.strip()
    if text[:1] in _PLACED:
        if text[1:].strip():
            add_words(measure, text[1:].strip(), _PLACED[text[0]])
    elif _CHORD.fullmatch(stripped):
        _add_harmony(measure, stripped)
    elif stripped:
        add_words(measure, stripped)


def _add_harmony(measure: Element, symbol: str) -> None:
    harmony = SubElement(measure, "harmony")
    match = _ROOT.match(symbol)
    root = SubElement(harmony, "root")
    if match is None or symbol.startswith("N"):
        SubElement(root, "root-step", text="").text = "C"
        SubElement(harmony, "kind", text="N.C.").text = "none"
        return
    letter, sign, kind, bass, bass_sign = match.groups()
    SubElement(root, "root-step").text = letter
    if sign:
        SubElement(root, "root-alter").text = _ALTERATIONS[sign]
    suffix = kind + symbol[match.end() :]
    SubElement(harmony, "kind", text=suffix).text = _KINDS.get(kind, "other")
    if bass:
        lowest = SubElement(harmony, "bass")
        SubElement(lowest, "bass-step").text = bass.upper()
        if bass_sign:
            SubElement(lowest, "bass-alter").text = _ALTERATIONS[bass_sign]


def add_direction(measure: Element, decoration: str) -> bool:
    """Add `decoration` if it is a direction; return whether it is."""
    if decoration in _DYNAMICS:
        direction = SubElement(measure, "direction", placement="below")
        SubElement(SubElement(SubElement(direction, "direction-type"), "dynamics"), decoration)
    elif decoration in _WEDGES:
        direction = SubElement(measure, "direction", placement="below")
        SubElement(SubElement(direction, "direction-type"), "wedge", type=_WEDGES[decoration])
    elif decoration in ("segno", "coda"):
        direction = SubElement(measure, "direction", placement="above")
        SubElement(SubElement(direction, "direction-type"), decoration)
        SubElement(direction, "sound", {decoration: decoration})
    elif decoration in ("ped", "ped-up"):
        direction = SubElement(measure, "direction", placement="below")
        kind = "start" if decoration == "ped" else "stop"
        SubElement(SubElement(direction, "direction-type"), "pedal", type=kind)
    elif decoration in _JUMPS:
        words, sound = _JUMPS[decoration]
        SubElement(add_words(measure, words), "sound", sound)
    else:
        return False
    return True


def add_decorations(notations: Element, decorations: tuple[str, ...]) -> None:
    """Add those of `decorations` that are notations."""
    groups: dict[str, Element] = {}
    for decoration in dict.fromkeys(decorations):
        text = ""
        if decoration in _FINGERS:
            group, name, attributes, text = "technical", "fingering", {}, decoration
        elif decoration in _TREMOLOS:
            group, name, attributes, text = "ornaments", "tremolo", {"type": "single"}, _TREMOLOS[decoration]
        elif decoration in _NOTATIONS:
            group, name, attributes = _NOTATIONS[decoration]
        else:
            continue
        parent = notations
        if group:
            parent = groups[group] = groups[group] if group in groups else SubElement(notations, group)
        if name == "wavy-line" and attributes["type"] == "start":
            SubElement(parent, "trill-mark")
        SubElement(parent, name, attributes).text = text or None
