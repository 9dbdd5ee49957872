import pytest

from tunewright.analysis.originality.verdict import CopiedSpan, NearTune, Originality, TuneSource
from tunewright.analysis.selection import keep_best
from tunewright.errors import OptionError
from tunewright.sampling.composition import Composition

HEADER = "X:1\nT:Made-up\nM:4/4\nL:1/8\nK:D\n"
RISING = HEADER + "DEFG ABcd|DFAd fdAF|GBdg bgdB|ABcd e2d2|defg a2f2|GABc d2B2|ABAG FGFE|DEFG A2D2|]\n"
WAVING = HEADER + "d2A2 F2A2|BAGF E2e2|dcBA GFED|C2E2 D4|f2d2 A2d2|edcB A2a2|gfed cBAG|F2A2 d4|]\n"
STANDING = HEADER + "D8|D8|D8|D8|D8|D8|D8|D8|]\n"
RETURNING = HEADER + "|:" + 2 * "d2A2 F2A2|BAGF E2e2|dcBA GFED|C2E2 D4|" + "f2d2 A2d2|edcB A2a2|gfed cBAG|F2A2 d4:|\n"
SHORT = HEADER + "d2A2 F2A2|BAGF E2e2|dcBA GFED|C2E2 D4|]\n"
ODD = WAVING.replace("|f2d2 A2d2", "")


def composed(text, *, likelihood=-50.0, ended=True, seed=0):
    return Composition(text=text, ended=ended, seed=seed, likelihood=likelihood, removed=0.0, composed=100)


def figures(closeness):
    source = TuneSource("Human", "human.abc", 1)
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
    assert (best.bars, best.different_bars) == (8, 8)
    assert keep_best([composed(STANDING)], 1)[0].different_bars == 1


def test_bars_that_return_beside_enough_others_do_not_count_against_it():
    (best,) = keep_best([composed(WAVING, likelihood=-50.0), composed(RETURNING, likelihood=-49.0)], 1)
    assert best.composition.text == RETURNING
    assert (best.bars, best.different_bars, best.form) == (12, 8, 1)


def test_a_short_tune_comes_last_however_likely():
    kept = keep_best([composed(SHORT, likelihood=-1.0), composed(WAVING, likelihood=-90.0)], 2)
    assert texts(kept) == [WAVING, SHORT]


def test_a_tune_of_whole_phrases_is_kept():
    kept = keep_best([composed(ODD + "c2e2 d4|]\n", likelihood=-50.0), composed(WAVING, likelihood=-50.0)], 1)
    assert kept[0].composition.text == WAVING
    assert kept[0].form == 1
    assert keep_best([composed(ODD)], 1)[0].form == 0


def test_the_one_more_like_the_corpus_is_kept_where_that_is_known():
    ratios = {RISING: -3.0, WAVING: 2.5}
    (best,) = keep_best([composed(RISING), composed(WAVING)], 1, judge=ratios.__getitem__)
    assert best.composition.text == WAVING
    assert (best.log_ratio, best.log_ratio_place) == (2.5, 1)
    assert "likeness to the corpus: 1. of 2 (log-ratio +2.50 nats)" in best.reasons


def test_every_reason_has_its_figure():
    (best,) = keep_best([composed(WAVING)], 1, lambda _: figures(0.25))
    likelihood, form, originality, variety = best.reasons
    assert "1. of 1 (0.500 nats" in likelihood
    assert "closeness to the corpus 0.25" in originality
    assert form == "form: 8 bars; 100% of its sections are whole phrases of 4 bars"
    assert "8 of its bars differ" in variety
    assert "not known" in keep_best([composed(WAVING)], 1)[0].reasons[2]


@pytest.mark.parametrize("count", [0, 3])
def test_more_than_there_are_is_refused(count):
    with pytest.raises(OptionError, match=f"keep is {count}; allowed: 1 up to the 2"):
        keep_best([composed(RISING), composed(WAVING)], count)
