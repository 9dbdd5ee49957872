"""How does training keep clear of numbers near zero, which cost the processor a hundredfold?"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def flushed_to_zero() -> Iterator[None]:
    """Take numbers near zero (denormals) for zero; afterwards not any more, which is what other software expects."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
