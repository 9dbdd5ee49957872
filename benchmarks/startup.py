"""How long until the command line answers?

Prints seconds for ``tunewright --help`` and, in the same run, for a Python that does nothing (the least possible)
and for one that imports torch (what it would cost if the command line did). Each is the median of 10 runs, taken in
turns so that a busy moment of the machine falls on all three. Start it with ``python benchmarks/startup.py``.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10
COMMANDS = {
    "tunewright --help": [str(Path(sys.executable).parent / "tunewright"), "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import torch'": [sys.executable, "-c", "import torch"],
}


def seconds_of(command: list[str]) -> float:
    """Wall-clock seconds of one run, process start included."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    for command in COMMANDS.values():  # first runs read files that later ones find in memory
        seconds_of(command)
    rounds = [[seconds_of(command) for command in COMMANDS.values()] for _ in range(RUNS)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    for name, seconds in zip(COMMANDS, medians, strict=True):
        print(f"{name:<26}{seconds:7.3f} s   tunewright takes {medians[0] / seconds:5.2f} times that")


if __name__ == "__main__":
    main()
