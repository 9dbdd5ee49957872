"""How much faster do two processes train one network than one does, each on one thread?

    python benchmarks/distributed.py

One process alone and both together learn the same batches of O'Neill's, in turns and in one run; each rate is the best
of three rounds. The more lanes a batch has, the less weighs what both must do whole: the step of the optimiser, the
masks of dropout, and adding up the gradients over the loopback of this machine.
"""

import os
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice

import torch

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.model.network import CharNetwork
from tunewright.training.config import PRESETS, Preset
from tunewright.training.data import TrainingData
from tunewright.training.distributed import Team, team_of_torchrun
from tunewright.training.loop import Trainer

ROUNDS, WARM_UP = 3, 10
CHARACTERS = 150_000
"""In a round, about."""

PLAIN, LARGE = PRESETS["plain"], PRESETS["large"]
PLANS = {
    "preset plain": PLAIN,
    "preset plain, 64 lanes": replace(PLAIN, training=replace(PLAIN.training, batch_size=64)),
    "preset plain, 128 lanes": replace(PLAIN, training=replace(PLAIN.training, batch_size=128)),
    "preset large": LARGE,
}


def rate_of(plan: Preset, data: TrainingData, team: Team) -> float:
    """Characters per second of the training loop, batches of the whole team."""
    training = replace(plan.training, transpose=0.0)  # other keys are made between epochs, and are measured elsewhere
    trainer = Trainer(CharNetwork(plan.network, len(data.vocabulary)), data, training, team)
    batch = plan.training.sequence_length * plan.training.batch_size
    steps = max(10, CHARACTERS // batch // (4 if plan is LARGE else 1))
    progress = trainer.run()
    for _ in islice(progress, WARM_UP):
        pass
    began = time.perf_counter()
    for _ in islice(progress, steps):
        pass
    return steps * batch / (time.perf_counter() - began)


def measure(team: Team) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    data = TrainingData.of(read_tunes(find_corpus("oneills")).tunes)
    for name, plan in PLANS.items():
        alone, together = 0.0, 0.0
        for _ in range(ROUNDS):
            with team.together():  # the others wait, and need no processor for it
                if team.leads:
                    alone = max(alone, rate_of(plan, data, Team()))
            together = max(together, rate_of(plan, data, team))
        if team.leads:
            print(
                f"{name:<26} 1 process {alone:>9,.0f} chars/s    {team.size} processes {together:>9,.0f} chars/s"
                f"    ratio {together / alone:.2f}",
                flush=True,
            )


def main() -> None:
    if "RANK" in os.environ:
        with team_of_torchrun() as team:
            measure(team)
        return
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", __file__]
    sys.exit(subprocess.run(start, env={"OMP_NUM_THREADS": "1", **os.environ}).returncode)


if __name__ == "__main__":
    main()
