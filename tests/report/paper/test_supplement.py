"""Does what is handed in say nothing of the machine that it was made on?"""

from dataclasses import replace

import pytest

from tunewright.report.paper.supplement import without_folders
from tunewright.study.plans.plan import read_plan
from tunewright.study.plans.plan_writing import as_toml


def test_a_plan_names_its_tunes_without_their_folders(small_study, tmp_path):
    plan = read_plan(small_study / "plan.toml")
    plan = replace(plan, data=("ryans", *plan.data, "/elsewhere/tunes.abc"), validation=("/elsewhere/val.txt",))
    (tmp_path / "plan.toml").write_text(as_toml(without_folders(plan)), encoding="utf-8")
    named = read_plan(tmp_path / "plan.toml")
    assert named.data == ("ryans", "tunes.abc")
    assert named.validation == ("val.txt",)
    assert named.runs == plan.runs


@pytest.mark.slow
def test_no_file_names_a_folder_of_this_machine(small_paper, small_study):
    folders = [str(small_study).encode(), str(small_paper).encode()]
    for path in small_paper.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(folder in content for folder in folders), path.relative_to(small_paper)
