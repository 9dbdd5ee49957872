"""Conditions: what a composed tune must be."""

import re
from dataclasses import dataclass

from tunewright.acceptor.forms import Form
from tunewright.acceptor.header.known_headers import KnownHeaders
from tunewright.acceptor.words import KEYS, METERS, UNITS
from tunewright.errors import GrammarError

MOST_BARS = 9_999


@dataclass(frozen=True)
class Conditions:
    """What the tune must be; None leaves it to the network."""

    meter: str | None = None
    """Value of the field ``M:``, such as ``6/8``."""
    unit_length: str | None = None
    """Value of the field ``L:``, such as ``1/8``."""
    key: str | None = None
    """Value of the field ``K:``, such as ``Edor``."""
    rhythm: str | None = None
    """Value of the field ``R:``, such as ``jig``."""
    title: str | None = None
    """Value of the field ``T:``."""
    bars: int | None = None
    """Full bars that are written, a repeated section counted once."""
    form: str | None = None
    """Sections by letter, such as ``AABB``: a doubled letter is repeated."""
    leave_out: str = ""
    """Letters of fields that are never written; other characters, such as ``%``, that never come."""
    tidy: bool = False
    """Keep to what a network can keep in mind: each field of the header once, none among the music, a bar
    line where a bar is full, slurs within a bar, ``:|`` and no other sign at the end of a repeat, no empty bar or
    section, words above notes only, and an end to endings, repeats and tunes that last too long."""
    any_form: bool = False
    """Leave to the network what `form` and `bars` do not say; otherwise it is drawn from the forms of its corpus."""
    forms: tuple[Form, ...] = ()
    """Of these, as far as they agree with the rest, one is drawn for each tune when its metre is known; see
    `Grammar.begin`."""
    headers: KnownHeaders | None = None
    """What headers of a corpus are like, which this one is kept to but for what is asked for above."""

    def __post_init__(self) -> None:
        _known("meter", self.meter, [metre.word for metre in METERS])
        _known("unit length", self.unit_length, list(UNITS))
        _known("key", self.key, list(KEYS))
        for name, text in (("rhythm", self.rhythm), ("title", self.title)):
            if text is not None and (not text.isprintable() or not text.strip() or text[0] in ":|" or "%" in text):
                raise GrammarError(
                    f"the {name} is {text!r}; allowed: one line without '%' that begins with neither ':' nor '|'"
                )
        if self.bars is not None and self.bars < 1:
            raise GrammarError(f"bars is {self.bars}; allowed: 1 or more")
        if self.bars is not None and self.bars > MOST_BARS:
            raise GrammarError(f"bars is {self.bars!r}; allowed: 1 up to {MOST_BARS:,}")
        sections = len(self.sections)
        if self.bars and sections and self.bars % sections:
            raise GrammarError(f"{self.bars} bars cannot be divided evenly over the {sections} sections of {self.form}")
        self._check_left_out()

    def _check_left_out(self) -> None:
        for letter, value in self.fields.items():
            if letter in self.leave_out:
                raise GrammarError(f"the field {letter}: is left out, but its value {value!r} is asked for")
        for letter in "XMK":
            if letter in self.leave_out:
                raise GrammarError(f"the field {letter}: cannot be left out; no tune plays without it")

    @property
    def fields(self) -> dict[str, str]:
        """The value of each header field that is asked for, by its letter."""
        values = {"M": self.meter, "L": self.unit_length, "K": self.key, "R": self.rhythm, "T": self.title}
        return {letter: value for letter, value in values.items() if value is not None}

    @property
    def sections(self) -> tuple[bool, ...]:
        """For each section of `form`, whether it is repeated; empty without a form."""
        if self.form is None:
            return ()
        found = re.findall(r"(.)\1*", self.form)
        runs = [match.group() for match in re.finditer(r"(.)\1*", self.form)]
        if not re.fullmatch(r"[A-Z]+", self.form):
            raise GrammarError(f"the form is {self.form!r}; allowed: capital letters such as AABB")
        for run in runs:
            if len(run) > 2:
                raise GrammarError(
                    f"the form is {self.form!r}; a section is played once or twice, not {len(run)} times"
                )
        for letter in found:
            if found.count(letter) > 1:
                raise GrammarError(f"the form is {self.form!r}; {letter} comes back later, which repeats cannot write")
        return tuple(len(run) == 2 for run in runs)

    def describe(self) -> str:
        """The conditions in words, such as `` in 6/8, of 16 bars``; empty if there are none."""
        parts = (
            ("in", self.meter), ("with the unit length", self.unit_length), ("in the key", self.key),
            ("with the rhythm", self.rhythm), ("called", self.title), ("of the form", self.form), ("bars:", self.bars),
        )  # fmt: skip
        return ",".join(f" {word} {value}" for word, value in parts if value is not None)


def is_hornpipe(rhythm: str) -> bool:
    """Whether abc2midi plays a tune of this rhythm as a hornpipe, which it allows in few metres."""
    return rhythm.lstrip().startswith(("hornpipe", "Hornpipe"))


def _known(name: str, value: str | None, allowed: list[str]) -> None:
    if value is not None and value not in allowed:
        listed = ", ".join(
            allowed if len(allowed) < 50 else [word for word in allowed if len(word) < 3] + ["Ador", "..."]
        )
        raise GrammarError(f"the {name} is {value!r}; allowed: {listed}")
