"""Threads: one within, the former number afterwards, in all cases; and pieces of work side by side."""

import threading

import pytest
import torch

from tunewright.cores import cores
from tunewright.model.threads import most_threads, one_thread, side_by_side


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


@pytest.mark.parametrize("most", [1, 3])
def test_pieces_are_worked_on_side_by_side_each_on_one_thread(most):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        meeting = threading.Barrier(most)

        def work(piece):
            if piece < most:
                meeting.wait(timeout=30)  # all of them are at work at once
            return piece**2, torch.get_num_threads()

        assert list(side_by_side(work, range(20), most)) == [(piece**2, 1) for piece in range(20)]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_results_are_asked_for_before_many_pieces_are_taken():
    taken = []
    results = side_by_side(lambda piece: piece, (taken.append(piece) or piece for piece in range(1000)), 2)
    assert next(results) == 0
    assert len(taken) < 20
    results.close()


@pytest.mark.parametrize(("told", "most"), [("3", 3), ("4,2", 4), ("", cores()), ("0", cores()), ("many", cores())])
def test_as_many_threads_as_the_user_says_else_one_for_each_core(monkeypatch, told, most):
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert most_threads() == most
