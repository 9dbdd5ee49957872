"""Networks of one's own: a hand-written LSTM does what Tunewright's does, and what breaks the protocol is told."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import tunewright as tw
from tunewright.analysis.neuron_analysis import check_request
from tunewright.corpus.readers import read_tunes
from tunewright.model.checkpoint import OWN_NAME, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, load_network
from tunewright.model.own_network import OwnNetwork
from tunewright.training.config import TrainingConfig

OURS = NetworkConfig(units=12, embedding=6, dropout=0.0, recurrent_weight_dropout=0.0)
RECIPE = TrainingConfig(epochs=3, sequence_length=20, batch_size=8, learning_rate=0.02, threads=1, device="cpu")
FEEDS = {feed: replace(RECIPE, feed=feed) for feed in ("streams", "windows", "tunes")}


class HandLstm(nn.Module):
    """An LSTM in the equations of torch.nn.LSTM's documentation, one weight for each gate."""

    def __init__(self, symbols, units=OURS.units, embedding=OURS.embedding, dropout=0.0):
        super().__init__()
        self.units = units
        self.table = nn.Parameter(torch.randn(symbols, embedding))
        self.of_input = nn.ParameterDict({gate: nn.Parameter(torch.randn(units, embedding) / 3) for gate in "ifgo"})
        self.of_state = nn.ParameterDict({gate: nn.Parameter(torch.randn(units, units) / 3) for gate in "ifgo"})
        self.input_bias = nn.ParameterDict({gate: nn.Parameter(torch.zeros(units)) for gate in "ifgo"})
        self.state_bias = nn.ParameterDict({gate: nn.Parameter(torch.zeros(units)) for gate in "ifgo"})
        self.drop = nn.Dropout(dropout)
        self.readout = nn.Linear(units, symbols)

    def forward(self, ids, state=None):
        if state is None:
            state = tuple(self.table.new_zeros(1, ids.shape[1], self.units) for _ in "hc")
        h, c = (part[0] for part in state)
        outputs = []
        for x in self.table[ids]:
            i, f, g, o = (
                x @ self.of_input[gate].T + self.input_bias[gate] + h @ self.of_state[gate].T + self.state_bias[gate]
                for gate in "ifgo"
            )
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(self.drop(h))
        return self.readout(torch.stack(outputs)), (h[None], c[None])


def twin(symbols):
    """A hand-written LSTM with the initial weights of Tunewright's."""
    hand = HandLstm(symbols)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(RECIPE.seed)
        ours = CharNetwork(OURS, symbols)
        layer = ours.layers[0]
        hand.table.copy_(ours.embedding.weight)
        for names, theirs in (
            (hand.of_input, "weight_ih_l0"), (hand.of_state, "weight_hh_l0"),
            (hand.input_bias, "bias_ih_l0"), (hand.state_bias, "bias_hh_l0"),
        ):  # fmt: skip
            for gate, values in zip("ifgo", layer.get_parameter(theirs).chunk(4), strict=True):
                names[gate].copy_(values)
        hand.readout.load_state_dict(ours.readout.state_dict())
    return hand


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


@pytest.fixture(scope="module")
def pair(tunes, tmp_path_factory):
    """Tunewright's LSTM and its hand-written twin, trained on the same tunes."""
    folder = tmp_path_factory.mktemp("pair")
    return tuple(
        tw.train(tunes[:24], tunes[24:], out=folder / name, network=network, config=RECIPE).finish()
        for name, network in (("ours", OURS), ("own", twin))
    )


@pytest.mark.parametrize("feed", FEEDS)
def test_the_twin_learns_as_ours_does(feed, tunes, tmp_path):
    ours, own = (
        tw.train(tunes[:24], tunes[24:], out=tmp_path / name, network=network, config=FEEDS[feed])
        for name, network in (("ours", OURS), ("own", twin))
    )
    losses = [(one.loss, other.loss) for one, other in zip(ours, own, strict=True)]
    assert len(losses) > 20
    assert losses[0][0] - losses[-1][0] > 0.3  # both learn
    for one, other in losses:
        assert other == pytest.approx(one, rel=1e-4)
    for first, second in zip(ours.history, own.history, strict=True):
        for protocol in ("full_tune", "cold_window"):
            assert second.validation(protocol) == pytest.approx(first.validation(protocol), rel=1e-4)


def test_the_twin_composes_the_same_text(pair):
    for options in ({"raw": True}, {"key": "D", "meter": "6/8", "bars": 4}):
        texts = [tw.compose(model, seed=5, max_length=600, accept=1, **options).text for model in pair]
        assert texts[0] == texts[1]
        assert texts[0]
    assert tw.check(texts[1]) == ()
    assert "".join(tw.stream(pair[1], seed=5, max_length=600, key="D", meter="6/8", bars=4)) == texts[1]


def test_the_twin_is_evaluated_and_read_as_ours_is(pair, tunes):
    ours, own = (tw.evaluate(model, tunes[24:]) for model in pair)
    assert own.full_tune.nats_per_char == pytest.approx(ours.full_tune.nats_per_char, rel=1e-4)
    for quantity in ("h", "c"):
        one, other = (tw.heatmap(model, tunes[0], 7, quantity=quantity) for model in pair)
        assert (one.title, one.quantity) == (other.title, other.quantity)
        np.testing.assert_allclose(other.values, one.values, atol=2e-3)
        assert np.abs(one.values).max() > 0.05
    read = [
        list(tw.stream_activations(load_network(model), [model.vocabulary.encode(tune.text) for tune in tunes[:3]]))
        for model in pair
    ]
    for one, other in zip(*read, strict=True):
        np.testing.assert_allclose(other["h"], one["h"], atol=2e-3)


def test_its_units_are_studied_and_an_untrained_one_stands_beside_it(pair, tunes, tmp_path):
    units = [tw.study_units(model, tunes) for model in pair]
    strongest = units[0].findings[0]
    (same,) = [found for found in units[1].findings if (found.unit, found.label) == (strongest.unit, strongest.label)]
    assert same.value == pytest.approx(strongest.value, abs=0.02)
    assert tw.untrained_like(pair[1]).fingerprint != pair[1].fingerprint
    written = tw.write_neurons(pair[1], tunes, tmp_path / "neurons", shown=tunes[:1], units=[strongest.unit])
    assert "what units are for, gates and gradients" in " ".join(written.problems)
    names = {path.name for path in (tmp_path / "neurons").iterdir()}
    assert {"neurons.json", "probes.json", "index.html"} <= names
    assert "ablation.json" not in names
    assert "OWN" in (tmp_path / "neurons" / "index.html").read_text()


def test_a_training_that_was_stopped_goes_on_exactly_with_dropout(tunes, tmp_path):
    build = partial(HandLstm, dropout=0.3)
    options: dict[str, Any] = {"network": build, "config": RECIPE}
    whole = tw.train(tunes[:24], tunes[24:], out=tmp_path / "whole", **options).finish()
    with tw.train(tunes[:24], tunes[24:], out=tmp_path / "parts", **options) as run:
        for _ in range(7):
            next(run)
    parts = tw.train(tunes[:24], tunes[24:], out=tmp_path / "parts", resume=True, **options).finish()
    assert parts.fingerprint == whole.fingerprint
    without = tw.train(tunes[:24], tunes[24:], out=tmp_path / "without", network=HandLstm, config=RECIPE).finish()
    assert without.fingerprint != whole.fingerprint  # so the dropout does something


def test_training_stops_early_and_draws_nothing_from_the_default_generator(tunes, tmp_path):
    config = replace(RECIPE, epochs=30, learning_rate=1e-30, patience=2)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run = tw.train(tunes[:24], tunes[24:], out=tmp_path / "run", network=partial(HandLstm, dropout=0.5), config=config)
    run.finish()
    assert len(run.history) - run.best.epoch == 2 < 30
    assert torch.equal(torch.rand(3), expected)


def test_a_checkpoint_holds_weights_and_no_code(pair):
    own = pair[1]
    folder = own.path
    assert {path.name for path in folder.iterdir()} == {"weights.safetensors", "tunewright.json"}
    assert own.config == NetworkConfig("own", OURS.units, 1, 0, 0.0, 0.0, 0.0, 0)
    assert own.training[OWN_NAME] == "twin"
    without = read_checkpoint(folder)
    with pytest.raises(tw.OptionError, match="the network is twin, whose code no checkpoint holds: name it again"):
        tw.evaluate(without, "ryans")
    other = read_checkpoint(folder, network=lambda symbols: HandLstm(symbols, units=9))
    with pytest.raises(tw.CheckpointError, match="its weights do not fit"):
        load_network(other)
    with pytest.raises(tw.OptionError, match="is no module of your own: 'lstm'"):
        read_checkpoint(pair[0].path, network=twin)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda own, _: tw.clamp_units(own, {(0, 1): 1.0}), "clamping units needs one whose equations"),
        (lambda own, _: tw.compose(own, clamp={1: 1}), "clamping units needs one whose equations"),
        (lambda own, _: tw.to_onnx(own), "writing ONNX needs one whose equations"),
        (lambda own, tunes: tw.study_memory(own, tunes), "following gradients back needs one whose equations"),
        (lambda own, tunes: tw.vary(own, tunes[0].text, 2), r"compiled composing \(--vary, the studio\) needs"),
        (lambda own, tunes: tw.heatmap(own, tunes[0], 99), "there is no unit 99; the network has units 0 to 11"),
        (lambda own, tunes: tw.heatmap(own, tunes[0], 1, quantity="forget"), "no quantity 'forget'; they have: h, c"),
        (lambda own, tunes: check_request(own, {}, tunes[:1], [99], "h"), "there is no unit 99"),
    ],
)
def test_what_needs_equations_is_refused_with_the_reason(pair, tunes, attempt, message):
    with pytest.raises(tw.OptionError, match=message):
        attempt(pair[1], tunes)


def test_new_characters_cannot_be_adapted_to(pair, tunes, tmp_path):
    strange = replace(tunes[0], text=tunes[0].text.replace("T:", "T:Ω"))
    with pytest.raises(tw.OptionError, match="cannot learn characters that are new to it: 'Ω'"):
        tw.adapt(pair[1], [strange], out=tmp_path / "adapted", former=())
    adapted = tw.adapt(pair[1], tunes[:2], out=tmp_path / "adapted", former=(), epochs=1).finish()
    assert adapted.own is twin


def test_sizes_belong_into_the_module(tunes, tmp_path):
    with pytest.raises(tw.OptionError, match="units is an option of Tunewright's networks"):
        tw.train(tunes, out=tmp_path / "run", network=HandLstm, units=5)
    with pytest.raises(tw.OptionError, match="a HandLstm that is made already; expected a NetworkConfig, or a class"):
        tw.train(tunes, out=tmp_path / "run", network=HandLstm(60))
    with pytest.raises(tw.OptionError, match="cell is 'own', which records a module of your own; name that instead"):
        tw.train(tunes, out=tmp_path / "run", cell="own")
    assert not (tmp_path / "run").exists()


SYMBOLS, UNITS = 11, 5


class Sound(nn.Module):
    """Keeps the protocol; what is broken below changes one thing of it."""

    def __init__(self, symbols):
        super().__init__()
        self.table = nn.Embedding(symbols, UNITS)
        self.cell = nn.GRU(UNITS, UNITS)
        self.readout = nn.Linear(UNITS, symbols)

    def forward(self, ids, state=None):
        outputs, after = self.cell(self.table(ids), state[0] if state else None)
        return self.readout(outputs), (after,)


def broken(change):
    class Broken(Sound):
        def forward(self, ids, state=None):
            return change(self, ids, state, super().forward)

    return Broken


def remembering(self, ids, state, forward):
    logits, after = forward(ids, getattr(self, "kept", None) if state else None)
    self.kept = after
    return logits, after


def of_the_future(self, ids, state, _):
    outputs, after = self.cell(self.table(ids.flip(0)), state[0] if state else None)
    return self.readout(outputs.flip(0)), (after,)


def learned_start(self, ids, state, forward):
    state = state or (self.readout.bias[:UNITS].expand(1, ids.shape[1], UNITS),)
    return forward(ids, tuple(part.contiguous() for part in state))


def in_place(_, ids, state, forward):
    given = tuple(part.clone() for part in state) if state else None
    if state:
        state[0].mul_(0.5)
    return forward(ids, given)


def batch_first(_, ids, state, forward):
    logits, after = forward(ids, state)
    return logits.transpose(0, 1), after


def among_lanes(_, ids, state, forward):
    logits, after = forward(ids, state)
    return logits + logits.mean(dim=1, keepdim=True), after


def without_gradient(_, ids, state, forward):
    logits, after = forward(ids, state)
    return logits.detach(), after


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda *a: a[3](a[1], a[2])[0], "returned a float32 tensor of shape (6, 3, 11); expected (logits, state)"),
        (batch_first, "its logits are a float32 tensor of shape (3, 6, 11); expected a float32 tensor of shape "
         "(6, 3, 11), for 6 characters of 3 lanes and 11 symbols"),
        (lambda *a: (a[3](a[1], a[2])[0].double(), a[3](a[1], a[2])[1]), "its logits are a float64 tensor"),
        (lambda *a: (a[3](a[1], a[2])[0], a[3](a[1], a[2])[1][0]), "its state is a float32 tensor of shape (1, 3, 5); "
         "expected a tuple of tensors"),
        (lambda *a: (a[3](a[1], a[2])[0], None), "its state is None; expected a tuple of tensors"),
        (lambda *a: (a[3](a[1], a[2])[0], ([1, 2],)), "its state is a tuple of 1 (list); expected a tuple of tensors"),
        (lambda *a: (a[3](a[1], a[2])[0], (a[3](a[1], a[2])[1][0][0],)), "part 0 of its state is a float32 tensor of "
         "shape (3, 5); expected a float32 tensor of shape (layers, 3, units)"),
        (lambda *a: (a[3](a[1], a[2])[0] * math.nan, a[3](a[1], a[2])[1]), "its logits hold NaN"),
        (remembering, "reading on from the state that it returned gives other logits than reading all at once"),
        (of_the_future, "a later character must not change what is predicted before it"),
        (learned_start, "a state of zeros gives other logits than None"),
        (in_place, "it changes the state that it is given"),
        (among_lanes, "a lane alone gives other logits than among others"),
        (without_gradient, "no gradient reaches its weights"),
        (lambda _, ids, state, forward: forward(ids.float(), state), "Broken.forward failed ("),
    ],
)  # fmt: skip
def test_what_breaks_the_protocol_is_told(change, message):
    assert OwnNetwork(Sound, SYMBOLS).parts == ((1, UNITS),)
    with pytest.raises(tw.OptionError) as error:
        OwnNetwork(broken(change), SYMBOLS)
    assert message in str(error.value)


class Weightless(nn.Module):
    def forward(self, ids, _=None):
        return torch.zeros(*ids.shape, SYMBOLS), (torch.zeros(1, ids.shape[1], 1),)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda _: 3, "returned of type int; expected a torch.nn.Module"),
        (lambda symbols: Sound(symbols).double(), "is torch.float64; expected torch.float32"),
        (lambda _: Weightless(), "it has no weights to learn"),
        (lambda: Sound(3), "TypeError: "),
        (lambda symbols: Sound(symbols + 1), "shape (6, 3, 12); expected a float32 tensor of shape (6, 3, 11)"),
    ],
)
def test_what_is_no_network_is_told(build, message):
    with pytest.raises(tw.OptionError) as error:
        OwnNetwork(build, SYMBOLS)
    assert message in str(error.value)


def test_nan_that_comes_later_is_told():
    network = OwnNetwork(Sound, SYMBOLS).eval()
    with torch.no_grad():
        network.module.get_parameter("readout.bias")[3] = math.nan
    ids = torch.zeros((2, 1), dtype=torch.int64)
    with pytest.raises(tw.OptionError, match="its logits hold NaN"):
        network(ids, network.zero_state(1))
