"""What is said of composed tunes: how much the acceptor steered, what was copied, why they were kept."""

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tunewright.cli.learning.add_discriminator import acceptance_sentence, choosing_sentence
from tunewright.cli.progress import indexing, progress_bar
from tunewright.cli.sources import learned_from
from tunewright.errors import InputError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.composition import Composition

if TYPE_CHECKING:
    from tunewright.analysis.originality.corpus_index import OriginalityIndex
    from tunewright.analysis.originality.verdict import Originality
    from tunewright.analysis.selection import Kept


class Figures:
    """Measures composed tunes.

    Parameters
    ----------
    model
        What composed them; what it learned from is the corpus where none is named.
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
    def index(self) -> "OriginalityIndex | None":
        """The index of the corpus; None if it is not wanted or, which is told, not to be had."""
        if not self.wanted:
            return None
        from tunewright.analysis.originality.corpus_index import originality_index

        try:
            tunes = learned_from(self._model, self._corpus)
        except InputError as error:
            if self._corpus:
                raise
            print(f"originality is not known: {error}; name the tunes with --corpus", file=sys.stderr)
            return None
        with progress_bar(indexing(len(tunes))) as tell:
            return originality_index(tunes, progress=tell)

    def originality(self, text: str) -> "Originality | None":
        """How near the tune is to the corpus; None if that is not known."""
        return self.index.query(text) if self.index else None

    def best(self, compositions: Sequence[Composition], count: int) -> tuple["Kept", ...]:
        """The best `count` of `compositions`."""
        from tunewright.analysis.selection import keep_best

        discriminator = Discriminator.of(self._model) if self._steered else None
        judge = discriminator.logit if discriminator else None
        return keep_best(compositions, count, self.index.query if self.index else None, judge)

    def tell(self, composition: Composition, reasons: Sequence[str] = ()) -> None:
        """Say on the error stream what is known of a tune."""
        lines = [self.steering(composition), *self._sentences(composition, reasons)]
        print("".join(f"  {line}\n" for line in lines), file=sys.stderr, flush=True)

    def tell_choosing(self, compositions: Sequence[Composition]) -> None:
        """Say on the error stream what choosing took, if tunes were chosen."""
        if sentence := acceptance_sentence(compositions):
            print(sentence, file=sys.stderr, flush=True)

    def _sentences(self, composition: Composition, reasons: Sequence[str]) -> list[str]:
        choosing, originality = choosing_sentence(composition), self.originality(composition.text)
        return [*([choosing] if choosing else ()), *reasons, *(originality.sentences() if originality else ())]

    def steering(self, composition: Composition) -> str:
        """Seed and length of a tune, and how much the acceptor took away."""
        parts = [f"seed {composition.seed}: {composition.composed} characters"]
        if not composition.ended:
            parts.append("stopped at --max-length")
        if self._steered:
            parts.append(f"{composition.removed:.1%} of the probability was ruled out")
            parts.append(f"{composition.discarded} characters were written and taken back")
        return "; ".join(parts)

    def recorded(self, composition: Composition, reasons: Sequence[str] = ()) -> dict[str, str]:
        """What is known of a tune, by name, for its files."""
        sentences = self._sentences(composition, reasons)
        entries = dict(sentence.split(": ", 1) for sentence in sentences if not sentence.startswith("next: "))
        return {"ruled out": f"{composition.removed:.1%} of the probability", **entries} if self._steered else entries
