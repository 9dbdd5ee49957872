"""Oracle: torch's own layers, each tune of a lane read alone and at once."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tunewright.analysis.activations import read_activations
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import clamp_units
from tunewright.model.config import NetworkConfig
from tunewright.model.network import IGNORED, CharNetwork, keep_lanes, weights_of
from tunewright.model.onnx.graph import to_onnx
from tunewright.model.transformer import heads_of, sinusoids
from tunewright.model.widening import widen
from tunewright.sampling.compose import compose_many, stream
from tunewright.training.config import TrainingConfig
from tunewright.training.distributed import Team
from tunewright.training.evaluate import EvaluationSet, cold_window, full_tune
from tunewright.training.loop import Trainer
from tunewright.training.stacked.stacked_training import Member, require_alike

SYMBOLS = 9
CONFIG = NetworkConfig(cell="transformer", units=66, layers=2, embedding=5, dropout=0.0, recurrent_weight_dropout=0.0)


def tune_of(text):
    return Tune(text, Path("tunes.abc"), 1, len(text))


def make_network(**options):
    torch.manual_seed(4)
    return CharNetwork(dataclasses.replace(CONFIG, **options), SYMBOLS).double().eval()


def random_ids(length, lanes):
    """Lanes of characters, the first a START."""
    ids = torch.randint(1, SYMBOLS, (length, lanes), generator=torch.Generator().manual_seed(7))
    ids[0] = 0
    return ids


def by_hand(network, ids):
    """Scores after each character of one tune, shape=(T, S), by torch's own encoder."""
    config, length = network.config, len(ids)
    layer = nn.TransformerEncoderLayer(66, 2, 264, dropout=0.0, norm_first=True)
    encoder = nn.TransformerEncoder(layer, config.layers, nn.LayerNorm(66), enable_nested_tensor=False).double().eval()
    encoder.load_state_dict(
        {name: weight for name, weight in network.transformer.state_dict().items() if not name.startswith("entry")}
    )
    places = np.arange(length)[:, None] / 10_000 ** (np.arange(33) / 33)
    waves = torch.from_numpy(np.concatenate([np.sin(places), np.cos(places)], axis=1))
    letters = network.embedding(ids) if config.embedding else nn.functional.one_hot(ids, SYMBOLS).double()
    signal = network.transformer.entry(letters) + waves
    mask = nn.Transformer.generate_square_subsequent_mask(length, dtype=torch.double)
    return network.readout(encoder(signal[:, None], mask))[:, 0]


@pytest.mark.parametrize("embedding", [0, 5])
def test_it_computes_what_torchs_own_layers_do(embedding):
    network, ids = make_network(embedding=embedding), random_ids(20, 3)
    logits, (known,) = network(ids)
    for lane in range(3):
        torch.testing.assert_close(logits[:, lane], by_hand(network, ids[:, lane]))
    assert torch.equal(known[:, :, 0], ids + 1)


def test_nothing_before_a_start_is_attended_to_and_positions_count_from_it():
    network, ids = make_network(), random_ids(20, 3)
    ids[7, 1] = ids[12, 1] = ids[9, 2] = 0
    logits, (known,) = network(ids)
    pieces = {0: [(0, 20)], 1: [(0, 7), (7, 12), (12, 20)], 2: [(0, 9), (9, 20)]}
    for lane, tunes in pieces.items():
        for first, end in tunes:
            torch.testing.assert_close(logits[first:end, lane], by_hand(network, ids[first:end, lane]))
    assert known[:, 1, 0].tolist() == [0] * 12 + (ids[12:, 1] + 1).tolist()


def test_the_state_forgets_rows_that_all_lanes_lack():
    ids = random_ids(20, 2)
    ids[6, 0] = ids[9, 1] = 0
    assert make_network()(ids)[1][0].shape == (14, 2, 1)


@pytest.mark.parametrize("starts", [(), (7, 12)])
def test_reading_in_pieces_gives_what_reading_at_once_does_gradient_included(starts):
    network, ids = make_network(), random_ids(21, 2)
    for place in starts:
        ids[place, 1] = 0
    whole, _ = network.losses(ids[:-1], ids[1:], mean=False)
    (whole.sum()).backward()
    gradients = [weight.grad.clone() for weight in network.parameters()]
    network.zero_grad()
    state, found = None, []
    for first, end in ((0, 6), (6, 7), (7, 15), (15, 20)):
        losses, state = network.losses(ids[first:end], ids[first + 1 : end + 1], state)
        found.append(losses)
    torch.cat(found).sum().backward()
    torch.testing.assert_close(torch.cat(found), whole)
    for weight, gradient in zip(network.parameters(), gradients, strict=True):
        torch.testing.assert_close(weight.grad, gradient)


def test_a_later_character_changes_nothing_before_it():
    network, ids = make_network(), random_ids(20, 2)
    other = ids.clone()
    other[11:, 1] = 1 + other[11:, 1] % (SYMBOLS - 1)
    before, after = network(ids)[0], network(other)[0]
    assert torch.equal(before[:11], after[:11])
    assert (before[11:, 1] != after[11:, 1]).any(dim=1).all()


def test_every_earlier_character_counts():
    network, ids = make_network(layers=1), random_ids(12, 1)
    for place in range(1, 12):
        other = ids.clone()
        other[place] = 1 + other[place] % (SYMBOLS - 1)
        assert not torch.allclose(network(ids)[0][-1], network(other)[0][-1], rtol=0, atol=1e-9)


def test_a_lane_that_is_set_back_begins_anew():
    network, ids = make_network(), random_ids(18, 2)
    _, state = network(ids[:8])
    logits, (known,) = network(ids[8:], keep_lanes(state, torch.tensor([1.0, 0.0])))
    torch.testing.assert_close(logits[:, 0], network(ids[:, :1])[0][8:, 0])
    torch.testing.assert_close(logits[:, 1], by_hand(network, ids[8:, 1]))
    assert not known[:8, 1].any()


def test_lanes_of_several_states_beside_each_other():
    network, ids = make_network(), random_ids(16, 2)
    states = [network(ids[:8, :1])[1], network(ids[4:8, 1:])[1]]
    logits, _ = network(ids[8:], network.beside(*states))
    torch.testing.assert_close(logits[:, 0], network(ids[:, :1])[0][8:, 0])
    torch.testing.assert_close(logits[:, 1], by_hand(network, ids[4:, 1])[4:])


def test_heads_divide_the_units_and_are_no_narrower_than_allowed():
    assert [heads_of(units) for units in (1, 31, 64, 66, 96, 128, 150, 163)] == [1, 1, 2, 2, 3, 4, 3, 1]


def test_positions_of_an_odd_width():
    assert sinusoids(torch.arange(4), 7).shape == (4, 7)
    torch.testing.assert_close(sinusoids(torch.arange(4), 7), sinusoids(torch.arange(4), 8)[:, :7])


def test_masks_of_dropout_come_from_the_generator_and_from_nothing_else():
    network, ids = make_network(dropout=0.4).train(), random_ids(10, 2)

    def read(seed):
        return network(ids, generator=torch.Generator().manual_seed(seed))[0]

    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first = read(5)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(read(5), first)
    assert not torch.allclose(read(6), first)
    generator = torch.Generator().manual_seed(5)
    assert not torch.allclose(network(ids, generator=generator)[0], network(ids, generator=generator)[0])
    assert not torch.allclose(network.eval()(ids)[0], first)


def test_full_tunes_and_cold_windows_are_measured_as_by_hand():
    texts = ["abcdefgabc", "gfedcba" * 13, "ab"]
    tunes = [tune_of(text) for text in texts]
    vocabulary = Vocabulary.of(tunes)
    assert len(vocabulary) == SYMBOLS
    network, data = make_network(), EvaluationSet.of(tunes, vocabulary)

    def nats(ids):
        ids = torch.from_numpy(ids.astype(np.int64))
        return nn.functional.cross_entropy(by_hand(network, ids)[:-1], ids[1:], reduction="sum").item()

    with torch.no_grad():
        whole = sum(map(nats, data.tunes)) / sum(map(len, texts))
        windows = [nats(window) / (len(window) - 1) for window in data.windows]
    assert full_tune(network, data).nats_per_char == pytest.approx(whole, rel=1e-6)
    assert cold_window(network, data).nats_per_char == pytest.approx(np.mean(windows), rel=1e-6)


def test_ignored_targets_count_nothing():
    network, ids = make_network(), random_ids(9, 2)
    targets = ids[1:].clone()
    targets[5:, 1] = IGNORED
    nats, _ = network.losses(ids[:-1], targets)
    mean, _ = network.losses(ids[:-1], targets, mean=True)
    assert not nats[5:, 1].any()
    torch.testing.assert_close(mean, nats.sum() / 13)


@pytest.mark.parametrize("embedding", [0, 5])
def test_new_characters_change_nothing_that_it_says_of_the_others(embedding):
    vocabulary = Vocabulary.of([tune_of("abcdefg")])
    network = make_network(embedding=embedding).float()
    model = Checkpoint(network.config, vocabulary, weights_of(network))
    wide = widen(model, "xyz")
    wider = CharNetwork.of(wide.config, wide.vocabulary).eval()
    wider.load_state_dict({name: torch.from_numpy(values) for name, values in wide.weights.items()})
    ids = random_ids(12, 2)
    torch.testing.assert_close(wider(ids)[0][:, :, :SYMBOLS], network(ids)[0])
    assert torch.isfinite(wider(ids + 3)[0]).all()


def checkpoint():
    return Checkpoint(CONFIG, Vocabulary.of([tune_of("abcdefg")]), weights_of(make_network().float()))


@pytest.mark.parametrize(
    "refused",
    [
        lambda: next(stream(checkpoint(), raw=True)),
        lambda: next(compose_many(checkpoint(), 1, raw=True, device="meta")),
        lambda: to_onnx(checkpoint()),
        lambda: clamp_units(checkpoint(), {(0, 1): 0.5}),
        lambda: read_activations(make_network(), np.array([0, 3, 4])),
        lambda: Trainer(make_network().float(), None, TrainingConfig(optimizer="muon")),
        lambda: Trainer(make_network().float(), None, TrainingConfig(), Team(0, 2)),
        lambda: require_alike([Member(CONFIG, TrainingConfig())]),
    ],
)
def test_what_needs_a_recurrent_network_says_so(refused):
    with pytest.raises(OptionError, match=r"cell is 'transformer'.*lstm.*gru.*rnn"):
        refused()


@pytest.mark.parametrize(("name", "value"), [("recurrent_weight_dropout", 0.2), ("look_back", 8)])
def test_options_of_recurrent_cells_are_refused(name, value):
    with pytest.raises(OptionError, match=f"{name} is {value}; allowed: 0 with cell 'transformer'"):
        dataclasses.replace(CONFIG, **{name: value})
