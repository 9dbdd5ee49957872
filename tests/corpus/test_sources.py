"""Exactly the files with tunes are found, and no archive fills the memory."""

import gzip
import io
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus import sources
from tunewright.corpus.sources import Source, existing, find_sources
from tunewright.corpus.tune import Failure
from tunewright.errors import CorpusError


def names(folder):
    return [source.path.relative_to(folder).as_posix() for source in find_sources(folder)]


def test_a_folder_is_walked_in_order_without_hidden_and_other_files(tmp_path):
    for name in [
        "b.abc",
        "a.txt",
        "sub/z.ABC",
        "sub/a.jsonl",
        ".git/x.abc",
        ".hidden.abc",
        "image.png",
        "c.csv.gz",
        "code.py",
    ]:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(gzip.compress(b"x") if name.endswith(".gz") else b"x")
    assert names(tmp_path) == ["a.txt", "b.abc", "c.csv.gz", "sub/a.jsonl", "sub/z.ABC"]


def test_a_named_file_is_read_whatever_its_name(tmp_path):
    file = tmp_path / "data_v2"
    file.write_bytes(b"x")
    assert list(find_sources(file)) == [Source(file, b"x")]


def test_a_packed_file_is_unpacked_and_keeps_its_kind(tmp_path):
    file = tmp_path / "tunes.CSV.gz"
    file.write_bytes(gzip.compress(b"hello"))
    (source,) = find_sources(file)
    assert isinstance(source, Source)
    assert (source.data, source.suffix, source.path) == (b"hello", ".csv", file)


def test_an_archive_is_read_like_a_folder(tmp_path):
    file = tmp_path / "book.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in ["b.abc", "a.abc", "x.png", "__MACOSX/a.abc", ".git/a.abc", "sub/c.txt", "inner.zip", "/etc/p.abc"]:
            archive.writestr(name, name)
        archive.writestr("d.abc.gz", gzip.compress(b"packed"))
    found = {source.path.as_posix().removeprefix(file.as_posix()): source for source in find_sources(file)}
    assert list(found) == ["/etc/p.abc", "/a.abc", "/b.abc", "/d.abc.gz", "/inner.zip", "/sub/c.txt"]
    packed, inner = found["/d.abc.gz"], found["/inner.zip"]
    assert isinstance(packed, Source)
    assert packed.data == b"packed"
    assert isinstance(inner, Failure)
    assert inner.reason == "an archive within an archive, not read"


@pytest.mark.parametrize("name", ["bad.gz", "bad.zip"])
def test_damaged_archives_are_failures(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"nothing like it")
    (failure,) = find_sources(file)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("cannot be read: ")


def test_a_cut_off_file_is_a_failure(tmp_path):
    file = tmp_path / "cut.gz"
    file.write_bytes(gzip.compress(os.urandom(1000))[:500])
    assert [type(item) for item in find_sources(file)] == [Failure]


@pytest.mark.parametrize("name", ["bomb.abc.gz", "bomb.zip"])
def test_what_unpacks_to_too_much_is_not_read(tmp_path, name, monkeypatch):
    monkeypatch.setattr(sources, "_ALWAYS_ALLOWED", 1 << 20)
    file = tmp_path / name
    if name.endswith(".gz"):
        file.write_bytes(gzip.compress(b"a" * (3 << 20)))
    else:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.abc", b"a" * (3 << 20))
            archive.writestr("b.abc", b"small")
    first, *others = find_sources(file)
    assert isinstance(first, Failure)
    assert first.reason == "unpacks to more than 1 MiB, so not read"
    small = Source(file / "b.abc", b"small")
    assert others == [small] * (name == "bomb.zip")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_FILE", 3)
    (tmp_path / "a.abc").write_bytes(b"abcd")
    assert [type(item) for item in find_sources(tmp_path)] == [Failure]


def test_a_file_without_permission_is_a_failure(tmp_path, monkeypatch):
    file = tmp_path / "a.abc"
    file.write_bytes(b"x")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert list(find_sources(file)) == [Failure(file, 1, "cannot be read: Permission denied")]


def refusing(function, forbidden):
    """`function`, which is not allowed to look into the folder `forbidden` or at what is in it."""

    def call(path=".", *arguments, **options):
        if str(path).startswith(str(forbidden)):
            raise PermissionError(13, "Permission denied", str(path))
        return function(path, *arguments, **options)

    return call


def test_a_folder_without_permission_is_a_failure_and_the_rest_is_read(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir()
    for folder in (tmp_path, closed):
        (folder / "tune.abc").write_bytes(b"X:1\n")
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, closed))
    refused = Failure(closed, 1, "cannot be read: Permission denied")
    assert list(find_sources(tmp_path)) == [Source(tmp_path / "tune.abc", b"X:1\n"), refused]
    assert list(find_sources(closed)) == [refused]


def test_a_folder_whose_files_may_not_be_looked_at_is_a_failure(tmp_path, monkeypatch):
    (tmp_path / "tune.abc").write_bytes(b"X:1\n")
    monkeypatch.setattr("pathlib.Path.is_file", refusing(type(tmp_path).is_file, tmp_path))
    refused = Failure(tmp_path / "tune.abc", 1, "cannot be read: Permission denied")
    assert list(find_sources(tmp_path)) == [refused]
    with pytest.raises(CorpusError, match=r"tune\.abc: cannot be read: Permission denied"):
        existing(tmp_path / "tune.abc")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.abc", "does not exist"),
        ("", "the name is empty"),
        ("a" * 5000, "is not a valid file name"),
        (os.devnull, "neither a file nor"),
    ],
)
def test_what_does_not_exist_is_refused(name, message):
    with pytest.raises(CorpusError, match=message):
        existing(name)


@given(st.binary(max_size=100), st.integers(0, 200), st.binary(max_size=4))
def test_damage_anywhere_in_an_archive_raises_nothing(tmp_path_factory, content, place, damage):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.abc", content)
    data = packed.getvalue()
    file = tmp_path_factory.mktemp("damage") / "book.zip"
    file.write_bytes(data[:place] + damage + data[place + len(damage) :])
    assert all(isinstance(item, Source | Failure) for item in find_sources(file))


def test_a_link_in_a_folder_is_followed_within_it_only(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "tune.abc").write_text("X:1\n")
    (tmp_path / "book" / "again.abc").symlink_to("tune.abc")
    (tmp_path / "book" / "out.abc").symlink_to("../secret.txt")
    found = list(find_sources(tmp_path / "book"))
    assert [(item.path.name, getattr(item, "data", None)) for item in found] == [
        ("again.abc", b"X:1\n"), ("tune.abc", b"X:1\n"), ("out.abc", None),
    ]  # fmt: skip
    assert "a link to a file outside the folder" in getattr(found[-1], "reason", "")
    assert [getattr(item, "data", None) for item in find_sources(tmp_path / "book" / "out.abc")] == [
        b"secret"
    ]  # it is named itself
