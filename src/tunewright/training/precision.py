"""How does training keep clear of numbers near zero, which cost the processor a hundredfold?

In which precision does a GPU multiply matrices while it learns?

Weights, sums of the optimiser and losses are float32 in any case.

    float32     as a processor does
    tf32        float32 with the mantissa of the factors cut to 10 bits; NVIDIA GPUs since Ampere
    bfloat16    factors of 16 bits, sums of 32
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import torch

from tunewright.training.config import Precision


@contextmanager
def flushed_to_zero() -> Iterator[None]:
    """Take numbers near zero (denormals) for zero; afterwards not any more, which is what other software expects."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@contextmanager
def multiplying(precision: Precision) -> Iterator[None]:
    """Let float32 factors be cut to TF32 within this context if `precision` says so, and not otherwise."""
    products, layers = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = precision == "tf32"  # torch's default for cuDNN's layers is True
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = layers


@contextmanager
def casting(precision: Precision, device: torch.device) -> Iterator[None]:
    """Let factors become 16 bits wide within this context if `precision` says so; for the way forward only."""
    onednn: Any = torch.backends.mkldnn
    before = onednn.enabled
    if precision == "bfloat16" and device.type == "cpu":  # oneDNN's LSTM takes bfloat16 on some processors only
        onednn.enabled = False
    try:
        # What it remembers of cast weights would outlive the step in a CUDA graph; each is used only once anyway.
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16", cache_enabled=False):
            yield
    finally:
        onednn.enabled = before
