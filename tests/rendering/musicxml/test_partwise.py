"""MusicXML documents, read back by a small reader written from the specification, and by music21."""

import re
from fractions import Fraction
from itertools import cycle
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from musicxml_reading import melody_of, read_document, unfolded

from tunewright.corpus.readers import read_tunes
from tunewright.errors import RenderError
from tunewright.notation.melody import read_melody
from tunewright.notation.meter import WHOLE
from tunewright.notation.playing.played import play_tune
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import BarLine, Sound
from tunewright.rendering import render
from tunewright.rendering.performance import perform
from tunewright.rendering.source import abc_text

SAMPLE = slice(3, None, 40)
HEADER = "X:1\nT:A Tune\nM:4/4\nL:1/4\nK:C\n"


def document(body, header=HEADER, **options):
    return render(header + body, "musicxml", **options)


def elements(body, path, header=HEADER):
    return ElementTree.fromstring(document(body, header)).findall(f".//{path}")  # noqa: S314 - our own


def texts(body, path, header=HEADER):
    return [element.text for element in elements(body, path, header)]


def measures(body, header=HEADER):
    return read_document(document(body, header))[0]


def closing(lines, start, end):
    """Whether each of the bar lines `lines` that stand from `start` to `end` ends a repeat."""
    return [re.match(":+[|[:]", line.text) is not None for line in lines if start <= line.start < end]


def as_notation_reads(text):
    """Check a tune's document against its melody; return how many notes both have."""
    part = next(part for part in read_document(render(text, "musicxml")) if melody_of(part))
    melody = read_melody(text)
    assert melody_of(part) == [(note.pitch, note.onset, note.length) for note in melody.notes if note.ticks]
    if not re.search(r"^[^%]*\bZ", text[melody.body :], re.MULTILINE):
        assert [measure.length for measure in part] == [bar.length for bar in melody.bars]
        assert [int(measure.number.strip("X")) for measure in part] == [bar.number for bar in melody.bars]
        assert [measure.ending[:1] for measure in part] == [tuple(map(int, bar.ending[:1])) for bar in melody.bars]
        ends = [after.start for after in melody.bars[1:]] + [len(text)]
        lines = [item for voice in read_events(text).voices for item in voice.items if type(item) is BarLine]
        closes = [any(closing(lines, bar.end, end)) for bar, end in zip(melody.bars, ends, strict=True)]
        assert [measure.backward for measure in part if not measure.forward] == [
            closed for closed, measure in zip(closes, part, strict=True) if not measure.forward
        ]
    assert all(note.written == note.length for measure in part for note in measure.notes if note.written is not None)
    return len(melody.notes)


def check_book(folder, which):
    tunes = read_tunes(folder, keep_duplicates=True).tunes[which]
    assert len(tunes) > 40
    assert sum(as_notation_reads(tune.text) for tune in tunes) > 90 * len(tunes)


@pytest.mark.slow
def test_notes_and_measures_are_those_that_notation_reads(oneills_folder):
    check_book(oneills_folder, SAMPLE)


@pytest.mark.slow
@pytest.mark.parametrize("book", ["oneills1850", "ryansMammoth"])
def test_every_tune_of_a_book_is_as_notation_reads_it(oneills_folder, book):
    check_book(oneills_folder.parent / book, slice(None))


@pytest.mark.slow
def test_music21_reads_the_same_notes(oneills_folder):
    from music21 import converter, stream

    for tune in read_tunes(oneills_folder, keep_duplicates=True).tunes[5::300]:
        score = converter.parseData(render(tune.text, "musicxml").decode(), format="musicxml")
        assert isinstance(score, stream.Score)
        notes = [note for note in score.parts[0].stripTies().flatten().notes if not note.duration.isGrace]
        tops = [max(pitch.midi for pitch in note.pitches) for note in notes]
        onsets = [Fraction(note.offset) / 4 for note in notes]
        lengths = [Fraction(note.duration.quarterLength) / 4 for note in notes]
        found = list(zip(tops, onsets, lengths, strict=True))
        assert found == [(note.pitch, note.onset, note.length) for note in read_melody(tune.text).notes]
        assert score.metadata.title == read_melody(tune.text).fields["T"]


def without_ornaments(text):
    head, key, body = re.split(r"(\nK:.*\n)", text, maxsplit=1)
    lines = body.split("\n")
    plain = [
        line if re.match("[A-Za-z]:", line) else re.sub(r'\{[^}]*\}|"[^"]*"|[~TRMPOSuv]', "", line) for line in lines
    ]
    return head + key + "\n".join(plain)


@pytest.mark.slow
def test_repeats_play_as_on_the_page(oneills_folder):
    alike = tunes = 0
    for tune in read_tunes(oneills_folder, keep_duplicates=True).tunes[SAMPLE]:
        text = without_ornaments(tune.text)
        part = read_document(render(text, "musicxml"))[0]
        tops: dict[float, int] = {}
        for note in perform(abc_text(text)).tracks[0]:
            tops[note.start] = max(tops.get(note.start, 0), note.pitch)
        played = [note for place in unfolded(part) for note in part[place].notes if note.pitches]
        pitches = [max(note.pitches) for note in played if not note.stops_tie]
        assert len(pitches) == len(tops), tune.text
        tunes += 1
        alike += pitches == [tops[start] for start in sorted(tops)]
    assert alike >= 0.97 * tunes  # accidentals in another octave: see docs/rendering.md


@pytest.mark.parametrize(
    ("body", "played"),
    [
        ("|:C4|D4:|", [0, 1, 0, 1]),
        ("C4|D4:|E4|F4:|", [0, 1, 0, 1, 2, 3, 2, 3]),
        ("|:C4|1 D4:|2 E4||F4|]", [0, 1, 0, 2, 3]),
        ("C4|1 D4:|2 E4||F4|1 G4:|2 A4|]", [0, 1, 0, 2, 3, 4, 3, 5]),
        ("C4||D4|E4:|", [0, 1, 2, 1, 2]),
        ("|:C4::D4:|", [0, 0, 1, 1]),
        ("|:C2|D4|E2:|", [0, 1, 2, 0, 1, 2]),
    ],
)
def test_repeats_and_endings(body, played):
    assert unfolded(measures(body)) == played


@pytest.mark.parametrize(
    ("body", "times", "played"),
    [
        ("|::C4::|D4|", ["3"], [0, 0, 0, 1]),
        ("|:::C4:|D4|", ["4"], [0, 0, 0, 0, 1]),
        ("C4::|D4|", ["3"], [0, 0, 0, 1]),
        ("|:C4|1,2 D4:|3 E4|]", ["3"], [0, 1, 0, 1, 0, 2]),
        ("|:C4|1 D4:|2 E4:|3 F4:|G4|", [None, "3", "3"], [0, 1, 0, 2, 0, 3, 4]),
        ("|::C4|1 D4:|2 E4:|F4|", [None, None], [0, 1, 0, 2, 3]),
        ("|:C4|1-3 D4:|4 E4|]", ["4"], [0, 1, 0, 1, 0, 1, 0, 2]),
    ],
)
def test_repeats_with_counts(body, times, played):
    assert [repeat.get("times") for repeat in elements(body, "repeat[@direction='backward']")] == times
    assert unfolded(measures(body)) == played


@pytest.mark.parametrize(
    ("body", "played"),
    [
        ("C4|D4!D.C.!|E4|", [0, 1, 0, 1, 2]),
        ("C4|D4!fine!|E4!D.C.!|]", [0, 1, 2, 0, 1]),
        ("C4|!segno!D4|E4!D.S.!|F4|", [0, 1, 2, 1, 2, 3]),
        ("|:C4|1 D4:|2 E4!D.C.!|F4|", [0, 1, 0, 2, 0, 2, 3]),
        ("C4!coda!|D4!D.C.!|!coda!E4|", [0, 1, 0, 2]),
        ("C4|!coda!D4!D.C.alcoda!|!coda!E4|", [0, 1, 0, 2]),
        ("C4|OD4!D.C.!|OE4|", [0, 1, 0, 2]),
        ("C4!dacoda!|D4!D.S.alcoda!|!coda!E4|", [0, 1, 0, 2]),
    ],
)
def test_jumps(body, played):
    part = measures(body)
    assert unfolded(part) == played
    sounds = play_tune(HEADER + body).voices[0].sounds()
    assert [sound.pitch for _, sound in sounds] == [part[place].notes[0].pitches[0] for place in played]


def test_every_value_of_the_header_has_its_place():
    header = "X:1\nT:First\nT:Second\nC:Ann\nO:Cork\nS:a book\nR:jig\nM:6/8\nK:C\n"
    root = ElementTree.fromstring(document("C3", header, provenance={"seed": "3"}))  # noqa: S314 - our own
    assert root.findtext("work/work-title") == "First"
    assert root.findtext("identification/creator") == "Ann"
    assert root.findtext("identification/source") == "a book"
    told = {field.get("name"): field.text for field in root.iter("miscellaneous-field")}
    assert told == {"subtitle": "Second", "origin": "Cork", "rhythm": "jig", "seed": "3"}
    assert root.find("part/measure/sound").get("tempo") == "165"


def test_continued_fields_and_words_after_the_tune():
    header = "X:1\nT:First\n+:part\nH:one\n+:two\nr:no\n+:remark\nK:C\n"
    root = ElementTree.fromstring(document("C4|\nW:sung\n+:after\nW:more\n", header))  # noqa: S314 - our own
    assert root.findtext("work/work-title") == "First part"
    told = [(field.get("name"), field.text) for field in root.iter("miscellaneous-field")]
    assert told == [("history", "one two"), ("words after the tune", "sung after"), ("words after the tune", "more")]


@pytest.mark.parametrize(
    ("key", "fifths", "mode"),
    [
        ("D", "2", "major"), ("Bb", "-2", "major"), ("Ador", "1", "dorian"), ("EMix", "3", "mixolydian"),
        ("F#m", "3", "minor"), ("Ephr", "0", "phrygian"), ("Flyd", "0", "lydian"), ("Bloc", "0", "locrian"),
        ("Cb", "-7", "major"), ("C#", "7", "major"), ("none", "0", "none"), ("HP", "2", "mixolydian"),
    ],
)  # fmt: skip
def test_keys(key, fifths, mode):
    header = f"X:1\nM:4/4\nK:{key}\n"
    assert (texts("C", "fifths", header), texts("C", "mode", header)) == ([fifths], [mode])


def test_a_key_of_its_own_is_written_note_by_note():
    header = "X:1\nM:4/4\nK:D ^g _b\n"
    names = zip(texts("B", "key-step", header), texts("B", "key-alter", header), strict=True)
    assert list(names) == [("C", "1"), ("F", "1"), ("G", "1"), ("B", "-1")]


@pytest.mark.parametrize(
    ("meter", "time"),
    [
        ("6/8", ["6", "8"]), ("C", ["4", "4"]), ("C|", ["2", "2"]), ("2+3/8", ["2+3", "8"]), ("(2+3)/8", ["2+3", "8"]),
        ("4/2+2/2", ["4", "2", "2", "2"]), ("none", [None]),
    ],
)  # fmt: skip
def test_meters(meter, time):
    found = elements("C", "time", f"X:1\nM:{meter}\nL:1/8\nK:C\n")
    assert [child.text for child in found[0]] == time
    assert found[0].get("symbol") == {"C": "common", "C|": "cut"}.get(meter)


def test_keys_and_meters_change():
    part = measures("CDEF|[K:G][M:3/4]CDF|[M:2/4]C[K:D]F|F2|")
    assert [measure.fifths for measure in part] == [0, 1, 2, None]
    assert [measure.time for measure in part] == ["4/4", "3/4", "2/4", None]
    assert [note.pitches[0] for measure in part for note in measure.notes] == [60, 62, 64, 65, 60, 62, 66, 60, 66, 66]


def test_accidentals_are_written_where_they_change_a_note():
    body = "^F F f F|F =F __B2|"
    assert texts(body, "accidental") == ["sharp", "sharp", "natural", "flat-flat"]
    assert [note.pitches[0] for measure in measures(body) for note in measure.notes] == [66, 66, 78, 66, 65, 65, 69]


def test_rests_chords_graces_and_layers():
    part = measures("z[CEG]x2|{/g}C2 {ga}[DF]2|C4&[EG]2C|")
    assert [note.pitches for note in part[0].notes] == [(), (60, 64, 67), ()]
    assert [measure.graces for measure in part] == [[], [79, 79, 81], []]
    assert [(note.pitches, note.onset) for note in part[2].others] == [((64, 67), 2), ((60,), Fraction(5, 2))]
    assert [note.get("print-object") for note in elements("Czx", "note")] == [None, None, "no"]
    assert [grace.get("slash") for grace in elements("{/g}C{ga}C", "grace")] == ["yes", None, None]


@pytest.mark.parametrize(
    ("body", "layers"),
    [
        ("G4|A4|&&c4|d4|B4|", [[72], [74], []]),
        ("(&C2D2|E4&c4|d4&)|F4|", [[72], [74], []]),
        ("|:C4&c4|1 D4&d4:|2 E4&e4|]", [[72], [74], [76]]),
        ("C4&E4&G4|D4|", [[64, 67], []]),
        ("C4&E2E2F2|D4|", [[64, 64], []]),
        ("C4|Z&E4|D4|", [[], [64], []]),
    ],
)
def test_layers_stand_in_their_bars(body, layers):
    part = measures(body)
    assert [[note.pitches[0] for note in measure.others] for measure in part] == layers
    assert [measure.length for measure in part] == [1] * len(layers)


def test_ties_and_slurs_of_layers_cross_bar_lines():
    body = "G4|A4|&&(c4-|c2e2)|(B2B2)|"
    (_, second, _) = part = measures(body)
    assert [note.starts_tie for note in part[0].others] == [True]
    assert [note.stops_tie for note in second.others] == [True, False]
    assert slurs(ElementTree.fromstring(document(body))) == [(1, 4), (5, 6)]  # noqa: S314 - our own
    assert slurs(ElementTree.fromstring(document("(G4|A4)&(c2d2)|"))) == [(0, 1), (2, 3)]  # noqa: S314 - our own


def test_rests_of_whole_measures():
    part = measures("C4|Z3|D4|")
    assert [(measure.number, measure.length) for measure in part] == [(str(number), 1) for number in range(1, 6)]
    assert texts("C4|Z3|", "multiple-rest") == ["3"]
    assert len(elements("C4|Z3|", "rest[@measure='yes']")) == 3


def test_ties_join_only_equal_pitches():
    (first, second) = measures("C2-C2-|C2-D2|")
    assert [(note.starts_tie, note.stops_tie) for note in first.notes + second.notes] == [
        (True, False), (True, True), (False, True), (False, False),
    ]  # fmt: skip


def test_each_note_of_a_chord_has_its_own_tie():
    body = "[C-EG]2[CEG]2-|[CEG]4|"
    tied = [
        [tie.get("type") for tie in note.iter("tie")]
        for note in ElementTree.fromstring(document(body)).iter("note")  # noqa: S314 - our own
    ]
    assert tied == [["start"], [], [], ["stop", "start"], ["start"], ["start"], ["stop"], ["stop"], ["stop"]]


def slurs(root):
    """The notes, by their places, between which slurs go."""
    found, begun = [], {}
    for place, note in enumerate(root.iter("note")):
        for slur in note.iter("slur"):
            number = slur.get("number")
            if slur.get("type") == "start":
                assert number not in begun
                begun[number] = place
            else:
                found.append((begun.pop(number), place))
    assert begun == {}
    return sorted(found)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("(CD)E(FG)", [(0, 1), (3, 4)]),
        ("((CD)E)F", [(0, 1), (0, 2)]),
        ("(C(DE)F)", [(0, 3), (1, 2)]),
        ("(CD(E)F)", [(0, 3)]),
        ("(CD|E)F", [(0, 2)]),
        ("(CDE", []),
        ("CD)E", []),
        ("(zCDz)", [(1, 2)]),
        ("(C(D)E)(F", [(0, 2)]),
    ],
)
def test_slurs(body, found):
    assert slurs(ElementTree.fromstring(document(body))) == found  # noqa: S314 - our own


def test_tuplets_and_broken_rhythm():
    part = measures("(3C/D/E/ C>D E|(3:2:4C/D/C/4D/4 z3|")
    lengths = [note.length for note in part[0].notes]
    assert lengths == [Fraction(1, 12)] * 3 + [Fraction(3, 8), Fraction(1, 8), Fraction(1, 4)]
    kinds = [tuplet.get("type") for tuplet in elements("(3C/D/E/ C>D E|(3:2:4C/D/C/4D/4 z3|", "tuplet")]
    assert kinds == ["start", "stop"] * 2
    assert texts("(3CDE", "actual-notes") == ["3"] * 3
    assert texts("(3CDE", "normal-notes") == ["2"] * 3


def test_lengths_without_a_note_of_their_own_are_tied():
    (measure,) = measures("C5/4D3/4E2")
    assert [(note.length, note.starts_tie, note.stops_tie) for note in measure.notes] == [
        (Fraction(1, 4), True, False), (Fraction(1, 16), False, True),
        (Fraction(3, 16), False, False), (Fraction(1, 2), False, False),
    ]  # fmt: skip


def test_chord_symbols_and_annotations():
    body = '"F#m7b5/C#"C"^high"D"N.C."E"sl."F'
    assert texts(body, "root-step") == ["F", "C"]
    assert texts(body, "root-alter") == ["1"]
    assert texts(body, "kind") == ["half-diminished", "none"]
    assert texts(body, "bass-step") == ["C"]
    assert texts(body, "words") == ["high", "sl."]


def test_chord_symbols_of_fake_books():
    body = '"(Am)"C"(G7)"D"Bb maj7"E"F6/9"F|"(D/f#)"C"N.C."D"(N.C.)"E"C(Am)"F|'
    kinds = elements(body, "kind")
    assert [kind.text for kind in kinds] == [
        "minor", "dominant", "major-seventh", "major-sixth", "major", "none", "none", "major",
    ]  # fmt: skip
    assert [kind.get("text") for kind in kinds] == ["m)", "7)", " maj7", "6/9", ")", "N.C.", "N.C.", "(Am)"]
    assert [step.get("text") for step in elements(body, "root-step")] == ["(A", "(G", None, None, "(D", "", "", None]
    assert texts(body, "bass-step") == ["F"]


@pytest.mark.parametrize(
    ("sign", "path"),
    [
        (".", "articulations/staccato"), ("~", "ornaments/turn"), ("T", "ornaments/trill-mark"),
        ("u", "technical/up-bow"), ("H", "fermata"), ("!mordent!", "ornaments/mordent"), ("!2!", "technical/fingering"),
        ("!arpeggio!", "arpeggiate"), ("!//!", "ornaments/tremolo"), ("+accent+", "articulations/accent"),
    ],
)  # fmt: skip
def test_decorations(sign, path):
    assert len(elements(f"C{sign}DE", f"notations/{path}")) == 1
    assert len(elements("CDE", f"notations/{path}")) == 0


def test_directions():
    body = "!p!C!<(!D!<)!E!segno!F|!coda!C!D.C.!|"
    kinds = [child[0].tag for child in elements(body, "direction-type")]
    assert kinds == ["dynamics", "wedge", "wedge", "segno", "coda", "words"]
    assert [sound.attrib for sound in elements(body, "direction/sound")] == [
        {"segno": "segno"}, {"coda": "coda"}, {"dacapo": "yes"},
    ]  # fmt: skip


def test_user_defined_signs():
    header = 'X:1\nU:W=!accent!\nU:T=+fermata+\nU:w="^up"\nU:u=!nil!\nK:C\n'
    assert len(elements("WC", "notations/articulations/accent", header)) == 1
    assert [len(elements("TC", f"notations/{path}", header)) for path in ("fermata", "ornaments")] == [1, 0]
    assert len(elements("uC", "notations", header)) == 0
    assert texts("wC", "words", header) == ["up"]
    assert len(elements("WC|\nU:W=!tenuto!\nWC", "notations/articulations/tenuto", header)) == 1


@pytest.mark.parametrize(
    ("value", "unit", "dots", "quarters"),
    [("1/4=120", "quarter", 0, "120"), ("3/8=80", "quarter", 1, "120"), ("100", "quarter", 0, "100"),
     ('"Slow" 1/2=50', "half", 0, "100"), ("C3=40", "half", 1, "120"),
     ("C=80", "quarter", 0, "80")],
)  # fmt: skip
def test_tempo(value, unit, dots, quarters):
    header = f"X:1\nQ:{value}\nL:1/4\nM:4/4\nK:C\n"
    assert texts("C", "beat-unit", header) == [unit]
    assert len(elements("C", "beat-unit-dot", header)) == dots
    assert [sound.get("tempo") for sound in elements("C", "sound", header)] == [quarters]
    assert texts("C", "words", header) == (["Slow"] if "Slow" in value else [])


def test_tempo_and_parts_change():
    body = 'C4|[Q:"Fast" 1/4=90]D4|[Q:"Slower"]E4|[Q:1/4 1/16=40]F4|'
    assert [sound.get("tempo") for sound in elements(body, "sound")] == ["132", "90", "50"]
    assert texts(body, "words") == ["Fast", "Slower"]
    assert texts(body, "per-minute") == ["90"]
    assert texts("P:A\nC4|\nP:B\nD4|", "rehearsal") == ["A", "B"]


def test_parts_and_tempos_stand_once():
    header = "X:1\nM:4/4\nL:1/4\nP:AB\nV:1\nV:2\nK:C\n"
    body = "P:A\nV:1\nC4|\nV:2\nC,4|\nP:B\nV:1\nD4|\nV:2\n[Q:1/4=90]D,4|\n"
    root = ElementTree.fromstring(document(body, header))  # noqa: S314 - our own
    labels = [[label.text for label in measure.iter("rehearsal")] for measure in root.iter("measure")]
    assert labels == [["A"], ["B"], [], []]
    tempos = [[sound.get("tempo") for sound in part.iter("sound")] for part in root.iter("part")]
    assert tempos == [["132"], ["90"]]
    told = {field.get("name"): field.text for field in root.iter("miscellaneous-field")}
    assert told == {"parts": "AB"}


def test_voices_become_parts_of_equal_length():
    header = 'X:1\nM:4/4\nL:1/4\nV:1 name="High"\nV:2 clef=bass\nK:C\n'
    body = "V:1\nc4|d4|e4|\nV:2\nC,4|D,4|\n"
    high, low = read_document(document(body, header))
    assert [len(high), len(low)] == [3, 3]
    assert [note.pitches for measure in low for note in measure.notes] == [(48,), (50,), ()]
    assert texts(body, "part-name", header) == ["High", "2"]
    assert texts(body, "clef/sign", header) == ["G", "F"]


def test_clefs_and_names_of_voices_hold_from_where_they_stand():
    header = 'X:1\nM:4/4\nL:1/4\nV:1 name="Bass 8"\nV:2 octave=-1\nK:C\n'
    body = "V:1\nC4|\n[V:2 clef=bass]C4|D4|\nV:2 clef=alto\nE4|\n"
    root = ElementTree.fromstring(document(body, header))  # noqa: S314 - our own
    assert [[sign.text for sign in part.iter("sign")] for part in root.iter("part")] == [["G"], ["F", "C"]]
    _, low = read_document(document(body, header))
    assert [note.pitches for measure in low for note in measure.notes] == [(48,), (50,), (52,)]
    assert [bool(measure.findall("attributes/clef")) for measure in root.findall("part[2]/measure")] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "clef"),
    [
        ("C clef=bass", ["F", "4"]), ("C bass3", ["F", "3"]), ("C treble-8", ["G", "2", "-1"]), ("clef=C1", ["C", "1"]),
        ("C clef=Treble+8", ["G", "2", "1"]), ("C perc", ["percussion"]), ("C clef=none", ["none"]),
        ("C clef=P", ["percussion"]), ("C", ["G", "2"]), ("none", ["G", "2"]), ("Bm", ["G", "2"]),
        ("G alto", ["C", "3"]), ('C clef="soprano"', ["C", "1"]),
    ],
)  # fmt: skip
def test_clefs(value, clef):
    (found,) = elements("C4|", "clef", f"X:1\nM:4/4\nL:1/4\nK:{value}\n")
    assert [child.text for child in found] == clef


def test_staff_lines():
    assert texts("C4|", "staff-lines", "X:1\nM:4/4\nL:1/4\nK:C perc stafflines=1\n") == ["1"]
    assert texts("C4|", "staff-lines") == []


@pytest.mark.parametrize(
    ("value", "written", "transposed", "sounding"),
    [
        ("C treble-8", ("C", "3"), [], 48), ("C octave=1", ("C", "5"), [], 72),
        ("C transpose=-2", ("C", "4"), ["-1", "-2"], 58), ("C transpose=15", ("C", "4"), ["2", "3", "1"], 75),
        ("D clef=bass-8 transpose=-14", ("C", "3"), ["-1", "-2", "-1"], 35),
    ],
)  # fmt: skip
def test_clef_and_octave_move_the_print_and_transpose_the_sound(value, written, transposed, sounding):
    header = f"X:1\nM:4/4\nL:1/4\nK:{value}\n"
    assert (texts("C4|", "step", header)[0], texts("C4|", "octave", header)[0]) == written
    assert [child.text for element in elements("C4|", "transpose", header) for child in element] == transposed
    assert measures("C4|", header)[0].notes[0].pitches == (sounding,)
    assert as_notation_reads(f"{header}C4|{{d}}[CE]4-|[CE]2^f'2|[K:G octave=0 transpose=5]G4|G4|\n") == 5


def test_the_signature_of_the_pipes_is_not_printed():
    assert [key.get("print-object") for key in elements("C4|[K:Hp]C4|[K:HP]C4|", "key")] == [None, None, "no"]


def test_words_are_sung_to_their_notes():
    body = "CDEF|GABc|\nw:one two-three *|four_ five\nw:a b c d e f g h\n"
    notes = [note for measure in measures(body) for note in measure.notes]
    assert [note.syllables[0] for note in notes] == ["one", "two", "three", "d", "four", "f", "five", "h"]
    assert [len(note.syllables) for note in notes] == [2, 2, 2, 1, 2, 1, 2, 1]


def test_words_below_two_lines_of_music():
    words = [
        [note.syllables[:1] for measure in measures(f"CDEF|\nGABc|\nw:{line}\n") for note in measure.notes]
        for line in ("a b c d e-f g h", "a b", "a b c d\n+:e")
    ]
    assert words[0] == [("a",), ("b",), ("c",), ("d",), ("e",), ("f",), ("g",), ("h",)]
    assert words[1] == [()] * 4 + [("a",), ("b",), (), ()]
    assert words[2] == [("a",), ("b",), ("c",), ("d",), ("e",), (), (), ()]


def test_accents_and_entities_are_characters():
    body = '"^d\\\'ej\\`a"CD|\nw:\\"uber &eacute;t\\\'e\n'
    header = "X:1\nT:\\u00e9t\\'e\nC:\\\"O\nM:2/4\nL:1/4\nK:C\n"
    root = ElementTree.fromstring(document(body, header))  # noqa: S314 - our own
    assert root.findtext("work/work-title") == "été"
    assert root.findtext("identification/creator") == "Ö"
    assert [words.text for words in root.iter("words")] == ["déjà"]
    assert [text.text for text in root.findall(".//lyric/text")] == ["über", "été"]


def test_markup_in_a_tune_stays_text():
    header = "X:1\nT:<b>&amp;amp; ]]> \u0001\nC:\"x\" 'y'\nK:C\n"
    root = ElementTree.fromstring(document('"^<i>"C', header))  # noqa: S314 - our own
    assert root.findtext("work/work-title") == "<b>&amp; ]]>"
    assert [words.text for words in root.iter("words")] == ["<i>"]


@pytest.mark.parametrize("tune", ["", "X:1\nK:C\n", "X:1\nK:C\nz4|", "X:1\nK:C\nC0|"])
def test_a_tune_without_a_note_is_refused(tune):
    with pytest.raises(RenderError, match="no note"):
        render(tune, "musicxml")


def test_macros_are_refused():
    with pytest.raises(RenderError, match="macros"):
        document("nC4|", "X:1\nm:nC=C2{D}C2\nK:C\n")


def test_a_tune_without_end_is_refused():
    with pytest.raises(RenderError, match="whole notes long; at most 20000 are allowed"):
        document("C1000000|" * 3)


NOTES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "^", "_", "="]), st.sampled_from("CDEFGABcdefgab"), st.sampled_from(["", ",", "'"]),
    st.sampled_from(["", "2", "3", "/", "3/2", "5", "7/4", "/4", "2/3", "5/8", "9"]),
)  # fmt: skip
ITEMS = st.one_of(
    NOTES,
    st.sampled_from(
        ["|", "||", ":|", "|:", "z", "z3", "-", ">", "<<", " ", "(3", "(5", "(2", "(3:2:4", "[CEG]2", "{ga}"]
    ),
    st.sampled_from(["(", ")", "[K:D]", "[M:3/4]", "[L:1/16]", "&", "Z2|", "[1", "[2", '"Am"', "!trill!", "."]),
    st.sampled_from(["&&", "(&", "&)", "[K:octave=-1]", "[K:G transpose=3]", "[K:treble-8]", "!coda!", "♯c", "::|"]),
)


@settings(max_examples=150)
@given(st.lists(ITEMS, min_size=1, max_size=40).map("".join))
def test_any_music_lasts_as_long_as_notation_says(body):
    text = HEADER + body
    events = read_events(text)
    ticks = sum(item.ticks for item in events.voices[0].items if type(item) is Sound)
    try:
        part = read_document(render(text, "musicxml"))[0]
    except RenderError:
        return
    assert sum((note.length for measure in part for note in measure.notes), Fraction()) == Fraction(ticks, WHOLE)
    assert melody_of(part) == [(note.pitch, note.onset, note.length) for note in read_melody(text).notes if note.ticks]
    slurs(ElementTree.fromstring(render(text, "musicxml")))  # noqa: S314 - our own


BARS = st.lists(st.sampled_from(["|", "|", "||", ":|", "|:", "::", "::|", "|::", "|1 {}4:|2 ", "|1,2 {}4:|3 "]))


@settings(max_examples=150)
@given(BARS, st.sampled_from(["", "|:", "|::"]))
def test_repeats_play_as_notation_reads_them(bars, opening):
    letters = cycle("CDEFGABcdefgab")
    body = opening + "".join(f"{next(letters)}4{bar.format(next(letters))}" for bar in bars) + f"{next(letters)}4|]"
    part = measures(body)
    sounds = play_tune(HEADER + body).voices[0].sounds()
    assert [note.pitches for place in unfolded(part) for note in part[place].notes] == [
        (sound.pitch,) for _, sound in sounds
    ]


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_written_or_refused(text):
    try:
        read_document(render(HEADER + text, "musicxml"))
    except RenderError as error:
        assert str(error)
