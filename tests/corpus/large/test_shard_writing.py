"""Shards hold the tunes of their pieces, and only those that belong in them."""

import json

import numpy as np
import pytest

from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.pieces import CorpusPart, File, write_piece
from tunewright.corpus.large.shard_writing import write_shards
from tunewright.corpus.large.workers import workers
from tunewright.errors import CorpusError, VocabularyError


@pytest.fixture
def shards_of(tmp_path):
    """A function from books (texts) to the corpus that their pieces make; the last `apart` are for validation."""

    def make(*books, apart=0, keep_duplicates=False):
        pieces = []
        for number, book in enumerate(books):
            path = tmp_path / f"{number}.abc"
            path.write_text(book, encoding="utf-8")
            pieces.append(tmp_path / f"{number}.piece")
            write_piece((CorpusPart(File(path, path), path.stat().st_size),), pieces[-1], None)
        with workers(1) as run:
            steps = write_shards(pieces, apart, tmp_path, run, keep_duplicates=keep_duplicates, sources=b"")
            shares = list(steps)
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1)
        return read_corpus(tmp_path)

    return make


def tune(letters, title="T"):
    return f"X:1\nT:{title}\nK:C\n{letters}|\n\n"


def bodies(side):
    return [tune.text.split("\n")[3] for tune in side.read(range(len(side)))]


def test_a_duplicate_is_left_out_wherever_it_stands_but_not_of_validation(shards_of):
    corpus = shards_of(tune("abc"), tune("def") + tune("abc"), tune("abc"), tune("def"), apart=1)
    assert (bodies(corpus.training), bodies(corpus.validation), corpus.duplicates) == (["abc|", "def|"], ["def|"], 2)


def test_duplicates_may_be_kept(shards_of):
    corpus = shards_of(tune("abc"), tune("abc"), tune("def"), apart=1, keep_duplicates=True)
    assert (bodies(corpus.training), corpus.duplicates) == (["abc|", "abc|"], 0)


def test_symbols_of_a_duplicate_or_of_validation_are_not_in_the_vocabulary(shards_of):
    corpus = shards_of(tune("abc"), tune("abc").replace("|", "|\t"), tune("de"), apart=1)
    assert corpus.symbols == "\x02\x03\n1:CKTXabc|" + "de"
    assert corpus.vocabulary.symbols == "\x02\x03\n1:CKTXabc|"
    assert {symbol for symbol, count in corpus.training.counts.items() if not count} == {"d", "e"}


def test_ids_take_two_bytes_where_one_is_too_few(shards_of):
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
    corpus = shards_of(tune("abc", letters[:150]) + tune("gfe", letters[150:]), tune("de"), apart=1)
    assert corpus.training.ids[0].dtype == np.dtype("<u2")
    assert bodies(corpus.training) == ["abc|", "gfe|"]
    corpus.verify()


def test_too_many_symbols_are_an_error(shards_of):
    letters = "".join(map(chr, range(0x10000, 0x10000 + 65_536)))
    with pytest.raises(VocabularyError, match="at most 65,536"):
        shards_of(tune("abc", letters), tune("de"), apart=1)


def test_lines_count_on_from_piece_to_piece_only_within_a_file(shards_of, tmp_path):
    shards_of("words\n\n" + tune("abc"), "\nwords\n\n" + tune("def"), tune("ga"), apart=1)
    lines = [json.loads(line)["line"] for line in (tmp_path / "failures.jsonl").read_text().splitlines()]
    assert lines == [1, 2]


@pytest.mark.parametrize(
    "books, purpose", [(("words\n", tune("abc")), "train on"), ((tune("abc"), "words\n"), "validate on")]
)
def test_a_side_without_tune_is_an_error(books, purpose, shards_of):
    with pytest.raises(CorpusError, match=f"no tune to {purpose} could be read: holds no tune"):
        shards_of(*books, apart=1)
