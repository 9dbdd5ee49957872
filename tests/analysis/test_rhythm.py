"""Is the type of a tune read off the last state, without a look at its name?"""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.rhythm import learn_rhythm, shown_text, type_of
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError

UNITS, PLANTED = 8, 2


def tune_of(kind, metre, music, number=1):
    text = f"X:{number}\nT:A {kind} if there was one\nR:{kind}\nM:{metre}\nL:1/8\nK:D\n{music}\n"
    return Tune(text, Path("x.abc"), 1, len(text))


@pytest.fixture(scope="module")
def tunes():
    """Polkas have a z somewhere, reels have none; both are mostly in 2/4, and nothing else differs."""
    generator = random.Random(3)

    def one(number):
        kind = generator.choice(["Polka", "Reel"])
        music = [generator.choice("ABcdefg") for _ in range(30)]
        if kind == "Polka":
            music[generator.randrange(25)] = "z"
        metre = "2/4" if generator.random() < 0.7 else {"Polka": "4/4", "Reel": "C"}[kind]
        return tune_of(kind, metre, "".join(music), number)

    return [one(number) for number in range(80)]


@pytest.fixture(scope="module")
def model(untrained):
    """An LSTM whose unit PLANTED stays on once it has read a z; the others are random."""
    model = untrained(units=UNITS, embedding=0)
    weights = {name: values.copy() for name, values in model.weights.items()}
    opens, forgets, writes, shows = (gate * UNITS + PLANTED for gate in range(4))
    for name in ("layers.0.weight_ih_l0", "layers.0.weight_hh_l0", "layers.0.bias_ih_l0", "layers.0.bias_hh_l0"):
        weights[name][[opens, forgets, writes, shows]] = 0
    weights["layers.0.bias_ih_l0"][[opens, forgets, shows]] = -10, 10, 10
    rest = model.vocabulary.symbols.index("z")
    weights["layers.0.weight_ih_l0"][opens, rest] = 20
    weights["layers.0.weight_ih_l0"][writes, rest] = 5
    return replace(model, weights=weights)


def test_what_the_state_keeps_is_read_and_the_metre_alone_tells_less(model, tunes):
    reader = learn_rhythm(model, tunes[:50])
    found = reader.measure(tunes[50:])
    assert (found.network, found.tunes) == (1, 30)
    truth = [type_of(tune) for tune in tunes[50:]]
    learned = [type_of(tune) for tune in tunes[:50]]
    commonest = max(("polka", "reel"), key=learned.count)
    assert reader.types[0] == commonest
    assert found.majority == np.mean([kind == commonest for kind in truth])
    assert found.metre < 1
    # 4/4 is written in two ways, which are one metre
    assert set(reader.of_metre) == {"2/4", "4/4"}
    by_metre = [reader.of_metre["2/4" if "M:2/4" in tune.text else "4/4"] for tune in tunes[50:]]
    assert found.metre == np.mean([guess == kind for guess, kind in zip(by_metre, truth, strict=True)])


def test_neither_the_type_nor_the_name_is_shown(model, tunes):
    assert shown_text(tune_of("Reel", "C|", "ABc").text) == "M:C|\nL:1/8\nK:D\nABc\n"
    reader = learn_rhythm(model, tunes[:50])
    other = [tune.text.replace("Reel", "Polka").replace("X:", "X:9") for tune in tunes]
    assert reader.read(other) == reader.read([tune.text for tune in tunes])
    assert reader.read([]) == ()


def test_a_network_that_keeps_nothing_tells_no_more_than_chance(untrained, tunes):
    blind = untrained(cell="rnn", units=4, embedding=0)
    blind = replace(blind, weights={name: np.zeros_like(values) for name, values in blind.weights.items()})
    found = learn_rhythm(blind, tunes[:50]).measure(tunes[50:])
    assert found.network == found.majority


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_every_kind_of_network_is_read(untrained, tunes, cell):
    model = untrained(cell=cell, units=5, layers=2)
    reader = learn_rhythm(model, tunes)
    assert len(reader.probe.mean) == 10
    assert set(reader.read(["", "ééé", tunes[0].text])) <= {"polka", "reel"}


def test_types_that_too_few_tunes_have_are_not_learned(model, tunes):
    rare = [*tunes, *(tune_of("Waltz", "3/4", "ABc") for _ in range(9))]
    assert set(learn_rhythm(model, rare).types) == {"polka", "reel"}
    assert set(learn_rhythm(model, rare, fewest=9).types) == {"polka", "reel", "waltz"}


def test_tunes_without_types_are_an_error(model, tunes):
    bare = [Tune(tune.text.replace("R:", "N:"), tune.path, 1, len(tune.text)) for tune in tunes]
    with pytest.raises(CorpusError, match="two types or more, each named by the field R: of 10 tunes or more"):
        learn_rhythm(model, bare)
    with pytest.raises(CorpusError, match="no tune has a field R: with one of these types: "):
        learn_rhythm(model, tunes).measure(bare)
