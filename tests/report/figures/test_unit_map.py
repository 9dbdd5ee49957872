"""Has every unit its dot, in the right row, as far right as it should be?"""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.labels import LABELS
from tunewright.analysis.units.unit_study import NeuronStudy, UnitReport
from tunewright.report.figures.unit_map import FAMILIES, NOTHING, draw_map, family_of

SVG = "{http://www.w3.org/2000/svg}"


def finding(unit, label, value, *, place=1, confirmed=True):
    return UnitFinding(
        unit, 0, label, "auc", "on", value, value, 1e-5, 1e-5, 9, None, place, confirmed, f"unit {unit} …"
    )


def study(*findings, units):
    return NeuronStudy(findings, tuple(UnitReport(unit, 0, (), ()) for unit in range(units)), {})


def dots(picture):
    root = ET.fromstring(picture)  # noqa: S314
    return [(float(dot.get("cx")), float(dot.get("cy")), dot[0].text) for dot in root.iter(f"{SVG}circle")]


def words(picture):
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314


def test_each_label_has_one_row():
    for label in LABELS:
        assert family_of(label.name) in FAMILIES
    assert family_of("field K") == family_of("header")
    assert family_of("length 2") == "lengths"
    assert family_of("note length") == "lengths"
    assert family_of("note C") == "which note it is"
    with pytest.raises(KeyError, match="nonsense"):
        family_of("nonsense")


def test_a_unit_stands_where_its_best_confirmed_label_is():
    trained = study(
        finding(0, "header", 1.0), finding(1, "end of bar", 0.75), finding(2, "header", 0.9, confirmed=False),
        finding(2, "line end", 0.95, place=2), units=4,
    )  # fmt: skip
    picture = draw_map(trained, study(units=4))
    trained_dots = dots(picture)[:4]
    by_name = {title[:6]: (x, y) for x, y, title in dots(picture)[:4]}
    assert len(dots(picture)) == 8
    assert by_name["unit 1"][0] < by_name["unit 2"][0] < by_name["unit 0"][0]
    assert len({y for _, y, _ in trained_dots}) == 4
    shown = words(picture)
    rows = [word for word in shown if word in (*FAMILIES, NOTHING)]
    assert rows == ["header and fields", "ends of lines, columns", "place in the bar", NOTHING]
    assert "3 of 4 units follow something that was confirmed" in shown
    assert "0 of 4 units follow something that was confirmed" in shown
    assert "1 unit; best: 0" in shown


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([label.name for label in LABELS]), st.floats(0.5, 1)), max_size=512))
def test_no_dot_covers_another(pairs):
    found = [finding(unit, label, value) for unit, (label, value) in enumerate(pairs)]
    places = [(x, y) for x, y, _ in dots(draw_map(study(*found, units=len(pairs) + 1), study(units=1)))]
    assert len(places) == len(pairs) + 2
    assert len(set(places)) == len(places)


def test_dots_of_a_page_lead_to_their_units():
    second = NeuronStudy((), (UnitReport(3, 1, (), ()),), {})
    root = ET.fromstring(draw_map(second, second, linked=[(1, 3)]))  # noqa: S314
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == ["#unit-1-3"]


def test_pictures():
    assert draw_map(study(units=1), study(units=1), "png").startswith(b"\x89PNG")
