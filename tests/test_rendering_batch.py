"""Do many tunes become files, and does one that fails stop nothing?"""

from pathlib import Path

from tunewright.corpus.tune import Tune
from tunewright.rendering.batch import names, render_tunes

GOOD = "X:5\nT:The Good, Old Tune!\nK:C\nCDE|\n"
EMPTY = "X:1\nT:Nothing\nK:C\nzz|\n"


def tune(text, path="books/My Jigs.abc"):
    return Tune(text, Path(path), 1, len(text))


def test_a_failure_is_told_and_the_rest_is_made(tmp_path):
    outcomes = list(render_tunes([tune(EMPTY), tune(GOOD)], ["midi", "svg"], tmp_path))
    assert [(outcome.format, bool(outcome.reason)) for outcome in outcomes] == [
        ("midi", True), ("svg", False), ("midi", False), ("svg", False),
    ]  # fmt: skip
    assert "no note" in outcomes[0].reason
    made = [outcome.path for outcome in outcomes if not outcome.reason]
    assert sorted(tmp_path.iterdir()) == sorted(made)
    assert made[-1].name == "my-jigs-2-the-good-old-tune.svg"


def test_names_are_the_same_each_time_and_never_equal():
    tunes = [tune(GOOD), tune(GOOD), tune(GOOD, "other/my jigs.abc"), tune("K:C\nC|\n", "x.zip/ß.abc")]
    assert names(tunes) == names(tunes) == [
        "my-jigs-1-the-good-old-tune", "my-jigs-2-the-good-old-tune", "my-jigs-1-the-good-old-tune-2",
        "untitled-1-untitled",
    ]  # fmt: skip


def test_numbers_sort_as_they_count():
    found = names([tune(GOOD)] * 12)
    assert found == sorted(found)


def test_a_long_title_makes_a_short_name():
    assert len(names([tune(f"X:1\nT:{'long ' * 100}\nK:C\nC|\n")])[0]) < 100
