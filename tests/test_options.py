import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.options import FORMER_NAMES, from_mapping, require, require_choice, to_mapping, with_present_names
from tunewright.training.config import AdaptConfig, TrainingConfig


@dataclass(frozen=True)
class Sample:
    size: int = 1
    rate: float = 0.5
    kind: Literal["one", "two"] = "one"
    loud: bool = False

    def __post_init__(self) -> None:
        require("rate", self.rate, "0 to 1", 0 <= self.rate <= 1)
        require_choice("kind", self.kind, ("one", "two"))


def test_a_mapping_gives_the_options_and_back():
    values = {"size": 3, "rate": 1, "kind": "two", "loud": True}
    assert to_mapping(from_mapping(Sample, values)) == values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"siez": 3}, ["siez", "did you mean 'size'"]),
        ({"size": "three"}, ["size", "'three'", "int"]),
        ({"size": 1.5}, ["size", "1.5"]),
        ({"size": True}, ["size", "True"]),
        ({"rate": 2.0}, ["rate", "2.0", "0 to 1"]),
        ({"kind": "twoo"}, ["kind", "twoo", "one, two", "did you mean 'two'"]),
        ({"kind": 3}, ["kind", "3"]),
    ],
)
def test_a_mistake_says_what_came_and_what_is_allowed(values, words):
    with pytest.raises(OptionError) as caught:
        from_mapping(Sample, values, path=Path("settings.toml"))
    assert str(caught.value).startswith("settings.toml: ")
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_must_be_finite(value):
    with pytest.raises(OptionError):
        require("rate", value, "any", holds=True)


def test_an_option_of_a_former_version_is_told_by_its_name_of_today():
    kinds = (TrainingConfig, NetworkConfig, AdaptConfig)
    for former, present in FORMER_NAMES.items():
        (kind,) = [each for each in kinds if hasattr(each, present)]
        with pytest.raises(OptionError, match=f"{former!r} is now called {present!r}"):
            from_mapping(kind, {former: 1})
        assert with_present_names({former: 1, "epochs": 2}) == {present: 1, "epochs": 2}


def test_a_name_that_only_another_class_had_is_no_former_name():
    with pytest.raises(OptionError, match="no option is called 'lanes'"):
        from_mapping(AdaptConfig, {"lanes": 3})
