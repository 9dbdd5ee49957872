"""What `tunewright compose` is asked for: the network, units held at a value, the beginning, the conditions.

`CompositionRequest` holds all of it, checked. The command reads its flags into one; what prints the tunes and what
writes them to files take it from there.
"""

import re
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError, InputError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import Unit, clamp_units
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.compose import compose_many
from tunewright.sampling.composition import Composition
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.sampling.prime import fit_prime, name_characters

ANY_FORM = "any"
"""The form that leaves sections and bars to the network."""

_CLAMP = re.compile(
    r"(?:(?P<layer>\d{1,4}):)?(?P<unit>\d{1,6})=(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.ASCII
)


@dataclass(frozen=True)
class Beginning:
    """The characters with which each tune begins."""

    text: str = ""
    path: Path | None = None
    """The file that they are from."""


@dataclass(frozen=True)
class CompositionRequest:
    """Everything that decides which tunes are composed."""

    model: Checkpoint
    name: str
    """The model's name, for the record."""
    config: CompositionConfig
    grammar: Grammar | None
    """None composes raw."""
    conditions: Mapping[str, str]
    """As they were given, for the record."""
    beginning: Beginning
    count: int
    keep: int | None
    """How many of `count` tunes to keep; None keeps all."""
    device: str

    def compositions(self) -> Generator[Composition, None, None]:
        """Compose `count` tunes, each yielded as it is finished."""
        return compose_many(
            self.model,
            self.count,
            self.config,
            prime=self.beginning.text,
            grammar=self.grammar,
            raw=self.grammar is None,
            device=self.device,
        )


def with_clamps(model: Checkpoint, clamps: Sequence[str] | None) -> Checkpoint:
    """The network with units held at a value, each given as ``42=1``, or as ``1:42=0.5`` for layer 1.

    Raises
    ------
    OptionError
        If one is written in another way, a unit is named twice, or `clamp_units` refuses it.
    """
    values: dict[Unit, float] = {}
    for clamp in clamps or ():
        match = _CLAMP.fullmatch(clamp)
        if match is None:
            raise OptionError(
                f"--clamp is {clamp!r}; allowed: a unit and a value from -1 to 1, such as 42=1, or 1:42=0.5 for layer 1"
            )
        unit = int(match["layer"] or 0), int(match["unit"])
        if unit in values:
            raise OptionError(f"--clamp names unit {clamp.partition('=')[0]} twice")
        values[unit] = float(match["value"])
    return clamp_units(model, values)


def read_beginning(vocabulary: Vocabulary, prime: str | None, start: Path | None, *, drop_unknown: bool) -> Beginning:
    """The beginning that was asked for, in characters of the network; says on the error stream what it leaves out.

    Raises
    ------
    InputError
        If two were given, the file cannot be read, or the network does not know its characters.
    """
    if prime is not None and start is not None:
        raise OptionError("give one beginning only: --prime or --start")
    if prime is None and start is None:
        return Beginning()
    text = prime.replace("\\n", "\n") if prime is not None else read_text(start) if start else ""
    fitted, unknown = fit_prime(text, vocabulary, drop_unknown=drop_unknown, path=start)
    if unknown:
        print(f"left out of the beginning: {name_characters(unknown)}", file=sys.stderr)
    return Beginning(fitted, start)


def read_text(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 or holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text: {error.reason} at byte {error.start}", path=path) from error
    if not text.strip():
        raise InputError("is empty; a tune or its beginning was expected", path=path)
    return text


def rejection_config(
    model: Checkpoint, config: CompositionConfig, *, asked: float | None, off: bool
) -> CompositionConfig:
    """`config` with rejection sampling switched off (``accept=1``) where the model has no discriminator for it.

    Parameters
    ----------
    model
        The network, with or without a discriminator.
    config
        How to compose.
    asked
        The value of --accept; None if it was not given.
    off
        Whether every tune is taken: raw, or with units held at a value.

    Raises
    ------
    OptionError
        If rejection was `asked` for where it is off or the network has no discriminator.
    """
    if not off and Discriminator.of(model):
        return config
    if asked is not None and asked < 1:
        if off:
            raise OptionError("--accept chooses among playable tunes: leave out --raw and --clamp")
        raise OptionError("--accept needs a network with a discriminator; tunewright train --resume adds one")
    return replace(config, accept=1.0)


def grammar_for(model: Checkpoint, asked: Mapping[str, str], beginning: Beginning) -> Grammar:
    """The acceptor for these conditions.

    Raises
    ------
    GrammarError
        If no such tune can be written.
    """
    bars = asked.get("bars")
    if bars is not None and not re.fullmatch(r"[0-9]{1,4}", bars):
        raise OptionError(f"bars is {bars!r}; allowed: a number such as 16 (5-8 goes with --vary)")
    texts: dict[str, Any] = {name: value for name, value in asked.items() if (name, value) != ("form", ANY_FORM)}
    texts["bars"] = int(bars) if bars is not None else None
    try:
        conditions = Conditions(any_form=asked.get("form") == ANY_FORM, **texts)
        return playable(model, conditions, beginning=beginning.text)
    except GrammarError as error:
        message = f"{error.message} (--raw composes whatever the network writes)"
        raise GrammarError(message, path=beginning.path, line=error.line, column=error.column) from error
