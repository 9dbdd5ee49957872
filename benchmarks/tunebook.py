"""How fast does a tunebook open, list and find, how often is the right tune found, and how fast is a book brought in?

    python benchmarks/tunebook.py [--tunes 10000] [--queries 300]

Searched are O'Neill's and Ryan's: twelve notes in a row of a tune, in another key, one of them wrong. Opened is a book
of many tunes, which are those in some keys that they can be moved to; the first page is of 50 tunes. Times are of the
clock, so nothing else should run.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tunewright import find_corpus, read_tunes, transpose, transpositions
from tunewright.notation.melody import read_melody
from tunewright.studio.route import Upload
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.book_import import import_books
from tunewright.studio.tunebook.melody_search import find_melody
from tunewright.studio.tunebook.tune_list import TuneFilter, list_tunes, summary

NOTES = 12
PAGE = 50


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tunes", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=300)
    options = parser.parse_args()
    texts = [tune.text for tune in read_tunes(find_corpus("oneills"), find_corpus("ryans"))]
    with tempfile.TemporaryDirectory() as folder:
        search(Path(folder), texts, options.queries)
    with tempfile.TemporaryDirectory() as folder:
        large = [moved for text in texts for moved in [text, *in_other_keys(text)]][: options.tunes]
        open_large(Path(folder), large)


def filled(folder: Path, texts: Sequence[str]) -> Tunebook:
    """A tunebook of these tunes, all of them indexed."""
    book = Tunebook(Settings(folder=folder))
    began = time.perf_counter()
    report = import_books(book, [Upload("tunes.abc", "\n".join(texts).encode())])
    brought = time.perf_counter()
    book.index_for()
    done = time.perf_counter()
    print(f"{report.added:,} tunes brought in in {brought - began:.1f} s, searchable after {done - began:.1f} s")
    return book


def search(folder: Path, texts: Sequence[str], queries: int) -> None:
    """Print how often the right tune is among the first five, and how long a search takes."""
    generator = random.Random(1850)
    with closing(filled(folder, texts)) as book:
        with book.file.reading() as connection:
            rows = connection.execute("SELECT id, text FROM tunes ORDER BY id").fetchall()
        tunes = {row["id"]: [note.pitch for note in read_melody(row["text"]).notes] for row in rows}
        long_enough = [number for number, notes in tunes.items() if len(notes) >= NOTES]
        for name, change in CHANGES.items():
            found, seconds, processor = 0, [], time.process_time()
            for _ in range(queries):
                number = generator.choice(long_enough)
                start = generator.randrange(len(tunes[number]) - NOTES + 1)
                semitones = generator.randrange(-6, 7)
                melody = change([pitch + semitones for pitch in tunes[number][start : start + NOTES]], generator)
                began = time.perf_counter()
                with book.file.reading() as connection:
                    matches = find_melody(connection, [melody])
                seconds.append(time.perf_counter() - began)
                found += number in [match.tune for match in matches[:5]]
            processor = (time.process_time() - processor) / queries
            slowest = statistics.quantiles(seconds, n=20)[-1]
            print(
                f"  {NOTES} notes, {name}: right tune in the first five {found / queries:.1%}, "
                f"{statistics.median(seconds) * 1000:.0f} ms (p95 {slowest * 1000:.0f} ms), "
                f"{processor * 1000:.0f} ms of processor time"
            )


def wrong(melody: list[int], generator: random.Random) -> list[int]:
    """One note is another."""
    melody[generator.randrange(len(melody))] += generator.choice([-3, -2, -1, 1, 2, 3])
    return melody


def missing(melody: list[int], generator: random.Random) -> list[int]:
    """One note is left out."""
    del melody[generator.randrange(1, len(melody) - 1)]
    return melody


CHANGES: dict[str, Callable[[list[int], random.Random], list[int]]] = {
    "all right": lambda melody, _: melody,
    "one wrong": wrong,
    "one left out": missing,
}


def in_other_keys(text: str) -> list[str]:
    """The tune in some keys that it can be moved to."""
    return [transpose(text, interval) for interval in transpositions(text)[1:4]]


def open_large(folder: Path, texts: Sequence[str]) -> None:
    """Print how long a large book takes to open, and to be looked at."""
    filled(folder, texts).close()
    print(f"  {next(folder.glob('*.sqlite')).stat().st_size / 1e6:.0f} MB")
    times: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        times.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    for _ in range(5):
        began = time.perf_counter()
        book = Tunebook(Settings(folder=folder))
        with closing(book), book.file.reading() as connection:
            list_tunes(connection, TuneFilter(), 0, PAGE)
            times.setdefault("opened, and the first page listed", []).append((time.perf_counter() - began) * 1000)
            timed("summary", lambda: summary(connection))
            for sort in ("title", "newest", "rhythm", "key"):
                timed(f"last page by {sort}", lambda: list_tunes(connection, TuneFilter(sort=sort), 9900, PAGE))  # noqa: B023
            timed("found by a word", lambda: list_tunes(connection, TuneFilter(words="reel", sort="best"), 0, PAGE))
            timed(
                "found by 12 notes", lambda: find_melody(connection, [[62, 66, 69, 74, 69, 66, 67, 71, 74, 71, 67, 69]])
            )
    for name, taken in times.items():
        print(f"  {name}: {statistics.median(taken):.0f} ms")


if __name__ == "__main__":
    main()
