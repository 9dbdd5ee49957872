"""Places in edited texts."""

from hypothesis import given
from hypothesis import strategies as st

from tunewright.rendering.texts.edits import Edit, EditedText


def test_a_range_stands_for_a_range_of_the_original():
    edited = EditedText("abcdef", [Edit(4, 5, ""), Edit(1, 2, "XYZ")])
    assert edited.text == "aXYZcdf"
    assert edited.original_range(0, 1) == (0, 1)
    assert edited.original_range(1, 4) == (1, 2)
    assert edited.original_range(4, 6) == (2, 4)
    assert edited.original_range(6, 7) == (5, 6)


def test_places_count_utf_16_units():
    edited = EditedText("𝄪a♯b", [Edit(2, 3, "^")])
    assert edited.text == "𝄪a^b"
    assert edited.original_range(2, 3) == (2, 3)
    assert edited.original_range(4, 5) == (4, 5)


def test_the_first_of_two_edits_that_overlap_counts():
    assert EditedText("abcdef", [Edit(0, 4, "-"), Edit(2, 5, "+")]).text == "-ef"


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10), st.text(max_size=3)), max_size=5),
)
def test_ranges_lie_within_the_original(original, cuts):
    edits = [Edit(min(start, len(original)), min(start + size, len(original)), new) for start, size, new in cuts]
    edited = EditedText(original, edits)
    units = len(original.encode("utf-16-le", "surrogatepass")) // 2
    for start in range(len(edited.text)):
        first, last = edited.original_range(start, start + 1)
        assert 0 <= first <= last <= units + 1
