"""How do commands turn the names that a user gives into tunes, and tell what was left out?"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tunewright.corpus.library import resolve
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import UnknownCharacter
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.prime import name_characters

SHOWN = 5
"""How many failures are told one by one."""


def read_sources(*sources: str, keep_duplicates: bool = False, quiet: bool = False) -> Sequence[Tune]:
    """Read files, folders and named corpora; what could not be read goes to the error stream, unless `quiet`.

    Raises
    ------
    CorpusError
        If a source does not exist or no tune came out.
    """
    reading = read_tunes(*map(resolve, sources), keep_duplicates=keep_duplicates)
    if quiet:
        return reading.tunes
    for failure in reading.failures[:SHOWN]:
        print(f"left out: {failure}", file=sys.stderr)
    if len(reading.failures) > SHOWN:
        print(f"left out: {len(reading.failures) - SHOWN} more (see tunewright corpus)", file=sys.stderr)
    if reading.duplicates:
        print(f"left out: {len(reading.duplicates)} exact duplicates", file=sys.stderr)
    return reading.tunes


def learned_from(model: Checkpoint, corpus: Sequence[str] | None = None) -> Sequence[Tune]:
    """The tunes that `corpus` names; without it, those of the sources that `model` was trained on, quietly.

    Of an adapted network these are all that it has learned from, one training after the other.

    Raises
    ------
    CorpusError
        If they are no longer there.
    OptionError
        If the model does not say what it was trained on.
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
    """Sources as a run remembers them, so that it can go on from another folder."""
    return [str(Path(source).resolve()) if Path(source).exists() else source for source in sources]


def report_unknown(unknown: Sequence[UnknownCharacter]) -> None:
    """Say which characters of the validation tunes the network cannot know."""
    if unknown:
        print(
            f"{len(unknown)} characters of the tunes to measure on are unknown to the network and left out of their "
            f"losses: {name_characters(unknown)}",
            file=sys.stderr,
        )
