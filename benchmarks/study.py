"""How many more trainings a minute do two workers of a study finish than one does?

    python benchmarks/study.py

The same study, six trainings of preset `assignment` for three epochs on Ryan's, is run with one worker and with two, in
one run of this script, everything counted: starting the processes, reading the tunes, evaluating, writing checkpoints.
What both found is compared: it must be the same to the byte.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 6
PLAN = f"""
data = ["ryans"]
preset = "assignment"
seeds = [{", ".join(map(str, range(RUNS // 2)))}]

[base]
epochs = 3
device = "cpu"

[[question]]
title = "How much dropout?"
dropout = [0.2, 0.3]
"""


def seconds_of(plan: Path, out: Path, workers: int) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "tunewright", "study", "run", str(plan), "--out", str(out)]
    subprocess.run([*command, "--workers", str(workers)], check=True, capture_output=True)
    return time.perf_counter() - began


def weights(out: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(out.glob("runs/*/last/weights.safetensors"))]


with tempfile.TemporaryDirectory() as temporary:
    plan = Path(temporary, "plan.toml")
    plan.write_text(PLAN, encoding="utf-8")
    outs = {workers: Path(temporary, f"study-{workers}") for workers in (1, 2)}
    rates = {workers: 60 * RUNS / seconds_of(plan, out, workers) for workers, out in outs.items()}
    assert len(weights(outs[1])) == RUNS
    assert weights(outs[1]) == weights(outs[2])
for workers, rate in rates.items():
    print(f"{workers} worker{'s' * (workers > 1)}: {rate:.2f} runs a minute")
print(f"two against one: {rates[2] / rates[1]:.2f} times; the same weights to the byte")
