"""How many composed tunes does abc2midi play without a complaint?

    python benchmarks/playable.py [MODEL] [--count N] [--corpus NAME]

Composes N tunes at each of three temperatures, raw and playable, and lets abc2midi (Debian's package abcmidi) judge
them: clean is a MIDI file with a note, and no error and no warning. Without MODEL a network is trained on the corpus
for ten passes, in a folder that is removed afterwards.
"""

import argparse
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mido

import tunewright
from tunewright.sampling.compiled import compiling
from tunewright.sampling.composition import Composition
from tunewright.sampling.playable import playable

TEMPERATURES = (0.5, 1.0, 2.0)


def is_clean(tune: str) -> bool:
    """True if abc2midi writes a note and says nothing against the tune."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "tune.abc"), Path(folder, "tune.mid")
        source.write_text(tune + "\n", encoding="utf-8")
        said = subprocess.run(["abc2midi", source, "-o", target], capture_output=True, timeout=60)
        if any(line.startswith((b"Error", b"Warning")) for line in said.stdout.splitlines()) or not target.exists():
            return False
        notes = (message for track in mido.MidiFile(target).tracks for message in track)
        return any(message.type == "note_on" and message.velocity for message in notes)


def judged(compositions: list[Composition]) -> int:
    """How many are clean."""
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(is_clean, [composition.text.rstrip("\n") for composition in compositions]))


def trained(corpus: str, folder: Path) -> Path:
    """A network that has seen the corpus ten times."""
    tunes = tunewright.read_tunes(tunewright.find_corpus(corpus)).tunes
    for _ in tunewright.train(tunes, out=folder, config=tunewright.TrainingConfig(epochs=10)):
        pass
    return folder


def measure(model: Path, count: int) -> None:
    """Print a row for each temperature, raw and playable."""
    checkpoint = tunewright.read_checkpoint(model)
    grammar = playable(checkpoint)
    compiling.finish()
    print("T    way       clean          ended  characters  ruled out  written per kept  tunes/s")
    for temperature in TEMPERATURES:
        for way, acceptor in (("raw", None), ("playable", grammar)):
            config = tunewright.CompositionConfig(temperature=temperature)
            start = time.perf_counter()
            tunes = list(tunewright.compose_many(checkpoint, count, config, grammar=acceptor, raw=acceptor is None))
            seconds = time.perf_counter() - start
            characters = sum(tune.composed for tune in tunes)
            clean, ended = judged(tunes), sum(tune.ended for tune in tunes)
            removed = sum(tune.removed for tune in tunes) / count
            written = (characters + sum(tune.discarded for tune in tunes)) / characters
            print(
                f"{temperature:<4} {way:9} {clean:4} {clean / count:7.1%}  {ended / count:9.1%}  "
                f"{characters / count:10.0f}  {removed:9.1%}  {written:16.2f}  {count / seconds:7.0f}"
            )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="How many composed tunes play without a complaint?")
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--corpus", default="oneills")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options.model or trained(options.corpus, Path(folder, "run")), options.count)


if __name__ == "__main__":
    main()
