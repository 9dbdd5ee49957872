"""The command `tunewright originality`: what tunes copy from a corpus, beside human tunes that are new to it."""

import json as json_format
from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from cyclopts import Parameter

from tunewright.analysis.originality.corpus_index import originality_index
from tunewright.analysis.originality.nearness import Scale
from tunewright.analysis.originality.verdict import Originality
from tunewright.cli.console import say
from tunewright.cli.progress import indexing, progress_bar
from tunewright.cli.sources import read_sources
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.notation.fields import header_fields


def originality(
    *tunes: str,
    corpus: Annotated[list[str], Parameter(consume_multiple=True)],
    held_out: Annotated[list[str], Parameter(consume_multiple=True)] | None = None,
    json: bool = False,
) -> None:
    """Show what tunes copy from a corpus, and how near they are to it, beside human tunes that are new to it.

    For each tune: the longest piece of its music that stands in the corpus, in characters and in bars; the nearest
    melodies in whatever key; the passage that they share; a verdict. The index of a corpus is kept for the next time.

    Parameters
    ----------
    tunes
        Files or folders of tunes.
    corpus
        What they may be copied from: files or folders of tunes, or the name of a corpus on this machine (oneills,
        ryans).
    held_out
        Human tunes that are new to the corpus, to set the figures beside; without them, a sample of the corpus itself.
    json
        Print JSON: a list with one object for each tune.
    """
    if not tunes:
        raise OptionError("no tunes were named; name files or folders of them")
    asked = read_sources(*tunes, keep_duplicates=True)
    known = read_sources(*corpus)
    human = read_sources(*held_out, keep_duplicates=True) if held_out else ()
    with progress_bar(indexing(len(known))) as tell:
        index = originality_index(known, progress=tell)
    with progress_bar() as tell:
        scale = index.scale_of([tune.text for tune in human], tell) if human else index.scale
    found = ((tune, index.query(tune.text, scale)) for tune in asked)
    if json:
        say(json_format.dumps([described(tune, figures) for tune, figures in found], indent=2))
    else:
        show(found, scale, index.tunes)


def described(tune: Tune, figures: Originality) -> dict[str, object]:
    """The figures of one tune, for JSON."""
    return {"tune": title_of(tune), "path": str(tune.path), "line": tune.line, **figures.to_mapping()}


def show(found: Iterator[tuple[Tune, Originality]], scale: Scale, tunes: int) -> None:
    """Print a block for each tune as it is measured, and a summary."""
    left_out = f" ({scale.settings} more are settings of corpus tunes and left out)" if scale.settings else ""
    say(f"corpus: {tunes:,} tunes; beside {scale.tunes} human tunes: {scale.description}{left_out}\n")
    verdicts: Counter[str] = Counter()
    for tune, figures in found:
        verdicts[figures.verdict] += 1
        say(f"{title_of(tune)} ({tune.path}:{tune.line})")
        say("".join(f"  {sentence}\n" for sentence in figures.sentences()), flush=True)
    say(", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))


def title_of(tune: Tune) -> str:
    """The title in the header of a tune."""
    return next((value for letter, value in header_fields(tune.text) if letter == "T" and value), "untitled")
