"""Variants of a tune, some of its bars written anew: `tunewright compose --vary`."""

import re
from dataclasses import dataclass
from pathlib import Path

from tunewright.cli.composing.composed_files import made_by, write_tune
from tunewright.cli.console import say, say_tune, warn
from tunewright.cli.ending import MISTAKE
from tunewright.errors import GrammarError, OptionError, VocabularyError
from tunewright.files import claim_folder
from tunewright.model.checkpoint import Checkpoint
from tunewright.rendering.formats import parse_formats
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.prime import read_text
from tunewright.sampling.vary import Variation, vary


@dataclass(frozen=True)
class VariationRequest:
    """The tune to vary, and where to write the variants."""

    model: Checkpoint
    name: str
    """The model's name, for the record."""
    config: CompositionConfig
    tune: Path
    bars: str
    """``5-8``, or ``5`` for one bar."""
    count: int
    candidates: int
    out: Path | None
    formats: str
    force: bool


def write_variants(request: VariationRequest) -> int:
    """Print the best variants, or write them to files; returns the exit status."""
    first, last = bars_of(request.bars)
    try:
        text = read_text(request.tune)
        found = vary(request.model, text, first, last, request.config, candidates=request.candidates)
    except (GrammarError, OptionError, VocabularyError) as error:
        raise type(error)(error.message, path=request.tune, line=error.line, column=error.column) from error
    fit = f"{len(found)} of {request.candidates} candidates fit"
    warn(f"{fit}; log-probability of the tune from bar {first} on, in nats")
    if not found:
        warn(f"no variant of bars {request.bars} was found; try more --candidates or another --seed")
        return MISTAKE
    best = found[: request.count]
    if request.out is None:
        for place, variation in enumerate(best, start=1):
            say_tune(variation.text)
            warn(f"  {place}. of {len(found)}: {in_words(variation)}")
        return 0
    names = parse_formats(request.formats)
    claim_folder(request.out, force=request.force)
    written = 0
    for place, variation in enumerate(best, start=1):
        provenance = made_by(request.model, request.name, request.config, variation.seed)
        provenance |= {"varied": f"bars {request.bars} of {request.tune.name}", "likelihood": in_words(variation)}
        written += write_tune(variation.text, f"variant-{place}", names, provenance, request.out)
    say(f"{written} files in {request.out}")
    return 0 if written else MISTAKE


def in_words(variation: Variation) -> str:
    """Log-probability of a variant, and that of the tune as it was."""
    return f"{variation.likelihood:.1f} nats (as it was: {variation.before:.1f}), seed {variation.seed}"


def bars_of(value: str) -> tuple[int, int]:
    """The first and the last bar that ``5-8`` means.

    Raises
    ------
    OptionError
        If it is written in another way.
    """
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", value)
    if match is None:
        raise OptionError(f"bars is {value!r}; allowed with --vary: one bar such as 5, or a range such as 5-8")
    return int(match[1]), int(match[2] or match[1])
