"""Headers of a corpus: which rhythm, metre and unit length go together, and which words titles are made of.

`corpus.style` counts them, a checkpoint keeps the counts, and here they become what the acceptor keeps composed
headers to. Counts are of tunes. A rhythm's name is compared without capitals and spaces; a word of a title that is the
last one of some rhythm's name, such as "reel", names that rhythm.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tunewright.acceptor.header.titles import spelled, with_word
from tunewright.acceptor.reading import CHARACTERS

FEWEST_TUNES = 2
"""That have a combination, unless none has so many."""
LEAST_SHARE = 1 / 40
"""Of the tunes of a rhythm that have a metre: else the metre is an odd one."""
ARTICLES = frozenset(("the", "a", "an"))
SLURS = frozenset(("coon", "coons", "darkey", "darkeys", "darkie", "darkies", "darky", "nigger", "niggers", "squaw"))
"""Words in titles of old books that no composed title has, in small letters."""
_LETTERS = re.compile(r"[^\W_]+")
_CLEAN = re.compile(r"(?:[^\W_]|['’-])*[^\W_]['’]?[.,!?]*|--?|&")
"""What a word of a title may look like; quotation marks and brackets would not be closed."""
_RHYTHM = re.compile(r"[\w' -]+")
NUMBER_DIGITS = 8
ANY_OTHER, THE_END = "*", "."
"""Stand for each word of titles that is no common one, and for what follows the last word."""


@dataclass(frozen=True)
class Combination:
    """What a header says of how a tune goes; a field that is not there is empty."""

    named: str
    """Rhythm that the title names."""
    rhythm: str
    """Value of ``R:``, folded (see `folded`)."""
    meter: str
    unit_length: str


@dataclass(frozen=True)
class KnownHeaders:
    """What the headers of a corpus are like."""

    combinations: tuple[Combination, ...]
    """The most frequent first."""
    rhythms: tuple[str, ...]
    """Every spelling of ``R:``."""
    first_words: tuple[str, ...]
    """That titles begin with."""
    words: tuple[str, ...]
    """All words of titles."""
    last_words: frozenset[str]
    """That titles end with."""
    most_words: int
    """Of a title, but for one in a hundred."""
    longest_title: int
    """In words."""
    naming: frozenset[str]
    """Words of titles that name a rhythm, in small letters."""
    common: tuple[str, ...]
    """Other words of titles that are common, as `kind_of` gives them."""
    followed: tuple[tuple[str, tuple[str, ...]], ...]
    """For each naming or common word, and for `ANY_OTHER`: which of them, or `THE_END`, follow it."""
    titles: tuple[int, ...]
    """The number of each title (see `title_number`), in rising order."""
    titled: bool = True
    """Whether titles are kept to; without, combinations only."""

    @classmethod
    def of(cls, counted: Mapping[str, Any]) -> "KnownHeaders":
        """What `corpus.style` counted, as a checkpoint keeps it."""
        titles = counted["titles"]
        words = {
            place: tuple(word for word in filter(_CLEAN.fullmatch, titles[place].split()) if not _is_slur(word))
            for place in ("first", "inner", "last")
        }
        counts = {_read(header): count for header, count in counted["combinations"].items()}
        return cls(
            combinations=_usual(counts),
            rhythms=tuple(dict.fromkeys(rhythm for _, rhythm, _, _ in counts if _RHYTHM.fullmatch(rhythm))),
            first_words=tuple(word for word in words["first"] if plain(word)),
            words=tuple(dict.fromkeys(word for group in words.values() for word in group)),
            last_words=frozenset(word for word in words["last"] if plain(word)),
            most_words=titles["most_words"],
            longest_title=titles["longest"],
            naming=frozenset(titles["naming"].split()),
            common=tuple(titles["common"].split()),
            followed=tuple((word, _following(word, after.split())) for word, after in titles["followed"].items()),
            titles=tuple(read_numbers(counted["title_numbers"])),
        )

    @property
    def followers(self) -> dict[str, tuple[str, ...]]:
        """`followed`, by word."""
        return dict(self.followed)


def _following(word: str, after: Iterable[str]) -> tuple[str, ...]:
    """What may follow a word in a title: an article asks for a noun, although books have "Wind, The" and misprints."""
    return tuple(each for each in after if not (word in ARTICLES and (each == THE_END or each in ARTICLES)))


def folded(rhythm: str) -> str:
    """The name of a rhythm without capitals, spaces and signs."""
    return "".join(_LETTERS.findall(rhythm.casefold()))


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """A word of a title without capitals and signs; kept, for each acceptor asks for all words of its corpus."""
    return "".join(_LETTERS.findall(word.casefold()))


def kind_of(word: str) -> str:
    """By what a word of a title is known: its letters without capitals, or the signs that it is made of."""
    return plain(word) or word


def is_silent(word: str, naming: Collection[str]) -> bool:
    """Whether a word does not count in the number of a title: articles, bare signs and names of rhythms."""
    name = plain(word)
    return not name or name in ARTICLES or name in naming


def named_in(title: str, naming: Collection[str]) -> str:
    """The last word of a title that is one of `naming`; empty if there is none."""
    return next((word for word in map(plain, reversed(title.split())) if word in naming), "")


def rhythm_words(rhythms: Iterable[str]) -> frozenset[str]:
    """The last word of each rhythm's name, in small letters."""
    found = (_LETTERS.findall(rhythm.casefold()) for rhythm in rhythms)
    return frozenset(words[-1] for words in found if words)


def title_number(title: str, naming: Collection[str]) -> int:
    """The number of a title, as the acceptor counts it (see `titles`)."""
    total = 0
    for word in title.split():
        if not is_silent(word, naming):
            number = 0
            for character in word:
                number = spelled(number, min(ord(character), CHARACTERS - 1))
            total = with_word(total, number)
    return total


def read_numbers(written: str) -> Iterator[int]:
    """The numbers of titles, of `NUMBER_DIGITS` hexadecimal digits each."""
    return (int(written[at : at + NUMBER_DIGITS], 16) for at in range(0, len(written), NUMBER_DIGITS))


def _is_slur(word: str) -> bool:
    return any(part in SLURS for part in _LETTERS.findall(word.casefold()))


def _read(header: str) -> tuple[str, str, str, str]:
    """The rhythm that the title names, and the values of ``R:``, ``M:`` and ``L:``."""
    values = {line[0]: line[2:] for line in header.split("\n")}
    return values.get("T", ""), values.get("R", ""), values["M"], values.get("L", "")


def _usual(counts: Mapping[tuple[str, str, str, str], int]) -> tuple[Combination, ...]:
    """The combinations that make sense: in metres that the rhythm often has, with a title that names it or none."""
    tunes, of_kind, of_metre = Counter[Combination](), Counter[str](), Counter[tuple[str, str]]()
    words: dict[str, set[str]] = {"": set()}
    for (named, rhythm, meter, unit_length), count in counts.items():
        combination = Combination(named, folded(rhythm), meter, unit_length)
        words.setdefault(combination.rhythm, set()).update({*_LETTERS.findall(rhythm.casefold()), combination.rhythm})
        tunes[combination] += count
        of_kind[combination.rhythm or named] += count
        of_metre[combination.rhythm or named, meter] += count

    def is_usual(each: Combination) -> bool:
        kind = each.rhythm or each.named
        if kind and of_metre[kind, each.meter] < LEAST_SHARE * of_kind[kind]:
            return False
        return not each.named or not each.rhythm or each.named in words[each.rhythm]

    usual = Counter({each: count for each, count in tunes.items() if is_usual(each)})
    for each, count in list(usual.items()):  # a title need not name the rhythm
        if each.named:
            usual[replace(each, named="")] += count
    often = [each for each, count in usual.most_common() if count >= FEWEST_TUNES]
    return tuple(often or usual)
