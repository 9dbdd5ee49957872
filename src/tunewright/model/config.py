"""Architecture of a network: `NetworkConfig`, which the command line reads without torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from tunewright.errors import OptionError
from tunewright.options import require, require_choice, require_types, require_whole

Cell = Literal["lstm", "gru", "rnn", "transformer", "own"]
RECURRENT = ("lstm", "gru", "rnn")
OWN: Literal["own"] = "own"
WIDEST, DEEPEST, MOST_WEIGHTS = 1 << 14, 100, 1 << 31
"""Most units in a layer, layers, and weights of all layers together; these would take 8 GiB."""
CELL_NAMES: dict[str, str] = {
    "lstm": "LSTM", "gru": "GRU", "rnn": "RNN", "transformer": "Transformer", "own": "own network"
}  # fmt: skip
"""Names of the cells in prose."""


@dataclass(frozen=True)
class NetworkConfig:
    """The architecture of a `CharNetwork`, except the number of symbols, which the vocabulary gives."""

    cell: Cell = "lstm"
    """Recurrent cell; `rnn` is Elman's, with tanh. `transformer` attends to the whole tune instead, and is for training
    and evaluation only. `own` records a module of your own, which ``network`` names."""
    units: int = 150
    """Number of hidden units in each layer."""
    layers: int = 1
    """Number of layers."""
    embedding: int = 128
    """Width of the learned character embedding; 0 feeds one-hot vectors."""
    dropout: float = 0.3
    """Share of each layer's outputs, the last layer's too, that is set to zero in training."""
    input_dropout: float = 0.0
    """Share of the inputs (embedding or one-hot) that is set to zero in training."""
    recurrent_weight_dropout: float = 0.2
    """Share of the recurrent weights that is set to zero in training, drawn for each batch (weight-drop)."""
    look_back: int = 0
    """Width of the keys of a pointer head that looks back over the tune so far; 0: no head."""

    def __post_init__(self) -> None:
        require_types(self)
        if not self.is_own:  # which nobody chooses by this name
            require_choice("cell", self.cell, [each for each in get_args(Cell) if each != OWN])
        require_whole("units", self.units, 1, WIDEST)
        require_whole("layers", self.layers, 1, DEEPEST)
        require_whole("embedding", self.embedding, 0, WIDEST, note="one-hot")
        require_whole("look_back", self.look_back, 0, WIDEST, note="none")
        weights = 4 * self.units * (self.embedding + self.units * (2 * self.layers - 1))
        largest = f"so many that all layers have {MOST_WEIGHTS:,} weights at most"
        require("units", self.units, largest, weights <= MOST_WEIGHTS)
        for name in ("dropout", "input_dropout", "recurrent_weight_dropout"):
            require(name, getattr(self, name), "0 up to, not including, 1", 0 <= getattr(self, name) < 1)
        if self.is_own and (self.embedding or self.look_back or self.dropout or self.recurrent_weight_dropout):
            raise OptionError(
                "cell is 'own', which records a module of your own; name that instead, with network= or --network "
                "FILE:CLASS"
            )
        if self.cell not in RECURRENT:
            for name, what in (("recurrent_weight_dropout", "recurrent weights"), ("look_back", "recurrent units")):
                allowed = f"0 with cell {self.cell!r}, which has no {what}"
                require(name, getattr(self, name), allowed, getattr(self, name) == 0)

    @property
    def is_recurrent(self) -> bool:
        """True for a recurrent network, one's own included; false for a Transformer."""
        return self.cell in RECURRENT or self.is_own

    @property
    def is_own(self) -> bool:
        """True for a module of the user's; see `tunewright.model.own_network`."""
        return self.cell == OWN


def require_recurrent(cell: Cell, what: str) -> None:
    """Raise OptionError unless the network is recurrent, one's own included.

    `what` names what needs that, as the subject of a sentence.
    """
    if cell not in RECURRENT and cell != OWN:
        raise OptionError(f"cell is {cell!r}; {what} needs a recurrent network: {', '.join(RECURRENT)}")


def require_equations(cell: Cell, what: str) -> None:
    """Raise OptionError unless the network is a recurrent one of Tunewright's, whose equations are known.

    `what` names what needs that, as the subject of a sentence.
    """
    if cell == OWN:
        raise OptionError(
            f"the network is a module of your own; {what} needs one whose equations Tunewright knows: "
            f"{', '.join(RECURRENT)}"
        )
    require_recurrent(cell, what)
