"""Networks whose memory is known, and what torch's own cells compute from weights."""

import numpy as np
import torch
from torch import nn

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork

CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}


def stepped(model, ids, held):
    """Logits after each character, from torch's own cells in double precision; held outputs are overwritten."""
    weights = {name: torch.from_numpy(values).double() for name, values in model.weights.items()}
    shape = model.config
    cells, states = [], []
    for layer in range(shape.layers):
        matrix = weights[f"layers.{layer}.weight_ih_l0"]
        cell = CELLS[shape.cell](matrix.shape[1], shape.units, dtype=torch.float64)
        with torch.no_grad():
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                getattr(cell, name).copy_(weights[f"layers.{layer}.{name}_l0"])
        cells.append(cell)
        states.append([torch.zeros(1, shape.units, dtype=torch.float64) for _ in range(2)])

    def overwrite():
        for (layer, unit), value in held.items():
            states[layer][0][0, unit] = value

    overwrite()
    rows = []
    with torch.no_grad():
        for symbol in ids:
            signal = (
                weights["embedding.weight"][symbol][None]
                if shape.embedding
                else nn.functional.one_hot(torch.tensor([symbol]), len(model.vocabulary)).double()
            )
            for layer, cell in enumerate(cells):
                new = cell(signal, tuple(states[layer]) if shape.cell == "lstm" else states[layer][0])
                states[layer] = list(new) if shape.cell == "lstm" else [new]
                overwrite()
                signal = states[layer][0]
            rows.append(signal[0] @ weights["readout.weight"].T + weights["readout.bias"])
    return torch.stack(rows).numpy()


SYMBOLS = 9


def network_of(cell, layers=1, embedding=4, units=6):
    torch.manual_seed(3)
    network = CharNetwork(NetworkConfig(cell=cell, units=units, layers=layers, embedding=embedding), SYMBOLS)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)
    return network


def text_of(length):
    return np.random.default_rng(length).integers(2, SYMBOLS, size=length, dtype=np.uint8)


def shift_register(size):
    """An RNN that hands what it reads from unit to unit: after `size` characters nothing is left of it."""
    network = CharNetwork(NetworkConfig(cell="rnn", units=size, embedding=1), SYMBOLS)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.zero_()
            if name.endswith("weight_ih_l0"):
                parameter[0] = 1
            if name.endswith("weight_hh_l0"):
                parameter.copy_(torch.diag(torch.ones(size - 1), -1))
        network.embedding.weight.copy_(torch.linspace(-1, 1, SYMBOLS)[:, None])
        torch.manual_seed(8)
        network.readout.weight.normal_()
    return network
