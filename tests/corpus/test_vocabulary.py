from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.tune import END, START, Tune
from tunewright.corpus.vocabulary import UnknownCharacter, Vocabulary
from tunewright.errors import VocabularyError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def vocabulary_of(*bodies):
    return Vocabulary.of(Tune(body, Path("t.abc"), 1, len(body)) for body in bodies)


@given(texts)
def test_ids_decode_to_the_text_they_came_from(text):
    vocabulary = vocabulary_of(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert vocabulary.symbols[:2] == START + END


@given(texts, texts)
def test_unknown_characters_are_found_where_they_stand_and_left_out(known, text):
    vocabulary = vocabulary_of(known)
    expected, line, column = [], 5, 1
    for character in text:
        if character not in vocabulary.symbols:
            expected.append(UnknownCharacter(character, None, line, column))
        line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    assert vocabulary.unknown(text, line=5) == expected
    kept = "".join(character for character in text if character in vocabulary.symbols)
    assert vocabulary.decode(vocabulary.encode_known(text)) == kept


def test_an_unknown_character_is_an_error_with_its_place():
    with pytest.raises(VocabularyError, match=r"^book\.abc:8:3: .*'ü'.*ABC"):
        vocabulary_of("ABC\n").encode("ABC\nABü", path=Path("book.abc"), line=7)


def test_ids_take_one_byte_where_they_fit_and_two_where_not():
    small, large = vocabulary_of("abc"), vocabulary_of("".join(map(chr, range(0x4E00, 0x4E00 + 300))))
    assert small.encode("abc").dtype == np.uint8
    assert large.encode(chr(0x4E00 + 299)).dtype == np.uint16


@pytest.mark.parametrize("symbols", ["", "abc", START + END + "aa", END + START])
def test_a_vocabulary_that_is_none_is_refused(symbols):
    with pytest.raises(VocabularyError):
        Vocabulary(symbols)
