"""A built corpus is opened as it was written, and damage is reported."""

import json

import pytest

from tunewright.corpus.large.built_corpus import INDEX, SOURCES, is_built, read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.errors import CorpusError


@pytest.fixture
def built(tiny_corpus, tmp_path):
    for _ in build_corpus(tiny_corpus, out=tmp_path / "built"):
        pass
    return tmp_path / "built"


def change(folder, **entries):
    index = json.loads((folder / INDEX).read_text())
    (folder / INDEX).write_text(json.dumps({**index, **entries}))


def test_a_whole_corpus_is_verified(built, tiny_corpus):
    corpus = read_corpus(built)
    corpus.verify()
    assert is_built(built)
    assert not is_built(tiny_corpus)
    shown = corpus.as_json()
    assert shown["training"]["source_characters"] + shown["validation"]["source_characters"] == len(
        tiny_corpus.read_text()
    )
    assert sum(corpus.training.counts.values()) == corpus.training.ids.characters


def test_texts_are_read_by_number(built, tiny_tunes):
    side = read_corpus(built).training
    (last, first) = side.read([len(side) - 1, 0])
    assert {last.text, first.text} < set(tiny_tunes)
    assert first.source_characters == len(f"<start>\n{first.text}<end>\n")


@pytest.mark.parametrize("name", ["training-00000.ids", "validation-00000.ids", "training.lengths", "validation.sizes"])
def test_damage_is_told(name, built):
    path = built / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        corpus = read_corpus(built)
    except CorpusError as error:
        assert name == "training.lengths" and "its lengths do not add up to the characters of the shards" in str(error)
        return
    with pytest.raises(CorpusError, match=f"{name}: is damaged"):
        corpus.verify()


@pytest.mark.parametrize("content", [None, b""])
def test_a_file_cut_short_or_missing_is_told_at_once(content, built):
    path = built / "training-00000.ids"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"training-00000\.ids"):
        read_corpus(built)


def test_a_newer_format_is_told(built):
    change(built, format=99)
    with pytest.raises(CorpusError, match="has format 99; this version of Tunewright reads 1"):
        read_corpus(built)


@pytest.mark.parametrize("entries", [{"symbols": "abc"}, {"training": {}}, {"dtype": "none"}, {"vocabulary": "x"}])
def test_a_broken_index_is_told(entries, built):
    change(built, **entries)
    with pytest.raises(CorpusError, match="cannot be read as the index of a corpus"):
        read_corpus(built)


@pytest.mark.parametrize("content", ["", "[]", "{}", "no json"])
def test_an_index_that_is_none_is_told(content, built):
    (built / INDEX).write_text(content)
    with pytest.raises(CorpusError, match="cannot be read as the index"):
        read_corpus(built)


def test_an_unfinished_corpus_is_told(built):
    (built / INDEX).unlink()
    assert is_built(built)
    with pytest.raises(CorpusError, match="is not finished"):
        read_corpus(built)
    (built / SOURCES).unlink()
    assert not is_built(built)
