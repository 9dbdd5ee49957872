"""How long does a study of neurons take, how much memory, and how many units does it name?

    python benchmarks/neurons.py MODEL DATA [--held-out DATA] [--repeat N]

Everything that `tunewright neurons` does, part by part. With --repeat the data are taken N times over, under other
titles, to see that time and memory do not grow with them.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import tunewright as tw
from tunewright.analysis.neuron_analysis import analyse_neurons, check_request
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.unit_study import NeuronStudy
from tunewright.cli.neurons.neuron_table import STRONG_AUC, STRONG_R
from tunewright.corpus.tune import Tune
from tunewright.report.pages.neuron_writing import NeuronWriter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--held-out")
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    model = tw.read_checkpoint(options.model)
    tunes = list(repeated(tw.read_tunes(options.data).tunes, options.repeat))
    held_out = tw.read_tunes(options.held_out).tunes if options.held_out else None
    print(f"{len(tunes):,} tunes, {sum(len(tune.text) for tune in tunes):,} characters")
    watch = Watch()
    request = check_request(model, {}, [], None, "h")
    watch("labels", 0)
    sides = Sides.of(model, tunes, held_out)
    for part, side in (("to choose by", sides.choosing), ("to confirm on", sides.confirming)):
        print(f"  {part}: {len(side.texts)} tunes, {side.starts[-1]:,} characters")
    found = analyse_neurons(request, sides, lambda doing, share: watch(doing.partition(":")[0], share))
    watch("page and pictures", 1)
    with tempfile.TemporaryDirectory() as folder:
        writer = NeuronWriter(request, found, Path(folder))
        writer.write(lambda *_: None)
        page = (Path(folder) / "index.html").stat().st_size
    watch.end()
    print(f"the page: {page / 1e6:.1f} MB; {', '.join(writer.problems) or 'nothing left out'}")
    for name, study in (("trained", found.study), ("untrained", found.untrained)):
        print(f"{name}: {study.about['shifts']:,} shifts; {named(study)}")


def repeated(tunes: Iterable[Tune], times: int) -> Iterable[Tune]:
    """The tunes so many times over, each time under other titles."""
    for number in range(times):
        for tune in tunes:
            yield replace(tune, text=tune.text.replace("\nT:", f"\nT:{number}", 1)) if number else tune


class Watch:
    """Prints how long each part took, and the most memory so far, when the next begins."""

    def __init__(self) -> None:
        self.part, self.begun, self.first = "a tune to show", time.perf_counter(), time.perf_counter()

    def __call__(self, part: str, _share: float) -> None:
        if part != self.part:
            self._tell(self.part, time.perf_counter() - self.begun)
            self.part, self.begun = part, time.perf_counter()

    def end(self) -> None:
        self("", 1)
        self._tell("all", time.perf_counter() - self.first)

    def _tell(self, part: str, seconds: float) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{part}: {seconds:.1f} s, at most {memory:,.0f} MiB", flush=True)


def named(study: NeuronStudy) -> str:
    """How many units follow a label closely, and how many findings are confirmed."""
    least = {"auc": STRONG_AUC, "r": STRONG_R}
    close = [
        each
        for each in study.findings
        if each.confirmed and min(abs(each.value), abs(each.held_out_value or 0)) >= least[each.statistic]
    ]
    units = {(each.layer, each.unit) for each in close}
    labels = {each.label for each in close}
    confirmed = sum(each.confirmed for each in study.findings)
    return f"{len(units)} units follow {len(labels)} labels closely; {confirmed} of {len(study.findings)} confirmed"


if __name__ == "__main__":
    main()
