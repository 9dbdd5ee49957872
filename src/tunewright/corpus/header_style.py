"""What are the headers of a corpus like? Counts of combinations of rhythm, metre and unit length, and words of titles.

The result is fit for JSON and small; `notation.known_headers` reads it. It holds no field that claims something, and no
title as it stands, but a number for each, so that a composed tune is never called what one of the corpus is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tunewright.corpus.header import header_fields
from tunewright.notation.known_headers import NUMBER_DIGITS, named_in, read_numbers, rhythm_words, title_number

MOST_COMBINATIONS = 500
FEWEST_OF_A_RHYTHM = 2
"""Tunes of a rhythm whose name counts as a word of titles."""
USUAL_SHARE = 0.99
"""Of titles that have no more words than a composed one may have."""


def header_style(texts: Iterable[str]) -> dict[str, Any]:
    """Describe the headers of tunes.

    Parameters
    ----------
    texts
        ABC text of each tune.

    Returns
    -------
    combinations
        How many tunes have each combination, by its fields as a header has them: a line each of ``T:`` (only the word
        that names a rhythm), ``R:`` (as it is spelled), ``M:`` and ``L:``, as far as the tune has them.
    titles
        ``first``, ``inner``, ``last``: the words that stand in these places, between spaces, the most frequent first;
        ``most_words``: of a title, one in a hundred left aside; ``longest``: words of the longest title; ``naming``:
        words that name a rhythm.
    title_numbers
        Of each title, eight hexadecimal digits, one after the other in rising order.
    """
    headers = [list(header_fields(text)) for text in texts]
    firsts = [dict(reversed(fields)) for fields in headers]
    rhythms = Counter(fields["R"] for fields in firsts if fields.get("R"))
    naming = rhythm_words(rhythm for rhythm, count in rhythms.items() if count >= FEWEST_OF_A_RHYTHM)
    combinations = Counter(_combination(fields, naming) for fields in firsts if fields.get("M"))
    titles = [value for fields in headers for letter, value in fields if letter == "T" and value]
    return {
        "combinations": dict(combinations.most_common(MOST_COMBINATIONS)),
        "titles": {**_words([title.split() for title in titles]), "naming": " ".join(sorted(naming))},
        "title_numbers": _written({title_number(title, naming) for title in titles}),
    }


def merged(former: Mapping[str, Any], style: Mapping[str, Any]) -> dict[str, Any]:
    """The style of a corpus and of a former one together."""
    combinations = Counter(former["combinations"])
    combinations.update(style["combinations"])
    titles = {
        place: " ".join(dict.fromkeys(f"{former['titles'][place]} {style['titles'][place]}".split()))
        for place in ("first", "inner", "last", "naming")
    }
    numbers = {name: max(former["titles"][name], style["titles"][name]) for name in ("most_words", "longest")}
    return {
        "combinations": dict(combinations.most_common(MOST_COMBINATIONS)),
        "titles": {**titles, **numbers},
        "title_numbers": _written(
            number
            for each in (former, style)
            for number in read_numbers(each["title_numbers"])
        ),
    }


def _combination(fields: Mapping[str, str], naming: frozenset[str]) -> str:
    """A header of what a combination is made of."""
    values = {**fields, "T": named_in(fields.get("T", ""), naming)}
    return "\n".join(f"{letter}:{values[letter]}" for letter in "TRML" if values.get(letter))


def _words(titles: list[list[str]]) -> dict[str, Any]:
    lengths = sorted(map(len, titles)) or [0]
    places = {
        "first": (title[0] for title in titles),
        "inner": (word for title in titles for word in title[1:-1]),
        "last": (title[-1] for title in titles),
    }
    words = {place: " ".join(word for word, _ in Counter(found).most_common()) for place, found in places.items()}
    return {**words, "most_words": lengths[int(USUAL_SHARE * (len(lengths) - 1))], "longest": lengths[-1]}


def _written(numbers: Iterable[int]) -> str:
    return "".join(f"{number:0{NUMBER_DIGITS}x}" for number in sorted(set(numbers)))
