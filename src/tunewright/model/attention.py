"""Attention of the pointer head, with a hand-written gradient: the match of all keys, and the share on given keys.

Shapes: B lanes, t positions, m places, of which the first M are kept from former calls, D numbers of a key.
"""

from typing import Any

import torch
from torch import Tensor

FORBIDDEN = -1e4
"""Added to the score of a place that must not be attended to."""


class Attention(torch.autograd.Function):
    """The match of all keys with a query, and the share of the attention on keys that a given character follows.

    The gradient is written by hand: torch's own would keep several tables of scores.
    """

    @staticmethod
    def forward(
        ctx: Any, queries: Tensor, keys: Tensor, kept: Tensor, mask: Tensor, follows: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Compute the match (B, t), the logarithm of the sum of exponentials of scores, and the share (B, t).

        Parameters
        ----------
        queries, keys, kept
            Shape=(B, t, D), (B, m - M, D) and (B, M, D); `kept` are the first places and have no gradient.
        mask
            Added to the scores, shape=(B, t, m).
        follows
            True for places that the character follows, shape=(B, t, m).
        """
        every = torch.cat([kept, keys], dim=1)  # (B, m, D)
        scores = torch.baddbmm(mask, queries, every.mT)  # (B, t, m)
        match = scores.logsumexp(dim=2)
        shares = scores.sub_(match[..., None]).exp_()
        any_place = found(match)
        if not any_place.all():
            shares *= any_place[..., None]
        chosen = shares * follows
        mass = chosen.sum(dim=2)
        ctx.save_for_backward(queries, every, shares, chosen, mass)
        ctx.kept = kept.shape[1]
        return match, mass

    @staticmethod
    def backward(ctx: Any, of_match: Tensor, of_mass: Tensor) -> tuple[Tensor, Tensor, None, None, None]:
        queries, every, shares, chosen, mass = ctx.saved_tensors
        of_scores = shares * (of_match - of_mass * mass)[..., None]  # (B, t, m)
        of_scores.addcmul_(chosen, of_mass[..., None])
        return of_scores @ every, of_scores[:, :, ctx.kept :].mT @ queries, None, None, None


def found(match: Tensor) -> Tensor:
    """Return true where there is a place to attend to."""
    return match > FORBIDDEN / 2
