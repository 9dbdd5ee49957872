"""Oracle: the tables themselves, read through the addresses as compiled code reads them."""

import ctypes
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tunewright.sampling.compiled.steering import Steering


def with_tables(*tables) -> Any:
    """What of an acceptor counts here."""
    return SimpleNamespace(tables=tables)


def test_each_table_stands_at_its_address_after_its_length():
    tables = ([5, 6, 7], [], [-1], list(range(100)))
    steering = Steering.of(with_tables(*tables))
    assert len(steering.places) == len(tables)
    for place, table in zip(steering.places, tables, strict=True):
        numbers = (ctypes.c_int32 * (1 + len(table))).from_address(int(place) - 4)
        assert list(numbers) == [len(table), *table]


def test_a_number_that_does_not_fit_is_refused():
    with pytest.raises(OverflowError):
        Steering.of(with_tables([2**31]))


def test_without_an_acceptor_there_is_nothing_to_read():
    assert Steering.none().numbers.size == 0
    assert np.array_equal(Steering.none().places, [0])
