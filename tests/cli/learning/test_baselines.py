import json
import shutil

import pytest
from command_line import SMALL, run
from stored_files import rewrite

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.model.checkpoint import read_checkpoint
from tunewright.training.evaluate import EvaluationSet
from tunewright.training.ngram import baselines


@pytest.fixture
def book(tiny_corpus, tmp_path):
    return shutil.copy(tiny_corpus, tmp_path / "book.txt")


@pytest.fixture
def model(capsys, book, tmp_path):
    status, _, _ = run(capsys, "train", book, "--out", tmp_path / "run", *SMALL)
    assert status == 0
    return tmp_path / "run"


def counted_by_hand(model, counted, measured):
    """What the library says of counting some tunes and measuring on others."""
    vocabulary = read_checkpoint(model).vocabulary
    ids = [vocabulary.encode_known(tune.framed) for tune in counted]
    return baselines(ids, len(vocabulary), EvaluationSet.of(measured, vocabulary)).as_json()


def measured_by_command(capsys, *arguments):
    status, out, err = run(capsys, "evaluate", *arguments, "--json")
    assert status == 0
    return json.loads(out)["baselines"], err


def test_the_tunes_that_were_learned_from_are_counted_and_no_others(capsys, model, book):
    tunes = read_tunes(book).tunes
    learned, kept_back = split_tunes(tunes)
    found, err = measured_by_command(capsys, model, book)
    assert (found, err) == (counted_by_hand(model, learned, tunes), "")
    recorded = read_checkpoint(model).training["baselines"]
    assert recorded == counted_by_hand(model, learned, kept_back)


def test_with_own_validation_tunes_the_whole_corpus_is_counted(capsys, book, tmp_path):
    out = tmp_path / "validated"
    run(capsys, "train", book, "--validation", book, "--out", out, *SMALL)
    tunes = read_tunes(book).tunes
    assert measured_by_command(capsys, out, book)[0] == counted_by_hand(out, tunes, tunes)
    assert read_checkpoint(out).training["baselines"] == counted_by_hand(out, tunes, tunes)


def test_a_corpus_may_be_named(capsys, model, book, tmp_path):
    tunes = read_tunes(book).tunes
    few = tmp_path / "few.abc"
    few.write_text("\n".join(tune.text for tune in tunes[:3]))
    found, _ = measured_by_command(capsys, model, book, "--corpus", few)
    assert found == counted_by_hand(model, tunes[:3], tunes)
    status, _, err = run(capsys, "evaluate", model, book, "--corpus", tmp_path / "nowhere")
    assert status == 2
    assert "nowhere" in err


@pytest.mark.parametrize("change", ["gone", "grown", "unsaid"])
def test_what_cannot_be_counted_is_said_in_one_line(capsys, model, book, tmp_path, change):
    measured = shutil.copy(book, tmp_path / "measured.txt")
    if change == "gone":
        book.unlink()
    elif change == "grown":
        book.write_text(book.read_text() + "<start>\nX:99\nT:New\nK:D\nABcd|\n<end>\n")
    else:
        path = model / "best" / "tunewright.json"
        rewrite(path, lambda about: about["training"]["data"].pop("training_sources") and None)
    found, err = measured_by_command(capsys, model, measured)
    assert found is None
    assert err.startswith("no baselines: ")
    assert err.endswith("name the tunes to count with --corpus\n")
    assert err.count("\n") == 1
    assert {"gone": "book.txt", "grown": "have changed", "unsaid": "does not say"}[change] in err


def test_words_show_counting_beside_each_loss(capsys, model, book):
    found, _ = measured_by_command(capsys, model, book)
    _, out, _ = run(capsys, "evaluate", model, book)
    for line, protocol in zip(out.splitlines()[1:3], ("full_tune", "cold_window"), strict=True):
        assert line.startswith(protocol)
        ngram, unigram = (found[name][protocol]["nats_per_char"] for name in ("ngram", "unigram"))
        assert line.endswith(f"counting {ngram:.4f}, unigram {unigram:.4f}")
