"""Oracle: torch's own LSTM over the whole text at once, and the fixed choices of argmax."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import tunewright as tw
from tunewright.acceptor.grammar import Grammar
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import END, START
from tunewright.errors import InputError, OptionError, VocabularyError
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import load_network
from tunewright.sampling.compiled import compiling, kernel
from tunewright.sampling.compose import MANY, Composer, compose_many, stream
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable
from tunewright.training.config import TrainingConfig
from tunewright.training.training_run import train


@pytest.fixture(scope="module", params=["lstm", "gru", "rnn"])
def model(request, tiny_corpus, tmp_path_factory):
    """A network that has learned just enough to end a tune."""
    run = tmp_path_factory.mktemp("model") / request.param
    network = NetworkConfig(cell=request.param, units=24, embedding=8, layers=2, dropout=0.3)
    config = TrainingConfig(epochs=8, sequence_length=40, batch_size=8, learning_rate=0.02, threads=1, device="cpu")
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
    text, composition = finish(stream(model, CompositionConfig(seed=3), raw=True))
    assert text == composition.text
    assert START not in text
    assert END not in text


def test_the_same_seed_gives_the_same_tune_and_another_seed_another(model):
    texts = ["".join(stream(model, CompositionConfig(seed=seed), raw=True)) for seed in (7, 7, 8)]
    assert texts[0] == texts[1] != texts[2]


def test_every_character_is_the_choice_of_the_whole_text_before_it(model):
    prime = "X:1\nT:"
    config = CompositionConfig(argmax=True, max_length=60)
    text, _ = finish(stream(model, config, prime=prime, raw=True))
    assert text.startswith(prime)
    ids = torch.from_numpy(model.vocabulary.encode(START + text).astype(np.int64))
    logits, _ = load_network(model)(ids[:, None])
    logits[:, 0, 0] = -torch.inf
    expected = model.vocabulary.decode(logits[:, 0].argmax(dim=1).tolist())
    assert expected[len(prime) :].startswith(text[len(prime) :])


def test_draws_fall_where_the_distribution_says(model):
    config = CompositionConfig(temperature=0.7, seed=5, max_length=80)
    text, composition = finish(stream(model, config, raw=True))
    ids = torch.from_numpy(model.vocabulary.encode(START + text + (END if composition.ended else "")).astype(np.int64))
    logits, _ = load_network(model)(ids[:-1, None])
    logits[:, 0, 0] = -torch.inf
    edges = torch.softmax(logits[:, 0].double() / 0.7, dim=1).cumsum(dim=1).detach().numpy()
    draws = np.random.default_rng(5).random(80)
    for time, symbol in enumerate(ids[1:].tolist()):
        assert (edges[time, symbol - 1] if symbol else 0) - 1e-6 <= draws[time] <= edges[time, symbol] + 1e-6


@pytest.mark.parametrize("count", [6, MANY])
def test_tunes_side_by_side_are_those_of_their_seeds_alone(model, count):
    config = CompositionConfig(seed=20, max_length=300)
    together = list(compose_many(model, count, config, raw=True))
    assert [composition.seed for composition in together] == list(range(20, 20 + count))
    for composition in together:
        alone = finish(stream(model, replace(config, seed=composition.seed), raw=True))[1]
        assert alone == composition


def test_the_loop_and_its_twin_compose_the_same(model, monkeypatch):
    config, prime = CompositionConfig(seed=5, max_length=200), "X:1\nT:"
    compiled = list(compose_many(model, MANY, config, prime=prime, raw=True))
    monkeypatch.setattr(kernel, "ready", lambda: None)
    by_numpy = list(compose_many(model, MANY, config, prime=prime, raw=True))
    assert [composition.text for composition in by_numpy] == [composition.text for composition in compiled]
    for one, other in zip(by_numpy, compiled, strict=True):
        assert one.likelihood == pytest.approx(other.likelihood, rel=1e-9)


def test_a_few_tunes_are_not_worth_compiling_and_many_do_not_wait_for_it(model, monkeypatch):
    started = []
    monkeypatch.setattr(kernel, "is_ready", lambda: False)
    monkeypatch.setattr(kernel, "ready", lambda: pytest.fail("compiles here"))
    monkeypatch.setattr(compiling, "start", lambda: started.append(True))
    assert len(list(compose_many(model, MANY - 1, CompositionConfig(max_length=20), raw=True))) == MANY - 1
    assert not started
    assert len(list(compose_many(model, MANY, CompositionConfig(max_length=20), raw=True))) == MANY
    assert started == [True]


@pytest.mark.parametrize("steered", [False, True])
def test_the_compiled_loop_takes_over_in_the_middle_of_a_tune(model, monkeypatch, steered):
    grammar = Grammar(model.vocabulary.symbols) if steered else None
    config = CompositionConfig(seed=3, max_length=150)
    expected = next(iter(compose_many(model, 1, config, grammar=grammar, raw=grammar is None)))
    ready = kernel.is_ready
    monkeypatch.setattr(kernel, "is_ready", lambda: False)
    composer = Composer(model, config, grammar=grammar)
    generation = composer.begin(config.seed)
    assert composer.writer.write(generation, 5)
    before = composer.writer
    monkeypatch.setattr(kernel, "is_ready", ready)
    composer._next_look = 0.0
    assert composer.writer is not before
    while composer.writer.write(generation, 30):
        pass
    written = composer.composition(generation, config.seed)
    assert (written.text, written.ended) == (expected.text, expected.ended)


def test_the_default_is_a_tune_that_plays():
    model = read_checkpoint(Path("oneills"))
    config = CompositionConfig(temperature=1.5, seed=4)
    texts = [composition.text for composition in compose_many(model, 3, config)]
    assert [finding for text in texts for finding in tw.check(text) if finding.severity == "error"] == []
    steered = compose_many(model, 3, config, grammar=playable(model))
    assert [composition.text for composition in steered] == texts
    assert finish(stream(model, config))[1].text == texts[0]
    assert finish(stream(model, config, raw=True))[1].text != texts[0]


def test_a_grammar_and_none_at_once_are_refused(model):
    with pytest.raises(OptionError, match="raw and grammar exclude each other"):
        list(compose_many(model, 1, grammar=Grammar(model.vocabulary.symbols), raw=True))


def test_whoever_stops_listening_stops_the_composing(model):
    tunes = compose_many(model, 10_000_000, CompositionConfig(max_length=30), raw=True)
    assert [next(tunes).seed for _ in range(3)] == [0, 1, 2]
    tunes.close()


def test_the_likelihood_is_that_of_the_network_alone(model):
    prime = "X:1\n"
    config = CompositionConfig(temperature=0.6, top_k=5, seed=2, max_length=150)
    composition = finish(stream(model, config, prime=prime, raw=True))[1]
    text = START + composition.text + (END if composition.ended else "")
    ids = torch.from_numpy(model.vocabulary.encode(text).astype(np.int64))
    with torch.inference_mode():
        logits, _ = load_network(model)(ids[:-1, None])
    each = torch.log_softmax(logits[:, 0].double(), dim=1).gather(1, ids[1:, None])[len(prime) :]
    assert composition.likelihood == pytest.approx(float(each.sum()), abs=1e-3)
    assert composition.composed == len(each)
    assert composition.removed == 0


@pytest.fixture(scope="module")
def grammar(model):
    return Grammar(model.vocabulary.symbols)


def test_with_a_grammar_every_tune_is_of_it(model, grammar):
    config = CompositionConfig(temperature=1.5, max_length=250)
    for composition in compose_many(model, 5, config, grammar=grammar):
        assert composition.ended
        assert len(composition.text) < 250
        assert grammar.refusal(composition.text) is None
        assert 0 < composition.removed < 1
        assert composition.composed == len(composition.text) + 1


def test_a_beginning_that_the_grammar_refuses_is_named_with_its_place(model, grammar):
    with pytest.raises(InputError, match=r"^2:1: no tune can begin like this: ") as caught:
        list(stream(model, prime="X:1\n|", grammar=grammar))
    assert (caught.value.line, caught.value.column) == (2, 1)


def test_a_beginning_is_gone_on_from(model, grammar):
    prime = "X:1\nT:Made-up\nM:4/4\nL:1/8\nK:D\n|:DE"
    composition = finish(stream(model, CompositionConfig(max_length=300), prime=prime, grammar=grammar))[1]
    assert composition.text.startswith(prime)
    assert grammar.refusal(composition.text) is None


def test_too_little_room_for_a_tune_is_told(model, grammar):
    with pytest.raises(InputError, match="5 characters"):
        list(stream(model, CompositionConfig(max_length=5), grammar=grammar))
    with pytest.raises(OptionError, match="max_length is 2"):
        list(stream(model, CompositionConfig(max_length=2), prime="X:1\nT:Made-up\nM:4/4\n", grammar=grammar))


def test_tunes_side_by_side_begin_as_asked(model):
    compositions = list(compose_many(model, 3, CompositionConfig(max_length=50), prime="X:1\nT:Made", raw=True))
    assert all(composition.text.startswith("X:1\nT:Made") for composition in compositions)
    assert len({composition.text for composition in compositions}) == 3


def test_the_length_limit_stops_and_says_so(model):
    prime = "X:1\n"
    text, composition = finish(stream(model, CompositionConfig(max_length=5), prime=prime, raw=True))
    assert len(text) == len(prime) + 5
    assert not composition.ended
    several = list(compose_many(model, 6, CompositionConfig(max_length=5), raw=True))
    assert not all(composition.ended for composition in several)
    assert all(composition.ended or len(composition.text) == 5 for composition in several)


def test_a_tune_ends_by_itself(model):
    compositions = list(compose_many(model, 20, CompositionConfig(temperature=0.8), raw=True))
    assert sum(composition.ended for composition in compositions) >= 15


def test_bolder_options_are_heard(model):
    plain = "".join(stream(model, CompositionConfig(seed=1), raw=True))
    for options in ({"temperature": 3.0}, {"argmax": True}, {"top_k": 1}, {"top_p": 0.05}):
        assert "".join(stream(model, CompositionConfig(seed=1, **options), raw=True)) != plain


def test_an_unknown_character_in_the_beginning_is_named(model):
    with pytest.raises(VocabularyError, match="'ÿ'"):
        list(stream(model, prime="X:1\nT:ÿ", raw=True))


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_refused(model, count):
    with pytest.raises(OptionError, match="count"):
        list(compose_many(model, count, raw=True))


def test_a_model_need_not_come_from_disk(model):
    loose = Checkpoint(model.config, model.vocabulary, model.weights)
    config = CompositionConfig(max_length=30)
    assert "".join(stream(loose, config, raw=True)) == "".join(stream(model, config, raw=True))
