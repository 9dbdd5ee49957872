"""Diagnostic probing: what a linear probe reads off the whole state of a network, with its controls.

A linear probe reads a property, such as the key, off all units at once (see `linear_probe`, `probe_targets`). It is
trained on the tunes to choose by and measured on the others. A good score may be due to the probe, not to the network.
The controls are

- an untrained network of the same shape, whose state echoes the last characters as well;
- a control task (Hewitt and Liang, 2019, arXiv:1909.03368): each pair of consecutive characters gets an answer drawn at
  random from those of the property; where a tune has one answer, these are permuted among the tunes. Only memorising
  helps there. The selectivity is the score less that of the control task;
- the single unit that the property explains best, probed alone;
- a constant answer: the most frequent one, or the mean.

Scores are 1 - errors / most errors: the accuracy over characters for classes; for a number the explained share of its
variance, R2, which is 0 for the mean and may be negative. Intervals are those of 95% of 1,000 bootstrap resamples of
the held-out tunes.

Shapes: U units of all layers, N characters, n of them where a property has an answer.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.probes.linear_probe import Floats, LinearProbe, ProbeRows
from tunewright.analysis.probes.probe_targets import PROPERTIES, Property, property_values
from tunewright.analysis.units.counterparts import untrained_like
from tunewright.analysis.units.samples import Side, Sides
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import unit_name
from tunewright.model.network import load_network
from tunewright.progress import Progress

FEWEST_TUNES = 3
"""Training tunes that an answer needs to be a class; tunes of each side that a property needs."""
RESAMPLES = 1000
SEED = 2019


@dataclass(frozen=True)
class ProbeScore:
    """A score with its 95% bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Probe:
    """Scores of one property on the held-out tunes."""

    name: str
    statistic: str
    """"accuracy" or "R2"."""
    phrase: str
    where: str
    answers: tuple[str, ...]
    """The classes, without those of too few tunes; empty for a number."""
    trained: ProbeScore
    untrained: ProbeScore
    control: ProbeScore
    """Of the control task, on the network's state."""
    best_unit: ProbeScore
    unit: int
    layer: int
    constant: ProbeScore
    """Of a constant answer: the most frequent one, or the mean."""
    gain: ProbeScore
    """`trained` less `untrained`."""
    selectivity: ProbeScore
    """`trained` less `control`."""
    tunes: int
    """Held-out tunes with the property."""
    characters: int
    """Characters of these tunes with an answer."""

    @property
    def sentence(self) -> str:
        """The scores as a sentence."""
        measure = "of the characters right" if self.statistic == "accuracy" else "of the variance"
        unit = unit_name((self.layer, self.unit))
        return (
            f"the state tells {self.phrase}: {self.trained.value:.0%} {measure} on {self.tunes} held-out tunes; "
            f"untrained {self.untrained.value:.0%}, control {self.control.value:.0%}, "
            f"unit {unit} alone {self.best_unit.value:.0%}, the same answer always {self.constant.value:.0%}"
        )


@dataclass(frozen=True)
class ProbeStudy:
    """Probes of one network."""

    probes: tuple[Probe, ...]
    """In the order of `PROPERTIES`."""
    too_rare: tuple[str, ...]
    """Properties that too few tunes have, or with a single answer."""
    quantity: str
    fingerprint: str

    def as_json(self) -> dict[str, Any]:
        """The content of ``probes.json``."""
        probes = [{**asdict(probe), "sentence": probe.sentence} for probe in self.probes]
        return {**asdict(self), "probes": probes}


def study_probes(
    model: Checkpoint, sides: Sides, quantity: str = "h", *, progress: Progress = lambda *_: None
) -> ProbeStudy:
    """Probe the state of a network for every property of `PROPERTIES`.

    Parameters
    ----------
    model, sides
        The network, and tunes labelled for its vocabulary.
    quantity
        Quantity of each unit that is read: see `activations.QUANTITIES`.

    Raises
    ------
    OptionError
        If the units have no such quantity.
    """
    progress("reading tunes", 0.0)
    pair = (sides.choosing, sides.confirming)
    trained, untrained = (
        [side.read(network, model.vocabulary, quantity).units.T for side in pair]
        for network in map(load_network, (model, untrained_like(model)))
    )
    answers = [_answers(side) for side in pair]
    found = []
    for number, about in enumerate(PROPERTIES):
        progress(f"probing {about.name}", 0.2 + 0.8 * number / len(PROPERTIES))
        task = _task(about, pair, [each[about.name] for each in answers])
        if task:
            found.append(_probe(task, trained, untrained, model.config.units))
    names = {probe.name for probe in found}
    rare = tuple(about.name for about in PROPERTIES if about.name not in names)
    return ProbeStudy(tuple(found), rare, quantity, model.fingerprint)


def _answers(side: Side) -> dict[str, NDArray[Any]]:
    """The right answers of every property at every character of a side, shape=(N,) each."""
    texts = [property_values(text) for text in side.texts]
    return {about.name: np.concatenate([text[about.name] for text in texts]) for about in PROPERTIES}


def _pairs(side: Side) -> NDArray[np.int64]:
    """One number for each pair of a character and its predecessor, shape=(N,)."""
    codes = np.array([ord(character) for text in side.texts for character in text], np.int64)
    before = np.concatenate([[0], codes[:-1]])
    before[side.starts[:-1]] = 0
    return before << 32 | codes


@dataclass(frozen=True)
class _Rows:
    """Characters of one side where a property has an answer, and the answers."""

    places: NDArray[np.intp]
    """Indices among the N characters, shape=(n,)."""
    tunes: NDArray[np.int32]
    """Number of the tune of each, shape=(n,)."""
    answers: NDArray[Any]
    """Indices of classes, or the number itself, shape=(n,)."""
    control: NDArray[Any]
    """Answers of the control task."""


@dataclass(frozen=True)
class _Task:
    """One property with its training and held-out rows."""

    about: Property
    classes: tuple[str, ...]
    learning: _Rows
    held_out: _Rows


def _task(about: Property, sides: tuple[Side, Side], answers: list[NDArray[Any]]) -> _Task | None:
    """Prepare a property; None if too few tunes have it, or with a single answer."""
    classes = _classes(answers[0], sides[0].tune_numbers) if about.kind == "classes" else ()
    rows = []
    for values, side in zip(answers, sides, strict=True):
        known = np.isin(values, classes) if about.kind == "classes" else ~np.isnan(values)
        places = np.flatnonzero(known)
        tunes = side.tune_numbers[places]
        if len(np.unique(tunes)) < FEWEST_TUNES:
            return None
        kept = values[places]
        rows.append((places, tunes, np.searchsorted(classes, kept) if classes else kept.astype(np.float32)))
    (_, _, learned), _ = rows
    if len(np.unique(learned)) < 2:
        return None
    if about.of_tune:
        drawn = [_dealt_to_tunes(tunes, right) for _, tunes, right in rows]
    else:
        pairs = [_pairs(side)[places] for side, (places, _, _) in zip(sides, rows, strict=True)]
        drawn = _drawn_for_types(pairs, learned)
    return _Task(about, classes, *(_Rows(*row, control) for row, control in zip(rows, drawn, strict=True)))


def _classes(words: NDArray[Any], tunes: NDArray[np.int32]) -> tuple[str, ...]:
    """The answers that enough tunes have, sorted."""
    names, numbers = np.unique(words, return_inverse=True)
    tunes_with = np.bincount(np.unique(np.stack([numbers, tunes]), axis=1)[0], minlength=len(names))
    return tuple(str(name) for name, count in zip(names, tunes_with, strict=True) if name and count >= FEWEST_TUNES)


def _dealt_to_tunes(tunes: NDArray[np.int32], answers: NDArray[Any]) -> NDArray[Any]:
    """The answers of all tunes, permuted among them, at the rows of one side."""
    _, firsts, numbers = np.unique(tunes, return_index=True, return_inverse=True)
    dealt: NDArray[Any] = np.random.default_rng(SEED).permutation(answers[firsts])[numbers]
    return dealt


def _drawn_for_types(types: list[NDArray[np.int64]], learned: NDArray[Any]) -> list[NDArray[Any]]:
    """A random answer for each type, drawn from the training answers, at the rows of both sides."""
    kinds, numbers = np.unique(np.concatenate(types), return_inverse=True)
    drawn = np.random.default_rng(SEED).choice(learned, size=len(kinds))[numbers]
    return [drawn[: len(types[0])], drawn[len(types[0]) :]]


def _probe(task: _Task, trained: list[Floats], untrained: list[Floats], width: int) -> Probe:
    """Train and measure the probes of a task; states of both sides, shape=(N, U) each."""
    learning, held_out = task.learning, task.held_out
    _, tunes = np.unique(held_out.tunes, return_inverse=True)
    rows = ProbeRows(trained[0][learning.places], learning.tunes)
    given = trained[1][held_out.places]
    unit = _best_unit(rows.values, learning.answers, len(task.classes))
    alone = ProbeRows(rows.values[:, [unit]], learning.tunes)
    floor = ProbeRows(untrained[0][learning.places], learning.tunes)
    readings = (
        _reading(task, rows, given, control=False),
        _reading(task, floor, untrained[1][held_out.places], control=False),
        _reading(task, rows, given, control=True),
        _reading(task, alone, given[:, [unit]], control=False),
        _constant(learning.answers, len(task.classes), len(given)),
    )
    truths = [held_out.control if place == 2 else held_out.answers for place in range(len(readings))]
    errors, most = np.array(
        [
            [np.bincount(tunes, weights) for weights in _errors(reading, truth, learning.answers, bool(task.classes))]
            for reading, truth in zip(readings, truths, strict=True)
        ]
    ).transpose(1, 2, 0)  # (tunes, readings) each
    scores = _scores(errors, most)
    return Probe(
        name=task.about.name,
        statistic="accuracy" if task.classes else "R2",
        phrase=task.about.phrase,
        where=task.about.where,
        answers=task.classes,
        trained=_interval(scores[0]),
        untrained=_interval(scores[1]),
        control=_interval(scores[2]),
        best_unit=_interval(scores[3]),
        unit=unit % width,
        layer=unit // width,
        constant=_interval(scores[4]),
        gain=_interval(scores[0] - scores[1]),
        selectivity=_interval(scores[0] - scores[2]),
        tunes=len(errors),
        characters=len(given),
    )


def _best_unit(values: Floats, answers: NDArray[Any], classes: int) -> int:
    """The unit whose variance the answers explain best."""
    hot = np.eye(classes, dtype=np.float32)[answers] if classes else (answers - answers.mean())[:, None]
    centred = values - values.mean(axis=0)
    sizes = np.maximum(np.square(hot).sum(axis=0), 1e-9)
    explained = (np.square(centred.T @ hot) / sizes).sum(axis=1) / np.maximum(np.square(centred).sum(axis=0), 1e-9)
    return int(np.argmax(explained))


def _reading(task: _Task, rows: ProbeRows, given: Floats, *, control: bool) -> NDArray[Any]:
    """Predictions of a probe trained on `rows` for the held-out states, shape=(n,)."""
    answers = task.learning.control if control else task.learning.answers
    if not task.classes:
        return rows.regression(answers).scores(given)[:, 0]
    probe: LinearProbe = rows.classifier(answers, len(task.classes))
    return probe.classes(given)


def _constant(answers: NDArray[Any], classes: int, size: int) -> NDArray[Any]:
    return np.full(size, np.bincount(answers).argmax() if classes else answers.mean())


def _errors(
    reading: NDArray[Any], truth: NDArray[Any], learned: NDArray[Any], is_class: bool
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The error at each character, and that of the constant answer or 1, shape=(n,) each."""
    if is_class:
        return (reading != truth).astype(float), np.ones(len(truth))
    return np.square(reading - truth), np.square(truth - learned.mean())


def _scores(errors: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of each reading on all tunes and on each resample of them, shape=(readings, 1 + RESAMPLES)."""
    count = len(errors)
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    weights = np.concatenate([np.ones((1, count)), drawn])
    return np.asarray((1 - (weights @ errors) / np.maximum(weights @ most, 1e-9)).T)


def _interval(scores: NDArray[np.float64]) -> ProbeScore:
    low, high = np.quantile(scores[1:], [0.025, 0.975])
    return ProbeScore(*(round(float(value), 6) for value in (scores[0], low, high)))
