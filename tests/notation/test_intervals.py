"""What an interval moves is written as a musician would write it, and moves back."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tunewright.errors import OptionError, TranspositionError
from tunewright.notation.intervals import (
    Interval,
    height_of,
    interval_of,
    move_chord_symbol,
    move_key,
    move_note,
    place_of,
    tonic_place,
)
from tunewright.notation.keys import parse_key
from tunewright.notation.spec import ACCIDENTALS, MODES, NATURAL_PITCHES

SECOND, FIFTH, OCTAVE = Interval(1, 2), Interval(4, 7), Interval(7, 12)
AUGMENTED_UNISON = Interval(0, 1)
INTERVALS = st.builds(interval_of, st.integers(-24, 24), st.integers(-12, 12)).filter(
    lambda interval: (7 * interval.semitones - interval.fifths) % 12 == 0
)


def test_an_interval_knows_by_how_many_fifths_it_moves_keys():
    assert [interval.fifths for interval in (SECOND, FIFTH, OCTAVE, AUGMENTED_UNISON)] == [2, 1, 0, 7]
    assert Interval(-1, -2) == -SECOND
    assert (-SECOND).fifths == -2
    assert interval_of(2, 2) == SECOND
    assert interval_of(-5, 1) == Interval(-3, -5)
    assert interval_of(1, -5) == Interval(1, 1)


def test_no_interval_is_wider_than_midi():
    with pytest.raises(OptionError, match="128 semitones; allowed: -127 to 127"):
        Interval(75, 128)


@pytest.mark.parametrize(
    ("note", "interval", "moved"),
    [
        ("C", SECOND, "D"), ("E", SECOND, "F"), ("B", SECOND, "c"), ("b", SECOND, "c'"), ("B,", SECOND, "C"),
        ("c", -SECOND, "B"), ("c'", -SECOND, "b"), ("C", -SECOND, "B,"), ("C,", -SECOND, "B,,"),
        ("^F", SECOND, "^G"), ("=F", SECOND, "=G"), ("=E", SECOND, "^F"), ("_E", SECOND, "=F"), ("^E", SECOND, "^^F"),
        ("_B", SECOND, "=c"), ("__B", SECOND, "_c"), ("^c", -SECOND, "=B"), ("=c", -SECOND, "_B"),
        ("G", OCTAVE, "g"), ("^^g", OCTAVE, "^^g'"), ("_G,", OCTAVE, "_G"), ("^/A", FIFTH, "^/e"),
        ("^/A", OCTAVE, "^/a"), ("C", AUGMENTED_UNISON, "C"), ("^C", AUGMENTED_UNISON, "^^C"),
    ],
)  # fmt: skip
def test_notes(note, interval, moved):
    assert move_note(note, interval) == moved
    assert move_note(moved, -interval) == note


@pytest.mark.parametrize(
    ("note", "up"), [("c,", "c"), ("C'", "C''"), ("c,,", "c,"), ("C''", "C'''"), ("^c,", "^C'"), ("=B'", "=B''")]
)
def test_octaves_that_are_spelt_in_the_way_nobody_needs_stay_so(note, up):
    up = {"c": "C'"}.get(up, up)
    assert move_note(note, OCTAVE) == up
    assert move_note(up, -OCTAVE) == note
    assert height_of(up) == height_of(note) + 7


def test_a_note_with_both_octave_marks_stays_in_its_octave():
    assert move_note("c',", SECOND) == "d',"
    with pytest.raises(TranspositionError, match="higher and for lower octaves"):
        move_note("b',", SECOND)


@pytest.mark.parametrize(
    ("note", "interval", "reason"),
    [
        ("^^E", SECOND, "would need 3 sharps; allowed: 2"),
        ("__c", -SECOND, "would need 3 flats; allowed: 2"),
        ("^/E", SECOND, "only whole semitones"),
    ],
)
def test_notes_that_cannot_be_written(note, interval, reason):
    with pytest.raises(TranspositionError, match=reason):
        move_note(note, interval)


NOTES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", *ACCIDENTALS]),
    st.sampled_from("CDEFGABcdefgab"),
    st.integers(0, 3).flatmap(lambda count: st.sampled_from([count * "'", count * ","])),
)


def pitch(note, signature):
    """By the standard: the letter, its accidental or else the signature, the octave marks."""
    sign, letter = note.rstrip("',")[:-1], note.rstrip("',")[-1]
    octave = letter.islower() + note.count("'") - note.count(",")
    altered = ACCIDENTALS[sign] if sign else signature["CDEFGAB".index(letter.upper())]
    return NATURAL_PITCHES[letter.upper()] + altered + 12 * octave


KEYS = st.builds(
    "{}{}{}".format, st.sampled_from("ABCDEFG"), st.sampled_from(["", "#", "b"]), st.sampled_from(["", *MODES])
).filter(lambda key: parse_key(key) and abs(place_of(key)) <= 7)


@given(NOTES, KEYS, INTERVALS)
def test_every_note_in_every_key_sounds_higher_by_the_interval(note, key, interval):
    try:
        moved, new_key = move_note(note, interval), move_key(key, interval)
    except TranspositionError:
        assume(False)
    assert pitch(moved, parse_key(new_key).signature) == pitch(note, parse_key(key).signature) + interval.semitones
    assert move_note(moved, -interval) == note
    assert move_key(new_key, -interval) == key
    assert parse_key(new_key).mode == parse_key(key).mode


@given(KEYS, INTERVALS)
def test_a_key_is_refused_only_if_its_signature_would_be_too_long(key, interval):
    if abs(place_of(key) + interval.fifths) > 7:
        with pytest.raises(TranspositionError, match="allowed: 7"):
            move_key(key, interval)
    else:
        assert place_of(move_key(key, interval)) == place_of(key) + interval.fifths


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        ("Ador", "Bdor"), ("Edorian", "F#dorian"), ("D mix", "E mix"), ("Gm", "Am"), ("Bb", "C"), ("F#m", "G#m"),
        ("A Minor", "B Minor"), ("G clef=G middle=d", "A clef=G middle=d"), ("C transpose=-24", "D transpose=-24"),
        ("G Bass", "A Bass"), ("D ^c _b", "E ^d =c"), ("Dmix=c", "Emix=d"), ("A phr ^c=G", "B phr ^d=A"),
        ("none", "none ^f ^c"), ("NONE clef=bass", "NONE ^f ^c clef=bass"), ("D exp _b _e", "E exp"),
        ("exp ^f", "exp ^g ^f ^c"), ("C exp =f ^b", "D exp =g ^^c ^f"),
    ],
)  # fmt: skip
def test_keys(key, moved):
    assert move_key(key, SECOND) == moved
    assert move_key(moved, -SECOND) == key


@pytest.mark.parametrize("key", ["HP", "Hp", "", "clef=bass", "Bn", "H", "^f ^c", "D nothing", "Bass"])
def test_keys_that_move_by_octaves_only(key):
    assert place_of(key) is None
    assert move_key(key, OCTAVE) == key
    with pytest.raises(TranspositionError, match="by octaves only"):
        move_key(key, SECOND)


def test_a_list_of_accidentals_that_would_come_back_otherwise_is_refused():
    with pytest.raises(TranspositionError, match="could not be moved back exactly"):
        move_key("exp _e _b", SECOND)  # B flat comes first in signatures
    with pytest.raises(TranspositionError, match="would need 3 sharps"):
        move_key("D ^^e", SECOND)
    with pytest.raises(TranspositionError, match="could not be moved back exactly"):
        move_key("none ^^f^^c^^g^^d^^a^^e^^b", Interval(0, -3))


@pytest.mark.parametrize(
    ("symbol", "moved"),
    [
        ("Am7/G", "Bm7/A"), ("D", "E"), ("Bb", "C"), ("F#m7(b5)", "G#m7(b5)"), ("Em7/d", "F#m7/e"), ("G(Em)", "A(F#m)"),
        (" Cmaj7 ", " Dmaj7 "), ("Ebdim", "Fdim"), ("N.C.", "N.C."), ("Fine", "Fine"), ("1", "1"), ("", ""),
        ("Allegro", "Allegro"), ("Ab(B)/c", "Ab(B)/c"),
    ],
)  # fmt: skip
def test_chord_symbols_move_and_other_texts_do_not(symbol, moved):
    assert move_chord_symbol(symbol, SECOND) == moved
    assert move_chord_symbol(moved, -SECOND) == symbol
    assert move_chord_symbol(symbol, OCTAVE) == symbol


@pytest.mark.parametrize(
    ("symbol", "interval", "reason"),
    [
        ("E#", SECOND, "double sharp or flat"),
        ("B♭", SECOND, "could not be moved back exactly"),
        ("Bbb5", SECOND, "could not be moved back exactly"),  # Cb5 is C flat with a fifth
    ],
)
def test_chord_symbols_that_cannot_be_moved(symbol, interval, reason):
    with pytest.raises(TranspositionError, match=reason):
        move_chord_symbol(symbol, interval)


def test_heights_and_places():
    assert [height_of(note) for note in ("C", "B,", "c", "c'", "^G,", "c,")] == [0, -1, 7, 14, -3, 0]
    with pytest.raises(OptionError, match="'H' is not a note"):
        height_of("H")
    assert [tonic_place(name) for name in ("C", "F#m", "Bbmaj", "none")] == [0, 6, -2, None]
    assert [place_of(key) for key in ("C", "Ador", "Cb", "none ^f", "D ^c", "exp _b _e")] == [0, 1, -7, 1, 2, -2]
