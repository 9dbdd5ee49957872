"""The command `tunewright compose`."""

import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tunewright.cli.composing.clamps import parse_clamps
from tunewright.cli.flags import flag, flags_of, given
from tunewright.errors import OptionError
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.order import Order, choice_of, order_of
from tunewright.sampling.prime import name_characters

if TYPE_CHECKING:
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.sampling.compose import Composition

FORMATS = "abc,midi,svg,wav,html"
FEW = 20
"""Up to so many tunes, what can be said of each is said without being asked."""
CompositionFlags = flags_of(CompositionConfig, title="Composing")
Conditional = Annotated[str | None, Parameter(group="Conditions")]


@dataclass(frozen=True)
class Wanted:
    """What `compose` is to make."""

    order: Order
    name: str
    """The model's name, for the record."""
    count: int
    keep: int | None

    def compositions(self) -> Generator["Composition", None, None]:
        """Compose them, each as it is finished."""
        from tunewright.sampling.compose import composed

        return composed(self.order, self.count)


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
    check(count=count, keep=keep, raw=raw, playable=playable, vary=vary, bars=bars, form=form)
    if format is not None and out is None:
        raise OptionError("--format says what to write; give --out, the folder to write to, with it")
    fields = {"title": title, "rhythm": rhythm, "meter": meter, "unit_length": unit_length, "key": key, "form": form}
    choice = {**given(composition), "clamp": parse_clamps(clamp)}
    if vary is not None:
        from tunewright.cli.composing.varied import Variants, write_variants

        if (
            prime is not None
            or start is not None
            or keep is not None
            or any(value is not None for value in fields.values())
        ):
            raise OptionError("--vary takes its tune as it is; leave out --keep, beginnings and conditions")
        checkpoint, config = choice_of(model, None, choice, spell=flag)
        return write_variants(
            Variants(checkpoint, str(model), config, vary, bars or "", count, candidates, out, format or FORMATS, force)
        )
    begin = {"prime": prime and prime.replace("\\n", "\n"), "start": start, "drop_unknown": drop_unknown}
    order = order_of(model, None, {**choice, **fields, **begin, "bars": bars, "raw": raw, "device": device}, spell=flag)
    if order.left_out:
        print(f"left out of the beginning: {name_characters(order.left_out)}", file=sys.stderr)
    wanted = Wanted(order, str(model), count, keep)
    from tunewright.cli.composing.composed_figures import Figures
    from tunewright.sampling.compiled import compiling

    originality = not no_originality and (corpus is not None or keep is not None or count <= FEW)
    figures = Figures(order.model, corpus, wanted=originality, steered=order.grammar is not None)
    compiling.start()
    if out is None:
        print_tunes(wanted, figures)
        return 0
    from tunewright.cli.composing.composed_files import write_tunes

    return write_tunes(wanted, figures, out, format or FORMATS, force=force)


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


def print_tunes(wanted: Wanted, figures: "Figures") -> None:
    """Print one tune as it comes, or several as they are finished."""
    from tunewright.sampling.compose import streamed

    compositions: list[Composition] = []
    if wanted.keep is not None:
        compositions += wanted.compositions()
        figures.tell_choosing(compositions)
        for kept in figures.best(compositions, wanted.keep):
            print(kept.composition.text.rstrip("\n"), end="\n\n", flush=True)
            figures.tell(kept.composition, kept.reasons)
        return
    if wanted.count > 1 or wanted.order.device != "cpu":
        for composition in wanted.compositions():
            compositions.append(composition)
            print(composition.text.rstrip("\n"), end="\n\n", flush=True)
            if wanted.count <= FEW or figures.wanted:
                figures.tell(composition)
        figures.tell_choosing(compositions)
        return
    if wanted.order.config.accept < 1 and not wanted.order.config.argmax:
        print("composing until a tune is accepted; --accept 1 shows one as it is written", file=sys.stderr, flush=True)
    composing = streamed(wanted.order)
    last = ""
    try:
        with closing(composing):
            while True:
                last = next(composing)
                print(last, end="", flush=True)
    except StopIteration as stop:
        print(end="" if last == "\n" else "\n", flush=True)
        figures.tell(stop.value)
