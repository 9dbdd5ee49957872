"""Oracles: `sampling.choose` for its choices; that it equals the compiled loop, `compiled/test_kernel.py` shows."""

import numpy as np
import pytest

from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.compiled.calling import END_ID, START_ID
from tunewright.sampling.compiled.weights import aligned, pack
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import new_generation
from tunewright.sampling.reference import NumpyReference, step


@pytest.mark.parametrize(
    "options", [{}, {"temperature": 0.4}, {"top_k": 3}, {"top_p": 0.5}, {"top_p": 1e-320}, {"argmax": True}], ids=str
)
def test_every_choice_is_that_of_choose(untrained, options):
    network, config = pack(untrained(units=12)), CompositionConfig(**options)
    generation = new_generation(network, np.array([START_ID, 20, 21]), 60, 7)
    NumpyReference(network, config).write(generation, 60)
    state = aligned(network.state_size)
    expected = []
    for place, symbol in enumerate(generation.symbols[: generation.position]):
        logits = step(network, state, symbol).copy()
        logits[START_ID] = -np.inf
        if place + 1 >= generation.given:
            draw = generation.draws[[place + 1 - generation.given]]
            expected.append(int(choose(probabilities(logits[None], config), draw)[0]))
    assert generation.written.tolist() == expected
    assert len(expected) == 60 or expected[-1] == END_ID
