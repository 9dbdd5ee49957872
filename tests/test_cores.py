"""How many cores may be used: affinity and quotas of control groups, on made-up systems and on this one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tunewright.cores import cores, quota

QUOTA, PERIOD = "cpu.cfs_quota_us", "cpu.cfs_period_us"
COUNT = "from tunewright.cores import cores; print(cores())"


def system(tmp_path: Path, own: str, **files: str) -> tuple[Path, Path]:
    groups = tmp_path / "cgroup"
    for name, content in files.items():
        path = groups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "own").write_text(own)
    return tmp_path / "own", groups


@pytest.mark.parametrize(
    ("own", "files", "allowed"),
    [
        ("0::/\n", {"cpu.max": "100000 100000\n"}, 1.0),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/a/b\n", {"a/cpu.max": "150000 100000", "a/b/cpu.max": "300000 100000"}, 1.5),  # the smallest counts
        ("0::/docker/12ab\n", {"cpu.max": "50000 100000"}, 0.5),  # the path of the host, the files of the container
        ("0::/\n", {"unified/cpu.max": "200000 100000"}, 2.0),
        ("3:cpu,cpuacct:/x\n", {f"cpu,cpuacct/x/{QUOTA}": "250000\n", f"cpu,cpuacct/x/{PERIOD}": "100000\n"}, 2.5),
        ("3:cpu:/\n", {f"cpu/{QUOTA}": "-1\n", f"cpu/{PERIOD}": "100000\n"}, None),
        ("3:memory:/\n", {"memory/cpu.max": "1 1"}, None),
        ("3:cpu:/../..\n", {"cpu.max": "damaged"}, None),
    ],
)  # fmt: skip
def test_the_quota_of_a_container_is_read(tmp_path, own, files, allowed):
    assert quota(*system(tmp_path, own, **files)) == allowed


def test_a_system_without_control_groups_has_no_quota(tmp_path):
    assert quota(tmp_path / "none", tmp_path / "nothing") is None


@pytest.mark.parametrize(("allowed", "expected"), [(0.2, 1), (1.0, 1), (1.5, 2), (1000.0, 3), (None, 3)])
def test_the_quota_is_rounded_up_and_affinity_counts_too(monkeypatch, allowed, expected):
    monkeypatch.setattr("tunewright.cores.quota", lambda: allowed)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 5}, raising=False)
    assert cores() == expected


def test_there_is_at_least_one_core():
    assert 1 <= cores() <= os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_a_process_that_may_use_one_core_knows_it():
    one = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, {{{one}}}); {COUNT}"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "1\n"
