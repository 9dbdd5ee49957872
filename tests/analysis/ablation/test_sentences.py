"""Do the sentences say what was measured, and say plainly when random units do as much?"""

from dataclasses import replace

import pytest
from planted_ablations import BAR_LINES, DOES_NOT, MATTERS, NOTES, WRONG, planted

from tunewright.analysis.ablation.clamped_units import Ablation
from tunewright.analysis.ablation.sentences import ablation_sentences, ablation_summary, beside
from tunewright.analysis.ablation.targets import Target
from tunewright.analysis.musicality.distributions import Estimate


@pytest.fixture
def result():
    return planted()


def test_a_unit_that_matters(result):
    assert ablation_sentences(result.ablations[0], result) == (
        "With unit 42 (off at the end of a bar) held at its mean, a character costs 0.012 nats more (+0.010 to "
        "+0.015), more than with any of 29 random units.",
        "Hit harder than by random units, p corrected for all kinds: bar lines, endings, 1.500 nats more (+1.250 to "
        "+1.750), p 0.033.",
        "When it composes, 50% of a tune's bars have a wrong length, 30% with all units (+10 to +30 percentage "
        "points), no more than with random ones (3 of 19 random units do as much).",
    )


def test_each_kind_has_its_own_p(result):
    less = replace(NOTES, change=Estimate(0.5, 0.4, 0.6), p_corrected=0.05)
    (_, kinds, _) = ablation_sentences(replace(result.ablations[0], kinds=(less, BAR_LINES)), result)
    assert kinds.endswith("(+1.250 to +1.750), p 0.033; notes and rests, 0.500 nats more (+0.400 to +0.600), p 0.05.")


def test_a_group_that_does_not_matter(result):
    group = Target(((0, 1), (0, 2)), "the bar")
    found = Ablation(group, (0.1, 0.2), replace(DOES_NOT, change=NOTES.change), (NOTES,), None)
    assert ablation_sentences(found, result) == (
        "With 2 units held at their means, a character costs 0.004 nats less (-0.010 to +0.002), "
        "no more than with random ones (11 of 29 random groups of 2 do as much).",
        "No kind of character is hit harder than by random units.",
    )


def test_some_random_units_may_do_as_much(result):
    effect = replace(MATTERS, random_sets=99, as_large=3, p=0.04, p_corrected=0.04)
    assert beside(effect, 1) == "more than with all but 3 of 99 random units"
    assert "1.500 nats" in ablation_sentences(replace(result.ablations[0], bars=None), result)[-1]


def test_the_summary_names_what_matters_and_what_was_done(result):
    done, matter = ablation_summary(result)
    assert "read 76 tunes that were not used to choose it (34,001 characters), and composed 48 tunes;" in done
    chance = "where chance alone gives one in twenty"
    assert matter == (
        f"Some characters are hit harder than by random units with 1 of 1, {chance}: unit 42 (end of bar). "
        "More bars go wrong than with random units: none."
    )
    nothing = replace(result.ablations[0], overall=DOES_NOT, kinds=(NOTES,), bars=None)
    silent = replace(result, ablations=(nothing, nothing), about={**result.about, "tunes_composed": 0})
    assert (
        ablation_summary(silent)[1]
        == f"Some characters are hit harder than by random units with 0 of 2, {chance}: none."
    )
    assert "composed" not in ablation_summary(silent)[0]
    both = (replace(nothing, bars=replace(WRONG, p_corrected=0.05)), replace(nothing, overall=MATTERS), nothing)
    words = ablation_summary(replace(result, ablations=both))[1]
    assert "with 2 of 3" not in words
    assert "with 1 of 3" in words
    assert words.endswith("More bars go wrong than with random units: unit 42 (end of bar).")
