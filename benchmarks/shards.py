"""How fast is a large corpus built, and how much memory do building, learning and measuring take?

    python benchmarks/shards.py                          100 MB against 10 MB, in a temporary folder
    python benchmarks/shards.py --megabytes 1000 --folder FOLDER    1 GB against 100 MB; needs about 4 GB there

The corpus is O'Neill's, again and again, a twentieth of the notes changed each time, in one file. References: reading
and hashing the same bytes and doing nothing else, in the same run; and a corpus of a tenth of the size, against which
the memory that learning (some hundred steps of each preset) and measuring take should be flat. Memory is the most that
was resident, of the process itself; each part is measured in a process of its own.
"""

import argparse
import hashlib
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tunewright.cores import cores
from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes

CHANGED = 0.05
STEPS = 200
MEASURED_PARTS = 2


def make_book(path: Path, size: int) -> None:
    """Write a tunebook of about `size` bytes."""
    text = "\n".join(tune.text for tune in read_tunes(find_corpus("oneills")).tunes).encode("latin-1", "replace")
    letters, notes = np.frombuffer(text, np.uint8), np.frombuffer(b"ABCDEFGabcdefg", np.uint8)
    music = np.isin(letters, notes)
    for field in re.finditer(rb"^(?:[A-Za-z]:|%).*$", text, re.MULTILINE):
        music[field.start() : field.end()] = False
    places = np.flatnonzero(music)
    generator = np.random.default_rng(0)
    with path.open("wb") as file:
        copy = 0
        while file.tell() < size:
            copy += 1
            changed = places[generator.random(len(places)) < CHANGED]
            other = letters.copy()
            other[changed] = notes[generator.integers(len(notes), size=len(changed))]
            file.write(re.sub(rb"^(T:.*)$", rb"\1 %d" % copy, other.tobytes(), flags=re.MULTILINE) + b"\n\n")


def read_alone(path: Path) -> None:
    digest = hashlib.blake2b()
    with path.open("rb") as file:
        while data := file.read(1 << 22):
            digest.update(data)


def build(book: Path, out: Path) -> dict[str, float]:
    began = time.perf_counter()
    read_alone(book)
    alone = time.perf_counter() - began
    began, read = time.perf_counter(), 0.0
    for step in build_corpus(book, out=out, processes=cores()):
        if step.doing == "reading":
            read = time.perf_counter() - began
    whole = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "megabytes": book.stat().st_size / 1e6,
        "seconds": whole,
        "reading_seconds": read,
        "bytes_alone_seconds": alone,
        "processor_seconds": sum(each.ru_utime + each.ru_stime for each in used),
        "worker_peak_mb": used[1].ru_maxrss / 1024,
    }


def learn(corpus: Path, preset: str) -> dict[str, float]:
    import torch

    from tunewright.model.network import CharNetwork
    from tunewright.training.config import PRESETS
    from tunewright.training.data import TrainingData
    from tunewright.training.loop import Trainer

    torch.set_flush_denormal(True)
    data = TrainingData.built(read_corpus(corpus))
    trainer = Trainer(CharNetwork(PRESETS[preset].network, len(data.vocabulary)), data, PRESETS[preset].training)
    for progress in islice(trainer.run(), STEPS):
        rate = progress.characters_per_second
    return {"characters_per_second": rate}


def measure(corpus: Path) -> dict[str, float]:
    from tunewright.model.config import NetworkConfig
    from tunewright.model.network import CharNetwork
    from tunewright.training.evaluate import BuiltEvaluationSet, nats_per_sequence

    opened = read_corpus(corpus)
    data = BuiltEvaluationSet(opened.validation, opened.vocabulary)
    network, characters = CharNetwork(NetworkConfig(units=32), len(opened.vocabulary)), 0
    began = time.perf_counter()
    for part in islice(data.parts(), MEASURED_PARTS):
        for sequences in (part.tunes, part.windows):
            nats_per_sequence(network, sequences)
            characters += sum(map(len, sequences))
    return {"characters_per_second": characters / (time.perf_counter() - began)}


PARTS: dict[str, Callable[..., dict[str, float]]] = {"build": build, "learn": learn, "measure": measure}


def in_a_process(part: str, *arguments: Path | str) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", part, *map(str, arguments)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(result.stdout)
    return found


def run_part(part: str, arguments: list[str]) -> None:
    paths = [Path(argument) if index == 0 or part == "build" else argument for index, argument in enumerate(arguments)]
    found = PARTS[part](*paths)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def compare(folder: Path, megabytes: float) -> None:
    for size in (megabytes / 10, megabytes):
        book, corpus = folder / f"{size:.0f}.abc", folder / f"{size:.0f}"
        make_book(book, int(size * 1e6))
        built = in_a_process("build", book, corpus)
        rate = built["megabytes"] / built["seconds"]
        print(f"== {built['megabytes']:,.0f} MB, {cores()} processes")
        print(
            f"building            {rate:>8.1f} MB/s, reading {built['reading_seconds']:.0f} of {built['seconds']:.0f} s"
        )
        print(f"  processor         {built['megabytes'] / built['processor_seconds']:>8.1f} MB per second of its time")
        print(f"  bytes alone       {built['seconds'] / built['bytes_alone_seconds']:>8.0f} times as long")
        print(f"  most memory       {built['peak_mb']:>8.0f} MB, and {built['worker_peak_mb']:.0f} MB in each process")
        for preset in ("plain", "assignment"):
            learned = in_a_process("learn", corpus, preset)
            print(
                f"learning {preset:<11}{learned['peak_mb']:>8.0f} MB most memory, "
                f"{learned['characters_per_second']:,.0f} chars/s"
            )
        measured = in_a_process("measure", corpus)
        print(
            f"measuring           {measured['peak_mb']:>8.0f} MB most memory, "
            f"{measured['characters_per_second']:,.0f} chars/s"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        run_part(options.part[0], options.part[1:])
        return
    with ExitStack() as opened:
        folder = options.folder or Path(opened.enter_context(TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        compare(folder, options.megabytes)


if __name__ == "__main__":
    main()
