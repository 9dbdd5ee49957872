"""Replay of a training step as a CUDA graph, without launching each of its kernels.

A step of a small network is hundreds of kernels of some microseconds each, and launching them takes longer than running
them. A CUDA graph records them once and launches all of them at once. It records addresses: everything that the step
reads or writes must stay in place, and new inputs are copied there. On any other device a step is plain code.
"""

import warnings
from collections.abc import Callable, Sequence

import torch

WARM_UP = 3
"""Number of steps before one is recorded, so that everything that is allocated once exists."""


class ReplayedStep:
    """A step that is recorded and replayed on a GPU, and called on other devices.

    Parameters
    ----------
    compute
        The step, without arguments and result. It must not wait for the device.
    device
        Where it computes.
    generators
        Random generators that it draws from, except torch's default.
    recordable
        False runs it as plain code on a GPU too.
    """

    def __init__(
        self,
        compute: Callable[[], None],
        device: torch.device,
        generators: Sequence[torch.Generator] = (),
        *,
        recordable: bool = True,
    ) -> None:
        self._compute, self._device, self._generators = compute, device, generators
        self._recordable = recordable and device.type == "cuda"
        self._calls = 0
        self._aside: torch.cuda.Stream | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        """Run the step once."""
        if not self._recordable:
            self._compute()
        elif self._calls < WARM_UP:
            self._calls += 1
            self._run_aside()
        else:
            self._graph = self._graph or self._record()
            self._graph.replay()

    def _run_aside(self) -> None:
        """Run the step on a stream of its own, as it will be recorded; it counts like any other step."""
        if self._aside is None:
            self._aside = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        current = torch.cuda.current_stream(self._device)
        self._aside.wait_stream(current)
        with torch.cuda.stream(self._aside), warnings.catch_warnings():
            # An optimiser with capturable=True warns that it is not recorded.
            warnings.filterwarnings("ignore", "This instance was constructed with capturable=True")
            self._compute()
        current.wait_stream(self._aside)

    def _record(self) -> torch.cuda.CUDAGraph:
        """Record the step without running it."""
        graph = torch.cuda.CUDAGraph()
        for generator in self._generators:
            graph.register_generator_state(generator)
        with torch.cuda.graph(graph):
            self._compute()
        return graph
