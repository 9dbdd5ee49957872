"""Training of a discriminator on composed tunes and as many tunes of the network's training set.

A logistic regression with an L2 penalty on standardised features. The strength of the penalty, and the calibration of
the logits, are chosen by cross-validation in five folds, settings of one tune in one fold: the logits of held-out tunes
are scaled and shifted to maximise their likelihood (J. Platt, "Probabilistic outputs for support vector machines",
1999). All folds and penalties are fitted at once by L-BFGS, each as one column. Only training tunes of the network may
be given: no validation tune.

Shapes: N tunes, F features, C columns, one for each penalty and fold and, for the whole, one more.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.corpus.split import group_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.choosing.features import Features, features
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.training.data import TrainingData

TEMPERATURES = (0.8, 1.0)
"""Temperatures of the composed tunes, equally many at each."""
FEWEST_TUNES, MOST_TUNES = 200, 2500
"""Numbers of tunes of the corpus, and of composed ones."""
FIRST_SEED = 1 << 40
"""Seed of the first composed tune, far from those that users take."""
LEAST_SHARE, MOST_FEATURES = 0.02, 1500
"""A feature is used if at least this share of all tunes has it; at most this number, the most frequent ones."""
WITHOUT_FAIL = 0.999
"""AUC above which choosing is useless: the network has learned too little."""
COMPOSING_SHARE = 0.7
"""Share of the time that composing takes."""
FOLDS = 5
PENALTIES = (30.0, 100.0, 300.0, 1000.0)
ITERATIONS = 60
"""Iterations of L-BFGS; more do not change held-out logits noticeably."""
QUANTILES = 101
STEADY = 1e-3
"""Added to standard deviations."""

Progress = Callable[[str, float], None]


def training_texts(data: TrainingData, seed: int = 0) -> list[str]:
    """Return training tunes of `data`, at most `MOST_TUNES`; no validation tunes."""
    chosen = np.random.default_rng(seed).permutation(len(data.tunes))[:MOST_TUNES]
    return [data.text_of(data.tunes[number]) for number in sorted(chosen.tolist())]


def learn_discriminator(
    model: Checkpoint, tunes: Sequence[str], *, seed: int = 0, progress: Progress = lambda *_: None
) -> Discriminator:
    """Compose with `model` and default options, and train a discriminator between these tunes and `tunes`.

    Parameters
    ----------
    tunes
        Training tunes of the network, and no others.
    seed
        Seed of the choice among many tunes, and of the folds.
    progress
        Called with a description and the share that is done, 0 to 1.

    Raises
    ------
    OptionError
        If there are fewer tunes than `FEWEST_TUNES`, the network is worse than the n-gram model, more than half of its
        tunes do not end, or the discriminator separates nearly all of them from the corpus.
    GrammarError
        If the network's vocabulary does not suffice for a tune that plays.
    """
    if len(tunes) < FEWEST_TUNES:
        raise OptionError(f"a discriminator needs {FEWEST_TUNES} tunes; there are {len(tunes)}")
    require_learned(model)
    generator = np.random.default_rng(seed)
    chosen = [tunes[index] for index in generator.permutation(len(tunes))[:MOST_TUNES].tolist()]
    for count in (FEWEST_TUNES, len(chosen)):
        composed = _composed(model, count, progress)
        progress("training the discriminator", COMPOSING_SHARE)
        found = discriminate(chosen[:count], composed, generator)
        if found.auc > WITHOUT_FAIL:
            raise OptionError(
                f"the discriminator separates its tunes from training tunes in {found.auc:.1%} of pairs, so that "
                "choosing among them is useless; train the network for longer"
            )
    return replace(found, network=model.fingerprint)


def require_learned(model: Checkpoint) -> None:
    """Raise OptionError if the record of `model` shows a validation loss above that of the n-gram model."""
    counted = model.training.get("baselines", {}).get("ngram", {}).get("full_tune", {}).get("nats_per_char")
    loss = model.metrics.get("validation_full_tune")
    if counted is not None and loss is not None and loss > counted:
        raise OptionError(
            f"the network's loss, {loss:.3f} nats per character, is above that of the n-gram model, {counted:.3f}; "
            "train it for longer"
        )


def _composed(model: Checkpoint, count: int, progress: Progress) -> dict[str, list[str]]:
    """Return `count` composed tunes by temperature, equally many at each."""
    found: dict[str, list[str]] = {}
    each = count // len(TEMPERATURES)
    for place, temperature in enumerate(TEMPERATURES):
        config = CompositionConfig(temperature=temperature, seed=FIRST_SEED + place * MOST_TUNES, accept=1.0)
        texts = found[f"{temperature:g}"] = []
        for done, composition in enumerate(compose_many(model, each, config)):
            progress(
                "composing tunes for the discriminator", COMPOSING_SHARE * (place + done / each) / len(TEMPERATURES)
            )
            if composition.ended:
                texts.append(composition.text)
    ended = sum(map(len, found.values()))
    if 2 * ended < count:
        raise OptionError(
            f"only {ended} of {each * len(TEMPERATURES)} composed tunes came to an end; train the network for longer"
        )
    return found


def discriminate(
    corpus: Sequence[str], composed: dict[str, list[str]], generator: np.random.Generator
) -> Discriminator:
    """Train a discriminator between the tunes of `corpus` and `composed` ones, given by temperature."""
    texts = [*corpus, *(text for texts in composed.values() for text in texts)]
    found = [features(text) for text in texts]
    names = _names(found)
    is_corpus = np.arange(len(texts)) < len(corpus)
    folds = _folds(corpus, len(texts), generator)
    table = _table(found, names)
    fit = fit_logistic(table, is_corpus, folds)
    sizes = [len(texts) for texts in composed.values()]
    parts = np.split(fit.held_out[len(corpus) :], np.cumsum(sizes)[:-1])
    steps = np.linspace(0, 1, QUANTILES)
    return Discriminator(
        network="",
        weights={name: float(f"{weight:.4g}") for name, weight in zip(names, fit.weights, strict=True)},
        bias=fit.bias,
        composed={
            name: tuple(np.quantile(part, steps).round(4).tolist())
            for name, part in zip(composed, parts, strict=True)
            if part.size
        },
        auc=area_under_curve(fit.held_out, is_corpus),
        tunes=len(corpus),
    )


def _names(found: Sequence[Features]) -> list[str]:
    """Return the names of the features to use, sorted."""
    counts = Counter(name for each in found for name in each)
    frequent = [(-count, name) for name, count in counts.items() if count >= LEAST_SHARE * len(found)]
    return sorted(name for _, name in sorted(frequent)[:MOST_FEATURES])


def _table(found: Sequence[Features], names: Sequence[str]) -> NDArray[np.float32]:
    """Return the values of the features, shape=(N, F)."""
    places = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(found), len(names)), np.float32)
    for row, each in enumerate(found):
        for name, value in each.items():
            if name in places:
                table[row, places[name]] = value
    return table


def _folds(corpus: Sequence[str], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return the fold of each tune, those of the corpus first, shape=(N,); settings of one tune are in one fold."""
    folds = generator.integers(FOLDS, size=count)
    for group in group_tunes([Tune(text, Path(), 1, len(text)) for text in corpus]):
        folds[group] = folds[group[0]]
    return folds


@dataclass(frozen=True)
class LogisticFit:
    """A fitted logistic regression."""

    weights: NDArray[np.float64]
    """Weight of each feature, not standardised, shape=(F,)."""
    bias: float
    held_out: NDArray[np.float64]
    """Calibrated logit of each tune by the columns that were not fitted on it, shape=(N,)."""
    penalty: float


def fit_logistic(table: NDArray[np.float32], labels: NDArray[np.bool_], folds: NDArray[np.int64]) -> LogisticFit:
    """Fit a logistic regression, calibrated on held-out tunes.

    Parameters
    ----------
    table
        Features of each tune, shape=(N, F).
    labels
        True for a tune of the corpus, shape=(N,).
    folds
        Fold of each tune, 0 to `FOLDS` - 1, shape=(N,).
    """
    mean, scale = table.mean(axis=0), table.std(axis=0) + STEADY
    standard = torch.from_numpy((table - mean) / scale)  # (N, F)
    seen = np.column_stack([*(folds != fold for fold in range(FOLDS)), np.ones_like(labels)])
    counts = seen.sum(axis=0)
    weights, biases = _minimise(
        standard,
        torch.from_numpy(labels),
        torch.from_numpy(np.tile(seen, len(PENALTIES))),
        torch.tensor([penalty * count / counts[-1] for penalty in PENALTIES for count in counts]),
    )
    logits = (standard @ weights + biases).double().numpy().reshape(len(labels), len(PENALTIES), FOLDS + 1)
    held_out = logits[np.arange(len(labels)), :, folds]  # (N, penalties)
    calibrated = [_calibrate(column, labels) for column in held_out.T]
    losses = [
        _loss(slope * column + shift, labels) for (slope, shift), column in zip(calibrated, held_out.T, strict=True)
    ]
    best = int(np.argmin(losses))
    slope, shift = calibrated[best]
    whole = best * (FOLDS + 1) + FOLDS
    plain = slope * weights[:, whole].double().numpy() / scale
    bias = slope * float(biases[whole]) + shift - float(plain @ mean)
    return LogisticFit(plain, bias, slope * held_out[:, best] + shift, PENALTIES[best])


def _minimise(
    table: torch.Tensor, labels: torch.Tensor, seen: torch.Tensor, penalties: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights, shape=(F, C), and biases, shape=(C,), of all columns, each fitted on the tunes in `seen`."""
    weights = torch.zeros(table.shape[1], len(penalties), requires_grad=True)
    biases = torch.zeros(len(penalties), requires_grad=True)
    signs = torch.where(labels, -1.0, 1.0)[:, None]
    search = torch.optim.LBFGS([weights, biases], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        logits = table @ weights + biases  # (N, C)
        total = (torch.nn.functional.softplus(signs * logits) * seen).sum() + (penalties * weights**2).sum() / 2
        total.backward()  # type: ignore[no-untyped-call]
        return total.detach()

    search.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach(), biases.detach()


def _calibrate(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and shift that maximise the likelihood of the labels; by Newton's method."""
    design = np.column_stack([logits, np.ones_like(logits)])
    found = np.array([1.0, 0.0])
    for _ in range(20):
        chances = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        curvature = design.T @ (design * (chances * (1 - chances))[:, None]) + 1e-6 * np.eye(2)
        found -= np.linalg.solve(curvature, design.T @ (chances - labels))
    return float(found[0]), float(found[1])


def _loss(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Return the mean negative log-likelihood, in nats."""
    return float(np.logaddexp(0, np.where(labels, -logits, logits)).mean())


def area_under_curve(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Return the probability that a labelled tune has a greater logit than another; ties count half."""
    others = np.sort(logits[~labels])
    below, not_above = (np.searchsorted(others, logits[labels], side) for side in ("left", "right"))
    return float((below + not_above).mean() / 2 / len(others))
