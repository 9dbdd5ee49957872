"""`tunewright compare`: runs side by side, also those that may not be compared."""

import pytest
from command_line import run
from planted_studies import falling, plant_run, record

import tunewright
from tunewright.study.plans.plan import PlannedRun


def plant(folder, *, fingerprint="abc", history=None, **options):
    network = tunewright.NetworkConfig(units=options.pop("units", 20))
    planned = PlannedRun(folder.name, folder.name, 0, network, tunewright.TrainingConfig(**options))
    plant_run(folder, planned, history or falling(planned), fingerprint=fingerprint)
    return folder


def row(out, title):
    lines = [line.split(title)[1].split() for line in out.splitlines() if line.strip().startswith(title)]
    assert len(lines) == 1, title
    return lines[0]


def test_options_that_differ_losses_and_time(capsys, tmp_path):
    worse, better = [record(1, 2.0), record(2, 2.5)], [record(1, 1.875, seconds=1), record(2, 1.75, seconds=1)]
    first = plant(tmp_path / "first", units=20, learning_rate=0.01, history=worse)
    second = plant(tmp_path / "second", units=30, learning_rate=0.02, history=better)
    status, out, err = run(capsys, "compare", first, second)
    assert (status, err) == (0, "")
    assert row(out, "units") == ["20", "30"]
    assert row(out, "learning rate") == ["0.01", "0.02"]
    assert "layers" not in out
    assert row(out, "validation, cold windows") == ["2.000", "1.750", "*"]
    assert row(out, "validation, whole tunes") == ["1.900", "1.650", "*"]
    assert row(out, "training, cold windows") == ["1.800", "1.550", "*"]
    assert row(out, "counting (n-gram), whole tunes") == ["1.750", "1.750"]
    assert row(out, "best epoch, of") == ["1,", "2", "2,", "2"]
    assert row(out, "learning time (s)") == ["4.0", "2.0"]
    assert row(out, "characters/s") == ["5,000", "10,000"]
    assert "not to be compared" not in out


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"fingerprint": "def"}, "not to be compared: b has other tunes"),
        ({"select_by": "cold_window"}, "not to be compared: the best epoch of b is chosen by cold_window"),
    ],
)
def test_runs_that_may_not_be_compared_are_shown_with_a_word_about_it(capsys, tmp_path, other, words):
    status, out, _ = run(capsys, "compare", plant(tmp_path / "a"), plant(tmp_path / "b", **other))
    assert status == 0
    assert words in out
    assert "validation, whole tunes" in out
    assert "*" not in out


def test_a_real_run_its_checkpoint_and_a_network_that_comes_along(capsys, tiny_corpus, tmp_path):
    tunes = tunewright.read_tunes(tiny_corpus).tunes
    config = tunewright.TrainingConfig(epochs=2, threads=1)
    list(tunewright.train(tunes, out=tmp_path / "run", network=tunewright.NetworkConfig(units=4), config=config))
    status, out, _ = run(capsys, "compare", tmp_path / "run", tmp_path / "run" / "last", "oneills")
    assert status == 0
    assert row(out, "units") == ["4", "4", "176"]
    assert out.count("not to be compared: oneills has other tunes") == 1


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_a_figure(capsys, tmp_path, form):
    figure = tmp_path / f"curves.{form}"
    assert run(capsys, "compare", plant(tmp_path / "a"), plant(tmp_path / "b", units=30), "--out", figure)[0] == 0
    assert figure.read_bytes()[:5] in (b"<?xml", b"\x89PNG\r", b"%PDF-")


def test_folders_of_the_same_name_are_told_apart(capsys, tmp_path):
    first, second = plant(tmp_path / "x" / "run"), plant(tmp_path / "y" / "run")
    out = run(capsys, "compare", first, second)[1]
    assert str(first) in out
    assert str(second) in out
    assert "none" in out  # of the options differs


def test_mistakes_are_one_clear_line(capsys, tmp_path):
    a = plant(tmp_path / "a")
    cases = {
        ("compare", a): "1 run to compare; name two or more",
        ("compare",): "no runs to compare; name two or more",
        ("compare", a, f"{a}/"): "is named twice",
        ("compare", a, tmp_path / "nowhere"): "nowhere: no such model",
        (
            "compare",
            a,
            a,
            "--out",
            "curves.txt",
        ): "--out is 'curves.txt'; allowed: a name that ends in .png, .svg, .pdf",
        (
            "compare",
            a,
            a,
            "--out",
            tmp_path / "none" / "curves.svg",
        ): "no such folder; a figure is drawn into a folder that exists",
    }
    for arguments, words in cases.items():
        status, out, err = run(capsys, *arguments)
        assert (status, out) == (2, "")
        assert words in err
        assert err.count("\n") == 1
