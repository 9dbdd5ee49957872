"""Threads: one within, as many as before afterwards, whatever happens."""

import pytest
import torch

from tunewright.model.threads import one_thread


def test_one_thread_within_and_as_before_afterwards():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 3
        with pytest.raises(KeyError), one_thread():
            raise KeyError
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
