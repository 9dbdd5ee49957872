from dataclasses import replace

import pytest

from tunewright.acceptor.conditions import Conditions
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable

VOCABULARY = Vocabulary("\x02\x03\n" + "".join(map(chr, range(32, 127))))
MODEL = Checkpoint(NetworkConfig(), VOCABULARY, {})
BODY = "K:D\nDEFG ABcd|DEFG ABcd|\n"


def accepts(grammar, text):
    return grammar.refusal(text) is None


def test_claims_are_left_out_but_those_of_the_beginning():
    claimed = "X:1\nT:Mine\nC:Me\nM:4/4\nL:1/8\n" + BODY
    assert not accepts(playable(MODEL), claimed)
    assert accepts(playable(MODEL), claimed.replace("C:Me\n", ""))
    assert accepts(playable(MODEL, beginning="X:1\nT:Mine\nC:Me\n"), claimed)


def test_an_untidy_beginning_is_taken_as_it_is():
    untidy = "X:1\nT:Mine\nT:Also mine\n"
    assert not playable(MODEL, beginning=untidy).conditions.tidy
    assert playable(MODEL, beginning="X:1\nT:Mine\n").conditions.tidy


def test_conditions_are_kept():
    grammar = playable(MODEL, Conditions(key="D", bars=2))
    assert accepts(grammar, "X:1\nM:4/4\nL:1/8\n" + BODY)
    assert not accepts(grammar, "X:1\nM:4/4\nL:1/8\n" + BODY.replace("K:D", "K:G"))


def test_a_beginning_that_cannot_be_is_refused_with_its_place():
    with pytest.raises(GrammarError, match=r"^2:1: no tune can begin like this: "):
        playable(MODEL, beginning="X:1\nDEF")


@pytest.mark.parametrize("lacking", ["|", "ABCDEFGabcdefg", "K", "\n"])
def test_characters_that_no_tune_can_do_without_are_named(lacking):
    symbols = "".join(symbol for symbol in VOCABULARY.symbols if symbol not in lacking)
    with pytest.raises(GrammarError, match="lacks"):
        playable(replace(MODEL, vocabulary=Vocabulary(symbols)))


TIDY = "X:1\nT:Mine\nM:4/4\nL:1/8\nK:D\n"


@pytest.mark.parametrize(
    "untidy",
    [
        "|:DEFG ABcd||DEFG ABcd:|\n",  # a sign other than :| in a repeat
        "DEFG ABcd|(DEFG|ABcd) D4|\n",  # a slur across a bar line
        "DEFG ABcd|\nM:3/4\nDEF GAB|\n",  # a field among the music
        "DEFG ABcd|" * 70 + "\n",  # a tune that lasts too long
        "|:" + "DEFG ABcd|" * 30 + "DEFG ABcd:|\n",  # a repeat that does
        "|:DEFG ABcd|1 " + "DEFG ABcd|" * 5 + "DEFG ABcd:|2 D8|]\n",  # an ending that does
    ],
)
def test_a_tidy_tune_keeps_to_what_a_network_keeps_in_mind(untidy):
    grammar = playable(MODEL)
    assert accepts(grammar, TIDY + "|:DEFG ABcd|1 D8:|2 DEFG ABcd|]\n")
    assert not accepts(grammar, TIDY + untidy)


def test_behind_the_last_bar_of_a_form_no_line_of_blanks_begins():
    grammar = playable(MODEL, Conditions(form="AB", bars=4))
    tune = TIDY + " DEFG ABcd|\n DEFG ABcd||\n DEFG ABcd|DEFG D4|]\n"
    assert accepts(grammar, tune)
    assert not accepts(grammar, tune + "  ")
    assert accepts(playable(MODEL), tune + "  ")


@pytest.mark.slow
@pytest.mark.parametrize(
    "conditions",
    [{}, {"form": "AABB"}, {"bars": 8, "form": "AB"}, pytest.param({"bars": 70}, marks=pytest.mark.slow)],
    ids=str,
)
def test_every_tune_comes_to_its_end_under_all_conditions(untrained, conditions):
    model = untrained(units=16)
    grammar = playable(model, Conditions(**conditions))
    config = CompositionConfig(max_length=1500)
    for tune in compose_many(model, 5, config, grammar=grammar):
        assert tune.ended
        assert accepts(grammar, tune.text)
