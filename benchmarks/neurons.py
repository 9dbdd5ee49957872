"""How long does a study of neurons take, how much memory, and how many units does it name?

    python benchmarks/neurons.py MODEL DATA [--held-out DATA] [--repeat N]

The same is done to an untrained network. With --repeat the data are taken N times over, under other titles, to see that
time and memory do not grow with them.
"""

import argparse
import resource
import time
from dataclasses import replace

import tunewright as tw
from tunewright.analysis.neuron_counterparts import untrained_like
from tunewright.analysis.neuron_samples import Sides
from tunewright.analysis.neurons import NeuronStudy, study_neurons
from tunewright.cli.neuron_table import STRONG_AUC, STRONG_R


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--held-out")
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    model = tw.read_checkpoint(options.model)
    tunes = tw.read_tunes(options.data).tunes
    tunes = [
        replace(tune, text=tune.text.replace("\nT:", f"\nT:{n}", 1)) for n in range(options.repeat) for tune in tunes
    ]
    held_out = tw.read_tunes(options.held_out).tunes if options.held_out else None
    print(f"{len(tunes):,} tunes, {sum(len(tune.text) for tune in tunes):,} characters")
    start = time.perf_counter()
    sides = Sides.of(model, tunes, held_out)
    for part, side in (("to choose by", sides.choosing), ("to confirm on", sides.confirming)):
        print(f"  {part}: {len(side.texts)} tunes, {side.starts[-1]:,} characters")
    print(f"labels: {time.perf_counter() - start:.1f} s")
    for name, network in (("trained", model), ("untrained", untrained_like(model))):
        start = time.perf_counter()
        study = study_neurons(network, sides)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name}: {seconds:.1f} s, at most {memory:,.0f} MiB, {study.about['shifts']:,} shifts; {named(study)}")


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
