"""Floating-point precision of training: TF32 and bfloat16 products on a GPU, flushing of denormals on a processor.

Weights, sums of the optimiser and losses are float32 in any case. The precisions of matrix products:

    float32     as on a processor
    tf32        float32 with the mantissa of the factors cut to 10 bits; NVIDIA GPUs since Ampere
    bfloat16    factors of 16 bits, sums of 32
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import torch

from tunewright.training.config import Precision

PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@contextmanager
def multiplying(precision: Precision) -> Iterator[None]:
    """Allow TF32 factors within this context if `precision` is "tf32", and forbid them otherwise."""
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
    """Cast factors to bfloat16 within this context if `precision` is "bfloat16"; for the forward pass only."""
    onednn: Any = torch.backends.mkldnn
    before = onednn.enabled
    if precision == "bfloat16" and device.type == "cpu":  # oneDNN's LSTM supports bfloat16 on some processors only
        onednn.enabled = False
    try:
        # Its cache of cast weights would outlive the step in a CUDA graph; each is used only once anyway.
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16", cache_enabled=False):
            yield
    finally:
        onednn.enabled = before


@contextmanager
def flushed_to_zero() -> Iterator[None]:
    """Flush numbers near zero (denormals), which are a hundred times as slow, to zero within this context."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
