"""The journal of a search: what was written is read again, and damage is told."""

import json
import random

import pytest
from command_line import run
from study_runs import PLAN
from test_single_changes import changed

from tunewright.errors import InputError
from tunewright.study.plans.plan import read_plan
from tunewright.study.running.search import JOURNAL, TRIALS, Searcher
from tunewright.study.running.search_journal import SearchJournal

ENTRIES = [{"op_code": number, "loss": number / 7, "name": "\u202e" * number} for number in range(6)]
SEARCH = """
[search]
trials = 5
sampler = "random"

[search.options]
units = { low = 4, high = 24 }
dropout = [0.0, 0.2]
"""


@pytest.fixture
def journal(tmp_path):
    """A journal of six entries that were written in three steps."""
    path = tmp_path / JOURNAL
    for first in (0, 2, 4):
        SearchJournal(path).append_logs(ENTRIES[first : first + 2])
    return path


def entries(path):
    return list(SearchJournal(path).read_logs(0))


def test_entries_are_read_as_they_were_written(journal):
    assert entries(journal) == ENTRIES
    assert list(SearchJournal(journal).read_logs(4)) == ENTRIES[4:]
    opened = SearchJournal(journal)
    opened.append_logs([{"op_code": 9}])
    assert list(opened.read_logs(5)) == [ENTRIES[5], {"op_code": 9}] == list(SearchJournal(journal).read_logs(5))


def test_a_line_that_a_kill_cut_short_is_dropped(journal):
    whole = journal.read_bytes()
    for end in range(len(whole)):
        journal.write_bytes(whole[:end])
        assert entries(journal) == ENTRIES[: whole[:end].count(b"\n")]
        SearchJournal(journal).append_logs([{"op_code": 9}])
        assert entries(journal)[-1] == {"op_code": 9}


def test_no_change_but_a_loss_at_the_end_goes_unnoticed(journal):
    whole, chance = journal.read_bytes(), random.Random("journal")
    noticed = 0
    for _ in range(400):
        journal.write_bytes(changed(whole, chance))
        try:
            found = entries(journal)
        except InputError:
            noticed += 1
        else:
            assert found == ENTRIES[: len(found)]
    assert noticed > 200


@pytest.mark.parametrize("lines", [(0, 2, 3), (1, 0, 2), (0, 0, 1), (1, 2)])
def test_lines_that_are_missing_or_elsewhere_are_noticed(journal, lines):
    whole = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(whole[line] for line in lines))
    with pytest.raises(InputError, match=r"search\.journal:\d: is damaged: entry \d is missing"):
        entries(journal)


def test_a_journal_of_before_gets_checksums(tmp_path):
    path = tmp_path / JOURNAL
    lines = [json.dumps(entry, separators=(",", ":")) for entry in ENTRIES]
    path.write_text("\n".join(lines) + "\n")
    assert entries(path) == ENTRIES
    assert path.read_bytes().count(b"checksum") == len(ENTRIES)
    path.write_bytes(path.read_bytes() + lines[0].encode() + b"\n")
    with pytest.raises(InputError, match=r":7: is damaged: it has no checksum"):
        entries(path)


@pytest.fixture
def study(tiny_corpus, tmp_path):
    """A plan with a search, and a study folder of it in which two trials are drawn."""
    head = PLAN.format(data=tiny_corpus, epochs=1).partition("[[question]]")[0].replace("[0, 1]", "[5]")
    (tmp_path / "plan.toml").write_text(head + SEARCH)
    plan = read_plan(tmp_path / "plan.toml")
    (tmp_path / "study").mkdir()
    searcher = Searcher(plan, plan.search, tmp_path / "study")
    drawn = [searcher.draw(), searcher.draw()]
    assert Searcher(plan, plan.search, tmp_path / "study").begun() == [(run, None) for run in drawn]
    return tmp_path, plan


def test_damage_is_one_line_of_the_command(study, capsys):
    folder, _ = study
    journal = folder / "study" / TRIALS / JOURNAL
    journal.write_bytes(journal.read_bytes().replace(b'"units": ', b'"units": 1', 1))
    (folder / "study" / TRIALS).rename(folder / "trials")
    (folder / "study").rmdir()
    assert run(capsys, "study", "run", folder / "plan.toml", "--out", folder / "study", "--workers", "1")[0] == 0
    content = (folder / "trials" / JOURNAL).read_bytes()
    (folder / "study" / TRIALS / JOURNAL).write_bytes(content)
    status, _, err = run(capsys, "study", "run", folder / "plan.toml", "--out", folder / "study", "--workers", "1")
    assert (status, err.count("\n")) == (2, 1), err
    assert "search.journal:" in err
    assert "is damaged" in err


def test_what_optuna_cannot_read_of_a_journal_of_before_is_damage(study):
    folder, plan = study
    path = folder / "study" / TRIALS / JOURNAL
    logs = list(SearchJournal(path).read_logs(0))
    drawn = next(log for log in logs if "distributions" in log)
    for damaged in (drawn | {"op_code": 99}, drawn | {"distributions": {"units": "x"}}):
        path.write_text("".join(json.dumps(log) + "\n" for log in (logs[0], damaged)))
        with pytest.raises(InputError, match="is damaged: Optuna says"):
            Searcher(plan, plan.search, folder / "study")
