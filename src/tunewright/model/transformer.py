"""A causal Transformer over the tune so far: torch's own layers, beside the recurrent cells (Vaswani et al. 2017).

Every layer of this network attends to all characters of the tune up to its own and to none after it (A. Vaswani and
others, "Attention is all you need", 2017; layers normalise before they attend, as in R. Xiong and others, "On layer
normalization in the Transformer architecture", 2020). Positions are sinusoids that count from the tune's START, or from
the first character that was read where it was not. Of a tune nothing before its START is attended to.

Its state holds the characters of the tune so far, not what was computed of them: reading a tune in pieces gives what
reading it at once does, gradient included, and each piece computes the whole tune anew. Where a call takes whole tunes
nothing is computed twice.

Sizes follow from `units`: heads are as many as divide it and leave each 32 units or more, one at least; the layer
between is `FORWARD` times as wide. `dropout` acts where torch's layers have it, but not on attention itself, whose fast
form has none.

Shapes: T time steps of a call, B lanes, E width of what is read, H units, M characters remembered. A row of the state
is the id of a character and 1 more; 0 is an empty row, all of which come first.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunewright.model.config import NetworkConfig

UNITS_OF_HEAD = 32
"""Least width of a head."""
FORWARD = 4
"""Width of the layer between for one of `units`."""
SLOWEST = 10_000.0
"""Characters in which the slowest sinusoid turns by one radian."""

START_ID = 0


def heads_of(units: int) -> int:
    """How many heads a network of so many units has."""
    return next(heads for heads in range(max(1, units // UNITS_OF_HEAD), 0, -1) if units % heads == 0)


class Transformer(nn.Module):
    """All between the embedding and the read-out.

    Parameters
    ----------
    config
        Gives `units`, `layers` and `dropout`.
    width
        E.
    """

    def __init__(self, config: NetworkConfig, width: int) -> None:
        super().__init__()
        units = config.units
        self.heads = heads_of(units)
        self.entry = nn.Linear(width, units)
        layers = [
            nn.TransformerEncoderLayer(units, self.heads, FORWARD * units, config.dropout, norm_first=True)
            for _ in range(config.layers)
        ]
        for layer in layers:
            layer.self_attn.dropout = 0.0
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(units)

    def forward(self, signal: Tensor, known: Tensor, count: int, *, generator: torch.Generator | None = None) -> Tensor:
        """Read a tune.

        Parameters
        ----------
        signal
            What stands for each of the characters `known`, shape=(M + T, B, E).
        known
            Rows of the state, then those of the characters of this call, shape=(M + T, B).
        count
            T.
        generator
            Source of the masks of dropout (training mode only); torch's default if None.

        Returns
        -------
        outputs
            Behind the last `count` characters, shape=(T, B, H).
        """
        tunes, places = _tunes(known)
        one = bool((tunes == tunes[0]).all())  # in each lane
        positions = sinusoids(places[:, :1] if one else places, self.entry.out_features)
        signal = self.entry(signal) + positions.to(signal.dtype)  # (M + T, B, H)
        mask = torch.ones(len(known), len(known), dtype=torch.bool, device=known.device).triu(1)  # True: hidden
        if not one:
            others = tunes.T[:, :, None] != tunes.T[:, None, :]  # (B, M + T, M + T)
            mask = (mask | others).repeat_interleave(self.heads, dim=0)
        if generator is None or not self.training:
            return self._attend(signal, mask, causal=one)[-count:]
        # Torch's layers draw from its own generator, so that is set by ours.
        seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self._attend(signal, mask, causal=one)[-count:]

    def _attend(self, signal: Tensor, mask: Tensor, *, causal: bool) -> Tensor:
        for layer in self.layers:
            signal = layer(signal, mask, is_causal=causal)
        normed: Tensor = self.norm(signal)
        return normed


def sinusoids(places: Tensor, width: int) -> Tensor:
    """What is added to the characters at `places`, shape=(..., width): sines, then cosines, the fastest ones first."""
    half = -(-width // 2)
    steps = torch.arange(half, dtype=torch.float64, device=places.device) / half
    angles = places[..., None] * torch.exp(-math.log(SLOWEST) * steps)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)[..., :width]


def rows_of(ids: Tensor, state: Tensor) -> Tensor:
    """The rows `state`, shape=(M, B, 1), and below them those of the characters `ids`, shape=(T, B): (M + T, B)."""
    return torch.cat([state[:, :, 0], (ids + 1).to(state.dtype)])


def newest_tune(known: Tensor) -> Tensor:
    """Of the rows `known`, shape=(M, B), those of each lane's newest tune: (M, B, 1), less the rows that all lack."""
    tunes, _ = _tunes(known)
    kept = known * (tunes == tunes[-1])
    filled = kept.any(dim=1)
    return kept[int(filled.int().argmax()) :, :, None]


def _tunes(known: Tensor) -> tuple[Tensor, Tensor]:
    """A number of the tune of each row, empty ones having one of their own, and its place in it; shape=(M, B) each."""
    is_first = known == START_ID + 1
    is_first |= (known > 0) & (functional.pad(known, (0, 0, 1, 0))[:-1] == 0)
    order = torch.arange(len(known), device=known.device)[:, None]
    return is_first.cumsum(dim=0), order - torch.where(is_first, order, 0).cummax(dim=0).values
