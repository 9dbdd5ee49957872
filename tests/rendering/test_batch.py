"""Rendering of many tunes to files, where one that fails does not stop the others."""

import time
from pathlib import Path

import pytest

from tunewright.corpus.tune import Tune
from tunewright.errors import OutputError
from tunewright.rendering import batch
from tunewright.rendering.batch import names, render_tunes
from tunewright.rendering.formats import FORMATS

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


@pytest.fixture
def began(monkeypatch):
    """Titles of the tunes whose rendering has begun by two engines; the first of them takes longest."""
    began, render = [], FORMATS["abc"]

    def slow(rendering):
        began.append(rendering.tune)
        time.sleep(0.3 if len(began) == 1 else 0.01)
        return render(rendering)

    monkeypatch.setattr(batch, "most_engines", lambda: 2)
    monkeypatch.setitem(FORMATS, "abc", slow)
    return began


def test_many_tunes_are_told_in_their_order_and_few_begun_ahead(began, tmp_path):
    tunes = [tune(f"X:{number}\nT:{number}\nK:C\nC|\n") for number in range(40)]
    outcomes = render_tunes(tunes, ["abc"], tmp_path)
    assert next(outcomes).tune == tunes[0]
    assert 2 < len(began) <= 1 + 2 * batch.TUNES_AHEAD
    assert [outcome.tune for outcome in outcomes] == tunes[1:]
    assert len(list(tmp_path.iterdir())) == len(tunes)


def test_whoever_stops_listening_stops_the_work(began, tmp_path):
    outcomes = render_tunes([tune(GOOD)] * 40, ["abc"], tmp_path)
    next(outcomes)
    outcomes.close()
    assert len(began) <= 1 + 2 * batch.TUNES_AHEAD
    assert len(list(tmp_path.iterdir())) == len(began)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        list(render_tunes([tune(GOOD)] * 40, ["abc"], tmp_path / "none"))


def test_the_same_files_come_from_one_engine_and_from_many(tmp_path, monkeypatch):
    tunes = [tune(f"X:{number}\nT:{number}\nK:C\n{'CDEF|' * number}\n") for number in range(1, 9)]
    for count in (1, 3):
        monkeypatch.setattr(batch, "most_engines", lambda count=count: count)
        (folder := tmp_path / str(count)).mkdir()
        assert not [outcome.reason for outcome in render_tunes(tunes, ["midi", "svg"], folder) if outcome.reason]
    one, many = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "13")
    assert one == many
    assert len(one) == 16


def test_names_are_the_same_each_time_and_never_equal():
    tunes = [tune(GOOD), tune(GOOD), tune(GOOD, "other/my jigs.abc"), tune("K:C\nC|\n", "x.zip/ß.abc")]
    assert names(tunes) == names(tunes) == [
        "my-jigs-1-the-good-old-tune", "my-jigs-2-the-good-old-tune", "my-jigs-1-the-good-old-tune-2",
        "ß-1-untitled",
    ]  # fmt: skip


def test_numbers_sort_as_they_count():
    found = names([tune(GOOD)] * 12)
    assert found == sorted(found)


def test_a_long_title_makes_a_short_name():
    assert len(names([tune(f"X:1\nT:{'long ' * 100}\nK:C\nC|\n")])[0]) < 100


@pytest.mark.parametrize(
    "music", ["{C0}DEFG|", "%%MIDI program 999\nCDE|", "C0D0E0|", "%%MIDI beat 999 x\nCDE|", "{C0}{D0}E0|"]
)
def test_nothing_in_one_tune_ends_the_book(music, tmp_path):
    outcomes = list(render_tunes([tune(f"X:1\nT:Odd\nK:C\n{music}\n"), tune(GOOD)], ["midi"], tmp_path))
    assert not outcomes[1].reason
    assert "unexpected" not in outcomes[0].reason


def test_a_failure_of_our_own_is_that_of_its_tune(tmp_path, monkeypatch):
    def fails(rendering):
        if "Odd" in rendering.tune:
            raise ValueError("not foreseen")
        return b"made"

    monkeypatch.setitem(FORMATS, "midi", fails)
    outcomes = list(render_tunes([tune("X:1\nT:Odd\nK:C\nC|\n"), tune(GOOD)], ["midi"], tmp_path))
    assert [outcome.reason for outcome in outcomes] == ["unexpected ValueError: not foreseen", ""]
