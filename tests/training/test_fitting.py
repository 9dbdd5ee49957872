"""A training is fitted into a time: the best recipe that has time for its epochs, on machines fast and slow."""

from dataclasses import replace

import pytest

from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.training import fitting
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.fitting import SPARE, Recipe, fit
from tunewright.training.time_limit import READING_SHARE

LARGE = Recipe(NetworkConfig(units=32), TrainingConfig(epochs=40), least_epochs=10)
SMALL = Recipe(NetworkConfig(units=8), TrainingConfig(epochs=20), least_epochs=4)


@pytest.fixture(scope="module")
def data(tiny_corpus):
    return TrainingData.of(read_tunes(tiny_corpus).tunes)


@pytest.fixture
def machine(monkeypatch, data):
    """Sets how many epochs of a recipe the machine manages in a second."""

    def of(epochs_per_second):
        tunes = (*data.sample.tunes, *data.validation.tunes)
        reading = sum(map(len, tunes)) + 20 * 30 * len(tunes)
        epoch = data.characters + READING_SHARE * reading
        monkeypatch.setattr(fitting, "_rate", lambda recipe, _data: epochs_per_second[recipe.network.units] * epoch)

    return of


@pytest.mark.parametrize(
    ("large", "small", "units", "epochs"),
    [
        (10.0, 30.0, 32, 40),  # no more than pay
        (2.0, 9.0, 32, 18),
        (0.9, 2.0, 8, 18),  # too few of the large one
        (0.1, 0.3, 8, 2),  # what there is time for
        (1e-4, 1e-4, 8, 1),
    ],
)
def test_the_best_recipe_that_there_is_time_for(data, machine, large, small, units, epochs):
    machine({32: large, 8: small})
    found = fit(data, [LARGE, SMALL], seconds=10, seed=7).recipe
    assert (found.network.units, found.training.epochs) == (units, epochs)
    assert found.training == replace(found.training, minutes=1 / 6, seed=7)
    assert SPARE == 0.9


def test_the_rate_is_measured_and_nothing_is_left_behind(data, monkeypatch):
    monkeypatch.setattr(fitting, "TRIAL_SECONDS", 0.2)
    found = fit(data, [SMALL], seconds=60)
    assert found.characters_per_second > 1000
    assert found.recipe.training.epochs == 20
    assert fit(data, [replace(SMALL, training=TrainingConfig(epochs=1, batch_size=512))], 1).characters_per_second > 0
