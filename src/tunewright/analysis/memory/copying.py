"""Analysis of the gate of a look-back head: where a network copies, and where it generates by itself.

The gate is studied like a unit (see `units.unit_study`): the labels that it follows are chosen on some tunes and
confirmed on others. On the latter its mean is measured at each kind of character that is predicted, at each quarter of
the bar, in bars that occur in the tune for the first time and in bars that repeat an earlier one. So is the share of
the character's probability that was copied (see `looked_at`).

The gate is the weight of the network's own distribution: at 1 the network generates, at 0 it copies. Its value after a
character is about the next character. For labels it is therefore paired with the character just read, as units are;
for kinds and places it is paired with the next one.

Shapes: T characters of a tune; N characters of all tunes, their ends included.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.ablation.effects import Bootstrap
from tunewright.analysis.character_kinds import KINDS, character_kinds
from tunewright.analysis.memory.looked_at import Floats, Looked, look_at
from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.units.claims import UnitFinding, make_finding, sentence_of
from tunewright.analysis.units.label_places import read_places
from tunewright.analysis.units.samples import GRADED, Side, Sides
from tunewright.analysis.units.selectivity import Sample, compare, usable_labels
from tunewright.analysis.units.unit_study import FEWEST_HELD_OUT
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network
from tunewright.progress import Progress

PLACES = ("1st quarter", "2nd quarter", "3rd quarter", "4th quarter", "full")
"""Share of the bar that was played before the character."""
FIRST, AGAIN = "first statements", "bars that stood before"
LABELS_TOLD = 3
FEWEST = 30
"""Characters that a group must have to be reported."""
GATE = "the gate"
_WITHOUT_SIGNS = str.maketrans("", "", " \n|:[]")  # ignored when bars are compared


@dataclass(frozen=True)
class Group:
    """Characters of one kind."""

    of: str
    characters: int
    gate: Estimate
    """Mean weight of the network's own distribution, 0 to 1; its interval is over tunes."""
    copied: Estimate
    """Mean share of the actual character's probability that was copied, 0 to 1."""


@dataclass(frozen=True)
class Copying:
    """Statistics of the gate of one network."""

    findings: tuple[UnitFinding, ...]
    """The labels that it follows, the one that it follows best first."""
    overall: Group
    kinds: tuple[Group, ...]
    """Frequent kinds of characters, in the order of `KINDS`."""
    first: tuple[Group, ...]
    """In bars that occur in their tune for the first time: all of their characters, then at each of `PLACES`."""
    again: tuple[Group, ...]
    """The same in bars that repeat an earlier one; blanks and bar lines are ignored."""
    bars: int
    from_before: int
    """Number of bars of which most comes from earlier bars."""
    about: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)


def study_copying(model: Checkpoint, sides: Sides, progress: Progress = lambda *_: None) -> Copying:
    """Study which labels the gate of a network follows, and its mean by kind and place.

    Parameters
    ----------
    model, sides
        A network that looks back, and tunes labelled for its vocabulary.

    Raises
    ------
    OptionError
        If the network does not look back.
    """
    network = load_network(model)

    def read(side: Side, begin: float) -> list[Looked]:
        looked = []
        for number, text in enumerate(side.texts):
            looked.append(look_at(network, model.vocabulary, text))
            progress("gate", begin + 0.4 * number / len(side.texts))
        return looked

    choosing, confirming = read(sides.choosing, 0.0), read(sides.confirming, 0.4)
    progress("comparing the gate with chance", 0.8)
    findings = _findings(_sample(sides.choosing, choosing), _sample(sides.confirming, confirming), sides.confirming)
    characters = _Characters.of(confirming)
    return Copying(
        findings,
        characters.group("all characters", np.ones(len(characters.gate), bool)),
        characters.frequent(KINDS, [characters.kinds == kind for kind in range(len(KINDS))]),
        characters.bars(FIRST, 0),
        characters.bars(AGAIN, 1),
        sum(len(each.bars) for each in confirming),
        sum(len(each.from_before) for each in confirming),
        {"tunes": len(confirming), "characters": int(sides.confirming.starts[-1])},
    )


def _sample(side: Side, looked: Sequence[Looked]) -> Sample:
    """The gate after each character, as a sample of one unit."""
    gate = np.concatenate([each.gate[1:] for each in looked]).astype(np.float32)
    return Sample(gate[None], side.labels, GRADED, side.tune_numbers)


def _findings(choosing: Sample, confirming: Sample, side: Side) -> tuple[UnitFinding, ...]:
    chosen = compare(choosing, usable_labels(choosing)[None])
    sizes = np.nan_to_num(np.abs(chosen.strengths[0]), nan=-1.0)
    best = [label for label in np.argsort(-sizes, kind="stable")[:LABELS_TOLD].tolist() if sizes[label] >= 0]
    pairs = np.zeros(chosen.strengths.shape, bool)
    pairs[0, best] = True
    frequent = usable_labels(confirming, fewest_tunes=1, fewest_defined=FEWEST_HELD_OUT)
    confirmed = compare(confirming, pairs & frequent)
    found = [
        make_finding(0, label, place, chosen, confirmed, confirming, side, 1) for place, label in enumerate(best, 1)
    ]
    return tuple(replace(each, sentence=sentence_of(each, len(side.texts), 1, name=GATE)) for each in found)


@dataclass(frozen=True)
class _Characters:
    """Values at all characters of all tunes, and at their ends, each shape=(N,)."""

    tunes: NDArray[np.intp]
    gate: Floats
    copied: Floats
    kinds: NDArray[np.intp]
    places: NDArray[np.intp]
    """Index into `PLACES`, -1 where no bar is counted."""
    again: NDArray[np.intp]
    """1 in bars that repeat an earlier one, 0 in others, -1 outside of bars."""

    @classmethod
    def of(cls, looked: Sequence[Looked]) -> "_Characters":
        return cls(
            np.repeat(np.arange(len(looked)), [len(each.gate) for each in looked]),
            np.concatenate([each.gate for each in looked]),
            np.concatenate([each.copied for each in looked]),
            np.concatenate([character_kinds(each.text).astype(np.intp) for each in looked]),
            np.concatenate([_quarters(each.text) for each in looked]),
            np.concatenate([_repeats(each) for each in looked]),
        )

    def group(self, name: str, chosen: NDArray[np.bool_]) -> Group:
        """Means over the chosen characters, at least one."""
        most = int(self.tunes[-1]) + 1
        counts, gate, copied = (
            np.bincount(self.tunes[chosen], values[chosen], minlength=most).astype(np.float64)
            for values in (np.ones(len(chosen)), self.gate, self.copied)
        )
        bootstrap = Bootstrap(most, 0)
        return Group(name, int(counts.sum()), bootstrap.ratio(gate, counts), bootstrap.ratio(copied, counts))

    def frequent(self, names: Sequence[str], chosen: Sequence[NDArray[np.bool_]]) -> tuple[Group, ...]:
        """Groups that have `FEWEST` characters or more."""
        return tuple(self.group(*pair) for pair in zip(names, chosen, strict=True) if pair[1].sum() >= FEWEST)

    def bars(self, name: str, again: int) -> tuple[Group, ...]:
        """Group of the bars whose `again` has this value, and groups of each place in them."""
        here = self.again == again
        places = [here & (self.places == place) for place in range(len(PLACES))]
        return self.frequent([name, *PLACES], [here, *places])


def _quarters(text: str) -> NDArray[np.intp]:
    """Index into `PLACES` of each character and of the end, shape=(T + 1,)."""
    played = np.concatenate([[np.nan], read_places(text).moments["played"]])
    found = np.full(len(played), -1)
    known = ~np.isnan(played)
    found[known] = np.minimum(played[known] * 4, 4).astype(int)
    return found


def _repeats(looked: Looked) -> NDArray[np.intp]:
    """1 in bars that repeat an earlier one, 0 in others, -1 outside; of characters and end, shape=(T + 1,)."""
    found = np.full(len(looked.text) + 1, -1)
    known: set[str] = set()
    for bar in looked.bars:
        content = looked.text[bar.start : bar.end].translate(_WITHOUT_SIGNS)
        found[bar.start : bar.end] = content in known
        known.add(content)
    return found
