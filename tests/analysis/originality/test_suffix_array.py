"""Is the longest shared piece really the longest? Against brute force and difflib."""

import difflib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.originality.copied_spans import packed_characters
from tunewright.analysis.originality.suffix_array import SortedBody, suffix_array

few_letters = st.lists(st.sampled_from(b"abc\0"), max_size=80).map(bytes)
more_letters = st.lists(st.sampled_from(b"abcd"), max_size=40).map(bytes)


def body_of(text, stride=1, slack=0):
    data = np.frombuffer(text, np.uint8)
    if stride == 1:
        return SortedBody(data, suffix_array(packed_characters(data), 8))
    return SortedBody(data, suffix_array(data.view(">u8").astype(np.uint64)), stride=stride, slack=slack)


def is_allowed(place):
    return place % 3 != 0


def longest_by_brute_force(text, body, allowed=lambda _place: True):
    lengths = [
        end - start
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        for place in range(len(body) - (end - start) + 1)
        if allowed(place) and body[place : place + end - start] == text[start:end]
    ]
    return max(lengths, default=0)


@given(few_letters)
def test_suffixes_are_in_the_order_of_what_they_hold(text):
    order = suffix_array(packed_characters(np.frombuffer(text, np.uint8)), 8)
    assert list(order) == sorted(range(len(text)), key=lambda place: text[place:])


@pytest.mark.parametrize("text", [b"", b"a", b"\0\0", b"a" * 3000, b"ab" * 1500])
def test_repetition_to_the_end_is_sorted_too(text):
    order = suffix_array(packed_characters(np.frombuffer(text, np.uint8)), 8)
    assert list(order) == sorted(range(len(text)), key=lambda place: text[place:])


@given(more_letters, few_letters)
def test_the_longest_piece_is_as_long_as_difflib_says(text, body):
    found = body_of(body).longest(text)
    expected = difflib.SequenceMatcher(None, text, body, autojunk=False).find_longest_match()
    assert found.length == expected.size == longest_by_brute_force(text, body)
    assert text[found.start : found.start + found.length] == body[found.place : found.place + found.length]


@given(more_letters, few_letters)
def test_places_that_are_not_allowed_do_not_count(text, body):
    found = body_of(body).longest(text, is_allowed)
    assert found.length == longest_by_brute_force(text, body, is_allowed)
    assert not found.length or is_allowed(found.place)
    assert text[found.start : found.start + found.length] == body[found.place : found.place + found.length]


@given(st.lists(st.sampled_from(b"ab"), min_size=1, max_size=3).map(bytes), few_letters)
def test_every_place_of_a_piece_is_found(piece, body):
    expected = [place for place in range(len(body)) if body[place : place + len(piece)] == piece]
    assert sorted(body_of(body).places_of(piece)) == expected


units = st.tuples(st.sampled_from("AB"), st.sampled_from("01"))


@given(st.lists(units, max_size=12), st.lists(units, max_size=30))
def test_the_last_unit_may_go_on_differently(text, body):
    """A unit is a letter and how it goes on; a run of units is equal if all but the last way on are."""

    def equal(first, second):
        letters = [letter for letter, _ in first] == [letter for letter, _ in second]
        return letters and [way for _, way in first[:-1]] == [way for _, way in second[:-1]]

    expected = max(
        (
            length
            for length in range(1, len(text) + 1)
            for start in range(len(text) - length + 1)
            for place in range(len(body) - length + 1)
            if equal(text[start : start + length], body[place : place + length])
        ),
        default=0,
    )
    written = [b"".join((letter * 6 + way * 2).encode() for letter, way in side) for side in (text, body)]
    assert body_of(written[1], stride=8, slack=2).longest(written[0]).length == expected
