"""Oracle: the protocol step by step, with RMSprop written out, one character's softmax at a time."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, weights_of
from tunewright.training.config import DynamicConfig
from tunewright.training.dynamic import _Replay, dynamic_full_tune, dynamic_nats
from tunewright.training.evaluate import EvaluationSet, full_tune

LIVELY = {"rate": 0.02, "segment": 7, "replay": 3}


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes[:8]


@pytest.fixture(scope="module")
def data(tunes):
    return EvaluationSet.of(tunes, Vocabulary.of(tunes))


@pytest.fixture(scope="module")
def network(tunes):
    torch.manual_seed(5)
    return CharNetwork(NetworkConfig(units=12, embedding=6, dropout=0.5), len(Vocabulary.of(tunes))).eval()


def all_nats(network, tunes, **options):
    return np.concatenate(list(dynamic_nats(network, tunes, DynamicConfig(**options))))


@pytest.mark.parametrize("options", [{}, {"look_back": 6}, {"cell": "transformer", "recurrent_weight_dropout": 0}])
def test_without_learning_it_is_full_tune(tunes, data, options):
    torch.manual_seed(5)
    network = CharNetwork.of(NetworkConfig(units=12, embedding=6, **options), Vocabulary.of(tunes)).eval()
    still = dynamic_full_tune(network, data, DynamicConfig(rate=0))
    assert still.nats_per_char == pytest.approx(full_tune(network, data).nats_per_char, rel=1e-6)


@pytest.mark.parametrize(("forget", "decay"), [(0, 0), (0.6, 0), (0, 0.1), (1, 0)])
def test_each_segment_is_predicted_and_then_learned_from(network, data, forget, decay):
    rate, segment = 0.01, 7
    weights = {name: torch.tensor(values, requires_grad=True) for name, values in weights_of(network).items()}
    trained = {name: weight.detach().clone() for name, weight in weights.items()}
    squares = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    steps, expected = 0, []
    for ids in data.tunes[:3]:
        ids = torch.from_numpy(ids.astype(np.int64))[:, None]
        state, before = None, {name: weight.detach().clone() for name, weight in weights.items()}
        for start in range(0, len(ids) - 1, segment):
            piece = ids[start : start + segment + 1]
            logits, state = torch.func.functional_call(network, weights, (piece[:-1], state))
            state = tuple(part.detach() for part in state)
            chances = torch.log_softmax(logits[:, 0], dim=1)
            nats = [-chances[place, piece[place + 1, 0]] for place in range(len(piece) - 1)]
            expected += [float(value.detach()) for value in nats]
            gradients = torch.autograd.grad(sum(nats, torch.zeros(())) / len(nats), list(weights.values()))
            steps += 1
            with torch.no_grad():
                for (name, weight), gradient in zip(weights.items(), gradients, strict=True):
                    squares[name] = 0.999 * squares[name] + 0.001 * gradient**2
                    weight -= rate * gradient / ((squares[name] / (1 - 0.999**steps)).sqrt() + 3e-4)
                    weight += decay * (trained[name] - weight)
        with torch.no_grad():
            for name, weight in weights.items():
                weight += forget * (before[name] - weight)
    found = all_nats(network, data.tunes[:3], rate=rate, segment=segment, replay=0, forget=forget, decay=decay)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(place=st.integers(1, 600), shift=st.integers(1, 20))
def test_what_comes_later_never_changes_an_earlier_loss(network, data, place, shift):
    tunes = [ids.copy() for ids in data.tunes[:4]]
    lengths = [len(ids) - 1 for ids in tunes]
    place %= sum(lengths)
    changed = [ids.copy() for ids in tunes]
    number = int(np.searchsorted(np.cumsum(lengths), place, side="right"))
    within = place - sum(lengths[:number])
    changed[number][within + 1 :] = (changed[number][within + 1 :] + shift) % network.symbols
    for later in changed[number + 1 :]:
        later[:] = (later + shift) % network.symbols
    before, after = all_nats(network, tunes, **LIVELY), all_nats(network, changed, **LIVELY)
    np.testing.assert_array_equal(before[:place], after[:place])
    assert before[place] != after[place]


def test_a_segment_is_predicted_by_weights_that_have_not_seen_it(network, data):
    one_step = all_nats(network, data.tunes[:1], rate=0.02, segment=1000)
    np.testing.assert_array_equal(one_step, all_nats(network, data.tunes[:1], rate=0, segment=1000))


def test_it_is_the_same_every_time_and_leaves_the_network_alone(network, data):
    before = weights_of(network)
    first, second = all_nats(network, data.tunes, **LIVELY), all_nats(network, data.tunes, **LIVELY)
    np.testing.assert_array_equal(first, second)
    for name, values in weights_of(network).items():
        np.testing.assert_array_equal(values, before[name])


@pytest.mark.parametrize(
    "change", [{"rate": 0.01}, {"segment": 8}, {"replay": 2}, {"forget": 0.2}, {"decay": 0.1}, {"replay_seed": 1}]
)
def test_every_option_changes_something(network, data, change):
    assert not np.array_equal(all_nats(network, data.tunes, **LIVELY), all_nats(network, data.tunes, **LIVELY | change))


def test_a_network_that_looks_back_goes_on_learning_beside_what_it_read_before(tunes, data):
    torch.manual_seed(5)
    network = CharNetwork.of(NetworkConfig(units=12, embedding=6, look_back=6), Vocabulary.of(tunes)).eval()
    still, learned = (all_nats(network, [data.tunes[0]] * 8, **LIVELY | {"rate": rate}) for rate in (0, 0.02))
    assert learned[-len(data.tunes[0]) :].mean() < still.mean() - 0.5
    np.testing.assert_array_equal(learned[:7], still[:7])


def test_what_comes_again_is_learned(network, data):
    again = [data.tunes[0]] * 6
    nats = [of_tune.sum() for of_tune in dynamic_nats(network, again, DynamicConfig(rate=0.01, forget=0))]
    assert nats[-1] < 0.8 * nats[0]


def test_progress_is_told_after_each_tune(network, data):
    told = []
    dynamic_full_tune(network, data, progress=lambda _doing, share: told.append(share))
    np.testing.assert_allclose(told, np.arange(1, 9) / 8)


@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=30))
def test_lanes_read_former_tunes_from_start_to_end(lengths):
    replay = _Replay(DynamicConfig(replay=2))
    assert replay.next(5) == []
    replay.add(np.array([0, 1, 2, 3], np.uint8))
    replay.add(np.array([0, 4, 5], np.uint8))
    pieces = [replay.next(length + 1) for length in lengths]
    for lane in range(2):
        assert [len(piece[lane]) for piece in pieces] == [length + 1 for length in lengths]
        for piece, following in pairwise(pieces):
            assert piece[lane][-1] == following[lane][0]
        text = "".join("".join(map(str, piece[lane][:-1])) for piece in pieces)
        assert all(whole in ("0123", "045") for whole in text.replace("0", " 0").split()[:-1])


@pytest.mark.parametrize(
    "wrong",
    [{"rate": -1}, {"rate": float("nan")}, {"segment": 0}, {"replay": -1}, {"decay": 2}, {"forget": 1.1},
     {"replay_seed": -1}],
)  # fmt: skip
def test_options_outside_their_range_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        DynamicConfig(**wrong)
