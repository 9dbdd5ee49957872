"""A small reader of MusicXML, written from its specification without regard to the writer.

`read_document` gives notes as they sound, measures and the rest of a document with whole notes as fractions; `unfolded`
plays repeats, endings and jumps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_JUMPS = ("segno", "coda", "dacapo", "dalsegno", "tocoda", "fine")
TYPES = {
    "breve": Fraction(2), "whole": Fraction(1), "half": Fraction(1, 2), "quarter": Fraction(1, 4),
    "eighth": Fraction(1, 8), "long": Fraction(4), "maxima": Fraction(8),
} | {f"{2**power}{'nd' if power == 5 else 'th'}": Fraction(1, 2**power) for power in range(4, 11)}  # fmt: skip


@dataclass
class XmlNote:
    """The notes that begin together in one voice, or a rest."""

    pitches: tuple[int, ...]
    """As they sound."""
    onset: Fraction
    length: Fraction
    written: Fraction | None
    """What type, dots and tuplet say of its length."""
    starts_tie: bool = False
    stops_tie: bool = False
    held: tuple[int, ...] = ()
    """Those of its pitches that a tie has led on."""
    names: tuple[str, ...] = ()
    """Names of all elements inside it."""
    syllables: tuple[str, ...] = ()


@dataclass
class XmlMeasure:
    """One measure of a part."""

    number: str
    implicit: bool
    start: Fraction
    """Whole notes before it; repeats are not played."""
    notes: list[XmlNote] = field(default_factory=list)
    """Of the first voice."""
    others: list[XmlNote] = field(default_factory=list)
    graces: list[int] = field(default_factory=list)
    length: Fraction = Fraction(0)
    forward: bool = False
    backward: bool = False
    times: int = 2
    """How often the repeat that ends here is played."""
    ending: tuple[int, ...] = ()
    ends: bool = False
    """True if an ending ends here."""
    fifths: int | None = None
    time: str | None = None
    jumps: dict[str, str] = field(default_factory=dict)
    """Attributes of the element sound that lead the player."""


def read_document(data: bytes) -> list[list[XmlMeasure]]:
    """Return the measures of each part."""
    root = ElementTree.fromstring(data)  # noqa: S314 - our own
    assert root.tag == "score-partwise"
    listed = [part.get("id") for part in root.findall("part-list/score-part")]
    assert listed == [part.get("id") for part in root.findall("part")]
    return [list(_measures(part)) for part in root.findall("part")]


def _measures(part: ElementTree.Element) -> Iterator[XmlMeasure]:
    divisions = Fraction(1)
    transposed = 0
    start = Fraction(0)
    for element in part.findall("measure"):
        measure = XmlMeasure(element.get("number"), element.get("implicit") == "yes", start)
        now = start
        for child in element:
            if child.tag == "attributes":
                divisions = Fraction(child.findtext("divisions") or divisions)
                transposed = _transposed(child, transposed)
                _key_and_time(measure, child)
            elif child.tag == "barline":
                _bar_line(measure, child)
            elif child.tag in ("backup", "forward"):
                length = Fraction(child.findtext("duration")) / divisions / 4
                now += length if child.tag == "forward" else -length
            elif child.tag == "note":
                now = _note(measure, child, now, divisions, transposed)
            elif child.tag == "direction" and (sound := child.find("sound")) is not None:
                measure.jumps |= {name: value for name, value in sound.attrib.items() if name in _JUMPS}
            measure.length = max(measure.length, now - start)
        start += measure.length
        yield measure


def _key_and_time(measure: XmlMeasure, attributes: ElementTree.Element) -> None:
    if (fifths := attributes.findtext("key/fifths")) is not None:
        measure.fifths = int(fifths)
    if (time := attributes.find("time")) is not None:
        measure.time = time.get("symbol") or "/".join(part.text or "" for part in time)


def _transposed(attributes: ElementTree.Element, before: int) -> int:
    transpose = attributes.find("transpose")
    if transpose is None:
        return before
    return int(transpose.findtext("chromatic")) + 12 * int(transpose.findtext("octave-change") or 0)


def _bar_line(measure: XmlMeasure, line: ElementTree.Element) -> None:
    if (repeat := line.find("repeat")) is not None:
        left = repeat.get("direction") == "forward"
        assert (line.get("location") == "left") == left
        measure.forward |= left
        measure.backward |= not left
        measure.times = int(repeat.get("times") or 2)
        assert left <= ("times" not in repeat.attrib)
    if (ending := line.find("ending")) is not None:
        if ending.get("type") == "start":
            measure.ending = tuple(map(int, ending.get("number").split(",")))
        else:
            measure.ends = True


def _note(
    measure: XmlMeasure, note: ElementTree.Element, now: Fraction, divisions: Fraction, transposed: int
) -> Fraction:
    pitch = note.find("pitch")
    pitches: tuple[int, ...] = ()
    if pitch is not None:
        octave = 12 * (int(pitch.findtext("octave")) + 1)
        altered = int(pitch.findtext("alter") or 0)
        pitches = (octave + _SEMITONES[pitch.findtext("step")] + altered + transposed,)
    if note.find("grace") is not None:
        measure.graces += pitches
        return now
    voice = measure.notes if note.findtext("voice") == "1" else measure.others
    ties = {tie.get("type") for tie in note.findall("tie")}
    if note.find("chord") is not None:
        voice[-1].pitches += pitches
        voice[-1].starts_tie |= "start" in ties
        voice[-1].stops_tie |= "stop" in ties
        voice[-1].held += pitches if "stop" in ties else ()
        return now
    length = Fraction(note.findtext("duration")) / divisions / 4
    assert length > 0
    names = tuple(element.tag for element in note.iter())
    syllables = tuple(text.text for text in note.findall("lyric/text"))
    written = _written(note)
    held = pitches if "stop" in ties else ()
    voice.append(XmlNote(pitches, now, length, written, "start" in ties, "stop" in ties, held, names, syllables))
    return now + length


def _written(note: ElementTree.Element) -> Fraction | None:
    if (name := note.findtext("type")) is None:
        return None
    dots = len(note.findall("dot"))
    length = TYPES[name] * (2 - Fraction(1, 2**dots))
    actual, normal = note.findtext("time-modification/actual-notes"), note.findtext("time-modification/normal-notes")
    return length * Fraction(normal or 1) / Fraction(actual or 1)


def melody_of(measures: list[XmlMeasure]) -> list[tuple[int, Fraction, Fraction]]:
    """Return highest pitch, onset and length of every note of the first voice, tied notes as one."""
    notes: list[tuple[int, Fraction, Fraction]] = []
    open_tie = False
    for note in (note for measure in measures for note in measure.notes):
        top = max(note.pitches, default=None)
        if open_tie and note.stops_tie and notes[-1][0] == top:
            notes[-1] = (top, notes[-1][1], notes[-1][2] + note.length)
        elif top is not None:
            notes.append((top, note.onset, note.length))
        open_tie = note.starts_tie
    return notes


def unfolded(measures: list[XmlMeasure]) -> list[int]:
    """Return the place of each measure as it is played: repeats, endings in their turn, and jumps.

    A jump acts at the end of its measure, once; after it repeats are not played again, and the last ending is taken.
    """
    played, place, back, turn, jumped = [], 0, 0, 1, False
    while place < len(measures):
        measure = measures[place]
        if measure.forward and place != back:
            back, turn = place, 1
        if measure.ending and not (_is_last(measures, place) if jumped else turn in measure.ending):
            place = _end_of_ending(measures, place) + 1
            continue
        played.append(place)
        if measure.backward and turn < measure.times and not jumped:
            place, turn = back, turn + 1
            continue
        if measure.backward:
            back, turn = place + 1, 1
        if jumped and "fine" in measure.jumps:
            break
        place += 1
        if jumped and (coda := measure.jumps.get("tocoda")):
            place = next(at for at, other in enumerate(measures) if other.jumps.get("coda") == coda)
        elif not jumped and "dacapo" in measure.jumps:
            place, jumped = 0, True
        elif not jumped and (segno := measure.jumps.get("dalsegno")):
            place, jumped = (
                next((at for at, other in enumerate(measures) if other.jumps.get("segno") == segno), 0),
                True,
            )
    return played


def struck(measures: list[XmlMeasure]) -> list[tuple[Fraction, int]]:
    """Return onset, in whole notes, and pitch of every note of a part as it is played, tied notes as one."""
    notes, now = [], Fraction(0)
    for measure in (measures[place] for place in unfolded(measures)):
        for note in (*measure.notes, *measure.others):
            onset = now + note.onset - measure.start
            notes += [(onset, pitch) for pitch in set(note.pitches) - set(note.held)]
        now += measure.length
    return sorted(notes)


def _is_last(measures: list[XmlMeasure], place: int) -> bool:
    following = _end_of_ending(measures, place) + 1
    return following >= len(measures) or not measures[following].ending


def _end_of_ending(measures: list[XmlMeasure], place: int) -> int:
    while not measures[place].ends and place + 1 < len(measures):
        place += 1
    return place
