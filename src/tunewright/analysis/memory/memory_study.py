"""Study of a network's memory: gradients against distance, loss against context, and gates.

The measurements are the same for every kind of unit: gradients against the distance in characters (`gradient_decay`),
also for an untrained network of the same shape; the loss against the context given (`context_loss`); the use of gates
and their time constants (`gates`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tunewright.analysis.memory.context_loss import ContextLosses, context_losses
from tunewright.analysis.memory.gates import Gate, gate_use
from tunewright.analysis.memory.gradient_decay import GradientDecay, gradient_decay
from tunewright.analysis.units.counterparts import untrained_like
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import Cell, require_equations
from tunewright.model.network import load_network
from tunewright.progress import Progress


@dataclass(frozen=True)
class MemoryStudy:
    """The memory of one network."""

    cell: Cell
    units: int
    layers: int
    trained: GradientDecay
    untrained: GradientDecay
    """Of an untrained network of the same shape."""
    context: ContextLosses
    gates: tuple[Gate, ...]
    """Empty for an RNN."""
    fingerprint: str
    tunes: int
    characters: int

    def as_json(self) -> dict[str, Any]:
        """The content of ``memory.json``."""
        return asdict(self)


def study_memory(model: Checkpoint, tunes: Sequence[Tune], *, progress: Progress = lambda *_: None) -> MemoryStudy:
    """Measure how far back characters matter to a network.

    Parameters
    ----------
    tunes
        Tunes to read, preferably held out from training. Characters that it does not know are left out.

    Raises
    ------
    OptionError
        If the network is not recurrent.
    CorpusError
        If there are no tunes, or half of them are too short.
    """
    require_equations(model.config.cell, "following gradients back")
    framed = [model.vocabulary.encode_known(tune.framed) for tune in tunes]
    framed = [ids for ids in framed if len(ids) > 2]
    if not framed:
        raise CorpusError("there is nothing to read: no tune has a character that the network knows; give other tunes")
    network = load_network(model)
    progress("gradients", 0.0)
    trained = gradient_decay(network, framed)
    progress("gradients of an untrained network", 0.3)
    untrained = gradient_decay(load_network(untrained_like(model)), framed)
    progress("loss against context", 0.5)
    context = context_losses(network, framed)
    progress("gates", 0.8)
    gates = gate_use(network, (ids[1:-1] for ids in framed))
    shape = model.config
    return MemoryStudy(
        shape.cell, shape.units, shape.layers, trained, untrained, context, gates, model.fingerprint, len(framed),
        sum(map(len, framed)),
    )  # fmt: skip
