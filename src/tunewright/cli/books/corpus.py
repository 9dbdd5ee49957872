"""The commands `tunewright corpus`, which shows what is in a corpus, and `tunewright corpus build`.

A built corpus may be larger than memory: what is shown of it comes from its index.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from tunewright.cli.examples import epilogue
from tunewright.cli.flags import NamedPath, Whole
from tunewright.cli.progress import progress_bar
from tunewright.cores import cores
from tunewright.errors import OptionError
from tunewright.options import require_whole

app = App(name="corpus", help_epilogue=epilogue("corpus"))


@app.default
def corpus(
    *paths: str,
    json: bool = False,
    left_out: bool = False,
    text_field: str | None = None,
    keep_duplicates: bool = False,
) -> None:
    """Show what is in a corpus: tunes, characters, headers, lengths, and what was left out and why.

    Parameters
    ----------
    paths
        Files, folders or archives with tunes, or the names of corpora on this machine (oneills, ryans). Or one corpus
        that was built: its checksums are verified too.
    json
        Print JSON instead of tables.
    left_out
        List instead everything that was left out, a line for each: file, line and reason.
    text_field
        The column of a CSV file, or the field of a JSON object, that holds the tune.
    keep_duplicates
        Count tunes whose text was read before as well.
    """
    from tunewright.cli.books.corpus_display import show_built, show_left_out, show_statistics
    from tunewright.corpus.large.built_corpus import FAILURES, is_built, read_corpus
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.statistics import describe

    if len(paths) == 1 and is_built(paths[0]):
        if left_out:
            raise OptionError(f"what was left out of a built corpus is listed in {Path(paths[0], FAILURES)}")
        built = read_corpus(Path(paths[0]))
        built.verify()
        show_built(built, json=json)
        return
    reading = read_tunes(*paths, text_field=text_field, keep_duplicates=keep_duplicates)
    if left_out:
        show_left_out(reading, json=json)
    else:
        show_statistics(describe(reading), json=json)


MOST_PROCESSES = 4096


@app.command(help_epilogue=epilogue("corpus build"))
def build(
    *paths: str,
    out: NamedPath,
    validation: Annotated[list[str], Parameter(consume_multiple=True)] | None = None,
    text_field: str | None = None,
    keep_duplicates: bool = False,
    force: bool = False,
    processes: Whole = 0,
) -> None:
    """Build a corpus of any size that training and evaluation read with little memory.

    If it is interrupted, by Ctrl-C too, the same command goes on where it stopped.

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
    from tunewright.cli.books.corpus_display import show_build
    from tunewright.corpus.large.built_corpus import read_corpus
    from tunewright.corpus.large.shard_builder import build_corpus
    from tunewright.corpus.library import resolve

    require_whole("processes", processes, 0, MOST_PROCESSES)
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
    show_build(read_corpus(out), out)
