"""Do sentences say what was found, no more and no less?"""

from dataclasses import replace

import pytest

from tunewright.analysis.units.claims import UnitFinding, sentence_of

FOUND = UnitFinding(42, 0, "header", "auc", "on", 0.99, 0.998, 1e-5, 1e-4, 153, 0.9, 1, confirmed=True)
PITCH = replace(FOUND, label="pitch height", statistic="r", direction="falls", value=-0.9, held_out_value=-0.85)


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (FOUND, "unit 42 is on in the header: AUC 0.998 on 153 held-out tunes"),
        (replace(FOUND, direction="off"), "unit 42 is off in the header: AUC 0.998 on 153 held-out tunes"),
        (replace(FOUND, held_out_value=0.8), "unit 42 is mostly on in the header: AUC 0.800 on 153 held-out tunes"),
        (replace(FOUND, held_out_value=0.6), "unit 42 tends to be on in the header: AUC 0.600 on 153 held-out tunes"),
        (
            replace(FOUND, label="chord symbol", held_out_tunes=12),
            "unit 42 is on inside a chord symbol: AUC 0.998 on 153 held-out tunes, 12 of which have it",
        ),
        (PITCH, "unit 42 falls with the height of the note: r -0.850 on 153 held-out tunes"),
        (
            replace(PITCH, direction="rises", held_out_value=0.3),
            "unit 42 tends to rise with the height of the note: r 0.300 on 153 held-out tunes",
        ),
        (
            replace(FOUND, confirmed=False, p_corrected=0.31),
            "not confirmed: unit 42 is on in the header on the tunes used to choose (AUC 0.990), "
            "where chance does as much (corrected p 0.31)",
        ),
        (
            replace(FOUND, confirmed=False, held_out_value=0.51, p_held_out=0.9),
            "not confirmed: unit 42 is on in the header on the tunes used to choose (AUC 0.990), "
            "AUC 0.510 on the others",
        ),
        (
            replace(FOUND, confirmed=False, held_out_value=None, p_held_out=None),
            "not confirmed: unit 42 is on in the header on the tunes used to choose (AUC 0.990), "
            "the others hardly have it",
        ),
    ],
)
def test_sentences(finding, sentence):
    assert sentence_of(finding, 153, 1) == sentence


def test_the_layer_is_named_where_there_are_several():
    assert sentence_of(replace(FOUND, layer=1), 153, 2).startswith("unit 42 of layer 1 is on in the header")


def test_what_is_no_output_is_named():
    words = sentence_of(replace(FOUND, direction="off"), 153, 1, "forget")
    assert words == "the forget gate of unit 42 is off in the header: AUC 0.998 on 153 held-out tunes"
    assert sentence_of(FOUND, 153, 1, "h") == sentence_of(FOUND, 153, 1)
    missed = sentence_of(replace(PITCH, layer=1, confirmed=False, held_out_value=None), 153, 2, "c")
    assert missed.startswith("not confirmed: the cell c of unit 42 of layer 1 falls with")
