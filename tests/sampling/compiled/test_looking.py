"""Oracle: the formulas of the head in float64, one position and one remembered place at a time; torch's network too."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tunewright.acceptor.grammar import Grammar
from tunewright.corpus.tune import START
from tunewright.errors import CheckpointError
from tunewright.model import look_back
from tunewright.model.network import load_network
from tunewright.sampling import reference
from tunewright.sampling.compiled import arithmetic, kernel, looking, loop, weights
from tunewright.sampling.compiled.calling import END_ID, START_ID, WEIGHT
from tunewright.sampling.compiled.kernel import Kernel
from tunewright.sampling.compiled.steering import Steering
from tunewright.sampling.compiled.weights import aligned, pack
from tunewright.sampling.compose import Composer, compose_many, stream
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import NO_PAUSES, Memory, Writer, new_generation
from tunewright.sampling.reference import NumpyReference
from tunewright.sampling.rejection import TRIES, Piece, RejectionSampler, Verdict

SHAPES = [{"cell": cell, "layers": layers} for cell in ("lstm", "gru", "rnn") for layers in (1, 2)]
OPTIONS = [{}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_k": 3}, {"top_p": 0.7}, {"argmax": True}]
PRIME = "X:1\nT:a\nK:D\nABc|d"


@pytest.fixture(scope="module")
def entries():
    found = kernel.ready()
    assert found, "numba must be there for the tests"
    return found


@pytest.fixture(scope="module")
def bold(untrained):
    """A function from the fields of a `NetworkConfig` to a network that looks back, its gate half open."""

    def build(**shape):
        model = untrained(**{"units": 14, "look_back": 9, "embedding": 5, **shape})
        moved = np.random.default_rng(5)
        changed = {
            name: (values + moved.normal(0, 0.4, values.shape)).astype(np.float32)
            for name, values in model.weights.items()
            if name.startswith("look_back.")
        }
        changed |= {"look_back.match": np.array([0.4], np.float32), "look_back.gate.bias": np.array([2.5], np.float32)}
        return replace(model, weights={**model.weights, **changed})

    return build


def text_of(model, length, seed=2):
    """Symbols after START, bar lines and line ends among them."""
    generator = np.random.default_rng(seed)
    symbols = model.vocabulary.symbols
    ids = generator.choice([symbols.index(character) for character in "abcABC23|| \n"], length)
    return np.concatenate([[START_ID], ids]).astype(np.int64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def outputs_of(model, ids):
    """The last layer's output after each symbol, in float64."""
    w, shape = {name: values.astype(np.float64) for name, values in model.weights.items()}, model.config
    states = [[np.zeros(shape.units), np.zeros(shape.units)] for _ in range(shape.layers)]
    for symbol in ids:
        x = w["embedding.weight"][symbol] if shape.embedding else np.eye(len(model.vocabulary))[symbol]
        for layer, state in enumerate(states):
            named = f"layers.{layer}."
            i = w[named + "weight_ih_l0"] @ x + w[named + "bias_ih_l0"]
            h = w[named + "weight_hh_l0"] @ state[0] + w[named + "bias_hh_l0"]
            if shape.cell == "lstm":
                enter, keep, candidate, leave = np.split(i + h, 4)
                state[1] = sigmoid(keep) * state[1] + sigmoid(enter) * np.tanh(candidate)
                state[0] = sigmoid(leave) * np.tanh(state[1])
            elif shape.cell == "gru":
                (ri, zi, ni), (rh, zh, nh) = np.split(i, 3), np.split(h, 3)
                z = sigmoid(zi + zh)
                state[0] = (1 - z) * np.tanh(ni + sigmoid(ri + rh) * nh) + z * state[0]
            else:
                state[0] = np.tanh(i + h)
            x = state[0]
        yield x


def by_the_book(model, ids, most=1200):
    """log(p + 1e-9) of the symbol after each of `ids`, shape=(T, S), and the share of the network's own softmax."""
    w = {name: values.astype(np.float64) for name, values in model.weights.items()}
    breaks = [model.vocabulary.symbols.index(character) for character in "|\n"]
    tune, logits, shares = [], [], []
    for t, (o, symbol) in enumerate(zip(outputs_of(model, ids), ids, strict=True)):
        tune = [] if symbol == START_ID else tune
        last = [*([START_ID] * 3), *(known["symbol"] for known in tune), symbol]
        recent = sum(w["look_back.recent"][back, last[-1 - back]] for back in range(3))
        since, bar = (tune[-1]["since"] + 1, tune[-1]["bar"]) if tune else (0, 0)
        bar = (bar + (symbol == breaks[0] and since >= 4)) % 32
        since = 0 if symbol in (START_ID, *breaks) else since
        place = min(since, 31)
        query = w["look_back.query.weight"] @ o + w["look_back.query.bias"] + recent
        key = w["look_back.key.weight"] @ o + recent
        own = np.exp(w["readout.weight"] @ o + w["readout.bias"])
        p, share = own / own.sum(), 1.0
        if tune:
            score = {
                i: query @ tune[i]["key"] / np.sqrt(len(query))
                + w["look_back.place"][place, tune[i]["place"]]
                + w["look_back.bar"][bar, tune[i]["bar"]]
                for i in range(max(0, len(tune) - most), len(tune))
            }
            match = np.log(sum(np.exp(score[i]) for i in score))
            share = sigmoid(
                w["look_back.gate.weight"][0] @ o + w["look_back.gate.bias"][0]
                - w["look_back.match"][0] * max(match, -30.0)
            )  # fmt: skip
            copied = np.zeros_like(p)
            for i, points in score.items():
                copied[ids[t - len(tune) + i + 1]] += np.exp(points - match)
            p = share * p + (1 - share) * copied
        tune.append({"symbol": symbol, "place": place, "since": since, "bar": bar, "key": key})
        logits.append(np.log(p + 1e-9))
        shares.append(share)
    return np.array(logits), np.array(shares)


def read_all(network, ids):
    """The numpy reference's logits after each symbol, and the memory."""
    state, memory, begin, logits = aligned(network.state_size), Memory.of(network, len(ids)), 0, []
    for position, symbol in enumerate(ids):
        begin = position if symbol == START_ID else begin
        logits.append(reference.read(network, state, memory, ids, begin, position).copy())
    return np.array(logits), memory


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_scores_are_those_of_the_formulas(bold, shape):
    model = bold(**shape)
    ids = text_of(model, 90)
    expected, shares = by_the_book(model, ids)
    assert 0.1 < np.mean(shares) < 0.9
    found, _ = read_all(pack(model), ids)
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_the_scores_are_torchs_in_long_tunes_and_from_tune_to_tune(bold):
    model = bold()
    ids = np.concatenate([text_of(model, 70), text_of(model, 1300, seed=3)])
    with torch.inference_mode():
        expected = load_network(model)(torch.from_numpy(ids)[:, None])[0][:, 0].numpy()
    np.testing.assert_allclose(read_all(pack(model), ids)[0], expected, atol=2e-3)


def test_its_numbers_are_those_of_the_torch_network():
    assert (looking.MEMORY, looking.FLOOR, looking.LEAST_MATCH) == (
        look_back.MEMORY, look_back.FLOOR, look_back.LEAST_MATCH
    )  # fmt: skip
    assert (weights.PLACES, weights.BREAKS) == (look_back.PLACES, look_back.BREAKS)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_as_plain_python_it_computes_what_the_twin_does_bit_by_bit(bold, shape):
    model = bold(**shape, units=6, symbols="abcABC23| ")
    network, ids = pack(model), text_of(model, 80)
    expected, kept = read_all(network, ids)
    state, memory = aligned(network.state_size), Memory.of(network, len(ids))
    logits = state[-int(network.shape[weights.LOGITS]) :]
    own, copied = np.zeros(network.symbols), np.zeros(network.symbols)
    keys, scores = memory.keys.ravel(), memory.scores.ravel()
    for position in range(len(ids)):
        arithmetic.step(network.weights, network.shape, state, ids[position])
        looking.remember(network.weights, network.shape, state, keys, memory.places, ids, 0, position)
        looking.look(
            network.weights, network.shape, state, keys, scores, memory.places, ids, 0, position, logits, own, copied
        )
        assert logits[: network.symbols].tolist() == expected[position].tolist()
    assert (memory.keys == kept.keys).all()
    assert (memory.places == kept.places).all()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_compiled_loop_writes_what_the_twin_writes(entries, bold, shape, options):
    model = bold(**shape)
    network, config = pack(model), CompositionConfig(**options)
    given = model.vocabulary.encode(START + PRIME)
    for seed in range(3):
        generations = [new_generation(network, given, 220, seed) for _ in range(2)]
        writers: tuple[Writer, ...] = (Kernel(entries, network, config), NumpyReference(network, config))
        for generation, writer in zip(generations, writers, strict=True):
            writer.write(generation, 220)
        compare(generations[0], generations[1], network)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"temperature": 2.0}], ids=str)
def test_with_a_grammar_and_pieces_written_anew_they_agree_too(entries, bold, options):
    model = bold(cell="gru")
    network, grammar, config = pack(model), Grammar(model.vocabulary.symbols), CompositionConfig(**options)
    ends = model.vocabulary.symbols.index("|"), model.vocabulary.symbols.index("\n")
    for seed in range(2):
        generations = [
            new_generation(network, np.array([START_ID]), 160, seed, np.array(grammar.begin(160).numbers()))
            for _ in range(2)
        ]
        writers: tuple[Writer, ...] = (
            Kernel(entries, network, config, Steering.of(grammar), ends),
            NumpyReference(network, config, grammar, ends),
        )
        for generation, writer in zip(generations, writers, strict=True):
            while RejectionSampler(writer).write(generation, 50):
                pass
        compare(generations[0], generations[1], network)
        assert generations[0].discarded > 0
        # What was written and taken back has left nothing behind.
        logits, memory = read_all(network, generations[0].symbols[: generations[0].position])
        assert (
            generations[0].memory.copy_of(0, generations[0].position)[0]
            == memory.copy_of(0, generations[0].position)[0]
        ).all()
        likelihoods = torch.from_numpy(logits).double().log_softmax(1).numpy()
        expected = likelihoods[np.arange(len(likelihoods)), generations[0].written].sum()
        assert generations[0].tallies[WEIGHT] == pytest.approx(expected, rel=1e-6)


def compare(generation, other, network):
    """Both are the same to the last bit."""
    assert generation.written.tolist() == other.written.tolist()
    logits = slice(-int(network.shape[weights.LOGITS]), None)
    assert (generation.state[logits][: network.symbols] == other.state[logits][: network.symbols]).all()
    count = generation.position
    for kept, also_kept in zip(generation.memory.copy_of(0, count), other.memory.copy_of(0, count), strict=True):
        assert (kept == also_kept).all()
    np.testing.assert_allclose(generation.tallies, other.tallies, rtol=1e-12)
    assert generation.discarded == other.discarded


def test_a_former_attempt_that_is_taken_after_all_is_remembered(bold):
    model = bold()
    network = pack(model)
    writer, generation = (
        NumpyReference(network, CompositionConfig()),
        new_generation(network, np.array([START_ID, 8]), 60, 1),
    )
    writer.write(generation, 9)
    piece, verdict = Piece(generation), Verdict.AGAIN
    generation.generator = Draws([0.9, 0.99, 0.99, 0.99])  # type: ignore[assignment]  # refused; the first is held to the end
    for attempt in range(TRIES):
        assert verdict is Verdict.AGAIN
        writer.write(generation, 7)
        generation.tallies[0 if attempt < 0 else 2] = -9.0 - attempt
        verdict = piece.judge(generation)
    assert verdict is Verdict.FORMER
    _, memory = read_all(network, generation.symbols[: generation.position])
    for kept, read in zip(
        generation.memory.copy_of(0, generation.position), memory.copy_of(0, generation.position), strict=True
    ):
        assert (kept == read).all()


class Draws:
    """Gives the numbers of a list one by one, and any where many are asked for."""

    def __init__(self, numbers):
        self.numbers, self.other = numbers, np.random.default_rng(3)

    def random(self, size=None):
        return self.numbers.pop(0) if size is None else self.other.random(size)


def test_a_tune_does_not_depend_on_the_pieces_in_which_it_is_written(entries, bold):
    network = pack(bold())
    whole, pieces = (new_generation(network, np.array([0, 7, 8]), 150, 4) for _ in range(2))
    writer = Kernel(entries, network, CompositionConfig())
    writer.write(whole, 150)
    while writer.write(pieces, 7):
        pass
    assert pieces.symbols.tolist() == whole.symbols.tolist()
    assert pieces.tallies.tolist() == whole.tallies.tolist()


def test_many_tunes_at_once_are_those_of_one_after_the_other(bold):
    model, config = bold(), CompositionConfig(max_length=200)
    for raw in (True, False):
        many = list(compose_many(model, 6, config, prime="X:1\nT:a", raw=raw))
        for tune in many:
            generator = stream(model, replace(config, seed=tune.seed), prime="X:1\nT:a", raw=raw)
            text = ""
            try:
                while True:
                    text += next(generator)
            except StopIteration as stop:
                assert stop.value == tune
            assert text == tune.text
            assert tune.composed <= 200


@pytest.mark.slow
@pytest.mark.parametrize("raw", [True, False])
def test_side_by_side_in_torch_the_tunes_are_those_of_their_seeds(bold, raw):
    model, config = bold(), CompositionConfig(max_length=150)
    expected = list(compose_many(model, 6, config, prime="X:1\nT:a", raw=raw))
    found = list(compose_many(model, 6, config, prime="X:1\nT:a", raw=raw, device="cpu:0"))
    same = [(tune, other) for tune, other in zip(found, expected, strict=True) if tune.text == other.text]
    assert len(same) >= 4  # a draw close to an edge may turn a choice
    for tune, other in same:
        assert tune.likelihood == pytest.approx(other.likelihood, rel=1e-4)
        assert tune.discarded == other.discarded


def copying(untrained):
    """A network that copies, as often as not, what followed the last three characters before."""
    model = untrained(units=6, look_back=64, embedding=3)
    changed = {name: np.zeros_like(values) for name, values in model.weights.items()}
    generator = np.random.default_rng(0)
    changed["look_back.recent"] = generator.choice([-1.0, 1.0], (3, len(model.vocabulary), 64)).astype(np.float32)
    changed["look_back.gate.bias"] = np.array([20.0], np.float32)
    changed["look_back.match"] = np.array([2.0], np.float32)
    return replace(model, weights=changed)


@pytest.mark.parametrize("way", ["loop", "reference"])
def test_a_network_that_copies_its_last_bar_repeats_it(entries, untrained, way):
    model, config = copying(untrained), CompositionConfig(max_length=40, argmax=True)
    network = pack(model)
    prime = "K:D\n|AdBcFeG|Ad"
    generation = new_generation(network, model.vocabulary.encode(START + prime), 40, 0)
    (Kernel(entries, network, config) if way == "loop" else NumpyReference(network, config)).write(generation, 40)
    assert model.vocabulary.decode(generation.written) == ("BcFeG|Ad" * 5)
    assert generation.position == len(generation.symbols) - 1


def test_nothing_before_the_newest_start_is_looked_at(bold):
    model = bold()
    network, first, second = pack(model), text_of(model, 50), text_of(model, 60, seed=9)
    with_another, _ = read_all(network, np.concatenate([first, second]))
    expected, _ = by_the_book(model, np.concatenate([first, second]))
    np.testing.assert_allclose(with_another, expected, atol=2e-4)
    assert looking.begin_of(np.concatenate([first, second]), 80) == 51
    assert looking.begin_of(first, 30) == 0


def test_the_loop_as_plain_python_looks_back(bold):
    model = bold(units=4, symbols="abc|")
    network, config = pack(model), CompositionConfig()
    plain, by_numpy = (new_generation(network, np.array([0, 4, 5, 0, 4]), 30, 1) for _ in range(2))
    orders = np.array([0, plain.stop_after(100), plain.given, 0, 0, *NO_PAUSES])
    allowed, room, memory = np.zeros(network.symbols, np.int64), np.zeros((2, network.symbols)), plain.memory
    plain.position = loop.write_on(
        network.weights, network.shape, plain.state, None, None, None, orders, np.array([1.0, 1.0]), plain.draws,
        plain.symbols, plain.tallies, allowed, allowed, room[0], room[1], memory.keys.ravel(), memory.scores.ravel(),
        memory.places,
    )  # fmt: skip
    NumpyReference(network, config).write(by_numpy, 30)
    compare(plain, by_numpy, network)


def test_a_composer_reads_a_beginning_once(bold):
    model, config = bold(), CompositionConfig(max_length=50)
    composer, network = Composer(model, config, prime=PRIME), pack(model)
    generation = new_generation(network, model.vocabulary.encode(START + PRIME), 50, 3)
    NumpyReference(network, config).write(generation, 50)
    other = composer.begin(3)
    composer.writer.write(other, 50)
    compare(other, generation, network)
    assert other.ended == (generation.symbols[generation.position] == END_ID)


@pytest.mark.parametrize("name", ["query.weight", "recent", "place", "bar", "match"])
def test_a_head_that_does_not_fit_is_refused(bold, name):
    model = bold()
    changed = {**model.weights, f"look_back.{name}": model.weights[f"look_back.{name}"][:0]}
    with pytest.raises(CheckpointError, match="do not fit"):
        pack(replace(model, weights=changed))
