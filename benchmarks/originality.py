"""Times of indexing a corpus, and of asking what a tune copies from it.

    python benchmarks/originality.py                   O'Neill's and Ryan's, against naive references
    python benchmarks/originality.py --tunes 200000    as many made from them: transposed, a tenth of the notes changed

References in the same run: for the index, reading the melodies of all tunes and nothing else; for the copied span,
difflib against each of some tunes; for the nearest melody, the same alignment with every tune instead of the candidates
(which also says how often the candidates hold the nearest one).
"""

import argparse
import difflib
import random
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tunewright.analysis.originality import corpus_search
from tunewright.analysis.originality.copied_spans import music_of
from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.notation.melody import read_melody

LETTERS = "CDEFGABcdefgab"
CHANGED = 0.1
QUERIES = 40
DIFFLIB_TUNES, DIFFLIB_QUERIES = 200, 3
FULL_QUERIES = 12


def varied(tune: Tune, number: int) -> Tune:
    """The tune some steps higher or lower, a tenth of its notes replaced, under a line of its own."""
    generator = random.Random(number)
    steps = generator.randrange(-4, 5)
    start = len(tune.text) - len(tune.text.partition("\nK:")[2].partition("\n")[2])
    body = "".join(
        generator.choice(LETTERS)
        if letter in LETTERS and generator.random() < CHANGED
        else LETTERS[min(max(LETTERS.index(letter) + steps, 0), 13)]
        if letter in LETTERS
        else letter
        for letter in tune.text[start:]
    )
    return Tune(tune.text[:start] + body, tune.path, number + 1, tune.source_characters)


def built(tunes: Sequence[Tune]) -> OriginalityIndex:
    """The index of `tunes`; tells how long each part of building took."""
    seconds: dict[str, float] = {}
    under_way, last = "", time.perf_counter()

    def tell(doing: str, _share: float) -> None:
        nonlocal under_way, last
        now = time.perf_counter()
        seconds[under_way] = seconds.get(under_way, 0.0) + now - last
        under_way, last = doing, now

    began, computed = time.perf_counter(), time.process_time()
    index = OriginalityIndex.build(tunes, tell)
    whole, computed = time.perf_counter() - began, time.process_time() - computed
    parts = ", ".join(f"{doing} {spent:.1f} s" for doing, spent in seconds.items() if doing)
    print(f"built in           {whole:>10.1f} s    {len(tunes) / whole:,.0f} tunes/s    ({parts})")
    began_reading = time.process_time()
    for tune in tunes:
        read_melody(tune.text)
    reading = time.process_time() - began_reading
    print(f"processor time     {computed:>10.1f} s    {computed / reading:.1f} times reading their melodies alone")
    return index


def query_seconds(index: OriginalityIndex, texts: Sequence[str]) -> float:
    """Mean time of a query; tells it, and the longest."""
    times = []
    for text in texts:
        began = time.perf_counter()
        index.query(text)
        times.append(time.perf_counter() - began)
    print(f"query              {np.mean(times) * 1e3:>10.0f} ms   longest of {len(times)}: {max(times) * 1e3:.0f} ms")
    return float(np.mean(times))


def measure(tunes: Sequence[Tune], texts: Sequence[str]) -> None:
    """Build, keep, open and ask; tells times, sizes and memory."""
    index = built(tunes)
    with TemporaryDirectory() as name:
        began = time.perf_counter()
        index.save(Path(name, "index"))
        saved = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(name, "index").iterdir())
        print(f"resident memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>10,.0f} MiB at most")
        del index
        began = time.perf_counter()
        index = OriginalityIndex.open(Path(name, "index"))
        opened = time.perf_counter() - began
        print(f"on disk            {size / 2**20:>10.1f} MiB  saved in {saved:.1f} s, opened in {opened * 1e3:.0f} ms")
        query_seconds(index, texts)


def against_references(tunes: Sequence[Tune], texts: Sequence[str]) -> None:
    """Tell how long the naive ways take, and whether they find the same."""
    few = tunes[:DIFFLIB_TUNES]
    index = OriginalityIndex.build(few)
    ours = query_seconds(index, texts[:DIFFLIB_QUERIES])
    music = [music_of(tune.text).characters for tune in few]
    began = time.perf_counter()
    longest = [
        max(longest_match(music_of(text).characters, other) for other in music) for text in texts[:DIFFLIB_QUERIES]
    ]
    theirs = (time.perf_counter() - began) / DIFFLIB_QUERIES
    spans = [index.query(text).span for text in texts[:DIFFLIB_QUERIES]]
    assert longest == [span.characters if span else 0 for span in spans]
    print(f"difflib, {len(few)} tunes {theirs * 1e3:>9.0f} ms   {theirs / ours:.0f} times ours; the same spans")


def longest_match(first: str, second: str) -> int:
    return difflib.SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size


def against_all_melodies(index: OriginalityIndex, strangers: Sequence[Tune]) -> None:
    """Tell how long comparing with every melody takes, and how often the candidates hold the nearest one."""
    texts = [tune.text for tune in strangers]
    candidates = corpus_search.CANDIDATES
    few = [index.query(text) for text in texts]
    ours = query_seconds(index, texts)
    corpus_search.CANDIDATES = 4 * index.tunes
    began = time.perf_counter()
    every = [index.query(text) for text in texts]
    theirs = (time.perf_counter() - began) / len(texts)
    corpus_search.CANDIDATES = candidates
    print(f"all melodies       {theirs * 1e3:>10,.0f} ms   {theirs / ours:.0f} times ours")
    for name in ("similarity", "passage"):
        gaps = [theirs.figures()[name] - ours.figures()[name] for ours, theirs in zip(few, every, strict=True)]
        found = np.mean(np.array(gaps) <= 0)
        print(f"  {name:<16} the greatest is found {found:.0%} of the time; {np.mean(gaps):.3f} is lost on average")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tunes", type=int, help="make so many")
    options = parser.parse_args()
    real = read_tunes(find_corpus("oneills"), find_corpus("ryans")).tunes
    texts = [varied(tune, number).text for number, tune in enumerate(random.Random(1).sample(real, QUERIES))]
    if options.tunes:
        generator = random.Random(2)
        tunes = [varied(generator.choice(real), number) for number in range(options.tunes)]
        print(f"{len(tunes):,} tunes, {sum(len(tune.text) for tune in tunes):,} characters")
        measure(tunes, texts)
        return
    print(f"{len(real):,} tunes, {sum(len(tune.text) for tune in real):,} characters")
    measure(real, texts)
    against_references(real, texts)
    strangers = read_tunes(find_corpus("ryans")).tunes[:: 1000 // FULL_QUERIES]
    against_all_melodies(OriginalityIndex.build(read_tunes(find_corpus("oneills")).tunes), strangers)


if __name__ == "__main__":
    main()
