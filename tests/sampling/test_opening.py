"""Each tune gets its form, with any beginning."""

from collections import Counter
from dataclasses import replace

import pytest

from tunewright.acceptor.forms import form_of
from tunewright.errors import InputError
from tunewright.notation.melody import read_melody
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.opening import Opening
from tunewright.sampling.playable import playable

HEADER = "X:1\nM:4/4\nL:1/8\nK:G\n"
FORMS = [["4/4", "", "0", "4: 4:", 1], ["4/4", "", "0", "6 2", 1], ["4/4", "", "1/8", "3 3", 1]]


@pytest.fixture
def model(untrained):
    return replace(untrained(units=16), style={"forms": FORMS})


def forms(tunes):
    return Counter(" ".join(map(str, form_of(read_melody(tune.text)).sections)) for tune in tunes)


@pytest.mark.parametrize("prime", ["X:1\nM:4/4\n", HEADER])
def test_a_header_leaves_all_forms(model, prime):
    found = forms(compose_many(model, 24, CompositionConfig(max_length=900), prime=prime))
    assert set(found) == {"4: 4:", "6 2", "3 3"}


def test_music_leaves_those_that_it_can_begin(model):
    found = forms(compose_many(model, 8, CompositionConfig(max_length=900), prime=HEADER + "G2 A2 B2 c2|" * 5))
    assert set(found) == {"6 2"}
    pick_up = forms(compose_many(model, 8, CompositionConfig(max_length=900), prime=HEADER + "G|A8|"))
    assert set(pick_up) == {"3 3"}


def test_music_of_another_form_is_left_to_the_network(model):
    prime = HEADER + "G4 A4|" * 9
    for tune in compose_many(model, 3, CompositionConfig(max_length=900), prime=prime):
        assert tune.ended
        assert tune.text.startswith(prime)


def test_a_beginning_that_no_tune_can_have_is_refused(model):
    grammar = playable(model)
    symbols = model.vocabulary.encode("K:G\n").tolist()
    with pytest.raises(InputError, match="no tune can begin like this"):
        Opening(grammar, symbols, "K:G\n", CompositionConfig())


def test_a_seed_has_one_form(model):
    grammar = playable(model)
    opening = Opening(grammar, model.vocabulary.encode(HEADER).tolist(), HEADER, CompositionConfig())
    assert [opening.acceptor_state(seed) for seed in range(9)] == [opening.acceptor_state(seed) for seed in range(9)]
    assert len({tuple(opening.acceptor_state(seed)) for seed in range(40)}) == 3
