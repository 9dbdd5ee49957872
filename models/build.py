"""Build the networks that come with Tunewright: `make models`.

    python -m models.build [--discriminator] [NAME...]

Each is trained on O'Neill's and Ryan's by a preset, measured, and written with a card beside it. Fields that claim a
person or a source, which a composed tune must not have, are left out of the tunes, and so are comments and runs of
spaces: a network that learned to write them would be lost without them. Training goes on where it was interrupted; a
network whose training is finished is only measured again. --discriminator trains nothing, but learns anew to tell what
the networks that are there compose from what they learned from, by which composing chooses. Needs abc2midi (Debian's
package abcmidi), which says which composed tunes play.
"""

import argparse
import statistics
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import tunewright
from benchmarks.playable import judged
from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.cli.learning.add_discriminator import add_discriminator
from tunewright.corpus.cleaning import essentials
from tunewright.corpus.library import find_corpus
from tunewright.model.checkpoint import CARD, NETWORKS, Checkpoint, write_checkpoint
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.composition import Composition
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.training.data import TrainingData

RUNS = Path("runs", "shipped")
CORPORA = ("oneills", "ryans")
TEMPERATURES = (0.5, 1.0, 2.0)
TUNES = 200
LIMIT_BYTES = 6_000_000
"""Of all networks together."""


@dataclass(frozen=True)
class Recipe:
    """How a network that comes along is made."""

    preset: str
    options: tuple[str, ...]
    """Flags for `tunewright train` beside the preset's."""


RECIPES = {
    "oneills": Recipe("default", ("--units", "176", "--dropout", "0.2", "--epochs", "12")),
    "oneills-large": Recipe("large", ()),
}


def texts() -> list[str]:
    """The tunes of both corpora, as they are learned from."""
    tunes = tunewright.read_tunes(*(find_corpus(name) for name in CORPORA)).tunes
    return [essentials(tune.text) for tune in tunes]


def corpus() -> Path:
    """A book of both corpora."""
    book = RUNS / "tunes.abc"
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_text("\n".join(texts()), encoding="utf-8")
    return book


def train(name: str) -> Checkpoint:
    """Train, or go on with it."""
    recipe, run = RECIPES[name], RUNS / name
    command = [str(Path(sys.executable).parent / "tunewright"), "train", str(corpus()), "--preset", recipe.preset]
    command += [*recipe.options, "--threads", "1", "--out", str(run)]
    if (run / "last").exists():
        command.append("--resume")
    subprocess.run(command, check=True)
    model = tunewright.read_checkpoint(run)
    data = {**model.training["data"], "training_sources": list(CORPORA)}
    return replace(model, training={**model.training, "data": data})


def with_discriminator(name: str) -> Checkpoint:
    """The network that comes along, with another discriminator."""
    folder = NETWORKS / name
    data = TrainingData.of(tunewright.read_tunes(corpus()).tunes)
    model = tunewright.read_checkpoint(folder)
    assert data.fingerprint == model.training["data"]["fingerprint"], "these are not the tunes that it learned from"
    add_discriminator(folder, data, anew=True)
    return tunewright.read_checkpoint(folder)


def choosing(model: Checkpoint) -> str:
    """What the card says of choosing."""
    told = Discriminator.of(model)
    if told is None:
        return "none: every tune is taken"
    return (
        f"`--accept {CompositionConfig().accept:g}`, by a discriminator of {told.tunes:,} training tunes and as many "
        f"composed ones (AUC {told.auc:.3f})"
    )


def composed(model: Checkpoint, temperature: float) -> list[Composition]:
    """Playable tunes."""
    config = CompositionConfig(temperature=temperature)
    return list(tunewright.compose_many(model, TUNES, config, grammar=playable(model)))


def playing_rows(model: Checkpoint) -> list[str]:
    """A row of the card for each temperature."""
    rows = []
    for temperature in TEMPERATURES:
        tunes = composed(model, temperature)
        clean = judged(tunes)
        ended = sum(tune.ended for tune in tunes)
        length = statistics.mean(len(tune.text) for tune in tunes)
        rows.append(f"| {temperature:g} | {clean / TUNES:.1%} | {ended / TUNES:.1%} | {length:.0f} |")
    return rows


def originality_rows(model: Checkpoint, tunes: list[tunewright.Tune]) -> list[str]:
    """A row of the card for each verdict."""
    index = OriginalityIndex.build(tunes)
    found = [index.query(tune.text) for tune in composed(model, 1.0)]
    verdicts = [originality.verdict for originality in found]
    return [f"| {verdict} | {verdicts.count(verdict) / TUNES:.1%} |" for verdict in dict.fromkeys(sorted(verdicts))]


def card(name: str, model: Checkpoint) -> str:
    """The card of a network, every number measured now or recorded while it was trained."""
    tunes = list(tunewright.read_tunes(*(find_corpus(corpus) for corpus in CORPORA)).tunes)
    network, metrics, data = model.config, model.metrics, model.training["data"]
    weights = sum(array.size for array in model.weights.values())
    return f"""# {name}

A network that writes tunes in ABC notation, one character after another: `tunewright compose {name}`.

| what | |
|---|---|
| network | {network.layers} layer{"s" if network.layers > 1 else ""} of {network.units} {network.cell.upper()} units, \
{weights:,} weights, fingerprint {model.fingerprint} |
| learned from | O'Neill's Music of Ireland and Ryan's Mammoth Collection, as the music21 package keeps them: \
{data["training_tunes"]:,} tunes, {data["training_characters"]:,} characters |
| validated on | {data["validation_tunes"]:,} tunes of the same books that were kept back, near-duplicates together |
| choosing | {choosing(model)} |
| left out | fields that claim a person or a source, comments, runs of spaces |
| recipe | `tunewright train BOOK --preset {RECIPES[name].preset}\
{"".join(" " + option for option in RECIPES[name].options)}`, epoch {metrics["epoch"]} |
| full_tune, validation | {metrics["validation_full_tune"]:.3f} nats per character |
| cold_window, validation | {metrics["validation_cold_window"]:.3f} nats per character |

## Sources and licence

The tunes were typed in by volunteers from two books of the years 1883 to 1903, whose music is in the public domain, and
are distributed with music21 by permission of the encoders. The weights are distributed under Tunewright's licence
(MIT); no tune of the books is part of them, but a network can repeat what it has learned: see below.

## Do its tunes play?

{TUNES} tunes at each temperature, composed playable (the default), judged by abc2midi:

| temperature | without a complaint | end by themselves | characters |
|---|---|---|---|
{chr(10).join(playing_rows(model))}

## Are they copies?

{TUNES} tunes at temperature 1 against the books that it learned from, by the verdicts of `tunewright originality`:

| verdict | share |
|---|---|
{chr(10).join(originality_rows(model, tunes))}

## What it is not for

It knows dance tunes of one tradition, as two collectors wrote them down, and nothing else; titles are made up of words
of theirs and may be nonsense, or a name by accident. Ask `tunewright originality` before you call a tune your own.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*RECIPES, []], metavar="NAME")
    parser.add_argument("--discriminator", action="store_true", help="learn to choose anew, and train nothing")
    options = parser.parse_args()
    for name in options.names or list(RECIPES):
        model = with_discriminator(name) if options.discriminator else train(name)
        folder = NETWORKS / name
        write_checkpoint(folder, model, {CARD: card(name, model).encode()})
        print(f"{name}: in {folder}")
    size = sum(path.stat().st_size for path in NETWORKS.rglob("*") if path.is_file())
    assert size <= LIMIT_BYTES, f"the networks take {size:,} bytes; allowed: {LIMIT_BYTES:,}"


if __name__ == "__main__":
    main()
