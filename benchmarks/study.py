"""How many more trainings a minute do two workers of a study finish than one does?

    python benchmarks/study.py

The same study, six trainings of preset `assignment` for six epochs on Ryan's, is run with one worker and with two, in
one run of this script, everything counted: starting the processes, reading the tunes, evaluating, writing checkpoints.
What both found is compared: it must be the same to the byte.

The ratio is of use on idle cores only, so it is also told how much of them the workers had. In processor time per run
one sees what two workers cost each other, whatever else the machine did.
"""

import resource
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
epochs = 6
device = "cpu"

[[question]]
title = "How much dropout?"
dropout = [0.2, 0.3]
"""


def times_of(plan: Path, out: Path, workers: int) -> tuple[float, float]:
    """Seconds of the clock, and of processor cores."""
    command = [sys.executable, "-m", "tunewright", "study", "run", str(plan), "--out", str(out)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "--workers", str(workers)], check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime


def weights(out: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(out.glob("runs/*/last/weights.safetensors"))]


with tempfile.TemporaryDirectory() as temporary:
    plan = Path(temporary, "plan.toml")
    plan.write_text(PLAN, encoding="utf-8")
    outs = {workers: Path(temporary, f"study-{workers}") for workers in (1, 2)}
    times = {workers: times_of(plan, out, workers) for workers, out in outs.items()}
    assert len(weights(outs[1])) == RUNS
    assert weights(outs[1]) == weights(outs[2])
for workers, (seconds, worked) in times.items():
    print(
        f"{workers} worker{'s' * (workers > 1)}: {60 * RUNS / seconds:.2f} runs a minute; "
        f"{worked / RUNS:.1f} s of a core for each; they had {worked / seconds / workers:.0%} of {workers} cores"
    )
print(f"two against one: {times[1][0] / times[2][0]:.2f} times the runs a minute; the same weights to the byte")
print(f"processor time of a run, two against one: {times[2][1] / times[1][1]:.2f} times")
