"""Options of composing by keyword, and the order that they make: network, choice of characters, acceptor, beginning.

The keywords of `compose`, `stream` and `compose_many` are the flags of ``tunewright compose``. An unknown one is an
error that offers the nearest right name; None stands for one that was not given.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypedDict, TypeVar, get_type_hints

from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.corpus.vocabulary import UnknownCharacter
from tunewright.errors import GrammarError, OptionError
from tunewright.model.checkpoint import Checkpoint, Model, checkpoint_of
from tunewright.model.clamping import Unit, clamp_units
from tunewright.options import from_mapping, require_names
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.sampling.prime import HEADER_FIELDS, fit_prime, header, read_text

Spell = Callable[[str], str]
"""From an option's name to how the user writes it: ``top_k``, or ``--top-k`` on the command line."""

ANY_FORM = "any"
"""The form that leaves it to the network."""
CONDITIONS = (*HEADER_FIELDS, "bars", "form")
"""Options that say what the tune must be."""


class ChoiceOptions(TypedDict, total=False):
    """How characters are chosen: the fields of `CompositionConfig`, and units to hold."""

    temperature: float
    argmax: bool
    top_k: int
    top_p: float
    max_length: int
    seed: int
    accept: float
    clamp: Mapping[int | Unit, float]


class ComposeOptions(ChoiceOptions, total=False):
    """Everything that composing can be told by keyword; the flags of ``tunewright compose``."""

    title: str
    rhythm: str
    meter: str
    unit_length: str
    key: str
    bars: int | str
    form: str
    prime: str
    start: Path | str
    drop_unknown: bool
    raw: bool
    grammar: Grammar | None
    device: str


@dataclass(frozen=True)
class Order:
    """What is to be composed, with everything looked up."""

    model: Checkpoint
    config: CompositionConfig = field(default_factory=CompositionConfig)
    grammar: Grammar | None = None
    """None composes raw."""
    prime: str = ""
    """How each tune begins."""
    device: str = "cpu"
    conditions: Mapping[str, str] = field(default_factory=dict)
    """As they were given, for the record."""
    left_out: tuple[UnknownCharacter, ...] = ()
    """Characters of the beginning that the network does not know."""

    @property
    def with_torch(self) -> bool:
        """Whether torch composes, step by step: on another device, or with a module of the user's."""
        return self.device != "cpu" or self.model.config.is_own


def order_of(
    model: Model, config: CompositionConfig | None, options: Mapping[str, Any], *, spell: Spell = str
) -> Order:
    """The order that `options` make.

    Parameters
    ----------
    model
        See `model.checkpoint.Model`.
    config
        Where the options start from.
    options
        See `ComposeOptions`.
    spell
        How error messages write the name of an option.

    Raises
    ------
    OptionError
        For an unknown option, a value out of range, or options that exclude each other.
    GrammarError
        If no such tune can be written.
    VocabularyError
        If the network does not know a character of the beginning.
    CheckpointError
        If there is no such model.
    """
    given = given_options(ComposeOptions, options)
    model = checkpoint_of(model)
    raw, grammar = bool(given.get("raw")) or model.reads_plain_text, given.get("grammar")
    if model.reads_plain_text:
        require_no_music({*_asked(given), *({"grammar"} & given.keys())}, spell)
    if raw and grammar:
        raise OptionError("raw and grammar exclude each other; give one of them")
    checkpoint, config = choice_of(model, config, given, raw=raw, spell=spell)
    asked = _asked(given)
    if grammar and asked:
        raise OptionError(f"{spell(next(iter(asked)))} is part of a grammar; give it to that, or leave the grammar out")
    for name in ("bars", "form"):
        if raw and name in asked:
            raise OptionError(f"{spell(name)} needs an acceptor that counts bars; leave out {spell('raw')}")
    prime, left_out = _beginning(checkpoint, given, spell)
    device = given.get("device", "cpu")
    if raw:
        if asked and prime:
            names = f"{spell('prime')}, {spell('start')}, or header fields such as {spell('key')}"
            raise OptionError(f"give one beginning only: {names}")
        return Order(checkpoint, config, None, header(**asked) if asked else prime, device, {}, left_out)
    grammar = grammar or _grammar(checkpoint, asked, prime, given.get("start"), spell)
    return Order(checkpoint, config, grammar, prime, device, asked, left_out)


def require_no_music(options: Collection[str], spell: Spell = str) -> None:
    """Raise OptionError if any option about music is given, for a network that learned plain text."""
    for name in sorted(options):
        raise OptionError(f"{spell(name)} is about music, and the network learned plain text; leave it out")


def choice_of(
    model: Model,
    config: CompositionConfig | None,
    given: Mapping[str, Any],
    *,
    raw: bool = False,
    spell: Spell = str,
) -> tuple[Checkpoint, CompositionConfig]:
    """The network with its units held, and how characters are chosen, `config` overlaid by what is `given`.

    Every tune is accepted where nothing can be chosen: raw, with units held, or without a discriminator.

    Raises
    ------
    OptionError
        For a value out of range, or if choosing was asked for where nothing can be chosen.
    """
    checkpoint = checkpoint_of(model)
    chosen = {each.name: given[each.name] for each in fields(CompositionConfig) if each.name in given}
    from_mapping(CompositionConfig, chosen)  # for types and ranges
    config = replace(config or CompositionConfig(), **chosen)
    clamp = given.get("clamp")
    if clamp:
        checkpoint = clamp_units(checkpoint, {_unit(unit): value for unit, value in clamp.items()})
    if not (raw or clamp) and Discriminator.of(checkpoint):
        return checkpoint, config
    if chosen.get("accept", 1) < 1:
        accept = spell("accept")
        if raw or clamp:
            raise OptionError(f"{accept} chooses among tunes that play: leave out {spell('raw')} and {spell('clamp')}")
        raise OptionError(f"{accept} needs a network with a discriminator; tunewright train --resume adds one")
    return checkpoint, replace(config, accept=1.0)


def given_options(kind: type[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are not None.

    Raises
    ------
    OptionError
        For a name that `kind`, a class with the options as its annotations, does not have.
    """
    require_names(options, get_type_hints(kind))
    return {name: value for name, value in options.items() if value is not None}


Function = TypeVar("Function", bound=Callable[..., Any])


def shows_options(kind: type[Any]) -> Callable[[Function], Function]:
    """Let `help` and notebooks show the options of `kind` in the signature of a function with ``**options``."""

    def with_signature(function: Function) -> Function:
        signature = inspect.signature(function)
        named = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        taken = {each.name for each in named}
        named += [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in get_type_hints(kind).items()
            if name not in taken
        ]
        function.__signature__ = signature.replace(parameters=named)  # type: ignore[attr-defined]
        return function

    return with_signature


def _asked(given: Mapping[str, Any]) -> dict[str, str]:
    """The conditions that were given, as text."""
    for name in CONDITIONS:
        value = given.get(name, "")
        if not isinstance(value, str) and not (name == "bars" and type(value) is int):
            raise OptionError(f"{name} is {value!r}; a text was expected")
    return {name: str(given[name]) for name in CONDITIONS if name in given}


def _unit(unit: int | Unit) -> Unit:
    return (0, unit) if isinstance(unit, int) else unit


def _beginning(model: Checkpoint, given: Mapping[str, Any], spell: Spell) -> tuple[str, tuple[UnknownCharacter, ...]]:
    """The beginning that was given, fit for the network, and what had to be left out of it."""
    if "prime" in given and "start" in given:
        raise OptionError(f"give one beginning only: {spell('prime')} or {spell('start')}")
    start = Path(given["start"]) if "start" in given else None
    text = read_text(start) if start else given.get("prime", "")
    fitted, unknown = fit_prime(text, model.vocabulary, drop_unknown=bool(given.get("drop_unknown")), path=start)
    return fitted, tuple(unknown)


def _grammar(
    model: Checkpoint, asked: Mapping[str, str], prime: str, start: Path | str | None, spell: Spell
) -> Grammar:
    """The acceptor for these conditions."""
    bars = asked.get("bars")
    if bars is not None and not re.fullmatch(r"[0-9]{1,4}", bars):
        raise OptionError(f"bars is {bars!r}; allowed: a number such as 16 (5-8 goes with {spell('vary')})")
    texts: dict[str, Any] = {name: value for name, value in asked.items() if (name, value) != ("form", ANY_FORM)}
    texts["bars"] = int(bars) if bars is not None else None
    try:
        conditions = Conditions(any_form=asked.get("form") == ANY_FORM, **texts)
        return playable(model, conditions, beginning=prime)
    except GrammarError as error:
        message = f"{error.message} ({spell('raw')} composes whatever the network writes)"
        raise GrammarError(message, path=start, line=error.line, column=error.column) from error
