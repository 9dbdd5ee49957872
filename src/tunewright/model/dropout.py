"""Dropout masks, and the lanes (rows) of a batch that one of several processes reads.

Shapes: T time steps, B lanes, L layers, E inputs or outputs of a layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


def dropout_mask(empty: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Fill `empty` with zeros in random places, a share `share`, and 1 / (1 - share) elsewhere: the mean is 1."""
    # Several times as fast as bernoulli_, which took a fifth of the time of training.
    return empty.uniform_(generator=generator).ge_(share).div_(1 - share)


@dataclass(frozen=True)
class Lanes:
    """The consecutive lanes of a batch that one process reads; none, if there are fewer lanes than processes."""

    first: int
    end: int
    """One after the last."""
    total: int
    """B, the number of lanes of the whole batch."""

    @property
    def read(self) -> slice:
        """Slice of these lanes; of another one if there are none, so that all processes draw the same dropout masks."""
        first = min(self.first, self.total - 1)
        return slice(first, max(self.end, first + 1))

    @property
    def share(self) -> float:
        """Share of the lanes of the whole batch."""
        return (self.end - self.first) / self.total

    def spread(self, part: Tensor) -> Tensor:
        """Return a part of the state of these lanes, padded with zeros to the whole batch: (., lanes, .) to (., B,
        .)."""
        whole = part.new_zeros(part.shape[0], self.total, part.shape[2])
        whole[:, self.first : self.end] = part[:, : self.end - self.first]
        return whole
