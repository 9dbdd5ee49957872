"""`tunewright evaluate`: both protocols, dynamic evaluation, built corpora, and errors."""

import json

import pytest
from command_line import SMALL, run


def test_json_has_both_protocols_with_their_units(capsys, trained_run, tiny_corpus):
    status, out, _ = run(capsys, "evaluate", trained_run, tiny_corpus, "--json")
    result = json.loads(out)
    assert status == 0
    assert result.keys() == {"full_tune", "cold_window", "characters", "tunes", "unknown_characters", "baselines"}
    assert result["full_tune"].keys() == {"nats_per_char", "bits_per_char"}
    assert result["cold_window"].keys() == {"nats_per_char", "bits_per_char", "standard_error"}
    assert (result["tunes"], result["characters"]) == (30, len(tiny_corpus.read_text()))


def test_words_say_the_same(capsys, trained_run, tiny_corpus):
    _, out, _ = run(capsys, "evaluate", trained_run, tiny_corpus, "--json")
    loss = json.loads(out)["full_tune"]["nats_per_char"]
    status, out, _ = run(capsys, "evaluate", trained_run, tiny_corpus)
    assert status == 0
    assert f"full_tune    {loss:.4f} nats/char" in out


@pytest.mark.slow
def test_dynamic_evaluation_stands_apart(capsys, trained_run, tiny_corpus):
    from tunewright.corpus.readers import read_tunes
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.model.network import load_network
    from tunewright.training.config import DynamicConfig
    from tunewright.training.dynamic import dynamic_full_tune
    from tunewright.training.evaluate import EvaluationSet

    arguments = ("evaluate", trained_run, tiny_corpus, "--dynamic", "--rate", "0.01", "--segment", "25")
    status, out, _ = run(capsys, *arguments, "--json")
    losses = json.loads(out)
    assert status == 0
    checkpoint = read_checkpoint(trained_run)
    data = EvaluationSet.of(read_tunes(tiny_corpus).tunes, checkpoint.vocabulary)
    expected = dynamic_full_tune(load_network(checkpoint), data, DynamicConfig(rate=0.01, segment=25)).nats_per_char
    assert losses["dynamic_full_tune"]["nats_per_char"] == pytest.approx(expected)
    assert losses["full_tune"]["nats_per_char"] != pytest.approx(expected, rel=0.01)
    _, out, _ = run(capsys, *arguments)
    assert f"dynamic_full_tune {expected:.4f} nats/char" in out


def test_options_of_dynamic_evaluation_need_it(capsys, trained_run, tiny_corpus):
    status, _, err = run(capsys, "evaluate", trained_run, tiny_corpus, "--replay-seed", "3")
    assert status == 2
    assert "--replay-seed" in err and "--dynamic" in err


def test_equal_tunes_are_all_measured(capsys, trained_run, tiny_corpus, tmp_path):
    twice = tmp_path / "twice.txt"
    twice.write_text(tiny_corpus.read_text() * 2)
    _, out, _ = run(capsys, "evaluate", trained_run, twice, "--json")
    assert json.loads(out)["tunes"] == 60


def test_a_damaged_model_is_named(capsys, trained_run, tiny_corpus, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(trained_run / "best", copy)
    weights = copy / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:50])
    status, _, err = run(capsys, "evaluate", copy, tiny_corpus)
    assert status == 2
    assert str(weights) in err


@pytest.mark.parametrize("name", ["missing.abc", "empty.abc", "binary.abc", "folder"])
def test_sources_without_tunes_are_named(capsys, trained_run, tmp_path, name):
    (tmp_path / "empty.abc").write_text("")
    (tmp_path / "binary.abc").write_bytes(bytes(range(256)) * 10)
    (tmp_path / "folder").mkdir()
    status, _, err = run(capsys, "evaluate", trained_run, tmp_path / name)
    assert status == 2
    assert name in err
    assert err.count("\n") == 1


@pytest.fixture
def built(tiny_corpus, tmp_path):
    from tunewright.corpus.large.shard_builder import build_corpus

    for _ in build_corpus(tiny_corpus, out=tmp_path / "built"):
        pass
    return tmp_path / "built"


def test_the_validation_tunes_of_a_built_corpus_are_measured(capsys, trained_run, built, tiny_corpus, tmp_path):
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.split import split_tunes

    held_back = tmp_path / "held_back.txt"
    _, validation = split_tunes(read_tunes(tiny_corpus).tunes)
    held_back.write_text("".join(f"<start>\n{tune.text}<end>\n" for tune in validation))
    (_, expected, _), (_, found, _) = (
        run(capsys, "evaluate", trained_run, measured, "--corpus", counted, "--json")
        for measured, counted in ((held_back, tiny_corpus), (built, built))
    )
    expected, found = json.loads(expected), json.loads(found)
    assert found.pop("baselines")["counted_characters"] < expected.pop("baselines")["counted_characters"]
    assert found == expected


def test_a_network_that_learned_from_a_built_corpus_is_compared_with_counting_it(capsys, built, tmp_path):
    status, _, _ = run(capsys, "train", built, "--out", tmp_path / "run", *SMALL)
    assert status == 0
    _, out, _ = run(capsys, "evaluate", tmp_path / "run", built, "--json")
    assert json.loads(out)["baselines"]["counted_characters"] > 0


def test_dynamic_evaluation_takes_no_built_corpus(capsys, trained_run, built):
    status, _, err = run(capsys, "evaluate", trained_run, built, "--dynamic")
    assert status == 2
    assert "--dynamic reads tunes from files, not from a built corpus" in err
