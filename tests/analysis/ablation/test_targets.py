"""Are the units chosen that the findings name, and random ones that are none of them?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.ablation.targets import FAMILIES, Target, choose_targets, named_targets, random_sets
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.labels import label_named
from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig

NETWORK = NetworkConfig(units=40)
PLAIN = UnitFinding(0, 0, "header", "auc", "on", 0.9, 0.9, 0.0001, 0.001, 10, None, 1, confirmed=True)


def found(unit, label, place=1, **changes):
    return replace(PLAIN, unit=unit, label=label, place=place, **changes)


def test_labels_of_the_families_exist_and_are_in_one_only():
    labels = [label for family in FAMILIES for label in family]
    assert len(labels) == len(set(labels))
    for label in labels:
        label_named(label)


def test_the_strongest_confirmed_unit_of_each_family_is_chosen_once():
    targets = choose_targets(
        [
            found(3, "end of bar", direction="off"),
            found(4, "header", confirmed=False),
            found(5, "header"),
            found(3, "full bar", place=2),
            found(6, "position in the bar", place=2, direction="falls"),
            found(7, "header"),
            found(8, "field K"),
        ],
        NETWORK,
    )
    assert [(each.units, each.label) for each in targets] == [
        (((0, 5),), "header"),
        (((0, 3),), "end of bar"),
        (((0, 6),), "position in the bar"),
    ]
    assert targets[0].meaning == "on in the header"
    assert targets[1].meaning == "off at the end of a bar, before its line"
    assert targets[2].meaning == "falls with the share of the bar that is played"
    assert targets[0].name == "unit 5"


def test_units_that_follow_the_bar_most_are_a_group():
    findings = [found(unit, "end of bar") for unit in range(4)] + [
        found(9, "last beat"),
        found(8, "first beat", place=2),
    ]
    group = choose_targets(findings, NETWORK)[-1]
    assert group.units == ((0, 0), (0, 1), (0, 2), (0, 3), (0, 9))
    assert group.name == "5 units"
    small = choose_targets(findings, NetworkConfig(units=12))[-1]
    assert small.units == ((0, 0), (0, 1), (0, 2))
    in_one_layer = [found(unit, "end of bar", layer=1) for unit in range(9)]
    deep = NetworkConfig(units=12, layers=4)
    assert choose_targets(in_one_layer, deep)[-1].units == ((1, 0), (1, 1), (1, 2))
    assert all(random_sets(each, deep, 5, 0) for each in choose_targets(in_one_layer, deep))
    assert all(len(each.units) == 1 for each in choose_targets(findings[:1], NETWORK))
    assert choose_targets([], NETWORK) == ()


def test_given_units_are_told_with_what_they_follow():
    findings = [found(3, "end of bar", confirmed=False), found(3, "bar line"), found(3, "header", place=2)]
    known, unknown = named_targets([(0, 3), (1, 2)], findings)
    assert (known.label, known.name) == ("bar line", "unit 3")
    assert (unknown.label, unknown.meaning, unknown.name) == ("", "", "unit 1:2")


units = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 11)), min_size=1, max_size=6, unique=True)


@given(units, st.integers(0, 100))
def test_random_sets_are_other_units_of_the_same_layers(units, seed):
    target = Target(tuple(units), "")
    sets = random_sets(target, NetworkConfig(units=12, layers=2), 5, seed)
    assert len(sets) == 5
    for each in sets:
        assert not set(each) & set(units)
        assert len(set(each)) == len(units)
        assert sorted(layer for layer, _ in each) == sorted(layer for layer, _ in units)
        assert all(0 <= unit < 12 for _, unit in each)
    assert sets == random_sets(target, NetworkConfig(units=12, layers=2), 5, seed)
    if len(units) == 1:
        assert len(set(sets)) == 5


def test_single_units_meet_each_other_unit_once_at_most():
    sets = random_sets(Target(((0, 4),), ""), NetworkConfig(units=8), 29, 0)
    assert sorted(sets) == [((0, unit),) for unit in range(8) if unit != 4]
    assert random_sets(Target(((0, 4),), ""), NETWORK, 5, 0) != random_sets(Target(((0, 4),), ""), NETWORK, 5, 1)


def test_a_group_that_leaves_too_few_others_is_refused():
    group = Target(tuple((0, unit) for unit in range(5)), "")
    with pytest.raises(OptionError, match="5 of the 8 units of layer 0 leave too few others to compare with"):
        random_sets(group, NetworkConfig(units=8), 3, 0)
    with pytest.raises(OptionError, match="1 of the 1 units"):
        random_sets(Target(((0, 0),), ""), NetworkConfig(units=1), 3, 0)
