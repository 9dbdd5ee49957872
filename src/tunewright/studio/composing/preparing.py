"""What composing needs, made ready and kept: an acceptor and a composer for each set of options that was used lately.

To build an acceptor takes a tenth of a second; a tune with the same conditions then begins at once.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.compose import Composer
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.order import ComposeOptions, Order, choice_of, given_options, order_of
from tunewright.studio.kept_values import KeptValues

MOST_KEPT = 24
OF_THE_CHOICE = frozenset(each.name for each in fields(CompositionConfig))
"""Options that change with neither the acceptor nor the network."""


def spelled(option: str) -> str:
    """How the studio's page calls an option of the library."""
    return {"prime": "beginning"}.get(option, option)


class Preparing:
    """Orders and composers by their options."""

    def __init__(self) -> None:
        self._orders, self._composers = KeptValues(MOST_KEPT), KeptValues(MOST_KEPT)
        self._packed = KeptValues(MOST_KEPT // 4)

    def order(self, model: Checkpoint, options: Mapping[str, Any]) -> Order:
        """The order that `options` make; the same as `order_of` makes, and the same errors."""
        given = given_options(ComposeOptions, options)
        lasting = {name: value for name, value in given.items() if name not in OF_THE_CHOICE}
        key = (id(model), tuple(sorted((name, repr(value)) for name, value in lasting.items())))
        found = self._orders.get(
            key, lambda: (order_of(model, None, lasting, spell=spelled), model)
        )  # an id is its own while it lives
        order: Order = found[0]
        choice = {name: value for name, value in given.items() if name in OF_THE_CHOICE}
        unchosen = bool(given.get("raw") or given.get("clamp"))
        return replace(order, config=choice_of(order.model, None, choice, raw=unchosen, spell=spelled)[1])

    def composer(self, order: Order) -> Composer:
        """The composer for this order, whatever its seed."""
        config = replace(order.config, seed=0)
        key = (id(order.model), id(order.grammar), config, order.prime)

        def make() -> tuple[Composer, Order]:
            packed, _ = self._packed.get(id(order.model), lambda: (pack(order.model), order.model))
            composer = Composer(order.model, config, prime=order.prime, grammar=order.grammar, network=packed)
            return composer, order

        return self._composers.get(key, make)[0]
