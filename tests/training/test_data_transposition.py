"""Oracle: `transpose`, which has tests of its own."""

from collections import Counter

import numpy as np
import pytest

from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.notation.transpose import transpose
from tunewright.training.data import KeyedTunes

IN_G = "X:1\nK:G\nGABc d2:|\n"
IN_D = "X:2\nK:Dmaj\ndefg a2:|\n"
IN_A_DORIAN = "X:3\nK:Ador\nABcd e2:|\n"
IN_NONE = "X:4\nabc\n"
SYMBOLS = START + END + "\n -/0123456789:|',_^=XKABCDEFGabcdefgmajorin"


def keyed(*texts, symbols=SYMBOLS):
    vocabulary = Vocabulary("".join(dict.fromkeys(symbols)))
    tunes = [vocabulary.encode(START + text + END) for text in texts]
    return KeyedTunes(tunes, vocabulary), tunes


def texts_of(tunes, ids):
    return [tunes.vocabulary.decode(each)[1:-1] for each in ids]


def test_tunes_move_to_keys_that_others_of_their_mode_have_as_often_as_they_have_them():
    tunes, _ = keyed(IN_G, IN_D, IN_D.replace("2", "3"), IN_A_DORIAN, IN_NONE)
    generator = np.random.default_rng(0)
    epochs = [texts_of(tunes, tunes.epoch(1.0, generator)) for _ in range(300)]
    assert Counter(epoch[0] for epoch in epochs).keys() == {IN_G, transpose(IN_G, "D")}
    assert sum(epoch[0] == IN_G for epoch in epochs) / 300 == pytest.approx(1 / 3, abs=0.09)
    assert sum(epoch[1] == IN_D for epoch in epochs) / 300 == pytest.approx(2 / 3, abs=0.09)
    assert {epoch[3] for epoch in epochs} == {IN_A_DORIAN}  # no other tune has its mode
    assert {epoch[4] for epoch in epochs} == {IN_NONE}


def test_the_share_of_the_tunes_that_move():
    tunes, plain = keyed(*[IN_G] * 200, *[IN_D] * 200)
    assert all(ours is theirs for ours, theirs in zip(tunes.epoch(0.0, np.random.default_rng(0)), plain, strict=True))
    moved = texts_of(tunes, tunes.epoch(0.5, np.random.default_rng(0)))
    # Half of them draw a key, and half of those one that is not their own.
    assert sum(text not in (IN_G, IN_D) for text in moved) / 400 == pytest.approx(0.25, abs=0.07)


def test_the_generator_decides():
    tunes, _ = keyed(*[IN_G] * 20, *[IN_D] * 20)
    once, again, other = (texts_of(tunes, tunes.epoch(0.5, np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert once == again != other


@pytest.mark.parametrize("stays", ["X:1\nK:G\nGA\nK:HP\nAB\n", "X:1\nm:~G2 = G\nK:G\nGA\n"])
def test_what_cannot_be_moved_exactly_stays(stays):
    tunes, _ = keyed(stays, *[IN_D] * 50, symbols=SYMBOLS + "HPm~")
    for seed in range(20):
        assert texts_of(tunes, tunes.epoch(1.0, np.random.default_rng(seed)))[0] == stays


def test_no_character_comes_in_that_the_network_does_not_know():
    low = "X:1\nK:G\nDEFG\n"
    assert "," in transpose(low, "D")
    for symbols, can in ((SYMBOLS, True), (SYMBOLS.replace(",", ""), False)):
        tunes, _ = keyed(low, IN_D, symbols=symbols)
        heard = {texts_of(tunes, tunes.epoch(1.0, np.random.default_rng(seed)))[0] for seed in range(20)}
        assert heard == ({low, transpose(low, "D")} if can else {low})
