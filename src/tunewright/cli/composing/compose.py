"""The command `tunewright compose`."""

import re
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tunewright.cli.composing.beginning import Beginning, read_beginning
from tunewright.cli.composing.clamps import clamped
from tunewright.cli.flags import flags_of, given, override
from tunewright.errors import GrammarError, OptionError
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.prime import header

if TYPE_CHECKING:
    from tunewright.acceptor.grammar import Grammar
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.sampling.composition import Composition

FORMATS = "abc,midi,svg,wav,html"
ANY_FORM = "any"
"""The form that leaves it to the network."""
FEW = 20
"""Up to so many tunes, what can be said of each is said without being asked."""
CompositionFlags = flags_of(CompositionConfig, title="Composing")
Conditional = Annotated[str | None, Parameter(group="Conditions")]


@dataclass(frozen=True)
class Wanted:
    """What `compose` is to make."""

    model: Checkpoint
    name: str
    """The model's name, for the record."""
    config: CompositionConfig
    grammar: "Grammar | None"
    """None composes raw."""
    conditions: dict[str, str]
    """As they were given, for the record."""
    beginning: Beginning
    count: int
    keep: int | None
    device: str

    def compositions(self) -> Generator["Composition", None, None]:
        """Compose them, each as it is finished."""
        from tunewright.sampling.compose import compose_many

        return compose_many(
            self.model,
            self.count,
            self.config,
            prime=self.beginning.text,
            grammar=self.grammar,
            raw=self.grammar is None,
            device=self.device,
        )


def compose(
    model: Path,
    *,
    count: int = 1,
    keep: int | None = None,
    out: Path | None = None,
    format: str | None = None,  # noqa: A002
    force: bool = False,
    playable: bool = False,
    raw: bool = False,
    prime: str | None = None,
    start: Annotated[Path | None, Parameter(name=("--start", "--prime-file"))] = None,
    drop_unknown: bool = False,
    vary: Path | None = None,
    candidates: int = 32,
    clamp: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    corpus: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    no_originality: bool = False,
    device: str = "cpu",
    title: Conditional = None,
    rhythm: Conditional = None,
    meter: Conditional = None,
    unit_length: Conditional = None,
    key: Conditional = None,
    bars: Conditional = None,
    form: Conditional = None,
    composition: CompositionFlags | None = None,  # type: ignore[valid-type]
) -> int:
    """Compose new tunes.

    Without --out the tunes are printed, a single one character by character as it is written. What can be said of
    them, such as how near they are to the tunes that the network learned from, goes to the error stream.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    count
        How many tunes; number n, from 0, has seed + n. With --vary, how many variants.
    keep
        Compose --count tunes and keep so many, the best by likelihood, form, originality and variety.
    out
        A folder to write the tunes to.
    format
        What to write there, separated by commas: abc, midi, svg, png, pdf, wav, opus, html. Without it abc, midi, svg,
        wav and html.
    force
        Write into a folder that holds something already.
    playable
        Let only characters come next with which the tune can still be played and end well. This is the default.
    raw
        Let any character come next, as the network alone would have it.
    prime
        How each tune begins.
    start
        A file that says how each tune begins.
    drop_unknown
        Leave out characters of the beginning that the network has never seen.
    vary
        A file with a tune, of which --bars A-B are written anew so that they fit the rest.
    candidates
        With --vary, how many versions of the bars to choose from.
    clamp
        Hold units at a value from -1 to 1 while composing, so that one hears what they do: 42=1, or 1:42=0.5 for unit
        42 of layer 1. Units and layers count from 0.
    corpus
        What the tunes may be copied from: files or folders of tunes, or the name of a corpus on this machine. Without
        it, what the network learned from.
    no_originality
        Do not look for what the tunes have copied. Above 20 tunes this is not done but for --keep and --corpus.
    device
        Where to compose: cpu or cuda.
    title
        Title of each tune.
    rhythm
        Kind of tune, such as reel.
    meter
        Metre, such as 6/8.
    unit_length
        Unit note length, such as 1/8.
    key
        Key, such as Edor.
    bars
        How many bars, such as 16, a repeated section counted once and a pick-up not; with --vary which, such as 5-8.
    form
        Sections, such as AABB: a doubled letter is a section that is repeated. Without it, sections, bars and pick-up
        are drawn from those of the tunes that the network learned from; any leaves them to the network.
    """
    config = override(CompositionConfig(), (given(composition), None))
    check(count=count, keep=keep, raw=raw, playable=playable, vary=vary, bars=bars, form=form)
    if format is not None and out is None:
        raise OptionError("--format says what to write; give --out, the folder to write to, with it")
    conditions = {
        "title": title,
        "rhythm": rhythm,
        "meter": meter,
        "unit_length": unit_length,
        "key": key,
        "form": form,
    }
    asked = {name: value for name, value in conditions.items() if value is not None}
    checkpoint = clamped(read_checkpoint(model), clamp)
    config = choosing_config(checkpoint, config, asked=given(composition).get("accept"), off=raw or bool(clamp))
    if vary is not None:
        from tunewright.cli.composing.varied import Variants, write_variants

        if asked or prime is not None or start is not None or keep is not None:
            raise OptionError("--vary takes its tune as it is; leave out --keep, beginnings and conditions")
        return write_variants(
            Variants(checkpoint, str(model), config, vary, bars or "", count, candidates, out, format or FORMATS, force)
        )
    if bars is not None:
        asked["bars"] = bars
    beginning = read_beginning(checkpoint.vocabulary, prime, start, drop_unknown=drop_unknown)
    if raw and asked:
        if beginning.text:
            raise OptionError("give one beginning only: --prime, --start, or header fields such as --key")
        beginning = Beginning(header(**asked))
        asked = {}
    grammar = None if raw else grammar_for(checkpoint, asked, beginning)
    wanted = Wanted(checkpoint, str(model), config, grammar, asked, beginning, count, keep, device)
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.sampling.compiled import compiling

    originality = not no_originality and (corpus is not None or keep is not None or count <= FEW)
    figures = Figures(checkpoint, corpus, wanted=originality, steered=grammar is not None)
    compiling.start()
    if out is None:
        print_tunes(wanted, figures)
        return 0
    from tunewright.cli.composing.composed_files import write_tunes

    return write_tunes(wanted, figures, out, format or FORMATS, force=force)


def choosing_config(
    model: Checkpoint, config: CompositionConfig, *, asked: float | None, off: bool
) -> CompositionConfig:
    """`config`, taking every tune where nothing can be chosen: raw, with units held, or without a discriminator.

    Raises
    ------
    OptionError
        If choosing was `asked` for there.
    """
    from tunewright.sampling.choosing.discriminator import Discriminator

    if not off and Discriminator.of(model):
        return config
    if asked is not None and asked < 1:
        if off:
            raise OptionError("--accept chooses among tunes that play: leave out --raw and --clamp")
        raise OptionError("--accept needs a network with a discriminator; tunewright train --resume adds one")
    return replace(config, accept=1.0)


def check(**options: Any) -> None:
    """Refuse combinations that mean nothing."""
    if options["count"] < 1:
        raise OptionError(f"count is {options['count']}; allowed: 1 or more")
    if options["keep"] is not None and not 1 <= options["keep"] <= options["count"]:
        raise OptionError(f"keep is {options['keep']}; allowed: 1 up to the {options['count']} of --count")
    if options["raw"] and options["playable"]:
        raise OptionError("--raw and --playable exclude each other")
    if options["vary"] is not None and options["bars"] is None:
        raise OptionError("--vary needs --bars, the bars to be written anew, such as 5-8")
    for name in ("bars", "form", "vary"):
        if options["raw"] and options[name] is not None:
            raise OptionError(f"--{name} needs an acceptor that counts bars; leave out --raw")


def grammar_for(model: Checkpoint, asked: dict[str, str], beginning: Beginning) -> "Grammar":
    """The acceptor for these conditions.

    Raises
    ------
    GrammarError
        If no such tune can be written.
    """
    from tunewright.acceptor.grammar import Conditions
    from tunewright.sampling.playable import playable

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


def print_tunes(wanted: Wanted, figures: "Figures") -> None:
    """Print one tune as it comes, or several as they are finished."""
    from tunewright.sampling.compose import compose as compose_one

    compositions: list[Composition] = []
    if wanted.keep is not None:
        compositions += wanted.compositions()
        figures.tell_choosing(compositions)
        for kept in figures.best(compositions, wanted.keep):
            print(kept.composition.text.rstrip("\n"), end="\n\n", flush=True)
            figures.tell(kept.composition, kept.reasons)
        return
    if wanted.count > 1 or wanted.device != "cpu":
        for composition in wanted.compositions():
            compositions.append(composition)
            print(composition.text.rstrip("\n"), end="\n\n", flush=True)
            if wanted.count <= FEW or figures.wanted:
                figures.tell(composition)
        figures.tell_choosing(compositions)
        return
    if wanted.config.accept < 1 and not wanted.config.argmax:
        print("composing until a tune is accepted; --accept 1 shows one as it is written", file=sys.stderr, flush=True)
    composing = compose_one(
        wanted.model,
        wanted.config,
        prime=wanted.beginning.text,
        grammar=wanted.grammar,
        raw=wanted.grammar is None,
    )
    last = ""
    try:
        with closing(composing):
            while True:
                last = next(composing)
                print(last, end="", flush=True)
    except StopIteration as stop:
        print(end="" if last == "\n" else "\n", flush=True)
        figures.tell(stop.value)
