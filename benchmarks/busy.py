"""Rates of learning and measuring with the default threads, over those of one thread and of all cores, idle and busy.

Situations: nothing else runs; one busy process for each core; this process may use one core only; a quota of one core
for the whole process (a control group, which needs the right to make one). In each, a process of its own does the same
work in turns of half a second: with the default, with one thread, and with as many threads as there are cores, so that
a load that changes meets them all. The default should reach 0.9 of the better one idle, 0.9 of one thread elsewhere.

    python benchmarks/busy.py [--corpus FILE_OR_NAME] [--seconds 40]
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tunewright.cores import cores
from tunewright.corpus.library import resolve
from tunewright.corpus.readers import read_tunes
from tunewright.model.network import CharNetwork
from tunewright.training.config import PRESETS, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import nats_per_sequence
from tunewright.training.loop import Trainer

LOOP = "while True: pass"
WORK = ("train", "evaluate")
THREADS: dict[str, Callable[[], int]] = {"default": lambda: 0, "one thread": lambda: 1, "all cores": cores}
TURN_SECONDS = 0.5
QUOTA_FILES = {Path("/sys/fs/cgroup"): "cpu.max", Path("/sys/fs/cgroup/cpu"): "cpu.cfs_quota_us"}
QUOTA = {"cpu.max": "100000 100000", "cpu.cfs_quota_us": "100000"}


def turns(work: str, corpus: str, names: Sequence[str], seconds: float) -> dict[str, float]:
    """Characters per second of this process, by the name of the threads, which take turns."""
    data = TrainingData.of(read_tunes(resolve(corpus)).tunes)
    workers = {name: (learn if work == "train" else read)(data, THREADS[name]()) for name in names}
    characters, spent = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
    for worker in workers.values():
        next(worker)  # torch makes itself ready
    while sum(spent.values()) < seconds:
        for name, worker in workers.items():
            began = time.perf_counter()
            while time.perf_counter() - began < TURN_SECONDS:
                characters[name] += next(worker)
            spent[name] += time.perf_counter() - began
    return {name: characters[name] / spent[name] for name in names}


def learn(data: TrainingData, threads: int) -> Iterator[int]:
    """Learn; yields after each step how many characters that were."""
    network = CharNetwork(PRESETS["plain"].network, len(data.vocabulary))
    for _ in Trainer(network, data, TrainingConfig(threads=threads)).run():
        yield TrainingConfig.batch_size * TrainingConfig.sequence_length


def read(data: TrainingData, threads: int) -> Iterator[int]:
    """Measure; yields after each reading of the validation tunes how many characters that were."""
    network = CharNetwork(PRESETS["plain"].network, len(data.vocabulary))
    while True:
        nats_per_sequence(network, data.validation.tunes, threads=threads)
        yield sum(map(len, data.validation.tunes))


def measured(work: str, names: Sequence[str], options: argparse.Namespace, prefix: list[str]) -> dict[str, float]:
    """The rates of a process of its own."""
    command = [*prefix, sys.executable, __file__, "--work", work, "--turns", *names]
    command += ["--corpus", options.corpus, "--seconds", str(options.seconds)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


@contextmanager
def busy_processes() -> Iterator[list[str]]:
    """One busy process for each core, each in a session of its own, as other people's programs are."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP], start_new_session=True) for _ in range(cores())]
    try:
        yield []
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def nothing() -> Iterator[list[str]]:
    """Nothing else runs."""
    yield []


@contextmanager
def one_core() -> Iterator[list[str]]:
    """Affinity to one core."""
    yield ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]


@contextmanager
def quota() -> Iterator[list[str] | None]:
    """A quota of one core; None where it cannot be set."""
    for top, name in QUOTA_FILES.items():
        group = top / f"tunewright-busy-{os.getpid()}"
        if not (top / "cgroup.procs").exists():
            continue
        try:
            group.mkdir()
            (group / name).write_text(QUOTA[name])
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        try:
            yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
        finally:
            group.rmdir()
        return
    yield None


SITUATIONS: dict[str, Callable[[], "object"]] = {
    "idle": nothing,
    "one busy process per core": busy_processes,
    "affinity to one core": one_core,
    "a quota of one core": quota,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", default="oneills")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--turns", nargs="+", choices=THREADS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(json.dumps(turns(options.work, options.corpus, options.turns, options.seconds)))
        return
    print(f"{cores()} cores; characters per second, and ratios within the same situation")
    for situation, entered in SITUATIONS.items():
        with entered() as prefix:  # type: ignore[attr-defined]
            if prefix is None:
                print(f"{situation:<28} cannot be made here")
                continue
            for work in WORK:
                names = list(THREADS) if situation == "idle" else ["default", "one thread"]
                rates = measured(work, names, options, prefix)
                best = max(value for name, value in rates.items() if name != "default")
                told = ", ".join(f"{name} {value:,.0f}" for name, value in rates.items())
                print(f"{situation:<28} {work:<9} {told}; ratio {rates['default'] / best:.2f}", flush=True)


if __name__ == "__main__":
    main()
