"""How do composed tunes become files, each of which says where it comes from?"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tunewright import __version__
from tunewright.cli.interrupt import stop_on_signal
from tunewright.cli.status import INTERRUPTED, MISTAKE
from tunewright.errors import RenderError
from tunewright.files import claim_folder, write_file
from tunewright.model.checkpoint import Checkpoint
from tunewright.rendering.formats import FORMATS, SUFFIXES, Rendering, parse_formats
from tunewright.sampling.compose import Composition, compose_many
from tunewright.sampling.config import CompositionConfig


@dataclass(frozen=True)
class Order:
    """What is to be composed, and where it goes."""

    model: Checkpoint
    name: str
    """The model's name, for the record."""
    config: CompositionConfig
    count: int
    beginning: str
    out: Path
    formats: str
    """Names separated by commas."""
    force: bool


def write_tunes(order: Order) -> int:
    """Compose, and write every tune in every format.

    What cannot be rendered is reported on the error stream and stops nothing else.

    Returns
    -------
    int
        Exit status: 2 if nothing at all could be written, 130 if a signal came, else 0.
    """
    formats = parse_formats(order.formats)
    claim_folder(order.out, force=order.force)
    written = 0
    console = Console(stderr=True)
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    with stop_on_signal() as stopped, bar:
        steps = bar.add_task("composing", total=order.count)
        for composition in compose_many(order.model, order.count, order.config, prime=order.beginning):
            stem = f"tune-{composition.seed:0{len(str(order.config.seed + order.count - 1))}}"
            provenance = provenance_of(order.model, order.name, composition, order.config, order.beginning)
            written += write_tune(composition, stem, formats, provenance, order.out)
            bar.advance(steps)
            if stopped:
                break
    print(f"{written} files in {order.out}")
    if stopped:
        return INTERRUPTED
    return 0 if written else MISTAKE


def write_tune(
    composition: Composition, stem: str, formats: list[str], provenance: Mapping[str, str], out: Path
) -> int:
    """Write one tune in each of `formats`; returns how many files came out."""
    written = 0
    rendering = Rendering(composition.text, provenance)
    for name in formats:
        try:
            content = FORMATS[name](rendering)
        except RenderError as error:
            print(f"{stem}: no {name}: {error}", file=sys.stderr)
            continue
        write_file(out / f"{stem}{SUFFIXES[name]}", content)
        written += 1
    return written


def provenance_of(
    model: Checkpoint, name: str, composition: Composition, config: CompositionConfig, beginning: str = ""
) -> dict[str, str]:
    """What it takes to make the same tune again."""
    provenance = {"composed by": f"Tunewright {__version__}", "model": name, "weights": model.fingerprint}
    provenance["seed"] = str(composition.seed)
    provenance |= {"argmax": "yes"} if config.argmax else {"temperature": f"{config.temperature:g}"}
    if config.top_k:
        provenance["top-k"] = str(config.top_k)
    if config.top_p < 1:
        provenance["top-p"] = f"{config.top_p:g}"
    if beginning:
        provenance["prime"] = beginning.replace("\n", "\\n")
    if not composition.ended:
        provenance["stopped at"] = f"{config.max_length} characters"
    return provenance
