"""Printing of composed tunes, and of what is known of each: steering, rejection sampling, originality, why it was kept.

The tunes go to the standard output, what is known of them to the error stream.
"""

from collections.abc import Sequence
from contextlib import closing
from functools import cached_property

from tunewright.analysis.originality.corpus_index import OriginalityIndex, originality_index
from tunewright.analysis.originality.verdict import Originality
from tunewright.analysis.selection import Kept, keep_best
from tunewright.cli.composing.request import CompositionRequest
from tunewright.cli.console import say_tune, warn
from tunewright.cli.progress import indexing, progress_bar
from tunewright.cli.sources import learned_from
from tunewright.errors import InputError, MissingExtraError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.compose import streamed
from tunewright.sampling.composition import Composition

MOST_DESCRIBED = 20
"""Up to this many tunes, what is known of each is printed unasked."""


class Figures:
    """Measures composed tunes.

    Parameters
    ----------
    model
        The network that composed them; without `corpus`, they are compared with what it learned from.
    corpus
        Files, folders or named corpora that the tunes may be copied from.
    wanted
        Whether to look for what they have copied.
    steered
        Whether an acceptor steered the composing.
    """

    def __init__(self, model: Checkpoint, corpus: Sequence[str] | None, *, wanted: bool, steered: bool) -> None:
        self.wanted, self._steered = wanted, steered
        self._model, self._corpus = model, corpus

    @cached_property
    def index(self) -> OriginalityIndex | None:
        """The index of the corpus; None if it is not wanted, or if its tunes cannot be read, which is reported."""
        if not self.wanted:
            return None
        try:
            tunes = learned_from(self._model, self._corpus)
        except (InputError, MissingExtraError) as error:
            if self._corpus:
                raise
            warn(f"originality is not known: {error}; name the tunes with --corpus")
            return None
        with progress_bar(indexing(len(tunes))) as tell:
            return originality_index(tunes, progress=tell)

    def originality(self, text: str) -> Originality | None:
        """How near the tune is to the corpus; None if there is no index."""
        return self.index.query(text) if self.index else None

    def best(self, compositions: Sequence[Composition], count: int) -> tuple[Kept, ...]:
        """The best `count` of `compositions`."""
        discriminator = Discriminator.of(self._model) if self._steered else None
        judge = discriminator.logit if discriminator else None
        return keep_best(compositions, count, self.index.query if self.index else None, judge)

    def describe(self, composition: Composition, reasons: Sequence[str] = ()) -> None:
        """Print what is known of a tune, on the error stream."""
        lines = [self.steering(composition), *self._sentences(composition, reasons)]
        warn("".join(f"  {line}\n" for line in lines))

    def describe_choosing(self, compositions: Sequence[Composition]) -> None:
        """Print how many candidates were composed and accepted, if rejection sampling was on."""
        if sentence := acceptance_sentence(compositions):
            warn(sentence)

    def _sentences(self, composition: Composition, reasons: Sequence[str]) -> list[str]:
        choosing, originality = choosing_sentence(composition), self.originality(composition.text)
        return [*([choosing] if choosing else ()), *reasons, *(originality.sentences() if originality else ())]

    def steering(self, composition: Composition) -> str:
        """Seed and length of a tune, and how much the acceptor ruled out."""
        parts = [f"seed {composition.seed}: {composition.composed} characters"]
        if not composition.ended:
            parts.append("stopped at --max-length")
        if self._steered:
            parts.append(f"{composition.removed:.1%} of the probability was ruled out")
            parts.append(f"{composition.discarded} characters were written and taken back")
        return "; ".join(parts)

    def recorded(self, composition: Composition, reasons: Sequence[str] = ()) -> dict[str, str]:
        """Figures of a tune, by name, for the provenance in its files."""
        sentences = self._sentences(composition, reasons)
        entries = dict(sentence.split(": ", 1) for sentence in sentences if not sentence.startswith("next: "))
        return {"ruled out": f"{composition.removed:.1%} of the probability", **entries} if self._steered else entries


def print_tunes(request: CompositionRequest, figures: Figures) -> None:
    """Compose and print: one tune character by character, several as they are finished, with what is known of each."""
    compositions: list[Composition] = []
    if request.keep is not None:
        compositions += request.compositions()
        figures.describe_choosing(compositions)
        for kept in figures.best(compositions, request.keep):
            say_tune(kept.composition.text.rstrip("\n"), end="\n\n")
            figures.describe(kept.composition, kept.reasons)
        return
    if request.count > 1 or request.order.device != "cpu":
        for composition in request.compositions():
            compositions.append(composition)
            say_tune(composition.text.rstrip("\n"), end="\n\n")
            if request.count <= MOST_DESCRIBED or figures.wanted:
                figures.describe(composition)
        figures.describe_choosing(compositions)
        return
    figures.describe(_print_as_composed(request))


def _print_as_composed(request: CompositionRequest) -> Composition:
    """Compose one tune and print each character as it is chosen."""
    if request.order.config.accept < 1 and not request.order.config.argmax:
        warn("composing until a tune is accepted; --accept 1 shows one as it is written")
    composing = streamed(request.order)
    last = ""
    with closing(composing):
        while True:
            try:
                last = next(composing)
            except StopIteration as stop:
                say_tune("", end="" if last == "\n" else "\n")
                composition: Composition = stop.value
                return composition
            say_tune(last, end="")


def choosing_sentence(composition: Composition) -> str | None:
    """How a tune was chosen, and what the network alone thinks of it; None if nothing was chosen."""
    choice = composition.choice
    if choice is None:
        return None
    how = f"accepted as number {choice.candidates}" if choice.accepted else f"drawn among {choice.candidates}"
    nats = -composition.likelihood / max(composition.composed, 1)
    return (
        f"chosen: {how} of the candidates of its seed; log-ratio of corpus to network {choice.log_ratio:+.2f} nats; "
        f"under the network alone {nats:.3f} nats per character; --seed {choice.seed} --accept 1 composes it again"
    )


def acceptance_sentence(compositions: Sequence[Composition]) -> str | None:
    """How many candidates were composed for some tunes, and accepted; None if nothing was chosen."""
    choices = [composition.choice for composition in compositions if composition.choice]
    if not choices:
        return None
    candidates, accepted = sum(choice.candidates for choice in choices), sum(choice.accepted for choice in choices)
    drawn = f", {len(choices) - accepted:,} drawn where none was" if accepted < len(choices) else ""
    rate = f"{accepted / candidates:.1%} were accepted{drawn}"
    return f"choosing: {candidates:,} tunes composed for {len(choices):,}; {rate}; --accept 1 takes every tune"
