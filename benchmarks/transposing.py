"""How many tunes can be moved to other keys, do they all come back, and how fast is it?

    python benchmarks/transposing.py [FILE_OR_FOLDER ...]

Without arguments it takes O'Neill's and Ryan's. A tune counts as one that can be moved if it can be by every number of
semitones from 1 to 11. Each is moved by all its `transpositions`, and back by the opposite interval and, where its keys
allow that, by semitones. Speeds are of processor time, so that other work on the machine does not count.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence

from tunewright import Tune, find_corpus, read_tunes, transpose, transpositions
from tunewright.errors import TranspositionError


def main() -> None:
    for source in sys.argv[1:] or [str(find_corpus(name)) for name in ("oneills", "ryans")]:
        tunes = read_tunes(source).tunes
        reasons = Counter(filter(None, map(refusal, tunes)))
        print(f"{source}: {len(tunes):,} tunes, {len(tunes) - reasons.total():,} can be moved")
        for reason, count in reasons.most_common():
            print(f"  {count} not: {reason}")
        come_back(tunes)


def refusal(tune: Tune) -> str | None:
    """Why the tune cannot be moved by some number of semitones; None if it can by all."""
    for semitones in range(1, 12):
        try:
            transpose(tune.text, semitones)
        except TranspositionError as error:
            return error.message
    return None


def come_back(tunes: Sequence[Tune]) -> None:
    start = time.process_time()
    intervals = [transpositions(tune.text) for tune in tunes]
    listed = time.process_time()
    moved = [[transpose(tune.text, interval) for interval in each] for tune, each in zip(tunes, intervals, strict=True)]
    end = time.process_time()
    count = back = by_semitones = 0
    for tune, each, texts in zip(tunes, intervals, moved, strict=True):
        for interval, text in zip(each, texts, strict=True):
            count += 1
            back += transpose(text, -interval) == tune.text
            by_semitones += transpose(text, -interval.semitones) == tune.text
    print(
        f"  {count:,} transpositions, {count / len(tunes):.1f} of a tune; {back / count:.2%} come back by the interval"
    )
    print(f"  and {by_semitones / count:.2%} by semitones; listed for {len(tunes) / (listed - start):,.0f} tunes/s")
    print(f"  and moved at {count / (end - listed):,.0f} tunes/s on one core")


if __name__ == "__main__":
    main()
