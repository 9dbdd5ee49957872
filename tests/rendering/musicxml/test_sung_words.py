"""Syllables of words under the notes, as the ABC standard divides them."""

import pytest

from tunewright.rendering.musicxml.sung_words import syllables


@pytest.mark.parametrize(
    ("words", "sung"),
    [
        ("one two", ["one", "two", None, None]),
        ("A-ma-zing grace", ["A", "ma", "zing", "grace"]),
        ("time__ flies", ["time", None, None, "flies"]),
        ("* a * b", [None, "a", None, "b"]),
        (r"of~the well\-known", ["of the", "well-known", None, None]),
        ("a|b c", ["a", None, "b", "c"]),
        ("too man-y words for these", ["too", "man", "y", "words"]),
        ("syll-a--ble", ["syll", "a", None, "ble"]),
        ("", [None] * 4),
        ("a | b", ["a", None, "b", None]),
    ],
)
def test_each_note_gets_its_syllable(words, sung):
    found = syllables(words, [1, 1, 2, 2])
    texts = [syllable.text if syllable else None for syllable in found]
    assert texts + [None] * (4 - len(texts)) == sung


def test_syllables_know_their_place_in_the_word():
    found = [syllable for syllable in syllables("A-ma-zing grace_", [1] * 5) if syllable]
    assert [(syllable.begins, syllable.ends, syllable.held) for syllable in found] == [
        (True, False, False), (False, False, False), (False, True, False), (True, True, True),
    ]  # fmt: skip
