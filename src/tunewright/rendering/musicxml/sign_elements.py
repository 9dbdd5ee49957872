"""Elements of MusicXML for signs at notes: decorations, dynamics, chord symbols, annotations, tempos.

Each decoration is one row of a table: a notation, which belongs to its note, or a direction, which stands before it.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from tunewright.notation.fields import plain_string
from tunewright.notation.meter import Tempo, whole_notes
from tunewright.notation.spec import CHORD_SYMBOL
from tunewright.rendering.musicxml.note_values import plain_value
from tunewright.rendering.musicxml.written_items import TO_CODA

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
    "": "major", "maj": "major", "ma": "major", "M": "major",
    "m": "minor", "min": "minor", "mi": "minor", "-": "minor",
    "7": "dominant", "maj7": "major-seventh", "ma7": "major-seventh", "M7": "major-seventh", "∆": "major-seventh",
    "Δ": "major-seventh", "△": "major-seventh", "m7": "minor-seventh", "min7": "minor-seventh", "mi7": "minor-seventh",
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

_QUOTED = re.compile(r'"([^"]*)"')


def tempo_words(value: str) -> str:
    """Return the words in the value of a ``Q:`` field."""
    return plain_string(" ".join(_QUOTED.findall(value)))


def add_tempo(measure: Element, tempo: Tempo | None, words: str) -> None:
    """Add the direction that shows `words` and `tempo`, and sets it; beats that no single note has are only set."""
    value = plain_value(whole_notes(tempo.beat)) if tempo else None
    direction = SubElement(measure, "direction", placement="above") if words or value else measure
    if words:
        SubElement(SubElement(direction, "direction-type"), "words").text = words
    if tempo and value:
        metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
        SubElement(metronome, "beat-unit").text = value[0]
        for _ in range(value[1]):
            SubElement(metronome, "beat-unit-dot")
        SubElement(metronome, "per-minute").text = f"{tempo.per_minute:g}"
    if tempo:
        SubElement(direction, "sound", tempo=f"{tempo.quarters_per_minute:g}")


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
    opened = "(" * symbol.startswith("(")
    match = _ROOT.match(symbol, len(opened))
    root = SubElement(harmony, "root")
    if match is None:
        SubElement(root, "root-step", text="").text = "C"
        SubElement(harmony, "kind", text="N.C.").text = "none"
        return
    letter, sign, kind, bass, bass_sign = match.groups()
    kind = kind.removesuffix(")") if opened else kind
    SubElement(root, "root-step", {"text": f"({letter}"} if opened else {}).text = letter
    if sign:
        SubElement(root, "root-alter").text = _ALTERATIONS[sign]
    suffix = kind + symbol[match.end() :] + ")" * (bool(opened) and symbol[match.end() :] != ")")
    SubElement(harmony, "kind", text=suffix).text = _KINDS.get(kind.strip(), "other")
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
    elif decoration == TO_CODA:
        direction = SubElement(measure, "direction", placement="above")
        SubElement(SubElement(direction, "direction-type"), "coda")
        SubElement(direction, "sound", tocoda="coda")
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
