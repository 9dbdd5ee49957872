"""Oracles: numpy's tanh and exp, scipy's sigmoid, and the numpy reference for whole steps."""

import numpy as np
import pytest
import scipy.special

from tunewright.sampling import reference
from tunewright.sampling.compiled import arithmetic
from tunewright.sampling.compiled.weights import aligned, pack


def test_tanh_and_sigmoid_are_near_enough_everywhere():
    x = np.concatenate([np.linspace(-20, 20, 100_001), np.linspace(-1e-3, 1e-3, 1001), [-1e30, 1e30]])
    x = x.astype(np.float32)
    tanh, sigmoid = reference._tanh(x), reference._sigmoid(x)
    assert tanh.dtype == sigmoid.dtype == np.float32
    np.testing.assert_allclose(tanh, np.tanh(x.astype(np.float64)), atol=5e-7)
    np.testing.assert_allclose(sigmoid, scipy.special.expit(x.astype(np.float64)), atol=5e-7)
    assert np.abs(tanh).max() <= 1
    assert sigmoid.min() >= 0
    assert sigmoid.max() <= 1


def test_single_numbers_give_what_arrays_give():
    x = np.linspace(-10, 10, 201).astype(np.float32)
    assert [arithmetic.tanh(number) for number in x] == reference._tanh(x).tolist()
    assert [arithmetic.sigmoid(number) for number in x] == reference._sigmoid(x).tolist()
    powers = np.linspace(-700, 0, 701)
    assert [arithmetic.exponential(float(number)) for number in powers] == arithmetic.exponential(powers).tolist()


def test_exponential_is_near_enough():
    x = np.linspace(-700, 0, 100_001)
    np.testing.assert_allclose(arithmetic.exponential(x), np.exp(x), rtol=1e-7)
    np.testing.assert_allclose(arithmetic.exponential(x[x > -200]), np.exp(x[x > -200]), rtol=1e-12)
    assert arithmetic.exponential(0.0) == 1


def test_the_quick_ones_are_near_enough_and_the_same_for_single_numbers():
    x = np.linspace(-64, 0, 100_001).astype(np.float32)
    near = x > -32
    quick = arithmetic.quick_exponential(x)
    assert quick.dtype == np.float32
    np.testing.assert_allclose(quick[near], np.exp(x[near].astype(np.float64)), rtol=1e-5)
    assert (quick[~near] < 2e-14).all()
    assert [arithmetic.quick_exponential(number) for number in x[::997]] == quick[::997].tolist()
    x = np.exp2(np.linspace(-31, 0, 100_001)).astype(np.float32)
    logarithms = reference._logarithm(x)
    assert logarithms.dtype == np.float32
    np.testing.assert_allclose(logarithms, np.log(x.astype(np.float64)), atol=3e-6)
    assert [arithmetic.logarithm(number) for number in x[::997]] == logarithms[::997].tolist()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_step_is_that_of_the_twin_bit_by_bit(untrained, cell):
    network = pack(untrained(cell=cell, units=6, layers=2, embedding=3))
    plain, by_numpy = aligned(network.state_size), aligned(network.state_size)
    for symbol in (0, 5, 9):
        arithmetic.step(network.weights, network.shape, plain, symbol)
        logits = reference.step(network, by_numpy, symbol)
        assert plain[-len(logits) - (-len(logits) % 16) :][: len(logits)].tolist() == logits.tolist()


def test_rows_are_added_from_the_first_to_the_last():
    rows, vector = np.array([[1.0], [1e8], [-1e8], [1.0], [1.0]], np.float32), np.ones(5, dtype=np.float32)
    total = np.zeros(1, dtype=np.float32)
    arithmetic.add_rows(total, vector, rows.ravel())
    assert total[0] == 2  # any other order gives 3 or more, or 1
    assert twin_sum(rows, vector) == 2


def twin_sum(rows, vector):
    total = np.zeros(1, dtype=np.float32)
    reference._add_rows(total, vector, rows)
    return total[0]
