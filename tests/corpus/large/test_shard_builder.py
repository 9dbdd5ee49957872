"""Oracle: reading and splitting in memory, which a build must equal, also after interruptions."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tunewright.corpus.large import pieces, shard_writing, stretches
from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CorpusError, OptionError, OutputError

SMALL = {"STRETCH_BYTES": 1500, "PIECES_PER_SHARD": 3}
LEFTOVERS = {"pieces", "unpacked"}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    """Pieces and shards of a few tunes, so that a small book makes many."""
    for module in (pieces, stretches):
        monkeypatch.setattr(module, "STRETCH_BYTES", SMALL["STRETCH_BYTES"])
    monkeypatch.setattr(shard_writing, "PIECES_PER_SHARD", SMALL["PIECES_PER_SHARD"])


@pytest.fixture
def book(tmp_path, tiny_tunes):
    """A folder with a large book, small files, duplicates, near-duplicates and what is no tune."""
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "large.abc").write_text("M:C|\n\n" + "".join(text + "\n" for text in tiny_tunes * 2) + "words\n")
    for number, text in enumerate(tiny_tunes[:6]):
        (folder / f"small{number}.abc").write_text(text.replace("Made-up", f"Ünîque {number}").replace("D", "E", 9))
    (folder / "bad.abc").write_bytes(b"\0" * 100)
    return folder


def build(*paths, out, **options):
    return list(build_corpus(*paths, out=out, **options))


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def texts(side):
    return [tune.text for tune in side.read(range(len(side)))]


def test_it_holds_what_reading_and_splitting_in_memory_gives(book, tmp_path):
    build(book, out=tmp_path / "built")
    corpus, reading = read_corpus(tmp_path / "built"), read_tunes(book)
    training, validation = split_tunes(reading.tunes)
    assert texts(corpus.training) == [tune.text for tune in training]
    assert texts(corpus.validation) == [tune.text for tune in validation]
    assert corpus.training.sizes.tolist() == [tune.source_characters for tune in training]
    assert corpus.vocabulary == Vocabulary.of(training)
    for ids, tune in zip(corpus.training.ids, training, strict=True):
        assert ids.tolist() == corpus.vocabulary.encode(tune.framed).tolist()
    assert corpus.duplicates == len(reading.duplicates) > 0
    failures = [json.loads(line) for line in (tmp_path / "built" / "failures.jsonl").read_text("utf-8").splitlines()]
    assert [(failure["path"], failure["line"], failure["reason"]) for failure in failures] == [
        (str(failure.path), failure.line, failure.reason) for failure in reading.failures
    ]
    assert sum(corpus.failures.values()) == len(failures) > 0
    assert len(list((tmp_path / "built").glob("training-*.ids"))) > 1
    assert not LEFTOVERS & {path.name for path in (tmp_path / "built").iterdir()}


def test_validation_tunes_may_be_given(book, tmp_path, tiny_tunes):
    other = tmp_path / "other.abc"
    strange = tiny_tunes[0].replace("Made-up", "Made-ŵp").replace("K:", "T:ŵ\nK:")
    other.write_text(tiny_tunes[1] + tiny_tunes[1] + strange, encoding="utf-8")
    build(book, out=tmp_path / "built", validation=[other])
    corpus = read_corpus(tmp_path / "built")
    assert len(corpus.training) == len(read_tunes(book).tunes)
    assert texts(corpus.validation) == [tiny_tunes[1], tiny_tunes[1], strange]
    assert corpus.symbols == corpus.vocabulary.symbols + "ŵ"
    line = 1 + 2 * tiny_tunes[1].count("\n")
    assert [(unknown.path, unknown.line, unknown.column) for unknown in corpus.unknown] == [
        (other, line + 1, 8),
        (other, line + 4, 3),
    ]
    assert corpus.validation.counts["ŵ"] == 2
    assert corpus.training.counts[START] == corpus.training.counts[END] == len(corpus.training)


def test_options_are_those_of_reading(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"melody": f"X:1\nK:C\n{note}bc|\n"}) + "\n" for note in "abcdefga"))
    build(rows, out=tmp_path / "built", text_field="melody", keep_duplicates=True)
    corpus = read_corpus(tmp_path / "built")
    assert (len(corpus.training) + len(corpus.validation), corpus.duplicates) == (8, 0)


@pytest.fixture
def expected(book, tmp_path):
    """What an undisturbed build writes."""
    build(book, out=tmp_path / "expected")
    return content(tmp_path / "expected")


def test_the_number_of_processes_changes_nothing(book, expected, tmp_path):
    build(book, out=tmp_path / "built", processes=2)
    assert content(tmp_path / "built") == expected


def test_a_build_that_is_stopped_anywhere_goes_on(book, expected, tmp_path):
    stops = len(build(book, out=tmp_path / "count"))
    for stop in range(1, stops, 3):
        out = tmp_path / f"stopped-{stop}"
        with closing(build_corpus(book, out=out)) as steps:
            for _ in range(stop):
                next(steps)
        read_before = sum(1 for step in build(book, out=out) if step.doing == "reading")
        assert content(out) == expected
        assert read_before <= max(1, stops - stop)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", [False, True])
def test_a_build_that_ends_at_any_renaming_goes_on(after, book, expected, tmp_path, monkeypatch):
    rename = Path.replace
    for fatal in range(1, 40, 4):
        out, count = tmp_path / f"killed-{fatal}-{after}", 0

        def replace(path, target, fatal=fatal):
            nonlocal count
            count += 1
            if count != fatal:
                return rename(path, target)
            if after:
                rename(path, target)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", replace)
            with suppress(Killed):
                build(book, out=out)
        build(book, out=out)
        assert content(out) == expected


PROGRAM = """
import sys
from tunewright.corpus.large import pieces, shard_writing, stretches
from tunewright.corpus.large.shard_builder import build_corpus
if __name__ == "__main__":
    pieces.STRETCH_BYTES = stretches.STRETCH_BYTES = {STRETCH_BYTES}
    shard_writing.PIECES_PER_SHARD = {PIECES_PER_SHARD}
    for step in build_corpus(sys.argv[1], out=sys.argv[2], processes=2):
        print(step.doing, flush=True)
"""


def test_a_build_that_is_killed_goes_on(book, expected, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(**SMALL))
    out = tmp_path / "killed"
    for steps in (1, 4):
        with subprocess.Popen([sys.executable, program, book, out], stdout=subprocess.PIPE) as child:
            for _ in range(steps):
                child.stdout.readline()
            os.kill(child.pid, signal.SIGKILL)
    assert not (out / "tunewright-corpus.json").exists()
    build(book, out=out)
    assert content(out) == expected


def test_a_finished_corpus_is_left_as_it_is(book, expected, tmp_path):
    assert build(book, out=tmp_path / "expected") == []
    assert content(tmp_path / "expected") == expected


def test_a_piece_that_was_cut_short_is_read_again(book, expected, tmp_path):
    with closing(build_corpus(book, out=tmp_path / "built")) as steps:
        for _ in range(5):
            next(steps)
    piece = next((tmp_path / "built" / "pieces").iterdir())
    piece.write_bytes(piece.read_bytes()[:-10])
    build(book, out=tmp_path / "built")
    assert content(tmp_path / "built") == expected


def begun(book, out):
    with closing(build_corpus(book, out=out)) as steps:
        next(steps)


@pytest.mark.parametrize("change, message", [
    (lambda book: (book / "small0.abc").write_text("X:1\nK:C\nabc|\n"), "small0.abc has changed"),
    (lambda book: (book / "new.abc").write_text("X:1\nK:C\nabc|\n"), "new.abc is new"),
    (lambda book: (book / "small1.abc").unlink(), "small1.abc is gone"),
])  # fmt: skip
def test_sources_that_changed_are_an_error_until_forced(change, message, book, tmp_path):
    begun(book, tmp_path / "built")
    change(book)
    with pytest.raises(OutputError, match=message):
        build(book, out=tmp_path / "built")
    build(book, out=tmp_path / "built", force=True)
    build(book, out=tmp_path / "anew")
    assert content(tmp_path / "built") == content(tmp_path / "anew")


def test_other_options_and_another_order_are_errors(book, tmp_path):
    begun(book, tmp_path / "built")
    with pytest.raises(OutputError, match="keep_duplicates False; now it is True"):
        build(book, out=tmp_path / "built", keep_duplicates=True)
    files = sorted(book.iterdir())
    begun_with = tmp_path / "files"
    with closing(build_corpus(*files, out=begun_with)) as steps:
        next(steps)
    with pytest.raises(OutputError, match="in another order"):
        build(*reversed(files), out=begun_with)


def test_a_folder_in_use_is_refused(book, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="holds something already"):
        build(book, out=tmp_path / "other")
    pytest.importorskip("fcntl")
    with closing(build_corpus(book, out=tmp_path / "built")) as steps:
        next(steps)
        with pytest.raises(OutputError, match="another process"):
            build(book, out=tmp_path / "built")


def test_what_lies_in_the_output_folder_is_no_source(book):
    build(book, out=book / "built")
    assert build(book, out=book / "built") == []


@pytest.mark.parametrize("text, error, message", [
    ("no tune\n", CorpusError, "no tune to train on could be read: holds no tune"),
    ("X:1\nK:C\nabc|\n", OptionError, "at least two different tunes"),
])  # fmt: skip
def test_too_little_is_an_error(text, error, message, tmp_path):
    (tmp_path / "book.abc").write_text(text)
    with pytest.raises(error, match=message):
        build(tmp_path / "book.abc", out=tmp_path / "built")


def test_nothing_missing_or_built_already_is_an_error(book, tmp_path):
    with pytest.raises(CorpusError, match="no file or folder was named"):
        build(out=tmp_path / "built")
    with pytest.raises(CorpusError, match="does not exist"):
        build(tmp_path / "none", out=tmp_path / "built")
    build(book, out=tmp_path / "built")
    with pytest.raises(CorpusError, match="is a built corpus"):
        build(tmp_path / "built", out=tmp_path / "again")


def test_an_unfinished_corpus_cannot_be_read(book, tmp_path):
    begun(book, tmp_path / "built")
    with pytest.raises(CorpusError, match="is not finished"):
        read_corpus(tmp_path / "built")


def test_force_removes_what_a_build_wrote_and_nothing_else(tiny_corpus, tmp_path):
    """The source lies in the folder, under a name that begins as those of the corpus do."""
    own = tmp_path / "training-tunes.abc"
    own.write_bytes(tiny_corpus.read_bytes())
    (tmp_path / "validation.txt").write_text("mine")
    for _ in range(2):
        build(own, out=tmp_path, force=True)
        assert own.read_bytes() == tiny_corpus.read_bytes()
        assert (tmp_path / "validation.txt").read_text() == "mine"
        read_corpus(tmp_path).verify()


def test_a_file_that_a_build_would_replace_and_did_not_write_is_named(tiny_corpus, tmp_path):
    (tmp_path / "failures.jsonl").write_text("mine")
    with pytest.raises(OutputError, match=r"holds failures\.jsonl, which Tunewright did not write"):
        build(tiny_corpus, out=tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["failures.jsonl"]


def test_a_folder_without_a_file_of_tunes_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="may hold tunes"):
        build(tmp_path / "empty", out=tmp_path / "built")


def test_a_damaged_piece_is_read_again(tiny_corpus, tmp_path):
    undisturbed = tmp_path / "undisturbed"
    build(tiny_corpus, out=undisturbed)
    stopped = build_corpus(tiny_corpus, out=tmp_path / "built")
    while not list((tmp_path / "built").glob("pieces/*")):
        next(stopped)
    stopped.close()
    (piece,) = (tmp_path / "built").glob("pieces/*")
    content = bytearray(piece.read_bytes())
    content[-1] ^= 1
    piece.write_bytes(content)
    build(tiny_corpus, out=tmp_path / "built")
    for path in undisturbed.iterdir():
        assert path.read_bytes() == (tmp_path / "built" / path.name).read_bytes()


def test_a_link_out_of_a_folder_is_left_out_and_told(book, tmp_path):
    (tmp_path / "secret.txt").write_text("X:1\nT:Secret\nK:C\nCDEF|\n")
    (book / "link.abc").symlink_to(tmp_path / "secret.txt")
    build(book, out=tmp_path / "built")
    assert "link.abc" in (tmp_path / "built" / "failures.jsonl").read_text()
    assert not any("Secret" in text for text in texts(read_corpus(tmp_path / "built").training))
