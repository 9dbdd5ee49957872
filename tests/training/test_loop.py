"""Oracle: training by the ordinary loop, for the loop of a GPU, run here on the processor without CUDA graphs."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tunewright.corpus.readers import read_tunes
from tunewright.errors import DivergenceError, OptionError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.model.padding import PaddedLayer
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer


@pytest.fixture(scope="module")
def data(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes[:12]
    return TrainingData.of(tunes, tunes[:2])


@pytest.fixture
def as_on_a_gpu(monkeypatch):
    """Lets trainers that are made from now on learn by the way of a GPU."""
    return lambda: monkeypatch.setattr("tunewright.training.loop.has_resident_learner", lambda _: True)


def trainer_of(data, **options):
    torch.manual_seed(0)
    shape: dict[str, Any] = {"units": 12, "embedding": 6, "recurrent_weight_dropout": 0.0}
    shape |= {name: options.pop(name) for name in vars(NetworkConfig()).keys() & options.keys()}
    network = CharNetwork.of(NetworkConfig(**shape), data.vocabulary)
    return Trainer(network, data, TrainingConfig(**{"sequence_length": 20, "batch_size": 4, "epochs": 2, **options}))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"feed": "windows"},
        {"recurrent_weight_dropout": 0.3},
        {"optimizer": "sgd"},
        {"transpose": 0.5},
        {"units": 130},
    ],
)
def test_the_ways_of_both_devices_lead_to_the_same(data, as_on_a_gpu, options):
    here = trainer_of(data, **options)
    as_on_a_gpu()
    there = trainer_of(data, **options)
    assert any(isinstance(layer, PaddedLayer) for layer in there.network.layers) is (
        "units" in options or "recurrent_weight_dropout" in options
    )
    ours, theirs = list(there.run()), list(here.run())
    assert [progress.loss for progress in ours] == pytest.approx([progress.loss for progress in theirs], abs=1e-4)
    for one, other in zip(there.history, here.history, strict=True):
        assert one.validation_full_tune == pytest.approx(other.validation_full_tune, abs=1e-4)
        assert one.learning_rate == other.learning_rate
    assert there.network.state_dict().keys() == here.network.state_dict().keys()


def test_on_a_gpu_too_it_goes_on_where_it_stopped(data, as_on_a_gpu):
    as_on_a_gpu()
    whole = [progress.loss for progress in trainer_of(data).run()]
    first = trainer_of(data)
    losses = [progress.loss for progress in islice(first.run(), 9)]
    tensors, numbers = first.state()
    second = trainer_of(data)
    second.network.load_state_dict({name: weight.clone() for name, weight in first.network.state_dict().items()})
    second.restore({name: tensor.clone() for name, tensor in tensors.items()}, numbers)
    losses += [progress.loss for progress in second.run()]
    assert losses == whole


def test_on_a_gpu_too_divergence_is_told(data, as_on_a_gpu):
    as_on_a_gpu()
    with pytest.raises(DivergenceError, match="in epoch 1, batch"):
        list(trainer_of(data, learning_rate=1e30, max_grad_norm=0.0).run())


def test_on_a_gpu_a_precision_can_be_chosen(data, as_on_a_gpu):
    with pytest.raises(OptionError, match="'bfloat16'"):
        trainer_of(data, precision="bfloat16")
    exact = [progress.loss for progress in trainer_of(data).run()]
    as_on_a_gpu()
    narrow = [progress.loss for progress in trainer_of(data, precision="bfloat16").run()]
    assert narrow != exact
    assert narrow == pytest.approx(exact, abs=0.05)


@pytest.mark.parametrize(
    "options",
    [
        {"feed": "tunes"},
        {"look_back": 4},
        {"look_back": 4, "feed": "tunes", "recurrent_weight_dropout": 0.3, "units": 130},
    ],
)
def test_where_shapes_change_a_gpu_takes_the_steps_of_a_processor(data, as_on_a_gpu, options):
    options = {"epochs": 1, "dropout": 0.2, **options}
    here = [progress.loss for progress in islice(trainer_of(data, **options).run(), 12)]
    as_on_a_gpu()
    trainer = trainer_of(data, **options)
    assert any(isinstance(layer, PaddedLayer) for layer in trainer.network.layers) is ("units" in options)
    assert [progress.loss for progress in islice(trainer.run(), 12)] == pytest.approx(here, abs=1e-4)
    with pytest.raises(OptionError, match=r"'bfloat16'.* does not look back, fed by 'windows' or 'streams'"):
        trainer_of(data, precision="bfloat16", **options)


def test_an_epoch_of_whole_tunes_predicts_every_character_once(data):
    trainer = trainer_of(data, feed="tunes", epochs=1)
    counted = []
    end_epoch, trainer.end_epoch = trainer.end_epoch, lambda: counted.append(trainer.position) or end_epoch()
    steps = list(islice(trainer.run(), trainer._batches - 1))
    final = next(trainer.run())
    assert (final.step, final.steps) == (len(steps) + 1, trainer._batches)
    assert counted[0].epoch_characters == sum(len(ids) - 1 for ids in data.tunes)


def test_where_windows_are_fed_it_looks_back_no_further_than_their_beginning(data):
    still = {"dropout": 0.0, "learning_rate": 1e-30, "schedule": "constant", "warmup": 0.0, "weight_decay": 0.0}
    trainer = trainer_of(data, feed="windows", look_back=4, epochs=1, **still)
    batches = [batch.ids.astype(np.int64) for batch in islice(trainer._epoch_of_batches(), 5)]
    losses = [progress.loss for progress in islice(trainer.run(), 5)]
    for ids, loss in zip(map(torch.from_numpy, batches), losses, strict=True):
        with torch.inference_mode():
            logits, _ = trainer.network(ids[:-1])
        assert loss == pytest.approx(functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten()).item(), abs=1e-5)
