"""Classifier of the type of a tune (reel, jig, hornpipe): a linear probe of the state after the last character.

A network that was trained to predict characters reads a tune; the probe reads the type from its final state (h of all
units, and c of an LSTM). The title and the type are hidden from the network: of the header it reads the metre, the unit
length and the key. The probe is trained on tunes whose ``R:`` names their type.

Two baselines use no network: the most frequent type, and the most frequent type of the tune's metre.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import QUANTITIES, stream_activations
from tunewright.analysis.probes.linear_probe import LinearProbe, ProbeRows
from tunewright.analysis.probes.probe_targets import metre_of, rhythm_of
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import require_equations
from tunewright.model.network import load_network
from tunewright.notation.fields import field_of, header_fields, header_length

SHOWN = "MLK"
"""Fields of the header that the network reads."""
FEWEST_TUNES = 10
"""That a type must have to be a class."""


@dataclass(frozen=True)
class RhythmAccuracy:
    """Shares of tunes whose type is predicted correctly."""

    network: float
    """By the probe of the network's state."""
    metre: float
    """By the most frequent type of the tune's metre."""
    majority: float
    """By the most frequent type of all."""
    tunes: int
    """With a type that is a class of the probe; the others are left out."""


@dataclass(frozen=True)
class RhythmReader:
    """Classifier of the type of a tune."""

    model: Checkpoint
    probe: LinearProbe
    types: tuple[str, ...]
    """Its classes, the most frequent first."""
    of_metre: dict[str, str]
    """The most frequent type of each metre."""

    def read(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the type of each tune, given in ABC notation; unknown characters are left out."""
        if not texts:
            return ()
        return tuple(self.types[number] for number in self.probe.classes(_last_states(self.model, texts)))

    def measure(self, tunes: Sequence[Tune]) -> RhythmAccuracy:
        """Measure the accuracy on `tunes` with a field ``R:``, which should not be among the training tunes.

        Raises
        ------
        CorpusError
            If no tune has a type that is a class of the probe.
        """
        typed = [tune for tune in tunes if type_of(tune) in self.types]
        if not typed:
            raise CorpusError(f"no tune has a field R: with one of these types: {', '.join(self.types)}")
        truth = np.array([type_of(tune) for tune in typed])
        by_metre = np.array([self.of_metre.get(_metre(tune), self.types[0]) for tune in typed])
        return RhythmAccuracy(
            float((np.array(self.read([tune.text for tune in typed])) == truth).mean()),
            float((by_metre == truth).mean()),
            float((truth == self.types[0]).mean()),
            len(typed),
        )


def learn_rhythm(model: Checkpoint, tunes: Sequence[Tune], fewest: int = FEWEST_TUNES) -> RhythmReader:
    """Train a probe of a network's state to classify types of tunes.

    Parameters
    ----------
    tunes
        Training tunes: those are used whose ``R:`` names a type that at least `fewest` of them have.

    Raises
    ------
    CorpusError
        If there are fewer than two such types.
    CheckpointError
        If the weights do not fit the configuration.
    """
    counts = Counter(type_of(tune) for tune in tunes)
    types = tuple(name for name, count in counts.most_common() if name and count >= fewest)
    if len(types) < 2:
        raise CorpusError(
            "types of tunes cannot be learned: they need two types or more, each named by the field R: of "
            f"{fewest} tunes or more"
        )
    learned = [tune for tune in tunes if type_of(tune) in types]
    states = _last_states(model, [tune.text for tune in learned])
    numbers = np.array([types.index(type_of(tune)) for tune in learned])
    probe = ProbeRows(states, np.arange(len(learned))).classifier(numbers, len(types))
    by_metre: dict[str, Counter[str]] = {}
    for tune in learned:
        by_metre.setdefault(_metre(tune), Counter())[type_of(tune)] += 1
    return RhythmReader(model, probe, types, {metre: found.most_common(1)[0][0] for metre, found in by_metre.items()})


def type_of(tune: Tune) -> str:
    """The type in the field ``R:`` of a tune's header, in one spelling; "" if there is none."""
    return rhythm_of(dict(header_fields(tune.text)).get("R", ""))


def _metre(tune: Tune) -> str:
    return metre_of(dict(header_fields(tune.text)).get("M", ""))


def shown_text(text: str) -> str:
    """A tune as the network reads it: its header has only the fields of `SHOWN`."""
    lines = text.split("\n")
    end = header_length(lines)
    fields = [line for line in lines[:end] if (field := field_of(line)) and field[0] in SHOWN]
    return "\n".join([*fields, *lines[end:]])


def _last_states(model: Checkpoint, texts: Sequence[str]) -> NDArray[np.float32]:
    """The state after the last character of each text, shape=(texts, numbers of the state)."""
    require_equations(model.config.cell, "reading states")
    names = [name for name in QUANTITIES[model.config.cell] if name in ("h", "c")]
    ids = [model.vocabulary.encode_known(shown_text(text)) for text in texts]
    # A text without known characters leaves the state at zero.
    states = np.zeros((len(texts), len(names) * model.config.layers * model.config.units), np.float32)
    for row, found in zip(states, stream_activations(load_network(model), ids, names), strict=True):
        if found[names[0]].shape[1]:
            row[:] = np.concatenate([found[name][:, -1].ravel() for name in names])
    return states
