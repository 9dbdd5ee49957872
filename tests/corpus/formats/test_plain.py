from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.formats.plain import LONGEST, read_plain
from tunewright.corpus.readers import read_tunes

PATH = Path("book.txt")


@given(st.text(st.sampled_from("ab \n\t\x02é"), max_size=4000))
def test_passages_hold_all_of_a_text_but_its_frames_and_spaces_between(text):
    passages = list(read_plain(text, PATH))
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(text.replace("\x02", "").split())
    assert all(len(passage.text) <= LONGEST + 1 and passage.text.endswith("\n") for passage in passages)
    assert sum(passage.source_characters for passage in passages) <= len(text)


def test_a_passage_ends_after_an_empty_line_if_there_is_one():
    text = "a" * 600 + "\n\n" + "b" * 300 + "\n" + "c" * 600
    first, second, *_ = read_plain(text, PATH)
    assert first.text == "a" * 600 + "\n\n"
    assert (second.text[:3], second.line) == ("bbb", 3)


def test_files_of_any_kind_are_read_when_they_are_named(tmp_path):
    (tmp_path / "book.md").write_text("It was the best of times,\n")
    (passage,) = read_tunes(tmp_path / "book.md", plain_text=True)
    assert passage.text == "It was the best of times,\n"
