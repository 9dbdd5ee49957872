"""Statistics of a corpus that composing needs: its headers, titles, forms and cadences (`Checkpoint.style`).

Headers are described by counts of combinations of rhythm, metre and unit length, and by the words of titles. No title
is kept as it stands, but a number for each, so that a composed tune never has the title of a tune of the corpus; fields
that claim a person or a source are not kept. The result is small and can be written as JSON;
`tunewright.acceptor.header.known_headers` and `tunewright.acceptor.forms` read it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tunewright.acceptor.forms import Form, as_json, degrees, form_of, tallied
from tunewright.acceptor.header.known_headers import (
    ANY_OTHER,
    NUMBER_DIGITS,
    THE_END,
    is_silent,
    kind_of,
    named_in,
    read_numbers,
    rhythm_words,
    title_number,
)
from tunewright.notation.fields import header_fields
from tunewright.notation.melody import read_melody

MOST_TUNES = 1500
"""Number of tunes whose music is read, evenly spaced over the corpus: about two seconds."""
MOST_COMBINATIONS = 500
FEWEST_OF_A_RHYTHM = 2
"""A rhythm with at least this number of tunes names a word of titles."""
MOST_COMMON = 16
"""Number of common words (articles, signs, others) whose following words are kept, beside those that name a rhythm."""
FEWEST_OF_A_COMMON = 10
"""Least number of occurrences of a common word that is neither article nor sign."""
FEWEST_PAIRS = 3
"""Least number of titles in which a word follows another, or fewer if `LEAST_SHARE_OF_PAIRS` is reached."""
LEAST_SHARE_OF_PAIRS = 1 / 200
USUAL_SHARE = 0.99
"""Share of titles that have no more words than a composed title may have."""


def style_of(texts: Sequence[str], former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe tunes; the result can be written as JSON.

    Parameters
    ----------
    texts
        ABC text of each tune.
    former
        Style of the tunes that the network learned from before: their headers stay known.

    Returns
    -------
    style
        ``headers``: see `header_style`. ``forms``: see `tunewright.acceptor.forms`. ``cadences``: number of
        ``sections``, last ones excepted, and of ``tunes`` that end on each degree, 1 to 7, and on an accidental.
    """
    forms: list[Form] = []
    ends = {"sections": [0] * 8, "tunes": [0] * 8}
    count = min(MOST_TUNES, len(texts))
    for number in range(count):
        text = texts[number * len(texts) // count]
        melody = read_melody(text)
        if form := form_of(melody):
            forms.append(form)
        for last, degree in enumerate(reversed(degrees(melody, text))):
            ends["sections" if last else "tunes"][degree - 1] += 1
    return {
        "headers": header_style(texts, (former or {}).get("headers")),
        "forms": as_json(tallied(forms)),
        "cadences": ends,
    }


def header_style(texts: Iterable[str], former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe the headers of tunes.

    Parameters
    ----------
    texts
        ABC text of each tune.
    former
        Headers of other tunes, to be included; the list of common words stays theirs.

    Returns
    -------
    combinations
        Number of tunes with each combination, by its fields as in a header: one line each for ``T:`` (only the word
        that names a rhythm), ``R:`` (as it is spelled), ``M:`` and ``L:``, as far as the tune has them.
    titles
        ``first``, ``inner``, ``last``: the words in these places, separated by spaces, the most frequent first;
        ``most_words``: number of words of a title that 99 in 100 do not exceed; ``longest``: that of the longest
        title; ``naming``: words that name a rhythm; ``common``: other common words; ``followed``: for each of these
        words, those that follow it, ``*`` standing for all others and ``.`` for the end of a title.
    title_numbers
        Eight hexadecimal digits for each title, in rising order, without separator.
    """
    headers = [list(header_fields(text)) for text in texts]
    firsts = [dict(reversed(fields)) for fields in headers]
    titles = [value.split() for fields in headers for letter, value in fields if letter == "T" and value.strip()]
    if former:
        naming, common = (former["titles"][name].split() for name in ("naming", "common"))
    else:
        names = Counter(word for fields in firsts for word in rhythm_words([fields.get("R", "")]))
        naming = sorted(word for word, count in names.items() if count >= FEWEST_OF_A_RHYTHM)
        kinds = Counter(kind_of(word) for title in titles for word in title)
        others = [(word, count) for word, count in kinds.most_common() if word not in naming]
        silent = [word for word, _ in others if is_silent(word, naming)]
        often = [word for word, count in others if count >= FEWEST_OF_A_COMMON and word not in silent]
        common = [*silent, *often][:MOST_COMMON]
    combinations = Counter(_combination(fields, naming) for fields in firsts if fields.get("M"))
    words = {**_words(titles), "naming": " ".join(naming), "common": " ".join(common)}
    style = {
        "combinations": dict(combinations.most_common(MOST_COMBINATIONS)),
        "titles": {**words, "followed": _followed(titles, {*naming, *common})},
        "title_numbers": _written({title_number(" ".join(title), naming) for title in titles}),
    }
    return merged(former, style) if former else style


def merged(former: Mapping[str, Any], style: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headers of two corpora together."""
    combinations = Counter(former["combinations"])
    combinations.update(style["combinations"])
    before, after = former["titles"], style["titles"]
    titles: dict[str, Any] = {
        name: " ".join(dict.fromkeys(f"{before[name]} {after[name]}".split()))
        for name in ("first", "inner", "last", "naming", "common")
    }
    followed = {
        word: " ".join(dict.fromkeys(f"{before['followed'].get(word, '')} {after['followed'].get(word, '')}".split()))
        for word in {**before["followed"], **after["followed"]}
    }
    numbers = {name: max(before[name], after[name]) for name in ("most_words", "longest")}
    return {
        "combinations": dict(combinations.most_common(MOST_COMBINATIONS)),
        "titles": {**titles, **numbers, "followed": followed},
        "title_numbers": _written(number for each in (former, style) for number in read_numbers(each["title_numbers"])),
    }


def _followed(titles: list[list[str]], known: Collection[str]) -> dict[str, str]:
    """Return the words that follow each of the `known` words, and all others, often enough."""
    pairs: dict[str, Counter[str]] = {}
    for title in titles:
        kinds = [kind if (kind := kind_of(word)) in known else ANY_OTHER for word in title]
        for word, after in pairwise([*kinds, THE_END]):
            pairs.setdefault(word, Counter())[after] += 1
    enough = {word: min(FEWEST_PAIRS, LEAST_SHARE_OF_PAIRS * found.total()) for word, found in pairs.items()}
    return {
        word: " ".join(after for after, count in pairs[word].most_common() if count >= enough[word])
        for word in sorted(pairs)
    }


def _combination(fields: Mapping[str, str], naming: Collection[str]) -> str:
    """Return the combination of a header, as lines of a header."""
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
