"""Do units and labels stand side by side, of tunes that are evenly taken?"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.activations import read_activations
from tunewright.analysis.units.labels import LABELS, label_values
from tunewright.analysis.units.samples import GRADED, Sides, choose_tunes, make_side
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError, OptionError, VocabularyError
from tunewright.model.network import load_network


def tunes_of(*texts):
    return [Tune(text, Path("made-up.abc"), 1, len(text)) for text in texts]


def test_each_character_has_its_row_of_units_and_labels(untrained, tiny_tunes):
    model = untrained(units=5, layers=2)
    tunes = tunes_of(*tiny_tunes[:3])
    side = make_side(tunes, model.vocabulary, label_values)
    sample = side.read(load_network(model), model.vocabulary, "c")
    assert sample.units.shape == (10, sum(map(len, tiny_tunes[:3])))
    assert sample.labels.shape == (len(LABELS), sample.units.shape[1])
    assert sample.graded is GRADED
    for number, text in enumerate(tiny_tunes[:3]):
        here = sample.tunes == number
        assert here.sum() == len(text)
        alone = read_activations(load_network(model), model.vocabulary.encode(text), ["c"])["c"]
        np.testing.assert_allclose(sample.units[5:, here], alone[1].T, atol=2e-6)  # units of the second layer
        np.testing.assert_array_equal(sample.labels[:, here], label_values(text))


def test_characters_that_the_network_does_not_know_have_no_row(untrained):
    model = untrained(units=3)
    side = make_side(tunes_of("K:C\nAéB|\n", "ééé"), model.vocabulary, label_values)
    assert side.texts == ("K:C\nAB|\n",)
    assert side.unknown == 4
    assert len(side.tunes) == 1
    expected = np.delete(label_values("K:C\nAéB|\n"), 5, axis=1)
    np.testing.assert_array_equal(side.labels, expected)


def test_tunes_without_a_known_character_are_an_error(untrained):
    with pytest.raises(CorpusError, match="there is nothing to read: no tune has a character that the network knows"):
        make_side(tunes_of("éé"), untrained(units=3).vocabulary, label_values)


def test_a_network_that_knows_fewer_characters_cannot_read_the_same_side(untrained):
    side = make_side(tunes_of("K:C\nAB|\n"), untrained(units=3).vocabulary, label_values)
    small = untrained(units=3, symbols="K:CA|")
    with pytest.raises(VocabularyError, match="'B'"):
        side.read(load_network(small), small.vocabulary, "h")


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(10, 200))
def test_of_many_tunes_as_many_as_allowed_are_taken_from_all_over(sizes, characters):
    tunes = tunes_of(*("A" * size for size in sizes))
    held_out = tunes_of("K:C")
    choosing, confirming = choose_tunes(tunes, held_out, characters)
    assert confirming == held_out
    if sum(sizes) <= characters:
        assert choosing == tunes
    else:
        assert sum(len(tune.text) for tune in choosing) <= max(characters, sizes[0])
    assert choosing[0] is tunes[0]


def test_large_corpora_are_thinned_out_evenly():
    tunes = tunes_of(*("A" * 10 for _ in range(1000)))
    choosing, _ = choose_tunes(tunes, tunes_of("K:C"), 1000)
    numbers = [next(number for number, tune in enumerate(tunes) if tune is each) for each in choosing]
    assert numbers == list(range(0, 1000, 10))


def test_what_is_confirmed_on_is_not_chosen_by_in_any_setting(untrained):
    music = "M:4/4\nL:1/8\nK:D\n"
    first = f"X:1\nT:The Kesh\n{music}ABcd efga|"
    other = f"X:2\nT:The Maid\n{music}d2fa g2ec|"
    setting = f"X:7\nT:Kesh, The\n{music}A2cd e2ga|"
    choosing, confirming = choose_tunes(tunes_of(first, other), tunes_of(setting), 1000)
    assert [tune.text for tune in choosing] == [other]
    assert [tune.text for tune in confirming] == [setting]
    with pytest.raises(OptionError, match="every tune to choose by is among those to confirm on"):
        Sides.of(untrained(units=3), tunes_of(first), tunes_of(setting))


def test_bad_sizes_and_a_single_tune_are_errors(untrained, tiny_tunes):
    model = untrained(units=3)
    with pytest.raises(OptionError, match=r"characters is 10; allowed: 1,000 or more"):
        Sides.of(model, tunes_of(*tiny_tunes), characters=10)
    with pytest.raises(OptionError, match="cannot be split"):
        Sides.of(model, tunes_of(tiny_tunes[0]))
