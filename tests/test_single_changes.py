"""Every file that is read again is changed at random, one change at a time: no change goes unnoticed.

A change is noticed if reading raises an error of ours; one after which everything reads as before has no effect. Each
file gets some changes here, and `CHANGES` of them in the slow test: ``TUNEWRIGHT_CHANGES=1000`` for a thousand.
"""

import os
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run

from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.pieces import CorpusPart, File, PieceFile, write_piece
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.errors import TunewrightError
from tunewright.model import checkpoint
from tunewright.model.checkpoint import RESUME, read_about, read_checkpoint, read_verified
from tunewright.model.config import NetworkConfig
from tunewright.study.plans.plan import read_plan
from tunewright.study.plans.plan_writing import as_sealed_toml
from tunewright.study.results.run_record import read_run
from tunewright.study.running.study_folder import read_status, status_text
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.training_run import train

CHANGES, SAMPLE = int(os.environ.get("TUNEWRIGHT_CHANGES", "100")), 30
PLAN = 'title = "Sizes"\ndata = ["ryans"]\nseeds = [0, 1]\n[[question]]\ntitle = "Which size?"\nunits = [20, 30]\n'


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Reading a checkpoint tries again after a while, since a training may be replacing it."""
    monkeypatch.setattr(checkpoint, "RETRY_SECONDS", 0.0)


def of_checkpoint(folder: Path) -> Any:
    """All that a checkpoint holds, in a form that can be compared."""
    model = read_checkpoint(folder)
    told = (model.config, model.vocabulary.symbols, model.metrics, model.training, model.style, model.history)
    about = read_about(folder)
    return (*told, model.fingerprint, read_verified(folder, RESUME, about) if RESUME in about["sha256"] else b"")


def of_corpus(folder: Path) -> Any:
    corpus = read_corpus(folder)
    data = TrainingData.built(corpus)
    shown = (corpus.symbols, data.vocabulary.symbols, corpus.as_json(), corpus.unknown, data.fingerprint)
    sides = (corpus.training, corpus.validation)
    tunes = [(ids.tobytes(), size) for side in sides for ids, size in zip(side.ids, side.sizes.tolist(), strict=True)]
    return (*shown, *tunes, *(tuple(side.counts.items()) for side in sides))


def of_index(folder: Path) -> Any:
    index = OriginalityIndex.open(folder)
    return (index.checksum, index.scale, {name: array.tobytes() for name, array in index._arrays.items()})


def of_piece(path: Path) -> Any:
    piece = PieceFile(path)
    piece.verify()
    return (piece.names, piece.failures, piece.symbols, piece.array("ids").tobytes())


def built_again(tunes: Path, folder: Path) -> Any:
    list(build_corpus(tunes, out=folder))
    return of_corpus(folder)


Kind = tuple[Path, Callable[[], Any]]


@pytest.fixture(scope="module")
def stored(tiny_corpus, tmp_path_factory) -> dict[str, Kind]:
    """Every kind of file that is read again, with what reads it."""
    folder = tmp_path_factory.mktemp("stored")
    tunes = read_tunes(tiny_corpus).tunes
    network, recipe = NetworkConfig(units=3, embedding=2), TrainingConfig(epochs=2, batch_size=8, device="cpu")
    train(tunes, out=folder / "run", network=network, config=recipe).finish()
    shutil.copytree(folder / "run" / "best", folder / "alone")
    book = shutil.copy(tiny_corpus, folder / "book.txt")
    list(build_corpus(book, out=folder / "corpus"))
    OriginalityIndex.build(tunes[:12]).save(folder / "index")
    (folder / "plan.toml").write_text(PLAN)
    plan = read_plan(folder / "plan.toml")
    (folder / "study").mkdir()
    (folder / "study" / "plan.toml").write_bytes(as_sealed_toml(plan))
    (folder / "study" / "run.json").write_bytes(status_text(plan.runs[0], "failed", "the loss is nan"))
    write_piece((CorpusPart(File(book, book), 1),), folder / "piece.safetensors", None)
    kinds: dict[str, Kind] = {
        f"{part}/{path.name}": (path, partial(of_checkpoint, folder / part))
        for part in ("run/best", "run/last", "alone")
        for path in sorted((folder / part).iterdir())
    }
    kinds["history.csv"] = (folder / "run" / "history.csv", lambda: read_run(folder / "run").history)
    for path in sorted((folder / "corpus").iterdir()):
        if path.name not in ("failures.jsonl", "tunewright-sources.json"):  # the first is for people alone
            kinds[f"corpus/{path.name}"] = (path, lambda: of_corpus(folder / "corpus"))
    sources = folder / "corpus" / "tunewright-sources.json"
    kinds["corpus/sources"] = (sources, lambda: built_again(book, folder / "corpus"))
    kinds["piece"] = (folder / "piece.safetensors", lambda: of_piece(folder / "piece.safetensors"))
    for path in sorted((folder / "index").iterdir()):
        if path.stat().st_size:
            kinds[f"index/{path.name}"] = (path, lambda: of_index(folder / "index"))
    kinds["plan"] = (folder / "study" / "plan.toml", lambda: read_plan(folder / "study" / "plan.toml"))
    kinds["run.json"] = (folder / "study" / "run.json", lambda: read_status(folder / "study"))
    return kinds


NAMES = [
    "run/best/tunewright.json", "run/best/weights.safetensors", "run/last/tunewright.json",
    "run/last/weights.safetensors", "run/last/resume.safetensors", "alone/tunewright.json", "history.csv",
    "corpus/tunewright-corpus.json", "corpus/sources", "corpus/training-00000.ids", "corpus/validation-00000.ids",
    "corpus/training.lengths", "corpus/training.sizes", "corpus/validation.lengths", "corpus/validation.sizes",
    "piece", "index/index.json", "plan", "run.json",
]  # fmt: skip


def changed(content: bytes, chance: random.Random) -> bytes:
    """`content` with one change: a bit, a byte, a few bytes more, less or elsewhere, or cut short."""
    place, size = chance.randrange(len(content)), chance.randint(1, 8)
    match chance.randrange(7):
        case 0 | 1:
            return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
        case 2:
            return content[:place] + chance.randbytes(1) + content[place + 1 :]
        case 3:
            return content[:place] + chance.randbytes(size) + content[place:]
        case 4:
            return content[:place] + content[place + size :]
        case 5:
            return content[:place]
        case _:
            return content[:place] + content[place : place + size] + content[place:]


def undetected(kind: Kind, changes: int, seed: str) -> list[int]:
    """Numbers of the changes of a file after which something else is read, without an error."""
    path, read = kind
    content, chance, found = path.read_bytes(), random.Random(seed), []
    whole = read()
    try:
        for number in range(changes):
            path.write_bytes(changed(content, chance))
            try:
                now = read()
            except TunewrightError:
                continue
            if not same(now, whole):
                found.append(number)
    finally:
        path.write_bytes(content)
    return found


def same(now: Any, whole: Any) -> bool:
    return bool(np.all([a == b for a, b in zip(now, whole, strict=True)])) if isinstance(now, tuple) else now == whole


def test_every_kind_of_file_is_changed(stored):
    assert set(NAMES) <= stored.keys()


@pytest.mark.parametrize("name", NAMES)
def test_no_change_of_a_stored_file_goes_unnoticed(stored, name):
    assert undetected(stored[name], SAMPLE, name) == []


@pytest.mark.slow
def test_of_many_changes_of_each_stored_file_none_goes_unnoticed(stored):
    missed = {name: undetected(kind, CHANGES, f"slow {name}") for name, kind in stored.items()}
    assert {name: numbers for name, numbers in missed.items() if numbers} == {}


@pytest.mark.parametrize("part", ["best/tunewright.json", "last/tunewright.json", "last/resume.safetensors"])
def test_a_command_says_it_in_one_line(capsys, stored, tiny_corpus, part):
    path, _ = stored[f"run/{part}"]
    content, chance, folder = path.read_bytes(), random.Random(part), path.parent.parent
    command = ["evaluate", folder, tiny_corpus] if part.startswith("best") else ["train", "--out", folder, "--resume"]
    try:
        for _ in range(3):
            path.write_bytes(changed(content, chance))
            status, _, err = run(capsys, *command)
            assert (status, err.count("\n")) == (2, 1), err
            assert "tunewright: " in err
    finally:
        path.write_bytes(content)


def test_a_history_that_was_lost_or_changed_is_written_anew(capsys, stored, tiny_corpus):
    path, read = stored["history.csv"]
    content, whole = path.read_bytes(), read()
    path.write_bytes(content[:-20])
    status, _, err = run(capsys, "compare", path.parent, stored["alone/tunewright.json"][0].parent)
    assert (status, "--resume" in err) == (2, True)
    path.unlink()
    assert read() == whole
    assert run(capsys, "train", tiny_corpus, "--out", path.parent, "--resume", "--no-discriminator")[0] == 0
    assert path.read_bytes() == content
