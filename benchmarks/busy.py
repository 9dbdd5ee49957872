"""Rates of learning and measuring with the default threads, over those of one thread and of all cores, idle and busy.

Situations: nothing else runs; one busy process for each core; this process may use one core only; a quota of one core
for the whole process (a control group, which needs the right to make one). In each, the same work is done in processes
of their own, one after the other, several times over: with the default, with one thread, and on the idle machine with
as many as there are cores. The default should reach 0.9 of the better one idle, and 0.9 of one thread elsewhere.

    python benchmarks/busy.py [--corpus FILE_OR_NAME] [--seconds 10] [--rounds 2]
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tunewright.cores import cores

LOOP = "while True: pass"
WORK = ("train", "evaluate")
QUOTA_FILES = {Path("/sys/fs/cgroup"): "cpu.max", Path("/sys/fs/cgroup/cpu"): "cpu.cfs_quota_us"}
QUOTA = {"cpu.max": "100000 100000", "cpu.cfs_quota_us": "100000"}


def rate(work: str, corpus: str, threads: int, seconds: float) -> float:
    """Characters per second of this process."""
    from tunewright.corpus.library import resolve
    from tunewright.corpus.readers import read_tunes
    from tunewright.model.network import CharNetwork
    from tunewright.training.config import TrainingConfig
    from tunewright.training.data import TrainingData
    from tunewright.training.evaluate import nats_per_sequence
    from tunewright.training.loop import Trainer
    from tunewright.training.presets import PRESETS

    data = TrainingData.of(read_tunes(resolve(corpus)).tunes)
    network = CharNetwork(PRESETS["default"].network, len(data.vocabulary))
    characters, began = 0, time.perf_counter()
    if work == "train":
        for number, progress in enumerate(Trainer(network, data, TrainingConfig(threads=threads)).run()):
            if number == 3:  # torch has made itself ready
                began, first = time.perf_counter(), progress.step
            if number > 3 and time.perf_counter() - began > seconds:
                break
        characters = (progress.step - first) * TrainingConfig.lanes * TrainingConfig.length
    else:
        while time.perf_counter() - began < seconds:
            nats_per_sequence(network, data.validation.tunes, threads=threads)
            characters += sum(map(len, data.validation.tunes))
    return characters / (time.perf_counter() - began)


def measured(work: str, threads: int, options: argparse.Namespace, prefix: list[str]) -> float:
    """The rate of a process of its own."""
    command = [*prefix, sys.executable, __file__, "--work", work, "--threads", str(threads)]
    command += ["--corpus", options.corpus, "--seconds", str(options.seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


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
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(rate(options.work, options.corpus, options.threads, options.seconds))
        return
    print(f"{cores()} cores; characters per second, and ratios within the same situation")
    for situation, entered in SITUATIONS.items():
        with entered() as prefix:  # type: ignore[attr-defined]
            if prefix is None:
                print(f"{situation:<28} cannot be made here")
                continue
            for work in WORK:
                compared = {"default": 0, "one thread": 1} | ({"all cores": cores()} if situation == "idle" else {})
                rates = dict.fromkeys(compared, 0.0)
                for _ in range(options.rounds):
                    for name, threads in compared.items():
                        rates[name] += measured(work, threads, options, prefix) / options.rounds
                best = max(value for name, value in rates.items() if name != "default")
                told = ", ".join(f"{name} {value:,.0f}" for name, value in rates.items())
                print(f"{situation:<28} {work:<9} {told}; ratio {rates['default'] / best:.2f}", flush=True)


if __name__ == "__main__":
    main()
