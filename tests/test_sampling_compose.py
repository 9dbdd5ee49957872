"""Oracle: torch's own LSTM over the whole text at once, and the fixed choices of argmax."""

import numpy as np
import pytest
import torch

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import END, START
from tunewright.errors import OptionError, VocabularyError
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import load_network
from tunewright.sampling.compose import compose, compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.training.config import TrainingConfig
from tunewright.training.run import train


@pytest.fixture(scope="module", params=["lstm", "gru", "rnn"])
def model(request, tiny_corpus, tmp_path_factory):
    """A network that has learned just enough to end a tune."""
    run = tmp_path_factory.mktemp("model") / request.param
    network = NetworkConfig(cell=request.param, units=24, embedding=8, layers=2, dropout=0.3)
    config = TrainingConfig(epochs=8, length=40, lanes=8, learning_rate=0.02, threads=1, device="cpu")
    for _ in train(read_tunes(tiny_corpus).tunes, out=run, network=network, config=config):
        pass
    return read_checkpoint(run)


def finish(generator):
    text = []
    while True:
        try:
            text.append(next(generator))
        except StopIteration as stop:
            return "".join(text), stop.value


def test_what_comes_character_by_character_is_the_composition(model):
    text, composition = finish(compose(model, CompositionConfig(seed=3)))
    assert text == composition.text
    assert START not in text
    assert END not in text


def test_the_same_seed_gives_the_same_tune_and_another_seed_another(model):
    texts = ["".join(compose(model, CompositionConfig(seed=seed))) for seed in (7, 7, 8)]
    assert texts[0] == texts[1] != texts[2]


def test_every_character_is_the_choice_of_the_whole_text_before_it(model):
    prime = "X:1\nT:"
    config = CompositionConfig(argmax=True, max_length=60)
    text, _ = finish(compose(model, config, prime=prime))
    assert text.startswith(prime)
    ids = torch.from_numpy(model.vocabulary.encode(START + text).astype(np.int64))
    logits, _ = load_network(model)(ids[:, None])
    logits[:, 0, 0] = -torch.inf
    expected = model.vocabulary.decode(logits[:, 0].argmax(dim=1).tolist())
    assert expected[len(prime) :].startswith(text[len(prime) :])


def test_draws_fall_where_the_distribution_says(model):
    config = CompositionConfig(temperature=0.7, seed=5, max_length=80)
    text, composition = finish(compose(model, config))
    ids = torch.from_numpy(model.vocabulary.encode(START + text + (END if composition.ended else "")).astype(np.int64))
    logits, _ = load_network(model)(ids[:-1, None])
    logits[:, 0, 0] = -torch.inf
    edges = torch.softmax(logits[:, 0].double() / 0.7, dim=1).cumsum(dim=1).detach().numpy()
    draws = np.random.default_rng(5).random(80)
    for time, symbol in enumerate(ids[1:].tolist()):
        assert (edges[time, symbol - 1] if symbol else 0) - 1e-6 <= draws[time] <= edges[time, symbol] + 1e-6


def test_tunes_side_by_side_are_those_of_their_seeds_alone(model):
    config = CompositionConfig(seed=20, max_length=300)
    together = {composition.seed: composition for composition in compose_many(model, 6, config)}
    assert sorted(together) == list(range(20, 26))
    for seed, composition in together.items():
        alone = finish(compose(model, CompositionConfig(seed=seed, max_length=300)))[1]
        assert alone == composition


def test_tunes_side_by_side_begin_as_asked(model):
    compositions = list(compose_many(model, 3, CompositionConfig(max_length=50), prime="X:1\nT:Made"))
    assert all(composition.text.startswith("X:1\nT:Made") for composition in compositions)
    assert len({composition.text for composition in compositions}) == 3


def test_the_length_limit_stops_and_says_so(model):
    prime = "X:1\n"
    text, composition = finish(compose(model, CompositionConfig(max_length=5), prime=prime))
    assert len(text) == len(prime) + 5
    assert not composition.ended
    assert [c.ended for c in compose_many(model, 2, CompositionConfig(max_length=5))] == [False, False]


def test_a_tune_ends_by_itself(model):
    compositions = list(compose_many(model, 20, CompositionConfig(temperature=0.8)))
    assert sum(composition.ended for composition in compositions) >= 15


def test_bolder_options_are_heard(model):
    plain = "".join(compose(model, CompositionConfig(seed=1)))
    for options in ({"temperature": 3.0}, {"argmax": True}, {"top_k": 1}, {"top_p": 0.05}):
        assert "".join(compose(model, CompositionConfig(seed=1, **options))) != plain


def test_an_unknown_character_in_the_beginning_is_named(model):
    with pytest.raises(VocabularyError, match="'ÿ'"):
        list(compose(model, prime="X:1\nT:ÿ"))


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_refused(model, count):
    with pytest.raises(OptionError, match="count"):
        list(compose_many(model, count))


def test_a_model_need_not_come_from_disk(model):
    loose = Checkpoint(model.network, model.vocabulary, model.weights)
    config = CompositionConfig(max_length=30)
    assert "".join(compose(loose, config)) == "".join(compose(model, config))
