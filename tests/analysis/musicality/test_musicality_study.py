"""Does the comparison of two sets of tunes say how near they are, how surely, and of how many tunes?"""

import json
import random
from functools import cache

import pytest

from tunewright.analysis.musicality import paired_sets
from tunewright.analysis.musicality.musicality_study import compare, compare_sets, gain, measure_tunes
from tunewright.analysis.musicality.tune_features import FEATURES

NAMES = [feature.name for feature in FEATURES]


@cache
def made_up(count, seed, *, scale="DEFGABcd", meter="4/4", lengths=(1, 2), bars=16, ending="D4"):
    """Tunes of full bars of eighth notes: two sections, the second a variation of the first."""
    generator = random.Random(seed)
    eighths = {"4/4": 8, "6/8": 6}[meter]

    def bar():
        left, notes = eighths, ""
        while left:
            length = min(left, generator.choice(lengths))
            notes += f"{generator.choice(scale)}{length}"
            left -= length
        return notes

    def tune():
        first = [bar() for _ in range(generator.randrange(4, bars // 2 + 1))]
        second = [generator.choice([old, bar()]) for old in first]
        body = "|:" + "|".join([*first, first[0]]) + ":|\n|:" + "|".join(second) + f"|{ending}:|"
        return f"X:1\nM:{meter}\nL:1/8\nK:D\n{body}\n"

    return [tune() for _ in range(count)]


CORPUS = made_up(120, 1)


@pytest.fixture
def fast(monkeypatch):
    """Fewer resamples, for tests that look at no interval."""
    monkeypatch.setattr(paired_sets, "RESAMPLES", 10)
    monkeypatch.setattr(paired_sets, "SPLITS", 5)


def overlaps(musicality):
    return {feature.name: feature.overlap.value for feature in musicality.features if feature.overlap}


def test_a_set_is_as_near_to_itself_as_can_be():
    musicality = compare(CORPUS, CORPUS)
    for feature in musicality.features:
        assert feature.overlap.value == pytest.approx(1), feature.name
        assert feature.distance.value == pytest.approx(0, abs=1e-9), feature.name
        assert feature.as_near_as_held_out
    assert musicality.mean_overlap == pytest.approx(1)


@pytest.mark.usefixtures("fast")
def test_sets_that_share_nothing_have_no_overlap():
    low = "X:1\nM:4/4\nL:1/4\nK:C\n" + "CECE|" * 4 + "\n"
    high = "X:1\nM:4/4\nL:1/8\nK:C\n" + "d6z2|^a6z2|" * 20 + "\n"
    found = overlaps(compare([low] * 3, [high] * 3))
    apart = {"pitch class", "note length", "bar rhythm", "range", "notes", "bars"}
    assert {name for name, overlap in found.items() if overlap == 0} >= apart
    assert found["position in the bar"] == 1 / 4  # the first beat


@pytest.mark.slow
def test_other_tunes_of_the_same_kind_reach_the_ceiling_and_others_do_not():
    same, other = made_up(100, 2), made_up(100, 3, scale="DDDAAd", lengths=(1, 3), bars=40, ending="A4")
    near, far = compare(CORPUS, same), compare(CORPUS, other)
    assert sum(feature.as_near_as_held_out for feature in near.features) >= len(NAMES) - 3
    assert near.mean_overlap == pytest.approx(near.mean_overlap_ceiling, abs=0.05)
    changed = {*NAMES[:5], "ends on the tonic", "notes", "bars"}
    assert changed.isdisjoint(feature.name for feature in far.features if feature.as_near_as_held_out)
    assert far.mean_overlap < near.mean_overlap - 0.2


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"scale": "DFAd"}, {"pitch class", "interval"}),
        ({"lengths": (1, 1, 1, 3)}, {"note length", "bar rhythm"}),
        ({"meter": "6/8"}, {"position in the bar", "bar rhythm"}),
        ({"scale": "DEFGABcdefgab"}, {"range"}),
        ({"ending": "E4"}, {"ends on the tonic"}),
        ({"bars": 40}, {"notes", "bars"}),
        ({"ending": "D8"}, {"full bars"}),
    ],
)
def test_what_is_changed_shows_in_the_features_that_tell_it(change, moved):
    before, after = compare(CORPUS, made_up(100, 4)), compare(CORPUS, made_up(100, 4, **change))
    for name in moved:
        assert overlaps(after)[name] < overlaps(before)[name] - 0.1, name


@pytest.mark.usefixtures("fast")
def test_bars_that_never_return_and_sections_without_likeness_show():
    strangers = [tune.replace("|:", "", 1) for tune in made_up(100, 5, scale="DEFGABcdefgab", lengths=(1, 2, 3))]
    changed = [tune.split("|:")[0] + ":|\n|:cdcdcdcd|fgfgfgfg|edededed|bababaab|d8:|\n" for tune in strangers]
    found = compare(CORPUS, changed)
    assert overlaps(found)["bars that return"] < 0.8
    assert overlaps(found)["likeness of sections"] < 0.2


@pytest.mark.slow
def test_intervals_and_ceilings_hold_their_values_and_shrink_with_more_tunes():
    few, many = compare(CORPUS, made_up(25, 6)), compare(made_up(600, 7), made_up(600, 8))
    for small, large in zip(few.features, many.features, strict=True):
        assert small.overlap.low <= small.overlap.value <= small.overlap.high <= 1
        assert 0 <= small.distance.low <= small.distance.value <= small.distance.high
        if small.name not in ("range", "ends on the tonic", "full bars"):  # which hardly vary here
            assert large.overlap.high - large.overlap.low < small.overlap.high - small.overlap.low
            assert large.overlap_ceiling.value > small.overlap_ceiling.value


@pytest.mark.slow
def test_the_seed_decides_intervals_and_nothing_else():
    composed = made_up(60, 9)
    first, again, other = (compare(CORPUS, composed, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert overlaps(first) == overlaps(other)
    assert [f.distance.value for f in first.features] == [f.distance.value for f in other.features]
    assert first.features[0].overlap.low != other.features[0].overlap.low


@pytest.mark.slow
def test_the_gain_of_a_nearer_set_is_surely_above_zero():
    corpus, near, far = map(measure_tunes, (CORPUS, made_up(80, 10), made_up(80, 11, scale="DDDAAd")))
    gains = dict(zip(NAMES, gain(corpus, far, near), strict=True))
    assert gains["pitch class"].low > 0.1
    assert gains["pitch class"].value == pytest.approx(
        overlaps(compare_sets(corpus, near))["pitch class"] - overlaps(compare_sets(corpus, far))["pitch class"]
    )
    assert gains["bars"].low < 0 < gains["bars"].high
    backwards = dict(zip(NAMES, gain(corpus, near, far), strict=True))
    assert backwards["pitch class"].value == pytest.approx(-gains["pitch class"].value)


@pytest.mark.slow
def test_what_both_sets_owe_to_the_corpus_does_not_blur_the_gain():
    corpus, many = measure_tunes(CORPUS[:15]), measure_tunes(made_up(600, 7))
    own = compare_sets(corpus, many).features[0].overlap
    (blurred, *_) = gain(corpus, many, many)
    assert blurred.value == 0
    assert blurred.high - blurred.low < (own.high - own.low) / 2


@pytest.mark.usefixtures("fast")
def test_categories_stand_in_their_own_order_and_rhythms_by_how_frequent_they_are():
    found = {feature.name: feature.bins for feature in compare(CORPUS, CORPUS[:5]).features}
    assert [part.label for part in found["note length"]] == ["1/2", "1", "2", "others"]
    shares = [part.reference for part in found["bar rhythm"][:-1]]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.usefixtures("fast")
def test_tunes_without_notes_are_counted():
    found = compare([*CORPUS, "X:1\nK:D\nz4|\n"], [*CORPUS[:5], "", "no tune"])
    assert (found.reference_tunes, found.reference_without_notes) == (120, 1)
    assert (found.composed_tunes, found.composed_without_notes) == (5, 2)


@pytest.mark.usefixtures("fast")
def test_where_a_set_does_not_have_a_feature_nothing_is_said():
    found = compare(CORPUS, ["X:1\nM:none\nL:1/4\nK:none\nD4|E4|\n"])
    silent = {feature.name for feature in found.features if feature.overlap is None}
    assert silent == {"pitch class", "ends on the tonic", "likeness of sections", "full bars"}
    for feature in found.features:
        if feature.name in silent:
            assert (feature.distance, feature.composed_mean, feature.composed_tunes) == (None, None, 0)
            assert not feature.as_near_as_held_out


@pytest.mark.parametrize(("reference", "composed"), [([], []), (CORPUS[:3], []), ([], CORPUS[:3]), (["x"], ["y"])])
def test_nothing_to_compare_is_no_failure(reference, composed):
    found = compare(reference, composed)
    assert found.mean_overlap is None
    assert gain(*map(measure_tunes, (reference, composed, composed))) == (None,) * len(NAMES)
    json.dumps(found.to_mapping(), allow_nan=False)


@pytest.mark.usefixtures("fast")
def test_means_are_those_of_the_tunes():
    found = {feature.name: feature for feature in compare(CORPUS, [CORPUS[0], CORPUS[1]]).features}
    bars = [tune.count("|") - tune.count("|:") for tune in CORPUS]
    assert found["bars"].reference_mean == pytest.approx(sum(bars) / len(bars))
    assert found["bars"].composed_mean == pytest.approx((bars[0] + bars[1]) / 2)
    assert found["interval"].reference_mean is None
    assert found["ends on the tonic"].reference_mean == 1


@pytest.mark.usefixtures("fast")
def test_bins_hold_every_observation():
    for feature in compare(CORPUS, made_up(30, 12, scale="DEF^FGABcdz")).features:
        assert sum(part.reference for part in feature.bins) == pytest.approx(1)
        assert sum(part.composed for part in feature.bins) == pytest.approx(1)
        shared = sum(min(part.reference, part.composed) for part in feature.bins)
        if feature.kind != "categorical" or feature.bins[-1].reference == 0:
            assert shared == pytest.approx(feature.overlap.value)


@pytest.mark.usefixtures("fast")
def test_bins_are_the_same_for_every_composed_set():
    labels = [
        [[part.label for part in feature.bins] for feature in compare(CORPUS, composed).features]
        for composed in (made_up(5, 13), made_up(5, 14, scale="DEF^FGABcdefg", meter="6/8"))
    ]
    assert labels[0] == labels[1]


@pytest.mark.usefixtures("fast")
def test_json_holds_everything():
    found = compare(CORPUS[:20], CORPUS[20:30])
    mapping = json.loads(json.dumps(found.to_mapping(), allow_nan=False))
    assert [row["name"] for row in mapping["features"]] == NAMES
    assert mapping["features"][0]["overlap"]["value"] == found.features[0].overlap.value
    assert mapping["composed_tunes"] == 10
