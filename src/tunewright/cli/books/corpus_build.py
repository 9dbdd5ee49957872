"""The command `tunewright corpus build`, and what is shown of a built corpus."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from tunewright.corpus.large.built_corpus import BuiltCorpus


def build(
    *paths: str,
    out: Path,
    validation: Annotated[list[str], Parameter(consume_multiple=True)] | None = None,
    text_field: str | None = None,
    keep_duplicates: bool = False,
    force: bool = False,
    processes: int = 0,
) -> None:
    """Build a corpus of any size that training and evaluation read with little memory.

    What stops it, Ctrl-C too, loses little: the same command goes on where it was.

    Parameters
    ----------
    paths
        Files, folders or archives with tunes, or the names of corpora on this machine (oneills, ryans).
    out
        The folder to write.
    validation
        Files of tunes to measure on; without them, a tenth of the tunes is kept back, near-duplicates together.
    text_field
        The column of a CSV file, or the field of a JSON object, that holds the tune.
    keep_duplicates
        Keep tunes whose text was read before as well.
    force
        Replace what --out holds.
    processes
        How many read at the same time; 0 takes one for each processor core.
    """
    from tunewright.cli.progress import progress_bar
    from tunewright.cli.sources import DUPLICATES, PIECES, counted
    from tunewright.cores import cores
    from tunewright.corpus.large.built_corpus import read_corpus
    from tunewright.corpus.large.shard_builder import build_corpus
    from tunewright.corpus.library import resolve
    from tunewright.options import require

    require("processes", processes, "0 or more", processes >= 0)
    steps = build_corpus(
        *map(resolve, paths),
        out=out,
        validation=[resolve(path) for path in validation or ()],
        text_field=text_field,
        keep_duplicates=keep_duplicates,
        force=force,
        processes=processes or cores(),
    )
    with progress_bar() as show:
        began = time.monotonic()
        for step in steps:
            rate = step.source_bytes / 1e6 / max(time.monotonic() - began, 1e-9)
            show(f"{step.doing}, {rate:.1f} MB/s" if step.source_bytes else step.doing, step.share)
    corpus = read_corpus(out)
    print_sides(corpus)
    if told := counted((sum(corpus.failures.values()), *PIECES), (corpus.duplicates, *DUPLICATES)):
        print(f"left out: {told} (reasons by: {shlex.join(['tunewright', 'corpus', str(out)])})")
    print(f"in {corpus.folder}")


def show_built(folder: Path, *, json: bool) -> None:
    """Print what is in a built corpus, once its checksums are known to be right."""
    from tunewright.corpus.large.built_corpus import read_corpus

    corpus = read_corpus(folder)
    corpus.verify()
    if json:
        import json as json_format

        print(json_format.dumps(corpus.as_json(), indent=2))
    else:
        print_built(corpus)


def print_built(corpus: BuiltCorpus) -> None:
    """Print what is in a built corpus, a line for each part and for each reason why something was left out."""
    from tunewright.cli.sources import DUPLICATES, counted

    print_sides(corpus)
    if corpus.duplicates:
        print(f"left out: {counted((corpus.duplicates, *DUPLICATES))}")
    for reason, count in corpus.failures.items():
        print(f"left out {count:,} times: {reason}")
    print(f"in {corpus.folder}")


def print_sides(corpus: BuiltCorpus) -> None:
    """Print how much there is to learn from and to measure on, in how many symbols."""
    for name, side in (("to learn from", corpus.training), ("to measure on", corpus.validation)):
        print(f"{name}: {len(side):,} tunes, {side.source_characters:,} characters")
    print(f"{len(corpus.vocabulary)} symbols")
