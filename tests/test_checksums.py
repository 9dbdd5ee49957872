import pytest

from tunewright.checksums import (
    BLANK,
    FolderManifest,
    parse_object,
    require_sealed,
    seal,
    seal_holds,
    sealed_json,
)

KEYS = ("title", "loss")


def test_a_sealed_object_is_read_back_and_every_change_of_a_bit_is_noticed():
    content = sealed_json({"title": 'a "checksum": "' + BLANK + '" é', "loss": 1.5})
    require_sealed(content, parse_object(content), KEYS, unsealed=False)
    for place in range(8 * len(content)):
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(ValueError, match=r"."):
            require_sealed(bytes(changed), parse_object(bytes(changed)), KEYS, unsealed=True)


def test_toml_is_sealed_too():
    content = seal(f'checksum = "{BLANK}"\ntitle = "A"\n'.encode())
    assert seal_holds(content) is True
    assert seal_holds(content.replace(b'"A"', b'"B"')) is False
    assert seal_holds(b'title = "A"\n') is None


@pytest.mark.parametrize("content", [b"[]", b"3", b"\xff", b"{", b"[" * 100_000])
def test_what_is_no_object_is_told(content):
    with pytest.raises(ValueError, match=r"."):
        parse_object(content)


def test_without_a_checksum_only_what_may_lack_one_is_accepted():
    content = b'{"title": "A"}'
    require_sealed(content, parse_object(content), KEYS, unsealed=True)
    with pytest.raises(ValueError, match="has no checksum"):
        require_sealed(content, parse_object(content), KEYS, unsealed=False)
    with pytest.raises(ValueError, match="no key is called 'titel'; did you mean 'title'"):
        require_sealed(b'{"titel": 1}', {"titel": 1}, KEYS, unsealed=True)


def write(folder, **files):
    for name, content in files.items():
        (folder / "new").write_text(content)
        (folder / "new").replace(folder / f"{name}.txt")


def test_a_manifest_removes_what_an_earlier_run_wrote_and_nothing_else(tmp_path):
    write(tmp_path, mine="mine")
    first = FolderManifest(tmp_path, "files.json", "notes")
    write(tmp_path, a="1", b="1")
    first.finish()
    write(tmp_path, later="mine too")
    second = FolderManifest(tmp_path, "files.json", "notes")
    write(tmp_path, b="1", c="1")
    second.finish()
    assert {path.name for path in tmp_path.iterdir()} == {"files.json", "mine.txt", "later.txt", "b.txt", "c.txt"}


def test_a_manifest_that_was_changed_removes_nothing(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path, mine="mine")
    for names in ('["../mine.txt"]', '["a.txt"]'):
        (tmp_path / "in" / "files.json").write_text(f'{{"format": 1, "files": {names}}}')
        write(tmp_path / "in", a="1")
        FolderManifest(tmp_path / "in", "files.json", "notes").finish()
        assert (tmp_path / "mine.txt").is_file()
        assert (tmp_path / "in" / "a.txt").is_file()
