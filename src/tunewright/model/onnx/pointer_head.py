"""The pointer head of a network that looks back as nodes of an ONNX graph, equivalent to `LookBack.logits`.

All positions of a call are compared with all rows at once, and the mask is made from the sizes of the call, so that the
same nodes take one step and a whole sequence. Empty rows, which torch removes, stay here: nothing attends to them.

Shapes: T time steps, B lanes, S symbols, H units of the last layer, W width of the keys, P places, N bars, M rows of
the memory before the call, R = M + T rows with those of the call.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunewright.model.attention import FORBIDDEN
from tunewright.model.look_back import (
    BARS,
    EXTRA,
    FLOOR,
    LEAST_MATCH,
    MEMORY,
    PLACES,
    RECENT,
    SHORTEST_BAR,
    START_ID,
)

if TYPE_CHECKING:
    from onnx import NodeProto

LAST = np.iinfo(np.int64).max
"""End of a slice without an end."""
FLOAT, INT64 = 1, 7
"""Codes of ONNX for the types."""
NEVER = -(1 << 40)
"""A position before all others."""


def weight_shapes(width: int, units: int, symbols: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of a head, by their names in it."""
    return {
        "query.weight": (width, units), "query.bias": (width,), "key.weight": (width, units),
        "recent": (RECENT, symbols, width), "place": (PLACES, PLACES),
        "bar": (BARS, BARS), "gate.weight": (1, units), "gate.bias": (1,), "match": (1,),
    }  # fmt: skip


class LookBackGraph:
    """The nodes and constants of the head.

    They read ``ids``, shape=(T, B), ``memory``, shape=(M, B, W + 4), the outputs of the last layer, shape=(T, B, H),
    and the network's own scores, shape=(T, B, S), and write ``logits`` and ``new_memory``.

    Parameters
    ----------
    weights
        As `weight_shapes` names them.
    breaks
        See `LookBack`.
    outputs, scores
        Names of the results of the network.
    """

    def __init__(
        self, weights: Mapping[str, NDArray[np.float32]], breaks: Sequence[int], outputs: str, scores: str
    ) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, NDArray[Any]] = {}
        self._weights, self._breaks = weights, breaks
        self._width, self._symbols = len(weights["query.bias"]), weights["recent"].shape[1]
        self._outputs = outputs
        self._build(scores)

    def _build(self, scores: str) -> None:
        node, whole, number = self._node, self._whole, self._number
        width = self._width
        kept_keys, *columns = (
            self._slice("memory", first, end, axis=2) for first, end in ((0, width), *_columns(width))
        )  # (M, B, W), and four of (M, B, 1)
        kept_ids, kept_place, kept_bar, filled = (node("Squeeze", column, whole([2])) for column in columns)  # (M, B)
        known = node("Concat", node("Cast", kept_ids, to=INT64), "ids", axis=0)  # (R, B)
        kept_places = (node("Cast", kept_place, to=INT64), node("Cast", kept_bar, to=INT64))
        places = self._places(*kept_places)  # two of (T, B)

        compared = self._compared(known)  # (T, B, W)
        keys = node("Add", self._product("key.weight"), compared)
        products = self._products(compared, keys, places, kept_keys, kept_places)  # (B, T, R)
        starts = node("Cast", node("Equal", "ids", whole(START_ID)), to=INT64)
        begun = node("CumSum", starts, whole(0))  # (T, B): number of tunes that have begun in this call
        former = node("Cast", node("Sub", filled, number(1)), to=INT64)  # (M, B): 0, and -1 where a row is empty
        self._mix(node("Add", products, self._mask(begun, former)), known, scores)
        self._remember(keys, places, starts, begun, former)

    def _products(
        self, compared: str, keys: str, places: tuple[str, str], kept_keys: str, kept_places: tuple[str, str]
    ) -> str:
        """Return the score of each row for each position, shape=(B, T, R)."""
        node, number, width = self._node, self._number, self._width
        queries = node("Add", node("Add", self._product("query.weight"), self._weight("query.bias")), compared)
        queries = node("Mul", queries, number(width**-0.5))
        tables = (self._weight("place"), self._weight("bar"))
        where = tuple(self._constant(f"one of {count}", np.eye(count, dtype=np.float32)) for count in (PLACES, BARS))
        asking = node("Concat", queries, *map(self._gathered, tables, places), axis=2)  # (T, B, W + P + N)
        own_keys = node("Concat", keys, *map(self._gathered, where, places), axis=2)
        former_keys = node("Concat", kept_keys, *map(self._gathered, where, kept_places), axis=2)
        all_keys = node("Concat", former_keys, own_keys, axis=0)  # (R, B, W + P + N)
        return node("MatMul", node("Transpose", asking, perm=[1, 0, 2]), node("Transpose", all_keys, perm=[1, 2, 0]))

    def _mix(self, matching: str, known: str, scores: str) -> None:
        """Write the logits: the network's own softmax and the copied characters, mixed by the gate."""
        node, number = self._node, self._number
        match = node("ReduceLogSumExp", matching, axes=[2], keepdims=1)  # (B, T, 1)
        found = node("Greater", match, number(FORBIDDEN / 2))
        shares = node("Mul", node("Softmax", matching, axis=2), node("Cast", found, to=FLOAT))  # (B, T, R)
        # The character after the last row is unknown and never used.
        following = node("Concat", self._slice(known, 1, LAST), self._slice(known, 0, 1), axis=0)  # (R, B)
        symbols = self._constant("symbols", np.eye(self._symbols, dtype=np.float32))
        followed = node("Gather", symbols, node("Transpose", following, perm=[1, 0]))  # (B, R, S)
        copied = node("Transpose", node("MatMul", shares, followed), perm=[1, 0, 2])  # (T, B, S)

        opening = node("Add", self._product("gate.weight"), self._weight("gate.bias"))  # (T, B, 1)
        least = node("Max", match, number(LEAST_MATCH))
        closing = node("Mul", node("Transpose", least, perm=[1, 0, 2]), self._weight("match"))
        # ONNX Runtime's own sigmoid is not exact for small values, as of a closed gate.
        open_share = node("Reciprocal", node("Add", number(1), node("Exp", node("Sub", closing, opening))))
        gate = node("Where", node("Transpose", found, perm=[1, 0, 2]), open_share, number(1))
        own_share = node("Mul", gate, node("Softmax", scores, axis=2))
        mixed = node("Add", own_share, node("Mul", node("Sub", number(1), gate), copied))
        node("Log", node("Add", mixed, number(FLOOR)), to_name="logits")

    def _places(self, kept_places: str, kept_bars: str) -> tuple[str, str]:
        """Return the characters since the last break, and the number of the bar, both shape=(T, B)."""
        node, whole = self._node, self._whole
        before, bar = (
            self._slice(node("Concat", self._starts(1), kept, axis=0), -1, LAST) for kept in (kept_places, kept_bars)
        )  # (1, B)
        is_break = np.zeros(self._symbols, np.bool_)
        is_break[[START_ID, *self._breaks]] = True
        broken = node("Gather", self._constant("breaks", is_break), "ids")
        order = node("Unsqueeze", self._order(), whole([1]))  # (T, 1)
        before = node("Sub", whole(-1), before)
        last = self._highest(node("Where", broken, order, before), order)  # (T, B)
        lines = node("Equal", "ids", whole(self._breaks[0] if self._breaks else -1))
        since = node("Sub", order, self._slice(node("Concat", before, last, axis=0), 0, -1))
        full = node("And", lines, node("GreaterOrEqual", since, whole(SHORTEST_BAR)))
        ends = node("CumSum", node("Cast", full, to=INT64), whole(0))  # (T, B)
        started = node("Where", node("Equal", "ids", whole(START_ID)), ends, node("Neg", bar))
        bars = node("Mod", node("Sub", ends, self._highest(started, order)), whole(BARS))
        return node("Min", node("Sub", order, last), whole(PLACES - 1)), bars

    def _highest(self, values: str, order: str) -> str:
        """Return the running maximum of the values, shape=(T, B)."""
        node, whole = self._node, self._whole
        causal = node("GreaterOrEqual", order, node("Transpose", order, perm=[1, 0]))  # (T, T)
        past = node("Where", node("Unsqueeze", causal, whole([2])), node("Unsqueeze", values, whole([0])), whole(NEVER))
        return node("ReduceMax", past, axes=[1], keepdims=0)

    def _gathered(self, table: str, places: str) -> str:
        return self._node("Gather", table, places)

    def _compared(self, known: str) -> str:
        """Return what the last characters add to keys and queries, shape=(T, B, W)."""
        node, whole = self._node, self._whole
        padded = node("Concat", self._starts(RECENT - 1), known, axis=0)  # (R + 2, B)
        characters, compared = "ids", ""
        for back, table in enumerate(self._weights["recent"]):
            if back:
                first = node("Add", self._count("memory"), whole([RECENT - 1 - back]))
                earlier = node("Slice", padded, first, node("Add", first, self._count("ids")), whole([0]))
                is_start = node(
                    "Equal", characters, whole(START_ID)
                )  # all characters before a tune's START count as START
                characters = node("Where", is_start, whole(START_ID), earlier)
            found = node("Gather", self._constant(f"recent.{back}", table), characters)
            compared = node("Add", compared, found) if compared else found
        return compared

    def _mask(self, begun: str, former: str) -> str:
        """Return the mask of scores, shape=(B, T, R): 0 in the same tune, earlier, and within MEMORY characters."""
        node, whole = self._node, self._whole
        tunes = node("Concat", former, begun, axis=0)  # (R, B)
        rows = node("Range", whole(0), node("Squeeze", node("Shape", tunes, start=0, end=1)), whole(1))  # (R,)
        own_rows = node("Add", self._order(), self._count("memory"))  # (T,)
        back = node("Sub", node("Unsqueeze", own_rows, whole([1])), rows)  # (T, R)
        near = node("And", node("Greater", back, whole(0)), node("LessOrEqual", back, whole(MEMORY)))
        asking = node("Unsqueeze", node("Transpose", begun, perm=[1, 0]), whole([2]))  # (B, T, 1)
        asked = node("Unsqueeze", node("Transpose", tunes, perm=[1, 0]), whole([1]))  # (B, 1, R)
        allowed = node("And", node("Equal", asking, asked), near)
        return node("Where", allowed, self._number(0), self._number(FORBIDDEN))

    def _remember(self, keys: str, places: tuple[str, str], starts: str, begun: str, former: str) -> None:
        """Write the memory after the call: the newest rows of each lane's newest tune."""
        node, whole = self._node, self._whole
        numbers = [node("Cast", each, to=FLOAT) for each in ("ids", *places)]
        numbers.append(node("Cast", node("GreaterOrEqual", starts, whole(0)), to=FLOAT))  # ones
        columns = [node("Unsqueeze", each, whole([2])) for each in numbers]
        everything = node("Concat", "memory", node("Concat", keys, *columns, axis=2), axis=0)  # (R, B, W + 4)
        tunes = node("Concat", node("Mul", former, whole(0)), begun, axis=0)
        current = node("Equal", tunes, self._slice(begun, -1, LAST))  # (R, B)
        kept = node("Mul", everything, node("Unsqueeze", node("Cast", current, to=FLOAT), whole([2])))
        self._slice(kept, -MEMORY, LAST, to_name="new_memory")

    def _order(self) -> str:
        """Return the numbers of the positions of the call, shape=(T,)."""
        return self._node("Range", self._whole(0), self._node("Squeeze", self._count("ids")), self._whole(1))

    def _starts(self, rows: int) -> str:
        """Return rows of START, shape=(rows, B); its id is 0."""
        lanes = self._node("Shape", "ids", start=1, end=2)
        return self._node("Expand", self._whole(START_ID), self._node("Concat", self._whole([rows]), lanes, axis=0))

    def _count(self, name: str) -> str:
        """Return the length of the first axis, shape=(1,)."""
        return self._node("Shape", name, start=0, end=1)

    def _product(self, name: str) -> str:
        """Return the outputs of the last layer times a matrix of weights."""
        return self._node("MatMul", self._outputs, self._constant(name, self._weights[name].T.copy()))

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _slice(self, name: str, first: int, end: int, axis: int = 0, to_name: str = "") -> str:
        return self._node("Slice", name, *(self._whole([each]) for each in (first, end, axis)), to_name=to_name)

    def _whole(self, value: int | list[int]) -> str:
        return self._constant(f"whole {value}", np.array(value, np.int64))

    def _number(self, value: float) -> str:
        return self._constant(f"number {value}", np.array(value, np.float32))

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants[f"look_back.{name}"] = values
        return f"look_back.{name}"

    def _node(self, operator: str, *given: str, to_name: str = "", **attributes: Any) -> str:
        """Add a node; returns the name of its result."""
        from onnx.helper import make_node

        result = to_name or f"look_back.{operator}.{len(self.nodes)}"
        self.nodes.append(make_node(operator, given, [result], **attributes))
        return result


def _columns(width: int) -> list[tuple[int, int]]:
    """Return the columns of a row with the id, the place, the bar and the mark of a filled row."""
    return [(width + number, width + number + 1) for number in range(EXTRA)]
