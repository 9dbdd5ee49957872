import numpy as np
import pytest
from command_line import SMALL, run

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.errors import CorpusError, OptionError
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.training.data import TrainingData
from tunewright.training.training_run import data_in_vocabulary, first_training, recorded_data


@pytest.fixture
def trained(capsys, tiny_corpus, tmp_path):
    """A function from arguments to a trained network, and the folder with its book."""

    def train(*arguments):
        book = tmp_path / "book.txt"
        book.write_text(tiny_corpus.read_text())
        assert run(capsys, "train", book, "--out", tmp_path / "run", *SMALL, *arguments)[0] == 0
        return read_checkpoint(tmp_path / "run"), book

    return train


@pytest.mark.parametrize("own_validation", [False, True])
def test_it_is_what_was_learned_from_and_validated_on(trained, tiny_corpus, own_validation):
    model, book = trained(*(["--validation", tiny_corpus] if own_validation else []))
    tunes = read_tunes(book).tunes
    expected = TrainingData.of(tunes, tunes if own_validation else ())
    found = recorded_data(model)
    assert found.fingerprint == expected.fingerprint == model.training["data"]["fingerprint"]
    assert len(found.validation.tunes) == len(expected.validation.tunes)


def test_tunes_that_changed_or_went_are_told(trained):
    model, book = trained()
    book.write_text(book.read_text().replace("tune 7\n", "tune 8\n"))
    with pytest.raises(OptionError, match=r"have changed.*book\.txt"):
        recorded_data(model)
    book.unlink()
    with pytest.raises(CorpusError, match=r"book\.txt"):
        recorded_data(model)
    with pytest.raises(OptionError, match="does not say"):
        recorded_data(Checkpoint(model.config, model.vocabulary, model.weights))


def test_a_built_corpus_is_opened_again(capsys, tiny_corpus, tmp_path):
    built = tmp_path / "built"
    assert run(capsys, "corpus", "build", tiny_corpus, "--out", built)[0] == 0
    assert run(capsys, "train", built, "--out", tmp_path / "run", *SMALL)[0] == 0
    model = read_checkpoint(tmp_path / "run")
    assert recorded_data(model).fingerprint == model.training["data"]["fingerprint"]


def test_named_tunes_are_read_in_the_vocabulary_of_the_network(untrained, tiny_corpus):
    model = untrained(symbols="ABCDEFGabcdefg|:", units=4)
    data = data_in_vocabulary(model, read_tunes(tiny_corpus))
    training, validation = split_tunes(read_tunes(tiny_corpus).tunes)
    assert (len(data.tunes), len(data.validation.tunes)) == (len(training), len(validation))
    for ids, tune in zip(data.tunes, training, strict=True):
        np.testing.assert_array_equal(ids, model.vocabulary.encode_known(tune.framed))


def test_of_an_adapted_network_the_first_training_counts(untrained):
    model = untrained(units=4)
    first = {"data": {"training_sources": ["first"]}}
    record = {"data": {}, "adapted_from": {"training": {"data": {}, "adapted_from": {"training": first}}}}
    assert first_training(Checkpoint(model.config, model.vocabulary, model.weights, {}, record)) == first
