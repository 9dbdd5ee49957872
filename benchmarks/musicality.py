"""Are playable tunes nearer to the corpus as music than raw ones?

    python benchmarks/musicality.py [MODEL --corpus SOURCE ...] [--count 200] [--temperature 1] [--figure FILE]

Without MODEL, a network of the preset `default` is trained on O'Neill's for a few epochs first (about a minute).
Composes the same number of raw and of playable tunes with the same seeds, and prints the overlap of each with the
corpus, feature by feature, beside that of as many tunes held out of the corpus. The gain is what playable has more than
raw, with its bootstrap interval; a row ends with the one that is nearer if the interval leaves out 0.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.musicality.musicality_study import compare_sets, gain, measure_tunes
from tunewright.corpus.library import resolve
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.training.config import TrainingConfig
from tunewright.training.training_run import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--corpus", nargs="+", default=["oneills"])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    config = CompositionConfig(temperature=options.temperature)
    tunes_read = read_tunes(*map(resolve, options.corpus)).tunes
    model = read_checkpoint(options.model) if options.model else quickly_trained(tunes_read)
    corpus = measure_tunes([tune.text for tune in tunes_read])
    tunes = {
        name: measure_tunes([tune.text for tune in compose_many(model, options.count, config, raw=name == "raw")])
        for name in ("raw", "playable")
    }
    found = {name: compare_sets(corpus, measured) for name, measured in tunes.items()}
    for name, result in found.items():
        print(f"{name}: {result.composed_tunes} tunes, {result.composed_without_notes} more without a note")
    print(f"{'overlap with the corpus':24}{'held out':21}{'raw':21}{'playable':21}{'gain':25}nearer")
    gains = gain(corpus, tunes["raw"], tunes["playable"])
    for raw, steered, more in zip(found["raw"].features, found["playable"].features, gains, strict=True):
        print(
            f"{raw.name:24}{cell(steered.overlap_ceiling):21}{cell(raw.overlap):21}{cell(steered.overlap):21}"
            f"{cell(more):25}{nearer(more)}"
        )
    means = [found["playable"].mean_overlap_ceiling, *(result.mean_overlap for result in found.values())]
    print(f"{'mean of all':24}" + "".join(f"{mean or 0:<21.3f}" for mean in means))
    if options.figure:
        from tunewright.report.figures.musicality_figure import draw_musicality

        options.figure.write_bytes(draw_musicality(found, options.figure.suffix[1:], corpus=" ".join(options.corpus)))


def quickly_trained(tunes: Sequence[Tune], epochs: int = 10) -> Checkpoint:
    with TemporaryDirectory() as folder:
        for _ in train(tunes, out=folder, config=TrainingConfig(epochs=epochs)):
            pass
        return read_checkpoint(Path(folder))


def cell(estimate: Estimate | None) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})" if estimate else "-"


def nearer(more: Estimate | None) -> str:
    if more is None or more.low <= 0 <= more.high:
        return "neither"
    return "playable" if more.value > 0 else "raw"


if __name__ == "__main__":
    main()
