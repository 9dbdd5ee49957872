"""What does dropout leave out, and how do the lanes of one process draw what they would draw in the whole batch?

Shapes: T time steps, B lanes, L layers, E inputs or outputs of a layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


def dropout_mask(empty: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Fill `empty` with zeros, in random places, and with what makes up for them: the mean is 1."""
    # Several times as fast as bernoulli_, which took a fifth of all the time of training.
    return empty.uniform_(generator=generator).ge_(share).div_(1 - share)


@dataclass(frozen=True)
class Lanes:
    """Neighbouring lanes of a batch, those of one process of several; none, if it has fewer lanes than processes."""

    first: int
    end: int
    """After the last."""
    total: int
    """B, lanes of the whole batch."""

    @property
    def read(self) -> slice:
        """These lanes; one other if there are none, so that its process draws the same dropout masks as all do."""
        first = min(self.first, self.total - 1)
        return slice(first, max(self.end, first + 1))

    @property
    def share(self) -> float:
        """Of the whole batch."""
        return (self.end - self.first) / self.total

    def spread(self, part: Tensor) -> Tensor:
        """Part of a state of the lanes read, shape=(., lanes read, .), in its place between zeros, shape=(., B, .)."""
        whole = part.new_zeros(part.shape[0], self.total, part.shape[2])
        whole[:, self.first : self.end] = part[:, : self.end - self.first]
        return whole
