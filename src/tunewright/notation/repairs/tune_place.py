"""A change of a tune's text, and the place in a tune for which changes are proposed.

Offsets count characters from 0.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tunewright.notation.lexer import Sign, Token, tokens
from tunewright.notation.melody import Bar, bars_of
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import Sound


@dataclass(frozen=True, slots=True)
class Repair:
    """Replace ``text[start:end]`` by another text."""

    start: int
    end: int
    replacement: str

    def applied(self, text: str) -> str:
        """Return `text` with the repair made."""
        return text[: self.start] + self.replacement + text[self.end :]


@dataclass(frozen=True)
class TunePlace:
    """A tune and the place of a finding in it."""

    text: str
    at: int
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens.extend(tokens(self.text))

    @property
    def index(self) -> int:
        """Of the token at the place."""
        return max(0, bisect_right(self.tokens, self.at, key=lambda token: token.start) - 1)

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    @property
    def word(self) -> str:
        return self.text[self.token.start : self.token.end]

    @property
    def line(self) -> tuple[int, int]:
        """Start and end of its line, without the line end."""
        start = max(self.text.rfind("\n", 0, self.at), self.text.rfind("\r", 0, self.at)) + 1
        match = re.compile(r"[^\r\n]*").match(self.text, start)
        return start, match.end() if match else start

    @cached_property
    def bars(self) -> list[tuple[Bar, list[Sound]]]:
        """Bars of the voice at the place, with their sounds."""
        events = read_events(self.text)
        for voice in events.voices:
            bars = bars_of(voice, events, len(self.text))
            sounds = [item for item in voice.items if isinstance(item, Sound)]
            if any(sound.start == self.at for sound in sounds):
                return [(bar, [each for each in sounds if bar.start <= each.start < bar.end]) for bar in bars]
        return []

    def until_bar(self, step: int) -> Iterator[Token]:
        """Tokens from the place to the bar line after it, or with -1 before it."""
        index = self.index + step
        while 0 <= index < len(self.tokens) and self.tokens[index].kind not in (Sign.BAR, Sign.BODY_FIELD):
            yield self.tokens[index]
            index += step


Proposal = Callable[[TunePlace], Iterator[Repair]]
"""A function that proposes changes which may make a finding right."""
