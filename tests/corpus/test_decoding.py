"""Bytes become the text that was meant, in any encoding and with any line ends."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.decoding import decode
from tunewright.errors import CorpusError

PATH = Path("some.abc")
TITLE = "T:Bourrée d’Aurore Sand\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_told_apart(encoding):
    assert decode(TITLE.encode(encoding), PATH) == TITLE


def test_latin_1_is_read():
    assert decode("T:Bourrée\n".encode("latin-1"), PATH) == "T:Bourrée\n"


def test_each_line_of_a_mixed_book_is_read_by_itself():
    assert decode("T:é\n".encode() + "T:è\n".encode("latin-1"), PATH) == "T:é\nT:è\n"


@pytest.mark.parametrize("directive", ["%%abc-charset iso-8859-2", "I:abc-charset iso-8859-2"])
def test_a_declared_encoding_is_believed(directive):
    text = f"{directive}\nT:Łódź\n"
    assert decode(text.encode("iso-8859-2"), PATH) == text


@pytest.mark.parametrize("name", ["utf-8", "us-ascii", "iso-8859-99", "unicode_escape", "hex"])
def test_a_wrong_or_strange_declaration_is_not_believed(name):
    data = f"%%abc-charset {name}\nT:\\x41 é\n".encode("latin-1")
    assert decode(data, PATH).endswith("T:\\x41 é\n")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_become_newlines(ends):
    assert decode(f"X:1{ends}K:C{ends}abc".encode(), PATH) == "X:1\nK:C\nabc"


def test_mixed_line_ends_become_newlines():
    assert decode(b"X:1\r\nT:a\rK:C\nabc|\r\n", PATH) == "X:1\nT:a\nK:C\nabc|\n"


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n"])
def test_nothing_is_refused(data):
    with pytest.raises(CorpusError, match=r"^some\.abc: is empty$"):
        decode(data, PATH)


@pytest.mark.parametrize("data", [b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk", bytes(range(256)) * 9, b"\xff\xfea"])
def test_binary_data_is_refused(data):
    with pytest.raises(CorpusError, match=r"some\.abc: .*text"):
        decode(data, PATH)


@given(st.binary(max_size=200))
def test_any_bytes_become_text_or_a_corpus_error(data):
    try:
        assert "\r" not in decode(data, PATH)
    except CorpusError as error:
        assert error.path == PATH
