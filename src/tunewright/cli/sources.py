"""Tunes from the files, folders and corpora that a user names, and the lines that say what was left out."""

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tunewright.cli.console import warn
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Failure, Reading, Tune
from tunewright.corpus.vocabulary import UnknownCharacter
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.prime import name_characters

SHOWN = 5
"""The number of files without a tune that are named one by one."""

PIECES, DUPLICATES = ("piece that is not a tune", "pieces that are not tunes"), ("exact duplicate", "exact duplicates")


def read_sources(
    *sources: str, keep_duplicates: bool = False, quiet: bool = False, plain_text: bool = False
) -> Sequence[Tune]:
    """Read files, folders and named corpora; print what was left out on the error stream, unless `quiet`.

    With `plain_text` they are taken for text of any kind.

    Raises
    ------
    CorpusError
        If a source does not exist or holds no tune.
    """
    reading = read_tunes(*sources, keep_duplicates=keep_duplicates, plain_text=plain_text)
    if not quiet:
        for line in left_out_lines(reading, listed_by(sources, keep_duplicates=keep_duplicates)):
            warn(line)
    return reading.tunes


def listed_by(sources: Sequence[str], *, keep_duplicates: bool = False) -> str:
    """The shell command that lists everything that is left out of `sources`."""
    flags = ["--left-out", *(["--keep-duplicates"] if keep_duplicates else [])]
    return shlex.join(["tunewright", "corpus", *sources, *flags])


def left_out_lines(reading: Reading, command: str) -> Iterator[str]:
    """Yield a line for each file that gave no tune, up to `SHOWN`, and one about all else that was left out.

    Parameters
    ----------
    command
        The command that lists everything.
    """
    gave_tunes = {tune.path for tune in (*reading.tunes, *reading.duplicates)}
    without: dict[Path, list[Failure]] = defaultdict(list)
    for failure in reading.failures:
        if failure.path not in gave_tunes:
            without[failure.path].append(failure)
    for failures in list(without.values())[:SHOWN]:
        yield f"left out: {failures[0]}" + (f" (and {len(failures) - 1} more)" if failures[1:] else "")
    more = counted(
        (len(without) - SHOWN, "more file without a tune", "more files without a tune"),
        (sum(failure.path in gave_tunes for failure in reading.failures), *PIECES),
        (len(reading.duplicates), *DUPLICATES),
    )
    if more:
        yield f"left out: {more} (listed by: {command})"


def counted(*things: tuple[int, str, str]) -> str:
    """Counts in words, without those that are 0; each is given as a number, its singular and its plural."""
    return ", ".join(f"{count:,} {one if count == 1 else several}" for count, one, several in things if count > 0)


def learned_from(model: Checkpoint, corpus: Sequence[str] | None = None) -> Sequence[Tune]:
    """The tunes of `corpus`; without it, those of the sources that `model` was trained on, with nothing printed.

    For an adapted network these are the tunes of all its trainings.

    Raises
    ------
    CorpusError
        If they no longer exist.
    OptionError
        If the model does not record what it was trained on.
    """
    if corpus:
        return read_sources(*corpus)
    sources: list[str] = []
    record: Mapping[str, Any] = model.training
    while record:
        sources += record.get("data", {}).get("training_sources", ())
        record = record.get("adapted_from", {}).get("training", {})
    if not sources:
        raise OptionError("the network does not say what it learned from")
    return read_sources(*sources, quiet=True)


def recorded(sources: Sequence[str]) -> list[str]:
    """Sources as a run records them: paths absolute, so that it can be resumed from another folder."""
    return [str(Path(source).resolve()) if source and Path(source).exists() else source for source in sources]


def report_unknown(unknown: Sequence[UnknownCharacter]) -> None:
    """Print which characters of the validation tunes are unknown to the network."""
    if unknown:
        warn(
            f"{len(unknown)} characters of the tunes to measure on are unknown to the network and left out of their "
            f"losses: {name_characters(unknown)}",
        )
