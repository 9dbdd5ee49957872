"""Are built corpora taken where tunes are, and mixtures told?"""

import pytest

from tunewright.cli.learning_sources import report_unknown_counts, training_data
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.errors import CorpusError, OptionError
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet


@pytest.fixture
def built(tiny_corpus, tmp_path):
    other = tmp_path / "other.abc"
    other.write_text("X:1\nT:ŵ\nK:D\nabc|\n", encoding="utf-8")
    for _ in build_corpus(tiny_corpus, out=tmp_path / "built", validation=[other]):
        pass
    return str(tmp_path / "built")


def test_a_built_corpus_is_opened(built, capsys):
    data = training_data([built], [])
    assert isinstance(data.validation, BuiltEvaluationSet)
    assert len(data.tunes) == 30
    assert "'ŵ' (2:3)" in capsys.readouterr().err


def test_files_are_read(tiny_corpus):
    split = training_data([str(tiny_corpus)], [])
    given = training_data([str(tiny_corpus)], [str(tiny_corpus)])
    assert isinstance(split.validation, EvaluationSet)
    assert [len(data.tunes) for data in (split, given)] == [27, 30]


def test_a_built_corpus_stands_alone(built, tiny_corpus):
    for training, validation, message in (
        ([built, str(tiny_corpus)], [], "must be named alone"),
        ([str(tiny_corpus), built], [], "must be named alone"),
        (
            [built],
            [str(tiny_corpus)],
            "has its own validation tunes; to use others, give --validation",
        ),
    ):
        with pytest.raises(OptionError, match=message):
            training_data(training, validation)
    with pytest.raises(CorpusError, match="tunewright corpus build"):
        training_data([str(tiny_corpus)], [built])
    assert built_corpus([str(tiny_corpus)]) is None


def test_unknown_characters_are_told_with_their_number(capsys):
    report_unknown_counts({})
    assert capsys.readouterr().err == ""
    report_unknown_counts({"é": 1200})
    assert "'é' (1,200 times)" in capsys.readouterr().err
