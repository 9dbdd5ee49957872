"""Validation tunes are held back with all settings of them."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.grouping import MOST_SETTINGS
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import group_tunes, split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError

UP = {
    "C": "D",
    "D": "E",
    "E": "F",
    "F": "G",
    "G": "A",
    "A": "B",
    "B": "c",
    "c": "d",
    "d": "e",
    "e": "f",
    "f": "g",
    "g": "a",
}


def tune(melody, title="", identity=None, key="C"):
    title_line = f"T:{title}\n" if title else ""
    text = f"X:1\n{title_line}M:6/8\nK:{key}\n{melody}\n"
    return Tune(text, Path("book.abc"), 1, len(text) + 1, identity)


def melody(seed, notes=100):
    generator = random.Random(seed)
    return "".join(generator.choice("CDEFGABcdefg") for _ in range(notes))


def together(*tunes):
    """Say whether the tunes are one group, with strangers around them."""
    strangers = [tune(melody(1000 + number), f"Stranger {number}") for number in range(5)]
    groups = [set(group) for group in group_tunes([*tunes, *strangers])]
    return set(range(len(tunes))) in groups


def test_strangers_stay_apart():
    assert len(group_tunes([tune(melody(number)) for number in range(300)])) == 300


def test_settings_of_one_identity_belong_together():
    assert together(tune(melody(1), identity="7"), tune(melody(2), identity="7"))
    assert not together(tune(melody(1), identity="7"), tune(melody(2), identity="8"))


@pytest.mark.parametrize(
    "other", ["the rights of man", "Rights Of Man, The", "Rights  of Man", "RIGHTS OF MAN!", "The Ríghts of Man"]
)
def test_spellings_of_a_title_belong_together(other):
    assert together(tune(melody(1), "The Rights of Man"), tune(melody(2), other))


@pytest.mark.parametrize("other", ["The Rights of Woman", "", "Rights of Man 2"])
def test_other_titles_do_not(other):
    assert not together(tune(melody(1), "The Rights of Man"), tune(melody(2), other))


def test_a_title_that_everything_bears_says_nothing():
    count = MOST_SETTINGS + 1
    assert len(group_tunes([tune(melody(number), "Jig") for number in range(count)])) == count
    assert len(group_tunes([tune(melody(number), "The") for number in range(5)])) == 5


def test_a_transposed_and_decorated_melody_is_the_same_tune():
    plain = melody(3)
    transposed = "".join(UP[note] for note in plain)
    decorated = '|:"Am"{g}' + " | ".join(f"!trill!{note}2" for note in plain).replace("G2", "~G2 [M:6/8]") + ":| % abc"
    assert together(tune(plain, "One"), tune(transposed, "Two", key="D"), tune(decorated, "Three"))


def test_a_setting_with_some_notes_changed_is_the_same_tune():
    notes = list(melody(4, 200))
    for place in (40, 90, 150):
        notes[place] = "z"
    assert together(tune(melody(4, 200), "One"), tune("".join(notes), "Two"))


def test_tunes_joined_through_a_third_belong_together():
    assert together(tune(melody(1), "One"), tune(melody(2), "Two"), tune(melody(1), "Two"))


def book(count=60, seed=0):
    return [tune(melody(seed * 1000 + number), f"Tune {number % (count // 2)}") for number in range(count)]


def test_both_sides_make_the_whole_and_keep_their_order():
    tunes = book()
    training, validation = split_tunes(tunes, validation_fraction=0.2)
    assert len(validation) == 12
    assert sorted(map(tunes.index, training + validation)) == list(range(60))
    assert list(map(tunes.index, training)) == sorted(map(tunes.index, training))
    titles = [{item.text.split("\n")[1] for item in side} for side in (training, validation)]
    assert not titles[0] & titles[1]


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_tunes_changes_nothing(generator, seed):
    tunes = book()
    shuffled = generator.sample(tunes, len(tunes))
    assert set(split_tunes(tunes, seed=seed)[1]) == set(split_tunes(shuffled, seed=seed)[1])


def test_every_option_changes_something():
    tunes = book()
    assert split_tunes(tunes, seed=1) == split_tunes(tunes, seed=1)
    assert split_tunes(tunes, seed=1)[1] != split_tunes(tunes, seed=2)[1]
    assert len(split_tunes(tunes, validation_fraction=0.5)[1]) == 30


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_neither_side_is_ever_empty(fraction):
    assert all(split_tunes(book(), validation_fraction=fraction))
    assert all(split_tunes([tune(melody(1)), tune(melody(2))], validation_fraction=fraction))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_a_fraction_out_of_range_is_refused(fraction):
    with pytest.raises(OptionError, match="above 0 and below 1"):
        split_tunes(book(), validation_fraction=fraction)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_group_cannot_be_split(count):
    with pytest.raises(OptionError, match="at least two different tunes"):
        split_tunes([tune(melody(number), "The Same") for number in range(count)])


def test_tunes_without_melody_are_tunes_too():
    assert len(group_tunes([tune("z8|"), tune("abc|"), tune("")])) == 3


def test_time_grows_no_faster_than_the_corpus():
    durations = []
    for count in (500, 4000):
        tunes = book(count)
        start = time.perf_counter()
        split_tunes(tunes)
        durations.append(time.perf_counter() - start)
    assert durations[1] < 24 * durations[0]  # 8 times the tunes; comparing all pairs would take 64 times as long


def test_oneills_falls_into_small_groups(oneills_folder):
    groups = group_tunes(read_tunes(oneills_folder).tunes)
    assert max(map(len, groups)) < 10
    assert 1600 < len(groups) < 1900
