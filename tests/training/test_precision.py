import pytest
import torch

from tunewright.training.precision import PRECISIONS, casting, multiplying

CPU = torch.device("cpu")


def settings():
    return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize(
    ("precision", "within"),
    [("float32", ("highest", False)), ("tf32", ("high", True)), ("bfloat16", ("highest", False))],
)
def test_factors_are_cut_within_and_all_is_as_before_afterwards(precision, within):
    before = settings()
    with pytest.raises(ZeroDivisionError), multiplying(precision):
        assert settings() == within
        raise ZeroDivisionError
    assert settings() == before


@pytest.mark.parametrize("precision", PRECISIONS)
def test_only_bfloat16_makes_factors_narrow(precision):
    a = torch.randn(4, 4)
    with casting(precision, CPU):
        assert (a @ a).dtype == (torch.bfloat16 if precision == "bfloat16" else torch.float32)
    assert (a @ a).dtype == torch.float32
