"""Tables of the headers of a corpus: words of titles and rhythms, and rows of combinations.

What the user asks for wins: combinations that have it, or else all of them with it in place of their own value.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from tunewright.acceptor.conditions import Conditions, is_hornpipe
from tunewright.acceptor.header.known_headers import (
    ANY_OTHER,
    THE_END,
    Combination,
    KnownHeaders,
    folded,
    is_silent,
    kind_of,
    named_in,
)  # fmt: skip
from tunewright.acceptor.header.titles import FIRST_NAMING, LAST_OF_ALL, OTHER, OTHER_LAST
from tunewright.acceptor.reading import Seen, Setup
from tunewright.acceptor.trie import MOST_VALUES, WordTable
from tunewright.acceptor.words import METERS, UNITS, PlayableMeter

MOST_RHYTHMS = MOST_VALUES - 1
MOST_NAMING = 12
"""Words of titles that name a rhythm; others are left out."""
_METERS = {metre.word: metre for metre in METERS}


@dataclass(frozen=True)
class HeaderTables:
    """What the acceptor looks up in a header; see `agreement` and `titles`."""

    combinations: list[int]
    titles: list[int]
    followers: list[int]


@dataclass(frozen=True)
class HeaderBuilder:
    """Adds headers to what a grammar is being built of."""

    headers: KnownHeaders
    conditions: Conditions
    fits: Callable[[PlayableMeter, str], bool]
    """Whether notes can fill a bar of a metre with a unit length, empty for the one by default."""
    words: WordTable
    roots: list[int]
    """Of each field's values, by its letter."""
    settings: list[int]
    """See `reading`."""

    def build(self) -> HeaderTables:
        """Add words of titles and rhythms to `words`, `roots` and `settings`; return what else there is."""
        rows = [row for row in self._asked_for() if self._plays(row)]
        rhythms = list(dict.fromkeys(row.rhythm for row in rows if row.rhythm))[:MOST_RHYTHMS]
        naming = list(dict.fromkeys(row.named for row in rows if row.named))[:MOST_NAMING]
        rows = [row for row in rows if row.rhythm in ["", *rhythms] and row.named in ["", *naming]]
        if self.conditions.rhythm is None and rhythms:
            self._add_rhythms(rhythms)
        followers: list[int] = []
        if self.headers.titled and self.conditions.title is None and self._may_write("T", " "):
            followers = self._add_titles(naming if rows else sorted(self.headers.naming)[:MOST_NAMING])
        return HeaderTables(_numbers(rows, rhythms, naming), list(self.headers.titles) if followers else [], followers)

    def _may_write(self, field: str, text: str) -> bool:
        """Whether a field may have this value, as far as characters go."""
        left_out = self.conditions.leave_out
        signs = (character for character in left_out if not character.isalpha())
        return field not in left_out and self.words.spells(field + text) and not any(sign in text for sign in signs)

    def _asked_for(self) -> list[Combination]:
        """The combinations that have what the conditions ask for."""
        rows, conditions = list(self.headers.combinations), self.conditions
        if conditions.title is not None:
            named = named_in(conditions.title, self.headers.naming)
            named = named if any(row.named == named for row in rows) else ""
            rows = [replace(row, named="") for row in rows if row.named == named]
        rhythm = None if conditions.rhythm is None else folded(conditions.rhythm) or conditions.rhythm
        asked = {"rhythm": rhythm, "meter": conditions.meter, "unit_length": conditions.unit_length}
        for field, value in asked.items():
            if value is not None:
                kept = [row for row in rows if getattr(row, field) == value]
                rows = kept or [replace(row, **{field: value}) for row in rows if not row.named]
        return list(dict.fromkeys(rows))

    def _spellings(self, rhythm: str) -> list[str]:
        """How a rhythm may be written."""
        if self.conditions.rhythm is not None:
            return [self.conditions.rhythm]
        written = (spelling for spelling in self.headers.rhythms if folded(spelling) == rhythm)
        return [spelling for spelling in written if self._may_write("R", spelling)]

    def _plays(self, row: Combination) -> bool:
        """Whether a header can be written with this combination, and a tune then played."""
        metre = _METERS.get(row.meter)
        if metre is None or not self._may_write("M", row.meter) or (self.conditions.bars and metre.meter.bar is None):
            return False
        if row.rhythm:
            spellings = self._spellings(row.rhythm)
            if not spellings or (any(map(is_hornpipe, spellings)) and not metre.hornpipe):
                return False
        if row.unit_length and (row.unit_length not in UNITS or not self._may_write("L", row.unit_length)):
            return False
        return self.fits(metre, row.unit_length) and self.fits(metre, "")

    def _add_rhythms(self, rhythms: list[str]) -> None:
        values = {spelling: value for value, rhythm in enumerate(rhythms) for spelling in self._spellings(rhythm)}
        self.roots[ord("R")] = self.words.add(values)
        self.settings[Setup.HORNPIPES] = sum(
            {1 << value for spelling, value in values.items() if is_hornpipe(spelling)}
        )
        self.settings[Setup.HEADER_ROOM] += max(map(len, values))

    def _add_titles(self, naming: list[str]) -> list[int]:
        """Return which values may follow each other; nothing where no title could end with an ordinary word."""
        headers, settings = self.headers, self.settings
        kinds = [*naming, *(word for word in headers.common if word not in headers.naming)]
        numbers = {kind: FIRST_NAMING + place for place, kind in enumerate(kinds[: MOST_VALUES - FIRST_NAMING])}
        last = headers.last_words
        if not any(self._value(word, numbers, last) == OTHER_LAST for word in last):
            last = frozenset(headers.words)
        values = {word: value for word in headers.words if (value := self._value(word, numbers, last)) is not None}
        first = {word: values[word] for word in headers.first_words if word in values}
        if not first or OTHER_LAST not in values.values():
            return []
        ending = {THE_END: 0, ANY_OTHER: (1 << OTHER) | LAST_OF_ALL}
        masks = {**ending, **{kind: 1 << number for kind, number in numbers.items()}}
        followers = [
            LAST_OF_ALL | sum(masks.get(word, 0) for word in headers.followers.get(kind, ()))
            for kind in (ANY_OTHER, ANY_OTHER, *numbers)
        ]
        self.roots[ord("T")] = settings[Setup.TITLE_FIRST] = self.words.add(first)
        settings[Setup.TITLE_ROOT] = self.words.add(values)
        settings[Setup.MOST_WORDS], settings[Setup.NAMING_WORDS] = max(headers.most_words, 1), len(naming)
        ends = (number for kind, number in numbers.items() if THE_END in headers.followers.get(kind, ()))
        settings[Setup.LAST_WORDS] = LAST_OF_ALL | sum(1 << number for number in ends)
        settings[Setup.SILENT_WORDS] = sum(
            {1 << value for word, value in values.items() if is_silent(word, headers.naming)}
        )
        settings[Setup.REQUIRED] |= Seen.T
        # In a completion a title that is taken grows by ordinary words, until it is longer than any.
        settings[Setup.HEADER_ROOM] += (headers.longest_title + 2) * (max(map(len, values)) + 1)
        return followers

    def _value(self, word: str, numbers: Mapping[str, int], last: Collection[str]) -> int | None:
        """The value of a word of titles (see `titles`); None for one that cannot come."""
        kind, headers = kind_of(word), self.headers
        if kind in numbers:
            return numbers[kind] if self._may_write("T", word) else None
        if is_silent(word, headers.naming) or not self._may_write("T", word):
            return None
        return OTHER_LAST if word in last else OTHER


def _numbers(rows: list[Combination], rhythms: list[str], naming: list[str]) -> list[int]:
    """The flat table of combinations, those with fewer fields first."""
    places: Mapping[str, list[str]] = {
        "named": naming,
        "rhythm": rhythms,
        "meter": list(_METERS),
        "unit_length": list(UNITS),
    }
    numbers = [
        [values.index(getattr(row, field)) + 1 if getattr(row, field) else 0 for field, values in places.items()]
        for row in rows
    ]
    numbers.sort(key=lambda row: (row[1] > 0) + (row[3] > 0))
    return [number for row in numbers for number in row]
