"""Are the units that are shown the ones that a stranger would understand at once?"""

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.telling_units import PICTURES, ROWS, telling_units

TUNE = "X:1\nT:Title\nM:2/4\nL:1/8\nK:G\n|:ABcd|efga:|\n"


def finding(unit, label, held_out, *, confirmed=True):
    return UnitFinding(unit, 0, label, "auc", "on", 0.9, held_out, 1e-5, 1e-5, 9, None, 1, confirmed, "…")


def test_the_closest_of_each_is_chosen_and_each_unit_once():
    findings = [
        finding(1, "header", 0.8), finding(2, "header", 0.99, confirmed=False), finding(3, "header", 0.95),
        finding(3, "end of bar", 0.9), finding(4, "end of bar", 0.8), finding(5, "field K", 0.99),
        finding(6, "line end", 0.9), finding(7, "pitch height", 0.7), finding(8, "high letter", 0.8),
    ]  # fmt: skip
    chosen = telling_units(findings, TUNE)
    assert [(unit, found.label) for unit, found in chosen] == [
        ((0, 3), "end of bar"), ((0, 1), "header"), ((0, 8), "high letter"), ((0, 6), "line end"),
    ]  # fmt: skip


def test_what_the_tune_has_not_is_not_chosen():
    findings = [finding(1, "chord symbol", 0.99), finding(2, "first ending", 0.99)]
    assert telling_units(findings, TUNE) == []
    with_both = TUNE.replace("|:ABcd", '|:"Am"ABcd|1')
    assert [found.label for _, found in telling_units(findings, with_both)] == ["chord symbol", "first ending"]


def test_there_are_not_too_many():
    rich = TUNE.replace("|:ABcd", '|:"Am"ABcd|1') + "AB cd|\n"
    findings = [finding(number, labels[0], 0.9) for number, labels in enumerate(ROWS)]
    assert len(telling_units(findings, rich)) == PICTURES
    assert telling_units([], rich) == []
