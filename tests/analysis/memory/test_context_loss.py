"""Is the loss with so much context that of a network which was given so much, character by character?"""

import numpy as np
import pytest
import torch
from known_networks import network_of, shift_register, text_of
from torch.nn import functional

from tunewright.analysis.memory.context_loss import ContextLoss, ContextLosses, context_losses
from tunewright.analysis.memory.gradient_decay import CHUNK


@torch.inference_mode()
def loss_at(network, ids, place, given):
    """Loss at `place` of a network that read the `given` characters before it and nothing else."""
    logits, _ = network(torch.from_numpy(ids[place - given : place].astype(np.int64))[:, None])
    return float(functional.cross_entropy(logits[-1], torch.tensor([int(ids[place])])))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_losses_are_those_of_reading_so_many_characters(cell):
    network, texts = network_of(cell).eval(), [text_of(150), text_of(100), text_of(40)]
    found = context_losses(network, texts)
    full = [loss_at(network, ids, place, place) for ids in texts for place in range(1, len(ids))]
    assert found.full == pytest.approx(np.mean(full), abs=1e-5)
    excess = {}
    for ids in texts:
        for start in range(CHUNK, len(ids) - 1, CHUNK):
            for given in range(1, len(ids) - start):
                place = start + given
                less = loss_at(network, ids, place, given) - loss_at(network, ids, place, place)
                excess.setdefault(given, []).append(less)
    for part in found.by_context:
        among = [each for given in range(part.fewest, part.most + 1) for each in excess.get(given, [])]
        assert part.characters == len(among)
        assert part.excess == pytest.approx(np.mean(among), abs=1e-5)
    assert [(part.fewest, part.most) for part in found.by_context][:4] == [(1, 1), (2, 2), (3, 4), (5, 8)]
    assert found.by_context[-1].most == 128  # the longest text has 85 characters after its first window's start


def test_the_error_is_that_of_a_mean_over_tunes():
    texts = [np.random.default_rng(seed).integers(2, 9, size=90, dtype=np.uint8) for seed in range(8)]
    network = network_of("lstm").eval()
    alone = [context_losses(network, [ids]).by_context[0] for ids in texts]
    assert {part.standard_error for part in alone} == {None}
    values = [part.excess for part in alone]
    together = context_losses(network, texts).by_context[0]
    assert together.excess == pytest.approx(np.mean(values), abs=1e-6)
    assert together.standard_error == pytest.approx(np.std(values, ddof=1) / np.sqrt(8), abs=1e-6)


@pytest.mark.parametrize("size", [1, 4, 16])
def test_a_network_that_forgets_after_so_many_characters_loses_nothing_beyond(size):
    found = context_losses(shift_register(size).eval(), [text_of(length) for length in (120, 150, 180, 210)])
    by_most = {part.most: part for part in found.by_context}
    assert max(abs(part.excess) for part in found.by_context if part.fewest > size) < 1e-6
    assert all(by_most[2**power].excess != 0 for power in range(size.bit_length() - 1))
    assert found.enough(1e-6) <= 2 * size


def test_short_tunes_alone_have_no_windows():
    found = context_losses(network_of("rnn").eval(), [text_of(20)])
    assert found.by_context == ()
    assert found.enough() is None


@pytest.mark.parametrize(("excess", "enough"), [((0.5, 0.1, 0.001), 4), ((0.5, 0.001, 0.1), None), ((0, 0, 0), 1)])
def test_enough_context_is_where_nothing_more_is_lost_from_then_on(excess, enough):
    parts = tuple(ContextLoss(n, n, each, None, 1) for n, each in zip((1, 2, 4), excess, strict=True))
    assert ContextLosses(1.0, parts).enough() == enough
