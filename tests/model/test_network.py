"""Oracles: torch's own recurrent modules, called as a whole and one character at a time."""

import numpy as np
import pytest
import torch
from torch import nn

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CheckpointError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.dropout import dropout_mask
from tunewright.model.network import CharNetwork, keep_lanes, load_network, weights_of

SYMBOLS = 11
CELLS = ["lstm", "gru", "rnn"]


def make_network(**options):
    torch.manual_seed(1)
    return CharNetwork(NetworkConfig(**{"units": 7, "embedding": 5, **options}), SYMBOLS)


def some_ids(time=9, lanes=4):
    return torch.from_numpy(np.random.default_rng(0).integers(SYMBOLS, size=(time, lanes)))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("embedding", [0, 5])
def test_it_computes_what_torchs_stacked_module_computes(cell, layers, embedding):
    network = make_network(cell=cell, layers=layers, embedding=embedding).eval()
    oracle = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell](embedding or SYMBOLS, 7, num_layers=layers)
    for number, layer in enumerate(network.layers):
        for name, weight in layer.named_parameters():
            getattr(oracle, name.replace("l0", f"l{number}")).data.copy_(weight)
    ids = some_ids()
    inputs = network.embedding(ids) if embedding else torch.eye(SYMBOLS)[ids]
    expected, expected_state = oracle(inputs)
    logits, state = network(ids)
    torch.testing.assert_close(logits, network.readout(expected))
    expected_parts = expected_state if cell == "lstm" else (expected_state,)
    assert len(state) == len(expected_parts)
    for part, expected_part in zip(state, expected_parts, strict=True):
        torch.testing.assert_close(part, expected_part)


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_carries_all_there_is_to_know(cell):
    network, ids = make_network(cell=cell, layers=2).eval(), some_ids()
    whole, end = network(ids)
    state, pieces = None, []
    for row in ids:
        logits, state = network(row[None], state)
        pieces.append(logits)
    torch.testing.assert_close(torch.cat(pieces), whole)
    for part, end_part in zip(state, end, strict=True):
        torch.testing.assert_close(part, end_part)


@pytest.mark.parametrize("option", ["dropout", "input_dropout", "recurrent_weight_dropout"])
def test_dropout_acts_on_a_one_layer_network_and_only_in_training(option):
    network, ids = make_network(**{option: 0.5}), some_ids()
    outputs = [network(ids, generator=torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2)]
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])
    network.eval()
    assert torch.equal(network(ids)[0], network(ids)[0])


def test_a_mask_has_its_share_of_zeros_and_a_mean_of_one():
    mask = dropout_mask(torch.empty(300, 300), 0.3, torch.Generator().manual_seed(0))
    assert set(mask.unique().tolist()) == {0.0, float(torch.tensor(1 / 0.7))}
    assert float((mask == 0).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert float(mask.mean()) == pytest.approx(1, abs=0.02)


def test_dropout_keeps_the_mean():
    network = make_network(units=400, dropout=0.3)
    ids = some_ids(time=40, lanes=30)
    with torch.no_grad():
        noisy = network(ids, generator=torch.Generator().manual_seed(0))[0]
        network.eval()
        clean = network(ids)[0]
    assert abs(float((noisy - clean).mean())) < 0.01


@pytest.mark.parametrize("cell", CELLS)
def test_weight_drop_is_one_mask_on_the_recurrent_weights_for_a_whole_call(cell):
    network, ids = make_network(cell=cell, layers=2, recurrent_weight_dropout=0.4, dropout=0.0), some_ids()
    logits, _ = network(ids, generator=torch.Generator().manual_seed(3))
    logits.sum().backward()
    dropped, generator = make_network(cell=cell, layers=2).eval(), torch.Generator().manual_seed(3)
    masks = []
    for layer in dropped.layers:
        masks.append(dropout_mask(torch.empty_like(layer.weight_hh_l0), 0.4, generator))
        layer.weight_hh_l0.data *= masks[-1]
    torch.testing.assert_close(logits, dropped(ids)[0])
    for layer, mask, same in zip(network.layers, masks, make_network(cell=cell, layers=2).layers, strict=True):
        assert torch.equal(layer.weight_hh_l0, same.weight_hh_l0)  # at rest the weights are whole
        assert torch.equal(layer.weight_hh_l0.grad != 0, mask.bool())


def test_lanes_that_are_not_kept_start_from_zero():
    network, ids = make_network().eval(), some_ids()
    _, state = network(ids)
    mixed, _ = network(ids, keep_lanes(state, torch.tensor([1.0, 0.0, 1.0, 0.0])))
    torch.testing.assert_close(mixed[:, [1, 3]], network(ids)[0][:, [1, 3]])
    torch.testing.assert_close(mixed[:, [0, 2]], network(ids, state)[0][:, [0, 2]])


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "lstn"},
        {"units": 0},
        {"layers": 0},
        {"embedding": -1},
        {"dropout": 1.0},
        {"input_dropout": -0.1},
        {"recurrent_weight_dropout": 1.0},
    ],
)
def test_a_shape_that_cannot_be_is_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        NetworkConfig(**options)


def test_weights_that_do_not_fit_are_refused():
    network = make_network()
    vocabulary = Vocabulary("\x02\x03" + "abcdefghi")
    good = Checkpoint(network.config, vocabulary, weights_of(network))
    assert torch.equal(load_network(good)(some_ids())[0], network.eval()(some_ids())[0])
    with pytest.raises(CheckpointError, match="do not fit"):
        load_network(Checkpoint(NetworkConfig(units=8, embedding=5), vocabulary, weights_of(network)))
