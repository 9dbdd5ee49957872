"""Networks on disk that several commands are tested with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import SMALL

from tunewright.cli.main import main

if TYPE_CHECKING:
    from tunewright.model.checkpoint import Checkpoint


@pytest.fixture(scope="session")
def trained_run(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small network that learned from `tiny_corpus`. Read it only."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    with pytest.raises(SystemExit) as ended:
        main(["train", str(tiny_corpus), "--out", str(folder), *SMALL])
    assert ended.value.code == 0
    return folder


@pytest.fixture
def untrained_model(untrained: Callable[..., "Checkpoint"], tmp_path: Path) -> Path:
    """The checkpoint folder of a network of 6 units with random weights."""
    from tunewright.model.checkpoint import write_checkpoint

    write_checkpoint(tmp_path / "model", untrained(units=6))
    return tmp_path / "model"


@pytest.fixture(scope="session")
def model_with_discriminator(untrained: Callable[..., "Checkpoint"], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint folder of a network whose tunes are chosen by their last note. Read it only."""
    from tunewright.model.checkpoint import write_checkpoint
    from tunewright.sampling.choosing.discriminator import KEY, Discriminator

    folder = tmp_path_factory.mktemp("chosen") / "model"
    network = untrained(units=8)
    weights = {f"ends on {degree}": degree % 5 - 2.0 for degree in range(12)}
    planted = Discriminator(network.fingerprint, weights, 0.0, {"1": (-2.0, -1.0, 0.0, 1.0, 2.0)}, auc=0.9, tunes=300)
    write_checkpoint(folder, replace(network, style={KEY: planted.as_json()}))
    return folder
