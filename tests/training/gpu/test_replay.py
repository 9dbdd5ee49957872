"""Without a GPU nothing can be recorded: what is tested is when a step is run aside, recorded and replayed."""

import pytest
import torch

from tunewright.training.gpu.replay import WARM_UP, ReplayedStep


class Recorded(ReplayedStep):
    """Notes what would be done on a GPU."""

    def __init__(self, compute, **options):
        super().__init__(compute, torch.device("cuda"), **options)
        self.done = []

    def _run_aside(self):
        self.done.append("aside")
        self._compute()

    def _record(self):
        self.done.append("record")
        return self

    def replay(self):
        self.done.append("replay")
        self._compute()


def test_on_a_processor_a_step_is_merely_called():
    calls = []
    step = ReplayedStep(lambda: calls.append(1), torch.device("cpu"))
    for _ in range(WARM_UP + 3):
        step()
    assert len(calls) == WARM_UP + 3


def test_on_a_gpu_every_call_counts_once_and_one_is_recorded():
    calls = []
    step = Recorded(lambda: calls.append(1))
    for _ in range(WARM_UP + 3):
        step()
    assert step.done == ["aside"] * WARM_UP + ["record", "replay", "replay", "replay"]
    assert len(calls) == WARM_UP + 3


def test_what_cannot_be_recorded_is_called_on_a_gpu_too():
    calls = []
    step = Recorded(lambda: calls.append(1), recordable=False)
    for _ in range(WARM_UP + 3):
        step()
    assert step.done == []
    assert len(calls) == WARM_UP + 3


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_recorded_step_does_what_the_step_does():
    device = torch.device("cuda")
    number, generator = torch.zeros((), device=device), torch.Generator(device).manual_seed(0)

    def compute():
        number.add_(torch.rand((), device=device, generator=generator))

    step = ReplayedStep(compute, device, [generator])
    for _ in range(WARM_UP + 5):
        step()
    again = torch.Generator(device).manual_seed(0)
    expected = sum(torch.rand((), device=device, generator=again) for _ in range(WARM_UP + 5))
    torch.testing.assert_close(number, expected)
