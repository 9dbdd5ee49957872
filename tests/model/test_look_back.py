"""Oracle: the formulas of the head, one position and one remembered place at a time, in numpy."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CheckpointError, OptionError
from tunewright.model import attention, look_back
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.look_back import LookBack, breaks_of
from tunewright.model.network import IGNORED, CharNetwork, detach, keep_lanes, load_network, weights_of

SYMBOLS = 7
BREAKS = (3, 4)
UNITS, WIDTH = 6, 5
CELLS = ["lstm", "gru", "rnn"]


def make_network(**options):
    torch.manual_seed(3)
    shape = {
        "units": UNITS,
        "embedding": 4,
        "dropout": 0.0,
        "recurrent_weight_dropout": 0.0,
        "look_back": WIDTH,
        **options,
    }
    network = CharNetwork(NetworkConfig(**shape), SYMBOLS, BREAKS).double().eval()
    with torch.no_grad():
        for weight in network.look_back.parameters():
            weight.add_(0.5 * torch.randn_like(weight))
    return network


def by_the_book(head, outputs, own, ids, memory=1200):
    """Probabilities after each character of one lane, shape=(T, S), from its first character on."""
    weights = {name: weight.detach().double().numpy() for name, weight in head.named_parameters()}
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    tune, probabilities = [], []
    for output, scores, symbol in zip(outputs, own, ids, strict=True):
        if symbol == 0:
            tune = []
        before = [past["symbol"] for past in tune] + [symbol]
        recent = [weights["recent"][back][before[-1 - back] if back < len(before) else 0] for back in range(3)]
        since, bar = (tune[-1]["since"] + 1, tune[-1]["bar"]) if tune else (1, 0)
        bar = 0 if symbol == 0 else (bar + (symbol == BREAKS[0] and since >= 4)) % 32
        since = 0 if symbol in (0, *BREAKS) else since
        place = min(31, since)
        row = {
            "symbol": symbol,
            "place": place,
            "since": since,
            "bar": bar,
            "key": weights["key.weight"] @ output + sum(recent),
            "query": (weights["query.weight"] @ output + weights["query.bias"] + sum(recent)) / np.sqrt(WIDTH),
        }
        tune.append(row)
        own_share = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        past = list(enumerate(tune[:-1]))[-memory:]
        if past:
            where = [(weights["place"][place, there["place"]], weights["bar"][bar, there["bar"]]) for _, there in past]
            points = np.array(
                [row["query"] @ there["key"] + sum(bias) for (_, there), bias in zip(past, where, strict=True)]
            )
            match = np.log(np.exp(points).sum())
            copied = np.zeros(SYMBOLS)
            for (number, _), point in zip(past, points, strict=True):
                copied[tune[number + 1]["symbol"]] += np.exp(point - match)
            opening = weights["gate.weight"][0] @ output + weights["gate.bias"][0]
            gate = sigmoid(opening - weights["match"][0] * max(-30, match))
            own_share = gate * own_share + (1 - gate) * copied
        probabilities.append(own_share)
    return np.array(probabilities)


def outputs_of(network, ids, state=None):
    """Of the last layer, and the network's own logits, shapes=(T, H) and (T, S), from the recurrent layers alone."""
    plain = CharNetwork(NetworkConfig(**{**vars(network.config), "look_back": 0}), SYMBOLS).double().eval()
    plain.load_state_dict({k: v for k, v in network.state_dict().items() if not k.startswith("look_back")})
    seen = []
    with torch.no_grad():
        hook = plain.readout.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        own, _ = plain(ids[:, None], state)
        hook.remove()
    return seen[0][:, 0].numpy(), own[:, 0].numpy()


cuts_and_texts = st.integers(1, 45).flatmap(
    lambda time: st.tuples(
        st.lists(st.lists(st.integers(0, SYMBOLS - 1), min_size=time + 1, max_size=time + 1), min_size=1, max_size=3),
        st.sets(st.integers(0, time)),
        st.sets(st.tuples(st.integers(0, time), st.integers(0, 2))),
    )
)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=25, deadline=None)
@given(drawn=cuts_and_texts, memory=st.sampled_from([1200, 4]))
def test_the_formulas_give_the_same_however_a_text_is_cut(cell, drawn, memory):
    lanes, cuts, resets = drawn
    network = make_network(cell=cell)
    ids = torch.tensor(lanes).T  # (T + 1, B)
    edges = sorted({0, len(ids) - 1, *cuts})
    begins = {
        lane: [0, *sorted(at for at, which in resets if which == lane and at in edges)] for lane in range(len(lanes))
    }
    expected = np.full((len(ids) - 1, len(lanes), SYMBOLS), np.nan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(look_back, "MEMORY", memory)
        patch.setattr(look_back, "BLOCK", 16)
        for lane, starts in begins.items():
            for first, last in itertools.pairwise([*starts, len(ids) - 1]):
                piece = ids[first:last, lane]
                if len(piece):
                    outputs, own = outputs_of(network, piece)
                    expected[first:last, lane] = by_the_book(network.look_back, outputs, own, piece.tolist(), memory)
        state = other = None
        rows, nats = [], []
        with torch.inference_mode():
            for first, last in itertools.pairwise(edges):
                keep = torch.tensor([float((first, lane) not in resets) for lane in range(len(lanes))]).double()
                state, other = (each and keep_lanes(each, keep) for each in (state, other))
                logits, state = network(ids[first:last], state)
                losses, other = network.losses(ids[first:last], ids[first + 1 : last + 1], other)
                rows.append(logits)
                nats.append(losses)
                assert len(state[-1]) <= memory
                for one, two in zip(state, other, strict=True):
                    assert torch.equal(one, two)
    logits, losses = torch.cat(rows), torch.cat(nats)
    np.testing.assert_allclose(logits.numpy(), np.log(expected + 1e-9), rtol=1e-7, atol=1e-9)
    of_logits = functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten(), reduction="none").view_as(losses)
    np.testing.assert_allclose(losses.numpy(), of_logits.numpy(), rtol=1e-9, atol=1e-12)


def test_places_count_from_the_last_break_and_from_a_call_to_the_next():
    head = make_network().look_back
    ids = torch.tensor([0, 5, 6, 3, 5, 4, *[5] * 40, 0, 2])[:, None]
    places = [0, 1, 2, 0, 1, 0, *range(1, 32), *[31] * 9, 0, 1]
    assert head._places(ids, head.zero_memory(1))[0][:, 0].tolist() == places
    outputs = torch.zeros(len(ids), 1, UNITS).double()
    memory, found = head.zero_memory(1), []
    for row, output in zip(ids, outputs, strict=True):
        _, memory = head.logits(output[None], torch.zeros(1, 1, SYMBOLS).double(), row[None], memory)
        found.append(int(memory[-1, 0, WIDTH + 1]))
    assert found == places


@pytest.mark.parametrize("cut", range(1, 12))
def test_bars_end_at_bar_lines_far_enough_from_the_break_before(cut):
    head = make_network().look_back
    ids = torch.tensor([0, 5, 3, 5, 5, 5, 3, 3, 4, 5, 5, 3, 5, 5, 5, 5, 4, 5, 5, 5, 3, 0, 5])[:, None]
    bars = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0, 0]
    assert head._places(ids, head.zero_memory(1))[1][:, 0].tolist() == bars
    outputs = torch.zeros(len(ids), 1, UNITS).double()
    own = torch.zeros(len(ids), 1, SYMBOLS).double()
    _, memory = head.logits(outputs[:cut], own[:cut], ids[:cut], head.zero_memory(1))
    assert head._places(ids[cut:], memory)[1][:, 0].tolist() == bars[cut:]


@pytest.mark.parametrize("cut", [4, 6, 7, 8])
def test_nothing_before_the_start_of_a_tune_is_looked_at(cut):
    head, generator = make_network().look_back, torch.Generator().manual_seed(0)

    def read(first_ids, first_outputs):
        ids = torch.tensor([*first_ids, 0, 5, 6, 3, 5, 6, 2])[:, None]
        outputs = torch.cat([first_outputs, torch.ones(7, 1, UNITS).double()])
        own = torch.zeros(len(ids), 1, SYMBOLS).double()
        _, memory = head.logits(outputs[:cut], own[:cut], ids[:cut], head.zero_memory(1))
        logits, memory = head.logits(outputs[cut:], own[cut:], ids[cut:], memory)
        return logits[-4:], memory

    some = lambda: torch.randn(6, 1, UNITS, generator=generator).double()  # noqa: E731
    one, other = read([0, 5, 6, 3, 5, 1], some()), read([4, 2, 2, 5, 6, 6], some())
    assert torch.equal(one[0], other[0])
    assert torch.equal(one[1], other[1])
    assert len(one[1]) == 7


def test_the_gradient_that_is_written_out_is_the_gradient():
    generator = torch.Generator().manual_seed(1)
    numbers = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)  # noqa: E731
    queries, keys = numbers(2, 4, 3).requires_grad_(), numbers(2, 5, 3).requires_grad_()
    kept, follows = numbers(2, 2, 3), torch.rand(2, 4, 7, generator=generator) < 0.4
    mask = (
        torch.zeros(2, 4, 7).double().masked_fill(torch.rand(2, 4, 7, generator=generator) < 0.3, attention.FORBIDDEN)
    )
    mask[0, 1] = attention.FORBIDDEN  # one position may look at nothing

    def attend(queries, keys):
        match, mass = attention.Attention.apply(queries, keys, kept, mask, follows)
        return match.clamp(min=-30), mass

    torch.autograd.gradcheck(attend, (queries, keys))


@pytest.mark.parametrize("cell", CELLS)
def test_both_faces_have_the_same_gradient(cell):
    network = make_network(cell=cell)
    ids = torch.from_numpy(np.random.default_rng(0).integers(SYMBOLS, size=(30, 3)))
    targets = ids[1:].clone()
    targets[20:, 2] = IGNORED
    with torch.no_grad():
        _, state = network(ids)
    logits, _ = network(ids[:-1], state)
    expected = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    found, _ = network.losses(ids[:-1], targets, state, mean=True)
    each, _ = network.losses(ids[:-1], targets, state)
    torch.testing.assert_close(found, expected)
    assert not each[20:, 2].any()
    torch.testing.assert_close(each.sum() / (targets != IGNORED).sum(), expected)
    for one, other in zip(
        torch.autograd.grad(found, list(network.parameters())),
        torch.autograd.grad(expected, list(network.parameters())),
        strict=True,
    ):
        assert one.abs().max() > 0
        torch.testing.assert_close(one, other)


def test_plain_losses_are_torchs_cross_entropy_to_the_bit():
    network = CharNetwork(NetworkConfig(units=9, embedding=4), SYMBOLS).eval()
    ids = torch.from_numpy(np.random.default_rng(0).integers(SYMBOLS, size=(30, 3)))
    logits, state = network(ids[:-1])
    mean, end = network.losses(ids[:-1], ids[1:], mean=True)
    each, _ = network.losses(ids[:-1], ids[1:])
    assert torch.equal(mean, functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten()))
    assert torch.equal(
        each.flatten(), functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten(), reduction="none")
    )
    assert all(torch.equal(one, other) for one, other in zip(end, state, strict=True))


def test_lanes_lie_beside_one_another_whatever_they_remember():
    network = make_network()
    texts = [torch.tensor([0, 5, 6, 5, 6, 3])[:, None], torch.tensor([0, 2])[:, None]]
    following = torch.tensor([[5, 6], [6, 2], [3, 6]])
    with torch.inference_mode():
        states = [network(text)[1] for text in texts]
        apart = [network(following[:, [lane]], state)[0] for lane, state in enumerate(states)]
        together = network.beside(*states)
        for state in (together, network.with_fixed_memory(together)):
            logits, after = network(following, state)
            torch.testing.assert_close(logits, torch.cat(apart, dim=1))
            assert len(after[-1]) == 9
    assert len(network.with_fixed_memory(together)[-1]) == look_back.MEMORY
    assert torch.equal(network.without_empty_rows(network.with_fixed_memory(together))[-1], together[-1])
    assert len(network.without_empty_rows(network.with_fixed_memory(network.zero_state(2)))[-1]) == 0


def test_weights_have_the_names_and_shapes_that_they_are_known_by():
    vocabulary = Vocabulary("\x02\x03\nab|")
    network = CharNetwork.of(NetworkConfig(units=8, look_back=5), vocabulary)
    head = {name: values.shape for name, values in weights_of(network).items() if name.startswith("look_back.")}
    assert head == {
        "look_back.query.weight": (5, 8), "look_back.query.bias": (5,), "look_back.key.weight": (5, 8),
        "look_back.recent": (3, 6, 5), "look_back.place": (32, 32), "look_back.bar": (32, 32),
        "look_back.gate.weight": (1, 8), "look_back.gate.bias": (1,), "look_back.match": (1,),
    }  # fmt: skip
    assert breaks_of(vocabulary) == (5, 2)
    assert network.look_back.is_break.nonzero().flatten().tolist() == [0, 2, 5]
    assert torch.equal(network.look_back.place, torch.eye(32))
    assert not network.look_back.bar.any()
    assert network.look_back.gate.bias.item() == 0
    assert network.look_back.match.item() == 1
    assert LookBack(16, 4, 200, ()).recent.std().item() == pytest.approx(0.3, rel=0.05)
    assert network.zero_state(3)[-1].shape == (0, 3, 9)


def test_without_it_the_first_weights_are_those_they_were():
    both = []
    for width in (0, 4):
        torch.manual_seed(7)
        both.append(CharNetwork(NetworkConfig(units=5, look_back=width), SYMBOLS).state_dict())
    assert not [name for name in both[0] if "look_back" in name]
    assert all(torch.equal(both[0][name], both[1][name]) for name in both[0])


@pytest.mark.parametrize(("has", "wants", "message"), [(4, 0, "look_back"), (0, 4, "look_back"), (4, 5, "look_back")])
def test_weights_of_another_shape_are_refused(has, wants, message):
    vocabulary = Vocabulary("\x02\x03\nab|")
    weights = weights_of(CharNetwork.of(NetworkConfig(units=5, look_back=has), vocabulary))
    with pytest.raises(CheckpointError, match=message):
        load_network(Checkpoint(NetworkConfig(units=5, look_back=wants), vocabulary, weights))


def test_a_width_below_none_is_refused():
    with pytest.raises(OptionError, match=r"look_back is -1; allowed: 0 \(none\) or more"):
        NetworkConfig(look_back=-1)


def test_a_large_vocabulary_is_told_apart():
    network = CharNetwork(NetworkConfig(units=4, embedding=3, look_back=4), 600).eval()
    ids = torch.tensor([0, 300, 44, 300, 44, 300])[:, None]
    logits, _ = network(ids[:-1])
    nats, _ = network.losses(ids[:-1], ids[1:])
    torch.testing.assert_close(nats[:, 0], functional.cross_entropy(logits[:, 0], ids[1:, 0], reduction="none"))


@pytest.mark.slow
@pytest.mark.parametrize("answer", [True, False])
def test_all_that_it_makes_is_made_where_the_network_is(monkeypatch, answer):
    """Oracle: the device `meta`, which holds no numbers and refuses tensors of another; questions get one answer."""
    monkeypatch.setattr(torch.Tensor, "__bool__", lambda _: answer)
    monkeypatch.setattr(torch.Tensor, "__int__", lambda _: 0)
    network = make_network().to("meta")
    ids = torch.zeros(140, 3, dtype=torch.long, device="meta")
    state, keep = network.zero_state(3), torch.ones(3, dtype=torch.double, device="meta")
    for _ in range(3):
        before = keep_lanes(state, keep)
        nats, after = network.losses(ids, ids, before, mean=True)
        nats.backward()
        logits, state = network(ids, before)
        state = network.without_empty_rows(network.with_fixed_memory(detach(state)))
        assert {part.device.type for part in (nats, logits, *after, *state)} == {"meta"}
    assert {weight.grad.device.type for weight in network.parameters()} == {"meta"}


@pytest.mark.parametrize("cut", [0, 9, 20])
def test_where_it_looks_makes_up_what_it_says(cut):
    network = make_network()
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(1, SYMBOLS, (30, 2), generator=generator)
    ids[0] = ids[13, 1] = 0  # another tune begins in one lane
    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        patch.setattr(look_back, "BLOCK", 8)
        state = network(ids[:cut])[1] if cut else None
        logits, after = network(ids[cut:], state)
        own, gate, shares, then = network.looks(ids[cut:], state)
    rows = shares.shape[2]
    assert rows == (len(state[-1]) if cut else 0) + 30 - cut
    known = ids[30 - rows :]  # every row of the memory is of these texts
    mixed = gate[..., None] * own.softmax(dim=2)
    for step, lane, row in itertools.product(range(30 - cut), range(2), range(rows - 1)):
        mixed[step, lane, known[row + 1, lane]] += (1 - gate[step, lane]) * shares[step, lane, row]
    np.testing.assert_allclose((mixed + 1e-9).log().numpy(), logits.numpy(), atol=1e-9)
    found = shares.sum(dim=2)
    assert ((found - 1).abs() < 1e-9).logical_or((found == 0) & (gate == 1)).all()
    for one, two in zip(after, then, strict=True):
        assert torch.equal(one, two)


def test_a_plain_network_has_nowhere_to_look():
    with pytest.raises(OptionError, match="does not look back"):
        CharNetwork(NetworkConfig(units=UNITS), SYMBOLS).looks(torch.zeros(2, 1, dtype=torch.long))
