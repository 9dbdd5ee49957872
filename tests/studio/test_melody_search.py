"""Are tunes found by their notes, in any key and with wrong notes, and are distances those of the definition?"""

import random
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.notation.melody import read_melody
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.melody_search import distances_to, find_melody, locate_melody
from tunewright.studio.tunebook.tune_rows import insert_tune
from tunewright.studio.tunebook.typed_notes import readings

few_pitches = st.integers(60, 66)
pitches = st.lists(st.integers(40, 100), min_size=1, max_size=12)


def edit_distance(first, second):
    """Of two sequences, from the definition."""
    row = list(range(len(second) + 1))
    for place, one in enumerate(first, 1):
        below = [place]
        for other in range(1, len(second) + 1):
            below.append(min(row[other - 1] + (one != second[other - 1]), row[other] + 1, below[-1] + 1))
        row = below
    return row[-1]


def nearest_passage(melody, tune):
    """The least distance to any passage in any key, by trying them all."""
    passages = [tune[start:end] for start in range(len(tune) + 1) for end in range(start, len(tune) + 1)]
    keys = [[(pitch + key) % 12 for pitch in melody] for key in range(12)]
    return min(edit_distance(each, [pitch % 12 for pitch in passage]) for each in keys for passage in passages)


@given(
    st.lists(st.integers(60, 66), min_size=1, max_size=5),
    st.lists(st.lists(st.integers(60, 66), max_size=6), max_size=3),
)
def test_distances_are_those_of_the_definition(melody, tunes):
    found = distances_to(melody, [np.array(tune, np.uint8) for tune in tunes])
    # two notes added in a row are looked at; three are never better than changing the notes beside them here
    assert found.tolist() == [nearest_passage(melody, tune) for tune in tunes]


@given(pitches, st.lists(st.integers(40, 100), max_size=15))
def test_the_passage_that_is_found_has_the_distance_that_it_says(melody, tune):
    found = locate_melody(melody, tune)
    least = nearest_passage(melody, tune)
    if found is None:
        assert least > len(melody) // 4 or least == len(melody)
    else:
        assert found.distance == least
        assert nearest_whole(melody, tune[found.first : found.last]) == least


def nearest_whole(melody, passage):
    heard = [pitch % 12 for pitch in passage]
    return min(edit_distance([(pitch + key) % 12 for pitch in melody], heard) for key in range(12))


@given(pitches, st.integers(-12, 12), st.lists(pitches, min_size=1, max_size=4))
def test_neither_key_nor_neighbours_matter(melody, semitones, tunes):
    tunes = [np.array(tune, np.uint8) for tune in tunes]
    alone = [int(distances_to(melody, [tune])[0]) for tune in tunes]
    assert distances_to(melody, tunes).tolist() == alone
    assert distances_to([pitch + semitones for pitch in melody], tunes).tolist() == alone


def asked(tune, generator, notes=12):
    """Some notes in a row of a tune, in another key, one of them wrong."""
    start = generator.randrange(len(tune) - notes + 1)
    semitones = generator.randrange(-6, 7)
    melody = [pitch + semitones for pitch in tune[start : start + notes]]
    melody[generator.randrange(notes)] += generator.choice([-3, -2, -1, 1, 2, 3])
    return melody


def share_found(book, tunes, count, generator):
    """How often the right tune is among the first five."""
    known = {number: [note.pitch for note in read_melody(text).notes] for number, text in tunes.items()}
    long_enough = sorted(number for number, tune in known.items() if len(tune) >= 20)
    found = 0
    for _ in range(count):
        number = generator.choice(long_enough)
        with book.file.reading() as connection:
            matches = find_melody(connection, [asked(known[number], generator)])
        found += number in [match.tune for match in matches[:5]]
    return found / count


def filled(book, texts):
    with book.file.writing() as connection:
        tunes = {insert_tune(connection, text, {})[0]: text for text in texts}
    book.index_for()
    return tunes


def test_tunes_are_found_by_twelve_notes_with_one_wrong(tmp_path, oneills_folder):
    with closing(Tunebook(Settings(folder=tmp_path))) as book:
        tunes = filled(book, [tune.text for tune in read_tunes(oneills_folder)[:400]])
        assert share_found(book, tunes, 100, random.Random(1)) >= 0.95


@pytest.mark.slow
def test_they_are_among_three_thousand(tmp_path, oneills_folder):
    with closing(Tunebook(Settings(folder=tmp_path))) as book:
        tunes = filled(book, [tune.text for tune in read_tunes(oneills_folder, oneills_folder.parent / "ryansMammoth")])
        assert len(tunes) > 3000
        assert share_found(book, tunes, 500, random.Random(1850)) >= 0.95


def test_octaves_do_not_count(tmp_path):
    with closing(Tunebook(Settings(folder=tmp_path))) as book:
        filled(
            book,
            ["X:1\nT:Low and high\nK:D\nA,DFA dfaf|gecA d4|\n", *(f"X:1\nK:C\n{'cBAG FEDC ' * n}|\n" for n in (1, 2))],
        )
        for typed in ("K:D adfadfaf", "K:D ADFADFAF", "K:D a'd'f'A,D,F,A,F,"):
            with book.file.reading() as connection:
                found = find_melody(connection, readings(typed))
            assert [(each.tune, each.distance) for each in found][:1] == [(1, 0)]


def test_what_is_unlike_is_not_found(tmp_path):
    with closing(Tunebook(Settings(folder=tmp_path))) as book:
        filled(book, ["X:1\nT:Scale\nK:C\nCDEF GABc|\n"])
        with book.file.reading() as connection:
            assert [each.distance for each in find_melody(connection, readings("K:C C D E F G A"))] == [0]
            assert [each.distance for each in find_melody(connection, readings("K:C C D E F G ^A"))] == [1]
            assert find_melody(connection, readings("C ^D ^F A c ^d")) == []
            assert len(find_melody(connection, readings("c d e"))) == 1


LETTERS = [
    ("G A B c d e", (67, 69, 71, 72, 74, 76)),
    ("GABcde", (67, 69, 71, 72, 74, 76)),
    ("D F# A d", (62, 66, 69, 74)),
    ("D F♯ A d f#", (62, 66, 69, 74, 78)),
    ("Bb Eb F", (70, 63, 65)),
    ("B♭ c d", (70, 72, 74)),
    ("F sharp, A, B flat", (66, 69, 70)),
    ("^F G2 A/ | B c' {g}d", (66, 67, 69, 71, 84, 74)),
    ("K:D\nDFAd|fcec|", (62, 66, 69, 74, 78, 73, 76, 73)),
    ("K:D DFA", (62, 66, 69)),
    ("[K:Edor] EFGF", (64, 66, 67, 66)),
    ("dd dc|Bd", (74, 74, 74, 72, 71, 74)),
]


@pytest.mark.parametrize(("typed", "expected"), LETTERS, ids=[typed for typed, _ in LETTERS])
def test_notes_are_read_as_they_are_typed(typed, expected):
    assert readings(typed)[0] == expected


def test_letters_without_signs_are_read_in_the_usual_keys():
    assert set(readings("d f a c")) >= {(74, 77, 81, 72), (74, 78, 81, 72), (74, 78, 81, 73)}
    assert readings("D D A A E E") == ((62, 62, 69, 69, 64, 64), (62, 62, 69, 69, 63, 63))
    assert len(readings("=f g a b c d e")) == 1


@pytest.mark.parametrize("typed", ["", "  ", "xyz", "G A", "K:D", "%%%", "123 | :|"])
def test_too_few_notes_are_refused_with_words(typed):
    with pytest.raises(Refused, match="type at least three, such as"):
        readings(typed)


@given(st.text(max_size=80) | st.text("ABCDEFGabcdefg#b♯^_=|:K[]()' ,/23\n", max_size=80))
def test_any_text_is_read_or_refused(typed):
    try:
        found = readings(typed)
    except Refused as refused:
        assert refused.status == 400
    else:
        assert all(3 <= len(each) <= 64 for each in found)
        assert len(found) == len(set(found)) <= 6
