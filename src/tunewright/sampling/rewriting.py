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

from tunewright.sampling.calling import KEPT
from tunewright.sampling.sheet import Sheet, Writer

TRIES = 4
"""Attempts at a piece."""
LONGEST_PIECE = 256
"""Characters."""


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
            self._write_piece(sheet)
        return sheet.open

    def _write_piece(self, sheet: Sheet) -> None:
        start, held, total = sheet.mark(), None, 0.0
        for attempt in range(TRIES):
            if attempt:
                sheet.discarded += sheet.position - max(start.position, sheet.given - 1)
                sheet.go_back(start)
                sheet.draw_anew(LONGEST_PIECE)
            self._writer.write(sheet, LONGEST_PIECE)
            chance = self._chance(sheet, start.position)
            draw = float(sheet.generator.random())
            if draw < chance:
                return
            total += chance
            if held is None or draw * total < chance * (1 - draw):
                held = sheet.mark(start.position)
        if held is not None:
            sheet.go_back(held)

    def _chance(self, sheet: Sheet, before: int) -> float:
        """The probability with which the piece after place `before` is taken."""
        if sheet.ended and sheet.position == before + 1:
            return sheet.taken / sheet.attempts
        chance = math.exp(float(sheet.tallies[KEPT]))
        sheet.attempts += 1
        sheet.taken += chance
        return chance
