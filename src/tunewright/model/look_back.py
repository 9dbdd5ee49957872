"""Pointer head: a recurrent network that looks back over its tune and copies what followed a similar place.

Beside the network's own softmax there is a second distribution, over the characters of the tune so far: attention finds
earlier places that resemble this one, and each of them proposes the character that followed it. A gate mixes the two
(S. Merity, C. Xiong, J. Bradbury, R. Socher, "Pointer sentinel mixture models", 2017; copying: J. Gu, Z. Lu, H. Li,
V. Li, "Incorporating copying mechanism in sequence-to-sequence learning", 2016). Places are compared by the output of
the last layer, by their last three characters, and by their positions in the bar and in the tune, whose phrases return
after four or eight bars; a good match closes the gate.

Nothing before the START of a tune is looked at, and no position looks back further than MEMORY characters. The memory
is part of the network's state: a table with a row for each character read, the newest last. The gradient treats keys of
former calls as constants. Rows that are all zero are empty; a lane whose state is reset has only such rows.

Shapes: T time steps, B lanes, S symbols, H units of the last layer, W width of the keys, P places, N bars, M rows of
the memory. A row is the key (W numbers), the id of the character, its place, its bar, and 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.attention import FORBIDDEN, Attention, found

PLACES = 32
"""Number of places: characters since the last bar line or line end, clamped."""
BREAKS = "|\n"
"""Characters at place 0, like START."""
BARS = 32
"""Number of bars after which counting starts at 0 again."""
SHORTEST_BAR = 4
"""Least number of characters of a bar; anything shorter is a double line or a pick-up."""
RECENT = 3
"""Number of characters by which places are compared: the one just read and those before it."""
RECENT_SPREAD = 0.3
"""Standard deviation of the initial tables of characters."""
MEMORY = 1200
"""Most characters that a position looks back."""
LEAST_MATCH = -30.0
"""Lower bound of the logarithm of the match; that of a position without a past."""
FLOOR = 1e-9
"""Added to every probability before its logarithm."""

START_ID = 0
EXTRA = 4
"""Number of entries of a row beside its key."""
BLOCK = 128
"""Number of positions whose scores are in memory at once."""


def breaks_of(vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return the ids of `BREAKS`, the bar line's first; START's for one that the vocabulary lacks."""
    return tuple(max(vocabulary.symbols.find(symbol), START_ID) for symbol in BREAKS)


class LookBack(nn.Module):
    """The pointer head.

    Parameters
    ----------
    width
        W.
    units
        H.
    symbols
        S.
    breaks
        Ids of the characters at place 0 other than START, the bar line's first; see `breaks_of`.
    """

    def __init__(self, width: int, units: int, symbols: int, breaks: Sequence[int]) -> None:
        super().__init__()
        self.width, self.symbols = width, symbols
        self.query = nn.Linear(units, width)
        self.key = nn.Linear(units, width, bias=False)
        self.recent = nn.Parameter(torch.randn(RECENT, symbols, width) * RECENT_SPREAD)
        self.place = nn.Parameter(torch.eye(PLACES))  # of the asking position, of the remembered one
        self.bar = nn.Parameter(torch.zeros(BARS, BARS))  # likewise
        self.gate = nn.Linear(units, 1)
        nn.init.zeros_(self.gate.bias)
        self.match = nn.Parameter(torch.ones(1))
        is_break = torch.zeros(symbols, dtype=torch.bool)
        is_break[[START_ID, *breaks]] = True
        self.is_break: Tensor
        self.register_buffer("is_break", is_break, persistent=False)
        self.bar_line = breaks[0] if breaks else -1

    def zero_memory(self, batch: int) -> Tensor:
        """Return the memory before the first character, shape=(0, B, W + 4)."""
        return self.place.new_zeros(0, batch, self.width + EXTRA)

    def logits(self, outputs: Tensor, own: Tensor, ids: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logarithms of the mixed probabilities of every symbol.

        Parameters
        ----------
        outputs
            Of the last layer, shape=(T, B, H).
        own
            The network's own logits, shape=(T, B, S).
        ids
            Characters read, shape=(T, B).
        memory
            Before them, shape=(M, B, W + 4).

        Returns
        -------
        logits, memory
            Shape=(T, B, S), and the memory after the last character, shape=(another M, B, W + 4).
        """
        asked = self._ask(outputs, ids, memory)
        following = functional.one_hot(asked.following.long(), self.symbols).to(outputs.dtype)  # (B, M + T, S)
        matches, copied = [], []
        for match, shares in asked.attention():
            matches.append(match)
            copied.append(shares @ following[:, : shares.shape[2]])  # (B, t, S)
        gate = self._gate(outputs, torch.cat(matches, dim=1))[..., None]  # (B, T, 1)
        mixed = gate * own.softmax(dim=2).transpose(0, 1) + (1 - gate) * torch.cat(copied, dim=1)
        return (mixed + FLOOR).log().transpose(0, 1), asked.memory  # (T, B, S)

    def looks(self, outputs: Tensor, ids: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return where each position attends to, and how far it relies on it; see `logits` for the arguments.

        Returns
        -------
        gate, shares, memory
            Share of the network's own distribution, shape=(T, B); shares of the attention, on rows of the memory and
            then on characters of this call, each for the one that came after it, shape=(T, B, M + T); the next memory.
        """
        asked = self._ask(outputs, ids, memory)
        matches, shares = zip(*asked.attention(), strict=True)
        wide = [functional.pad(part, (0, len(memory) + len(ids) - part.shape[2])) for part in shares]
        gate = self._gate(outputs, torch.cat(matches, dim=1))  # (B, T)
        return gate.T, torch.cat(wide, dim=1).transpose(0, 1), asked.memory

    def losses(
        self, outputs: Tensor, own: Tensor, ids: Tensor, targets: Tensor, memory: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the negative log-probabilities of `targets`, shape=(T, B); see `logits` for the other arguments.

        The probability of a character is the sum over the places that it followed; no distribution is built.
        """
        asked = self._ask(outputs, ids, memory)
        wanted = targets.T  # (B, T)
        kind = asked.following.dtype
        matches, copied = [], []
        for part, reach, mask in asked.blocks():
            follows = asked.following[:, None, :reach] == wanted[:, part, None].to(kind)  # (B, t, m)
            match, mass = Attention.apply(  # type: ignore[no-untyped-call]
                asked.queries[:, part], asked.keys[:, : reach - asked.kept.shape[1]], asked.kept, mask, follows
            )
            matches.append(match)
            copied.append(mass)
        gate = self._gate(outputs, torch.cat(matches, dim=1))  # (B, T)
        probabilities = own.log_softmax(dim=2).gather(2, targets[..., None])[..., 0].exp().T  # (B, T)
        mixed = gate * probabilities + (1 - gate) * torch.cat(copied, dim=1)
        # With the floor the probabilities sum to more than 1, which the cross-entropy of `logits` corrects too.
        total = outputs.new_tensor(1 + self.symbols * FLOOR).log()
        return (total - (mixed + FLOOR).log()).T, asked.memory  # (T, B)

    def _gate(self, outputs: Tensor, match: Tensor) -> Tensor:
        """Return the share of the network's own distribution; `match` and the result have shape=(B, T)."""
        opening = self.gate(outputs)[..., 0].T - self.match * match.clamp(min=LEAST_MATCH)
        return torch.where(found(match), opening.sigmoid(), 1.0)

    def _ask(self, outputs: Tensor, ids: Tensor, memory: Tensor) -> "_Asked":
        width, rows = self.width, len(memory)
        known = torch.cat([memory[:, :, width].to(ids.dtype), ids])  # (M + T, B)
        places, bars = self._places(ids, memory)  # (T, B)
        compared = self._recent(known, len(ids))  # (T, B, W)
        keys = self.key(outputs) + compared
        queries = (self.query(outputs) + compared) * width**-0.5
        about = torch.stack([ids, places, bars, torch.ones_like(ids)], dim=2)
        everything = torch.cat([memory, torch.cat([keys.detach(), about.to(keys)], dim=2)])  # (M + T, B, W + 4)
        begun = (ids == START_ID).cumsum(dim=0)  # (T, B): number of tunes that have begun in this call
        following = known.roll(-1, dims=0).T.contiguous()  # the character after the last row is unknown and never used
        asking = [queries, functional.embedding(places, self.place), functional.embedding(bars, self.bar)]
        kept_places, kept_bars = memory[:, :, width + 1 : width + 3].long().unbind(dim=2)
        return _Asked(
            queries=torch.cat(asking, dim=2).transpose(0, 1),
            keys=_with_places(keys, places, bars).transpose(0, 1),
            kept=_with_places(memory[:, :, :width], kept_places, kept_bars).transpose(0, 1),
            following=following.to(torch.uint8) if self.symbols <= 256 else following,
            tunes=_numbered(begun, memory[:, :, -1]) if _is_mixed(ids, memory) else None,
            memory=_remembered(everything, rows, begun),
        )

    def _places(self, ids: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Return the characters since the last break and the number of the bar of each position, both shape=(T, B).

        A lane without a past is treated as following a START.
        """
        order = torch.arange(len(ids), device=ids.device)[:, None]  # (T, 1)
        nothing = ids.new_zeros(2, ids.shape[1])
        place, bar = memory[-1, :, self.width + 1 : self.width + 3].long().T if len(memory) else nothing
        last = torch.where(self.is_break[ids], order, -1 - place).cummax(dim=0).values
        before = torch.cat([-1 - place[None], last[:-1]])
        ends = ((ids == self.bar_line) & (order - before >= SHORTEST_BAR)).cumsum(dim=0)
        begun = torch.where(ids == START_ID, ends, -bar).cummax(dim=0).values
        return (order - last).clamp(max=PLACES - 1), (ends - begun) % BARS

    def _recent(self, known: Tensor, count: int) -> Tensor:
        """Return the vectors by which the last `count` of the characters `known` are compared, shape=(count, B, W)."""
        padded = functional.pad(known, (0, 0, RECENT - 1, 0), value=START_ID)
        compared = None
        inside = None
        for back, table in enumerate(self.recent):
            characters = padded[len(padded) - count - back : len(padded) - back]  # (T, B)
            if inside is not None:
                characters = characters.where(inside, START_ID)
            inside = characters != START_ID  # all characters before a tune's START count as START
            found = functional.embedding(characters, table)
            compared = found if compared is None else compared + found
        assert compared is not None  # noqa: S101
        return compared


@dataclass(frozen=True)
class _Asked:
    """Queries of the positions of a call, and the keys that they may attend to."""

    queries: Tensor
    """Shape=(B, T, W + P + N)."""
    keys: Tensor
    """Of the characters of this call, shape=(B, T, W + P + N)."""
    kept: Tensor
    """Keys of the memory, without gradient, shape=(B, M, W + P + N)."""
    following: Tensor
    """The character after each, shape=(B, M + T)."""
    tunes: Tensor | None
    """Number of the tune of each row, -1 if it is empty, shape=(B, M + T); None if all rows are of one tune."""
    memory: Tensor
    """After the call."""

    def blocks(self) -> Iterator[tuple[slice, int, Tensor]]:
        """Yield blocks of positions: the slice, the number of rows they may reach, and the mask of scores, (B, t,
        m)."""
        rows, count = self.kept.shape[1], self.queries.shape[1]
        for first in range(0, count, BLOCK):
            last = min(count, first + BLOCK)
            reach = rows + last
            mask = self.queries.new_full((last - first, reach), FORBIDDEN)
            near = mask.triu(rows + first)
            if reach > MEMORY:
                near = near + mask.tril(rows + first - MEMORY - 1)
            mask = near[None]  # (1, t, m)
            if self.tunes is not None:
                asking, asked = self.tunes[:, rows + first : rows + last, None], self.tunes[:, None, :reach]
                mask = mask.masked_fill(asking != asked, FORBIDDEN)  # (B, t, m)
            yield slice(first, last), reach, mask.expand(len(self.queries), -1, -1)

    def attention(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield in blocks the logarithm of the match, (B, t), and the attention to each row, (B, t, m)."""
        for part, reach, mask in self.blocks():
            keys = torch.cat([self.kept, self.keys], dim=1)[:, :reach]  # (B, m, W + P)
            scores = torch.baddbmm(mask, self.queries[:, part], keys.mT)  # (B, t, m)
            match = scores.logsumexp(dim=2)
            yield match, torch.softmax(scores, dim=2) * found(match)[..., None]


def _with_places(keys: Tensor, places: Tensor, bars: Tensor) -> Tensor:
    """Return keys with one-hot places and bars, so that one product is the score: shape=(T or M, B, W + P + N)."""
    where = (functional.one_hot(places, PLACES), functional.one_hot(bars, BARS))
    return torch.cat([keys, *(each.to(keys.dtype) for each in where)], dim=2)


def _is_mixed(ids: Tensor, memory: Tensor) -> bool:
    """Return true if any lane has characters of two tunes, or an empty row."""
    later = ids if len(memory) else ids[1:]
    return bool((later == START_ID).any()) or not bool(memory[:, :, -1].all())


def _numbered(begun: Tensor, filled: Tensor) -> Tensor:
    """Return the number of the tune of each row, shape=(B, M + T): 0 in the memory, -1 for empty rows."""
    return torch.cat([filled.to(begun.dtype) - 1, begun]).T


def _remembered(everything: Tensor, rows: int, begun: Tensor) -> Tensor:
    """Return the rows of each lane's newest tune, without rows that are empty in all lanes; `rows` are former ones."""
    kept = everything[-MEMORY:]
    if bool(begun.any()):
        current = functional.pad(begun, (0, 0, rows, 0)) == begun[-1]  # (M + T, B)
        kept = (everything * current[..., None])[-MEMORY:]
    return without_empty_rows(kept)


def without_empty_rows(memory: Tensor) -> Tensor:
    """Remove the first rows of a memory that are empty in all lanes."""
    filled = memory[:, :, -1].any(dim=1)
    return memory[int(filled.int().argmax()) if filled.any() else len(memory) :]


def with_empty_rows(memory: Tensor, rows: int) -> Tensor:
    """Pad a memory at its beginning with empty rows to `rows`, or cut its first rows."""
    return functional.pad(memory, (0, 0, 0, 0, rows - len(memory), 0))
