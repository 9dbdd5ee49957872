"""How is the network steered as lightly as can be?

A mask on each character alone leads astray: it lets through a character whose likely continuations are all forbidden,
and then forces an unlikely one, after which the network is lost. So a tune is written in pieces, each up to a bar line
or a line end, and a piece is taken with the probability that the network, left alone, would have stayed within what the
acceptor allows: the product, over its characters, of the probability that the mask left. Otherwise it is written anew;
after `TRIES` times one of the attempts is drawn by the same probabilities. Taken pieces follow the network's own
distribution among those pieces that are allowed, exactly but for the limit on tries: rejection sampling, and then
sampling-importance resampling (D. Rubin, 1988). An end that follows a whole piece cannot go wrong, and would come too
often; it is taken with the mean probability of the tune's pieces, so that it stays as likely beside them as it was.
"""

import math
from enum import Enum, auto

from tunewright.sampling.compiled.calling import KEPT
from tunewright.sampling.sheet import Sheet, Writer

TRIES = 4
"""Attempts at a piece."""
LONGEST_PIECE = 256
"""Characters."""


class Verdict(Enum):
    """What becomes of an attempt at a piece."""

    TAKEN = auto()
    """It stands, and the piece is done."""
    AGAIN = auto()
    """The tune is back where the piece began, to be written anew."""
    FORMER = auto()
    """A former attempt stands, and the piece is done."""


class Piece:
    """The attempts at one piece, which begins where `sheet` is."""

    def __init__(self, sheet: Sheet) -> None:
        self._start, self._held, self._total = sheet.mark(), sheet.mark(), 0.0
        self._left = TRIES
        self.holds_newest = False
        """True if the newest attempt is the one to be taken where all are given up."""

    def judge(self, sheet: Sheet) -> Verdict:
        """Take the piece that `sheet` ends with, or bring `sheet` back to where the verdict says."""
        chance = self._chance(sheet)
        draw = float(sheet.generator.random())
        if draw < chance:
            return Verdict.TAKEN
        self._total += chance
        self.holds_newest = self._left == TRIES or draw * self._total < chance * (1 - draw)
        self._left -= 1
        if self.holds_newest:
            self._held = sheet.mark(self._start.position)
        if self._left:
            sheet.discarded += sheet.position - max(self._start.position, sheet.given - 1)
            sheet.go_back(self._start)
            sheet.draw_anew(LONGEST_PIECE)
            return Verdict.AGAIN
        if self.holds_newest:
            return Verdict.TAKEN
        sheet.go_back(self._held)
        return Verdict.FORMER

    def _chance(self, sheet: Sheet) -> float:
        """The probability with which the piece is taken."""
        if sheet.ended and sheet.position == self._start.position + 1:
            return sheet.taken / sheet.attempts
        chance = math.exp(float(sheet.tallies[KEPT]))
        sheet.attempts += 1
        sheet.taken += chance
        return chance


class Rewriter:
    """Writes on sheets with a writer that stops after each bar line and line end."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write(self, sheet: Sheet, characters: int) -> bool:
        """As `sheet.Writer` says, but to the end of the piece in which the last character stands."""
        stop = sheet.stop_after(characters)
        if stop < sheet.given:
            return self._writer.write(sheet, characters)
        while sheet.open and sheet.position < stop:
            piece, verdict = Piece(sheet), Verdict.AGAIN
            while verdict is Verdict.AGAIN:
                self._writer.write(sheet, LONGEST_PIECE)
                verdict = piece.judge(sheet)
            if sheet.cadences:
                sheet.cadences.judge(sheet)
        return sheet.open
