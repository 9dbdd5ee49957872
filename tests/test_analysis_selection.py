import pytest

from tunewright.analysis.originality_figures import CopiedSpan, NearTune, Originality, Source
from tunewright.analysis.selection import keep_best
from tunewright.errors import OptionError
from tunewright.sampling.compose import Composition

HEADER = "X:1\nT:Made-up\nM:4/4\nL:1/8\nK:D\n"
RISING = HEADER + "DEFG ABcd|DFAd fdAF|GBdg bgdB|ABcd e2d2|]\n"
WAVING = HEADER + "d2A2 F2A2|BAGF E2e2|dcBA GFED|C2E2 D4|]\n"
STANDING = HEADER + "D8|D8|D8|D8|]\n"


def composed(text, *, likelihood=-50.0, ended=True, seed=0):
    return Composition(text=text, ended=ended, seed=seed, likelihood=likelihood, removed=0.0, composed=100)


def figures(closeness):
    source = Source("Human", "human.abc", 1)
    span = CopiedSpan(int(100 * closeness), 100, 0, int(100 * closeness), 1, source)
    return Originality(span=span, bars=None, nearest=(NearTune(closeness, source),), passage=None, notes=30)


def texts(kept):
    return [one.composition.text for one in kept]


def test_the_likelier_of_two_alike_is_kept():
    likely, unlikely = composed(RISING, likelihood=-40.0), composed(WAVING, likelihood=-90.0)
    (best,) = keep_best([unlikely, likely], 1)
    assert best.composition is likely
    assert (best.likelihood_place, best.candidates) == (1, 2)
    assert best.nats_per_character == pytest.approx(0.4)


def test_the_more_original_is_kept():
    near = {RISING: 0.4, WAVING: 0.2}
    (best,) = keep_best([composed(RISING), composed(WAVING)], 1, lambda text: figures(near[text]))
    assert best.composition.text == WAVING
    assert (best.originality_place, best.closeness) == (1, 0.2)


def test_a_copy_comes_last_however_likely():
    near = {RISING: 0.9, WAVING: 0.3}
    kept = keep_best([composed(RISING, likelihood=-1.0), composed(WAVING)], 2, lambda text: figures(near[text]))
    assert texts(kept) == [WAVING, RISING]


def test_what_did_not_end_or_holds_no_melody_comes_last():
    kept = keep_best(
        [composed(RISING, ended=False, likelihood=-1.0), composed("X:1\n", likelihood=-1.0), composed(WAVING)], 3
    )
    assert texts(kept)[0] == WAVING


def test_a_second_tune_like_the_first_gives_way_to_another():
    twin = RISING.replace("K:D", "K:G")  # the same moves in another key
    kept = keep_best(
        [composed(RISING, likelihood=-40.0), composed(twin, likelihood=-45.0), composed(WAVING, likelihood=-45.0)], 2
    )
    assert texts(kept) == [RISING, WAVING]
    assert kept[0].likeness == 0
    assert 0 < kept[1].likeness < 0.7


def test_bars_that_only_come_back_count_against_a_tune():
    (best,) = keep_best([composed(STANDING), composed(WAVING)], 1)
    assert best.composition.text == WAVING
    assert best.different_bars == 1
    assert keep_best([composed(STANDING)], 1)[0].different_bars == 0.25


def test_every_reason_has_its_figure():
    (best,) = keep_best([composed(WAVING)], 1, lambda _: figures(0.25))
    likelihood, originality, variety = best.reasons
    assert "1. of 1 (0.500 nats" in likelihood
    assert "closeness to the corpus 0.25" in originality
    assert "100% of its bars differ" in variety
    assert "not known" in keep_best([composed(WAVING)], 1)[0].reasons[1]


@pytest.mark.parametrize("count", [0, 3])
def test_more_than_there_are_is_refused(count):
    with pytest.raises(OptionError, match=f"keep is {count}; allowed: 1 up to the 2"):
        keep_best([composed(RISING), composed(WAVING)], count)
