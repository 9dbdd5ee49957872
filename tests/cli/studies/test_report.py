"""`tunewright report`: the paper, what is left out, and errors."""

import shutil

import pytest

from tunewright.cli.main import run


@pytest.mark.slow
def test_a_paper_of_part_of_a_study_says_what_is_missing(small_study, tmp_path, capsys):
    part = shutil.copytree(small_study, tmp_path / "part")
    for path in part.glob("runs/rnn*"):
        shutil.rmtree(path)
    out = tmp_path / "paper"
    arguments = ["report", str(part), "--out", str(out), "--title", "Two cells", "--author", "Ann", "--author", "Ben"]
    assert run([*arguments, "--date", "1 May"]) == 0
    told = capsys.readouterr().out
    assert "4 of 6 runs are reported" in told
    assert "paper.docx, paper.html, paper.md, paper.pdf" in told
    assert str(out / "notes") in told
    head = (out / "paper.md").read_text(encoding="utf-8").split("abstract:")[0]
    assert 'title: "Two cells"' in head
    assert 'author: ["Ann", "Ben"]' in head
    assert 'date: "1 May"' in head


def test_mistakes_are_one_line(small_study, tmp_path, capsys):
    assert run(["report", str(tmp_path), "--out", str(tmp_path / "paper")]) == 2
    assert "is not a study" in capsys.readouterr().err
    shutil.copy(small_study / "plan.toml", tmp_path)
    assert run(["report", str(tmp_path), "--out", str(tmp_path / "paper")]) == 2
    assert "no run has finished" in (told := capsys.readouterr().err)
    assert told.count("\n") == 1
    assert not (tmp_path / "paper").exists()
    assert run(["report", str(small_study), "--out", str(tmp_path)]) == 2
    assert "holds something already" in capsys.readouterr().err
