"""Writing of composed tunes to files in any format, each with its provenance: program, model, seed, options."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rich.progress import Progress

from tunewright import __version__
from tunewright.cli.composing.composed_figures import Figures
from tunewright.cli.composing.request import CompositionRequest
from tunewright.cli.console import say, warn
from tunewright.cli.ending import INTERRUPTED, MISTAKE, stop_on_signal
from tunewright.cli.progress import error_console
from tunewright.errors import RenderError, missing_extra
from tunewright.files import claim_folder, write_file
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import origin
from tunewright.rendering.formats import FORMATS, SUFFIXES, Rendering, parse_formats
from tunewright.sampling.composition import Composition
from tunewright.sampling.config import CompositionConfig


def write_tunes(request: CompositionRequest, figures: Figures, out: Path, formats: str, *, force: bool) -> int:
    """Compose, and write every tune in every format, with what is known of it.

    A tune that cannot be rendered is reported on the error stream; the others are written.

    Returns
    -------
    int
        Exit status: 2 if nothing at all could be written, 130 if a signal came, else 0.
    """
    names = parse_formats(formats)
    claim_folder(out, force=force)
    written, compositions = 0, list[Composition]()
    looked_at = bars_looked_at(request.order.model) if "html" in names else None
    digits = len(str(request.order.config.seed + request.count - 1))
    console = error_console()
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    with stop_on_signal() as stopped, bar:
        steps = bar.add_task("composing", total=request.keep or request.count)
        for composition, reasons in composed_or_kept(request, figures):
            provenance = provenance_of(request, composition)
            provenance |= figures.recorded(composition, reasons)
            compositions.append(composition)
            stem = f"tune-{composition.seed:0{digits}}"
            more = looked_at(composition.text) if looked_at else ""
            written += write_tune(composition.text, stem, names, provenance, out, more)
            bar.advance(steps)
            if stopped:
                break
    figures.describe_choosing(compositions)
    say(f"{written} files in {out}")
    if stopped:
        return INTERRUPTED
    return 0 if written else MISTAKE


def composed_or_kept(request: CompositionRequest, figures: Figures) -> Iterable[tuple[Composition, Sequence[str]]]:
    """The tunes to write, with the reasons why they were kept; there are none without --keep."""
    if request.keep is None:
        return ((composition, ()) for composition in request.compositions())
    return ((kept.composition, kept.reasons) for kept in figures.best(list(request.compositions()), request.keep))


def bars_looked_at(model: Checkpoint) -> Callable[[str], str] | None:
    """A function from a tune to the HTML of where its bars come from; None if the network does not look back, or if
    torch is not installed, which is said."""
    if not model.config.look_back:
        return None
    try:
        from tunewright.analysis.memory.looked_at import look_at
        from tunewright.model.network import load_network
        from tunewright.report.pages.looking_back_section import looked_html
    except ModuleNotFoundError as error:
        warn(f"pages do not show where bars come from: {missing_extra(error)}")
        return None
    network = load_network(model)
    return lambda tune: looked_html(look_at(network, model.vocabulary, tune))


def write_tune(
    tune: str, stem: str, formats: Sequence[str], provenance: Mapping[str, str], out: Path, more: str = ""
) -> int:
    """Write one tune in each of `formats`, its page with `more`; returns the number of files written."""
    written = 0
    rendering = Rendering(tune, provenance, more=more)
    for name in formats:
        try:
            content = FORMATS[name](rendering)
        except RenderError as error:
            warn(f"{stem}: no {name}: {error}")
            continue
        write_file(out / f"{stem}{SUFFIXES[name]}", content)
        written += 1
    return written


def provenance_of(request: CompositionRequest, composition: Composition) -> dict[str, str]:
    """What it takes to make the same tune again."""
    order = request.order
    provenance = made_by(order.model, request.name, order.config, composition.seed)
    provenance["composed"] = "raw" if order.grammar is None else "playable"
    provenance |= {name.replace("_", " "): value for name, value in order.conditions.items()}
    if order.prime:
        provenance["prime"] = order.prime.replace("\n", "\\n")
    if not composition.ended:
        provenance["stopped at"] = f"{order.config.max_length} characters"
    return provenance


def made_by(model: Checkpoint, name: str, config: CompositionConfig, seed: int) -> dict[str, str]:
    """The provenance that composed tunes and variants share: program, network and options."""
    provenance = {"composed by": f"Tunewright {__version__}", "model": name, **origin(model)}
    provenance["seed"] = str(seed)
    provenance |= {"argmax": "yes"} if config.argmax else {"temperature": f"{config.temperature:g}"}
    if config.top_k:
        provenance["top-k"] = str(config.top_k)
    if config.top_p < 1:
        provenance["top-p"] = f"{config.top_p:g}"
    return provenance
