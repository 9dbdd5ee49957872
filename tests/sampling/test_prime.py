from pathlib import Path

import pytest

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import OptionError, VocabularyError
from tunewright.sampling.prime import fit_prime, header

VOCABULARY = Vocabulary("\x02\x03\n" + ':"/ABCDEFGKLMTX123468abcdefg|')


def test_header_fields_stand_in_the_order_of_the_standard():
    assert header(key="Edor", meter="6/8", title="Home", rhythm="jig", unit_length="1/8") == (
        "X:1\nT:Home\nR:jig\nM:6/8\nL:1/8\nK:Edor\n"
    )
    assert header(meter="C|") == "X:1\nM:C|\n"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("meter", "6-8"),
        ("meter", ""),
        ("unit_length", "8"),
        ("key", "H"),
        ("key", ""),
        ("title", "two\nlines"),
        ("rhythm", ""),
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(option, value):
    with pytest.raises(OptionError, match=option.replace("_", "-")):
        header(**{option: value})


@pytest.mark.parametrize(
    "text", ["<start>\nX:1\nABc<end>\n", "<start>\r\nX:1\r\nABc<end>", "\ufeffX:1\nABc", "\x02X:1\nABc\x03"]
)
def test_boundaries_are_taken_for_what_they_mean(text):
    assert fit_prime(text, VOCABULARY) == ("X:1\nABc", [])


def test_unknown_characters_are_named_with_their_places_in_the_file():
    with pytest.raises(VocabularyError) as caught:
        fit_prime("<start>\nX:1\nT:Für E\nAüöB\n", VOCABULARY, path=Path("elise.txt"))
    assert str(caught.value).startswith("elise.txt:3:4: ")
    assert "'ü' (3:4, 4:2)" in str(caught.value)
    assert "'ö' (4:3)" in str(caught.value)
    assert "--drop-unknown" in str(caught.value)


def test_unknown_characters_are_left_out_if_asked():
    prime, unknown = fit_prime("<start>\nX:1\nAüB", VOCABULARY, drop_unknown=True)
    assert prime == "X:1\nAB"
    assert [(found.character, found.line, found.column) for found in unknown] == [("ü", 3, 2)]
