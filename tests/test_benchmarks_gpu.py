"""The benchmark of GPUs runs; its speed is not tested."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "gpu.py"


def run(*options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, env=environment)


@pytest.mark.slow
def test_the_processor_runs_all_of_it():
    result = run("--device", "cpu", "--quick")
    assert (result.returncode, result.stderr) == (0, "")
    rows = [line.split() for line in result.stdout.splitlines()]
    one = {tuple(row[:4]) for row in rows if len(row) == 7}
    many = {tuple(row[:3]) for row in rows if len(row) == 6 and row[0] == "16"}
    precisions = ("float32", "tf32", "bfloat16")
    assert one >= {
        (units, "4", precision, at) for units, at in (("16", "16"), ("130", "256")) for precision in precisions
    }
    assert many >= {("16", count, precision) for count in ("1", "3") for precision in precisions}
    assert "best configuration" in result.stdout


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so_and_fails_nobody():
    result = run()
    assert (result.returncode, result.stdout) == (0, "")
    assert "torch sees no GPU" in result.stderr
    assert "--device cpu --quick" in result.stderr
