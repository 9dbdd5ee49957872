"""Causal Transformer over the tune so far, with torch's own layers.

Every layer attends to all characters of the tune up to its own and to none after it (A. Vaswani and others, "Attention
is all you need", 2017; layers normalise before they attend, as in R. Xiong and others, "On layer normalization in the
Transformer architecture", 2020). Positions are sinusoids that count from the tune's START, or from the first character
that was read if there was none. Nothing before the START of a tune is attended to.

The state is the characters of the tune so far, not values computed from them: reading a tune in pieces gives the same
result as reading it at once, gradient included, and each piece computes the whole tune again. Calls with whole tunes
compute nothing twice.

Sizes follow from `units`: the number of heads divides it and leaves each at least 32 units, if possible; the hidden
layer is `FORWARD` times as wide. `dropout` acts where torch's layers have it, but not on attention, whose fast
implementation has none.

Shapes: T time steps of a call, B lanes, E width of the input, H units, M characters of the state. A row of the state is
the id of a character plus 1; 0 is an empty row, and all empty rows come first.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunewright.model.config import NetworkConfig

UNITS_OF_HEAD = 32
"""Least width of a head."""
FORWARD = 4
"""Width of the hidden layer as a multiple of `units`."""
SLOWEST = 10_000.0
"""Number of characters in which the slowest sinusoid turns by one radian."""

START_ID = 0


def heads_of(units: int) -> int:
    """Return the number of heads of a network with `units`."""
    return next(heads for heads in range(max(1, units // UNITS_OF_HEAD), 0, -1) if units % heads == 0)


class Transformer(nn.Module):
    """The layers between embedding and read-out.

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
            Embeddings of the characters `known`, shape=(M + T, B, E).
        known
            Rows of the state, then those of the characters of this call, shape=(M + T, B).
        count
            T.
        generator
            Source of the masks of dropout (training mode only); torch's default if None.

        Returns
        -------
        outputs
            After each of the last `count` characters, shape=(T, B, H).
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
        # Torch's layers draw from its default generator, so that is seeded by ours.
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
    """Return the positional encodings of `places`, shape=(..., width): sines, then cosines, the fastest first."""
    half = -(-width // 2)
    steps = torch.arange(half, dtype=torch.float64, device=places.device) / half
    angles = places[..., None] * torch.exp(-math.log(SLOWEST) * steps)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)[..., :width]


def rows_of(ids: Tensor, state: Tensor) -> Tensor:
    """Return the rows `state`, shape=(M, B, 1), followed by those of `ids`, shape=(T, B): (M + T, B)."""
    return torch.cat([state[:, :, 0], (ids + 1).to(state.dtype)])


def newest_tune(known: Tensor) -> Tensor:
    """Return the rows of each lane's newest tune, without rows that are empty in all lanes: (M, B) to (M, B, 1)."""
    tunes, _ = _tunes(known)
    kept = known * (tunes == tunes[-1])
    filled = kept.any(dim=1)
    return kept[int(filled.int().argmax()) :, :, None]


def _tunes(known: Tensor) -> tuple[Tensor, Tensor]:
    """Return the number of the tune of each row, another one for empty rows, and its place in it; both (M, B)."""
    is_first = known == START_ID + 1
    is_first |= (known > 0) & (functional.pad(known, (0, 0, 1, 0))[:-1] == 0)
    order = torch.arange(len(known), device=known.device)[:, None]
    return is_first.cumsum(dim=0), order - torch.where(is_first, order, 0).cummax(dim=0).values
