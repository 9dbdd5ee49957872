"""The command `tunewright compose`: its flags, which of them go together, and what they become."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from cyclopts import Parameter

from tunewright.cli.console import warn
from tunewright.cli.flags import NamedPath, Whole, flag, flags_of, given
from tunewright.cli.own_module import OwnFlag, own_module
from tunewright.errors import OptionError
from tunewright.options import require_seed, require_whole
from tunewright.sampling.config import MOST_TUNES, CompositionConfig

CANDIDATES = 32
FORMATS = "abc,midi,svg,wav,html"
CompositionFlags = flags_of(CompositionConfig, title="Composing")
Condition = Annotated[str | None, Parameter(group="Conditions")]
Several = Annotated[list[str] | None, Parameter(consume_multiple=True)]


@Parameter(name="*")
@dataclass(frozen=True)
class OutputFlags:
    """Where the tunes go."""

    out: NamedPath | None = None
    """A folder to write the tunes to."""
    format: str | None = None
    """What to write there, separated by commas: abc, musicxml, midi, svg, png, pdf, wav, opus, html. Without it abc,
    midi, svg, wav and html."""
    force: bool = False
    """Write into a folder that holds something already."""


@Parameter(name="*")
@dataclass(frozen=True)
class SteeringFlags:
    """Whether an acceptor steers the composing."""

    playable: bool = False
    """Let only characters come next with which the tune can still be played and end well. This is the default."""
    raw: bool = False
    """Let any character come next, as the network alone would have it."""


@Parameter(name="*")
@dataclass(frozen=True)
class BeginningFlags:
    """How each tune begins."""

    prime: str | None = None
    """How each tune begins."""
    start: Annotated[NamedPath | None, Parameter(name=("--start", "--prime-file"))] = None
    """A file that says how each tune begins."""
    drop_unknown: bool = False
    """Leave out characters of the beginning that the network has never seen."""

    def given(self) -> dict[str, object]:
        """Options of composing by name; ``\\n`` in --prime is a line end."""
        return {**asdict(self), "prime": self.prime and self.prime.replace("\\n", "\n")}


@Parameter(name="*")
@dataclass(frozen=True)
class VariationFlags:
    """Which tune to vary, and how hard to try."""

    vary: NamedPath | None = None
    """A file with a tune, of which --bars A-B are written anew so that they fit the rest."""
    candidates: Whole | None = None
    """With --vary, how many versions of the bars to choose from; 32 if it is left out."""


@Parameter(name="*")
@dataclass(frozen=True)
class OriginalityFlags:
    """What the tunes are compared with."""

    corpus: Several = None
    """What the tunes may be copied from: files or folders of tunes, or the name of a corpus on this machine. Without
    it, what the network learned from."""
    no_originality: bool = False
    """Do not look for what the tunes have copied. Above 20 tunes this is not done but for --keep and --corpus."""


@Parameter(name="*")
@dataclass(frozen=True)
class ConditionFlags:
    """What must hold of each tune."""

    title: Condition = None
    """Title of each tune."""
    rhythm: Condition = None
    """Kind of tune, such as reel."""
    meter: Condition = None
    """Metre, such as 6/8."""
    unit_length: Condition = None
    """Unit note length, such as 1/8."""
    key: Condition = None
    """Key, such as Edor."""
    bars: Condition = None
    """How many bars, such as 16, a repeated section counted once and a pick-up not; with --vary which, such as 5-8."""
    form: Condition = None
    """Sections, such as AABB: a doubled letter is a section that is repeated. Without it, sections, bars and pick-up
    are drawn from those of the tunes that the network learned from; any leaves them to the network."""

    def given(self) -> dict[str, str]:
        """Those that were given, by name, in the order in which files record them."""
        values = asdict(self)
        values["bars"] = values.pop("bars")  # last
        return {name: value for name, value in values.items() if value is not None}


def compose(
    model: NamedPath,
    *,
    count: Whole = 1,
    keep: Whole | None = None,
    output: OutputFlags | None = None,
    steering: SteeringFlags | None = None,
    beginning: BeginningFlags | None = None,
    variation: VariationFlags | None = None,
    clamp: Several = None,
    originality: OriginalityFlags | None = None,
    device: str = "cpu",
    network: OwnFlag = None,
    conditions: ConditionFlags | None = None,
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
    clamp
        Hold units at a value from -1 to 1 while composing, so that one hears what they do: 42=1, or 1:42=0.5 for unit
        42 of layer 1. Units and layers count from 0.
    device
        Where to compose: cpu or cuda.
    network
        FILE:CLASS, the module that was trained, if it is one of your own. The file is run.
    """
    from tunewright.cli.composing.composed_figures import MOST_DESCRIBED, Figures, print_tunes
    from tunewright.cli.composing.composed_files import write_tunes
    from tunewright.cli.composing.request import CompositionRequest, parse_clamps
    from tunewright.cli.composing.varied import VariationRequest, write_variants
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.sampling.compiled import compiling
    from tunewright.sampling.order import choice_of, order_of
    from tunewright.sampling.prime import name_characters

    to, steering, begins = output or OutputFlags(), steering or SteeringFlags(), beginning or BeginningFlags()
    variation, compared = variation or VariationFlags(), originality or OriginalityFlags()
    conditions = conditions or ConditionFlags()
    check_flags(count, keep, to, steering, variation, conditions)
    choice = {**given(composition), "clamp": parse_clamps(clamp)}
    asked, formats = conditions.given(), to.format or FORMATS
    trained = read_checkpoint(model, own_module(network))
    if variation.vary is not None:
        if asked.keys() != {"bars"} or begins.prime is not None or begins.start is not None or keep is not None:
            raise OptionError("--vary takes its tune as it is; leave out --keep, beginnings and conditions")
        checkpoint, config = choice_of(trained, None, choice, spell=flag)
        tune, bars, candidates = variation.vary, asked["bars"], variation.candidates or CANDIDATES
        return write_variants(
            VariationRequest(checkpoint, str(model), config, tune, bars, count, candidates, to.out, formats, to.force)
        )
    if to.out is not None and trained.reads_plain_text:
        raise OptionError("--out writes music, and the network learned plain text; without it the text is printed")
    order = order_of(
        trained, None, {**choice, **asked, **begins.given(), "raw": steering.raw, "device": device}, spell=flag
    )
    if order.left_out:
        warn(f"left out of the beginning: {name_characters(order.left_out)}")
    require_seed("seed + count - 1", order.config.seed + count - 1)
    request = CompositionRequest(order, str(model), count, keep)
    wanted = compared.corpus is not None or keep is not None or count <= MOST_DESCRIBED
    wanted = wanted and not order.model.reads_plain_text
    measured = wanted and not compared.no_originality
    figures = Figures(order.model, compared.corpus, wanted=measured, steered=order.grammar is not None)
    compiling.start()
    if to.out is None:
        print_tunes(request, figures)
        return 0
    return write_tunes(request, figures, to.out, formats, force=to.force)


def check_flags(
    count: int,
    keep: int | None,
    output: OutputFlags,
    steering: SteeringFlags,
    variation: VariationFlags,
    conditions: ConditionFlags,
) -> None:
    """Raise OptionError for a number out of its range, and for flags that exclude or need one another."""
    require_whole("count", count, 1, MOST_TUNES)
    if variation.candidates is not None:
        if variation.vary is None:
            raise OptionError("--candidates needs --vary, the tune of which bars are written anew")
        require_whole("candidates", variation.candidates, 1)
    if keep is not None and not 1 <= keep <= count:
        raise OptionError(f"keep is {keep}; allowed: 1 up to the {count} of --count")
    if steering.raw and steering.playable:
        raise OptionError("--raw and --playable exclude each other; give one of them")
    if variation.vary is not None and conditions.bars is None:
        raise OptionError("--vary needs --bars, the bars to be written anew, such as 5-8")
    for name, value in (("bars", conditions.bars), ("form", conditions.form), ("vary", variation.vary)):
        if steering.raw and value is not None:
            raise OptionError(f"--{name} needs an acceptor that counts bars; leave out --raw")
    if output.format is not None and output.out is None:
        raise OptionError("--format needs --out, the folder to write to")
