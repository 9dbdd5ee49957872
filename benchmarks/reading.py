"""How long does it take to read a book of tunes?

    python benchmarks/reading.py

Reads all of O'Neill's (cold files are warmed first), and prints the ratio to reading the same bytes and doing nothing.
"""

import time

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes


def main() -> None:
    folder = find_corpus("oneills")
    files = sorted(folder.glob("*.abc"))
    characters = sum(len(path.read_bytes()) for path in files)
    began = time.perf_counter()
    for path in files:
        path.read_bytes()
    bytes_alone = time.perf_counter() - began
    began = time.perf_counter()
    reading = read_tunes(folder)
    ours = time.perf_counter() - began
    print(f"{len(reading.tunes):,} tunes, {len(reading.duplicates)} duplicates, {characters:,} bytes in {ours:.2f} s")
    print(f"bytes alone in {bytes_alone:.3f} s    ratio {ours / bytes_alone:.0f}")


if __name__ == "__main__":
    main()
