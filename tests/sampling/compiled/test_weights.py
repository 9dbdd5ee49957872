"""Oracle: torch's own layers, whose logits the packed weights must give along a long text."""

import numpy as np
import pytest
import torch

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network
from tunewright.sampling.compiled import weights
from tunewright.sampling.compiled.weights import BLOCK, aligned, pack, whole_blocks
from tunewright.sampling.reference import step

SHAPES = [
    {"cell": cell, "units": units, "layers": layers, "embedding": embedding}
    for cell in ("lstm", "gru", "rnn")
    for units, layers, embedding in ((37, 1, 8), (16, 2, 0), (5, 3, 4), (1, 1, 2))
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_logits_are_torchs(untrained, shape):
    model = untrained(**shape)
    ids = np.random.default_rng(1).integers(0, len(model.vocabulary), 400)
    with torch.inference_mode():
        expected = load_network(model)(torch.from_numpy(ids)[:, None])[0][:, 0].numpy()
    network = pack(model)
    state = aligned(network.state_size)
    logits = np.array([step(network, state, symbol).copy() for symbol in ids])
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_every_weight_lies_where_rows_says(untrained):
    network = pack(untrained(cell="gru", units=20, layers=2))
    assert sum(part.size for part in network.rows) == network.weights.size
    assert all(part.shape[1] % BLOCK == 0 for part in network.rows)
    assert network.weights.ctypes.data % 64 == 0
    assert network.rows[0].shape[0] == network.symbols


def test_whole_blocks_round_up():
    assert [whole_blocks(count) for count in (1, 16, 17)] == [16, 16, 32]
    assert weights.LINE_END == weights.SIZES_OF_SHAPE - 1


@pytest.mark.parametrize("change", ["missing", "narrow", "cell", "no number"])
def test_weights_that_do_not_fit_are_refused(untrained, change):
    model = untrained(cell="lstm", units=8)
    changed = dict(model.weights)
    if change == "missing":
        del changed["readout.bias"]
    elif change == "narrow":
        changed["layers.0.weight_hh_l0"] = changed["layers.0.weight_hh_l0"][:, :-1]
    elif change == "no number":
        changed["readout.bias"] = np.full_like(changed["readout.bias"], np.nan)
    else:
        changed["layers.0.weight_ih_l0"] = changed["layers.0.weight_ih_l0"][:8]
    with pytest.raises(CheckpointError, match="do not fit"):
        pack(Checkpoint(model.config, model.vocabulary, changed))
