"""Rejection sampling under a constraint: pieces of a tune follow the network's distribution among the allowed ones.

Constrained decoding with a mask on each character distorts the distribution: the mask lets through a character whose
likely continuations are all forbidden, and then forces an unlikely one. So a tune is written in pieces, each up to a
bar line or a line end. A piece is accepted with the probability that the network alone would have stayed within what
the acceptor allows: the product, over its characters, of the probability that the mask left. Otherwise it is written
again. After `TRIES` rejections one of the attempts is drawn with probability proportional to the same products. So
accepted pieces follow the network's distribution among the allowed pieces, exactly but for the limit on tries:
rejection sampling, then sampling-importance resampling (D. Rubin, "Using the SIR algorithm to simulate posterior
distributions", 1988).

An END right after a complete piece is never rejected by the mask and would come too often. It is accepted with the mean
acceptance probability of the tune's pieces, so that it stays as likely, relative to another piece, as the network has
it.
"""

import math
from enum import Enum, auto

from tunewright.sampling.compiled.calling import KEPT
from tunewright.sampling.generation_state import GenerationState, Writer

TRIES = 4
"""Most attempts at a piece."""
LONGEST_PIECE = 256
"""Most characters in a piece."""


class Verdict(Enum):
    """The outcome of an attempt at a piece."""

    TAKEN = auto()
    """This attempt is accepted."""
    AGAIN = auto()
    """This attempt is rejected: the tune is back where the piece began."""
    FORMER = auto()
    """The tries are used up, and an earlier attempt was drawn."""


class Piece:
    """The attempts at the piece that begins where `generation` is."""

    def __init__(self, generation: GenerationState) -> None:
        self._start, self._held, self._total = generation.mark(), generation.mark(), 0.0
        self._left = TRIES
        self.holds_newest = False
        """True if the newest attempt is the one to keep should all be rejected."""

    def judge(self, generation: GenerationState) -> Verdict:
        """Accept the piece that `generation` ends with, or move `generation` to where the verdict says."""
        chance = self._chance(generation)
        draw = float(generation.generator.random())
        if draw < chance:
            return Verdict.TAKEN
        self._total += chance
        self.holds_newest = self._left == TRIES or draw * self._total < chance * (1 - draw)
        self._left -= 1
        if self.holds_newest:
            self._held = generation.mark(self._start.position)
        if self._left:
            generation.discarded += generation.position - max(self._start.position, generation.given - 1)
            generation.go_back(self._start)
            generation.draw_anew(LONGEST_PIECE)
            return Verdict.AGAIN
        if self.holds_newest:
            return Verdict.TAKEN
        generation.go_back(self._held)
        return Verdict.FORMER

    def _chance(self, generation: GenerationState) -> float:
        """Return the acceptance probability of the piece."""
        if generation.ended and generation.position == self._start.position + 1:
            return generation.taken / generation.attempts
        chance = math.exp(float(generation.tallies[KEPT]))
        generation.attempts += 1
        generation.taken += chance
        return chance


class RejectionSampler:
    """Rejection sampling around a writer that pauses after each bar line and line end."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write(self, generation: GenerationState, characters: int) -> bool:
        """As `generation_state.Writer`, but up to the end of the piece that the last character is in."""
        stop = generation.stop_after(characters)
        if stop < generation.given:
            return self._writer.write(generation, characters)
        while generation.open and generation.position < stop:
            piece, verdict = Piece(generation), Verdict.AGAIN
            while verdict is Verdict.AGAIN:
                self._writer.write(generation, LONGEST_PIECE)
                verdict = piece.judge(generation)
            if generation.cadences:
                generation.cadences.judge(generation)
        return generation.open
