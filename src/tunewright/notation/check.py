"""The checker: errors and notes about tunes in ABC notation, with line, column and bar.

`check` reads the text as it is, so that every finding names a line and column of the user's own file. The length of
bars is checked by `tunewright.notation.repeats`, everything else by `fields`, `marks` and `reader`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from pathlib import Path

from tunewright.notation.fields import find_fields
from tunewright.notation.findings import KINDS, Finding
from tunewright.notation.lexer import LineKind, read_lines
from tunewright.notation.marks import find_marks
from tunewright.notation.melody import bars_of
from tunewright.notation.meter import WHOLE
from tunewright.notation.reader import read_events
from tunewright.notation.repeats import WrongBar, play
from tunewright.notation.spec import FIELDS, LONGEST_TUNE
from tunewright.notation.voices import Events, Lyrics, Problem

_SYLLABLE = re.compile(r"[*_]|(?:\\-|[^\s*_|-])+")
_LONGEST_SHOWN = 40
_FERMATA = 2
"""Factor by which abc2midi lengthens a note with a fermata."""


def check(text: str, path: Path | str | None = None) -> tuple[Finding, ...]:
    """Return all findings about the tunes in `text`, in the order of its lines.

    Parameters
    ----------
    text
        ABC: one tune, or many as in a tunebook or between ``<start>`` and ``<end>`` lines. Any text may be given.
    path
        File name for the findings.
    """
    places = _Places(text, path)
    tunes = list(split(text))
    defaults = _file_header(text[: tunes[0][0]]) if tunes else {}
    findings = [finding for start, end in tunes for finding in _findings(text[start:end], defaults, start, places)]
    if not tunes:
        findings.append(places.finding(Problem("no-tune", 0), None))
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.column)))


def split(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each tune in `text`.

    A tune begins at ``X:``, at a field after a blank line that ended a tune, or at a mark between tunes, and ends where
    the next one begins. A stretch with neither ``X:`` nor ``K:`` nor music is not a tune.
    """
    begin, holds, ended = 0, False, False
    for line in read_lines(text):
        field = text[line.start] if line.kind is LineKind.HEADER_FIELD else ""
        if line.kind is LineKind.BOUNDARY or field == "X" or (field and ended):
            if holds:
                yield begin, line.start
            begin, holds, ended = line.start, False, False
        holds |= field in ("X", "K") if field else line.kind is LineKind.MUSIC
        ended |= line.kind is LineKind.MUSIC
    if holds:
        yield begin, len(text)


class _Places:
    """Lines and columns of a text."""

    def __init__(self, text: str, path: Path | str | None) -> None:
        self.path = path
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def finding(self, problem: Problem, bar: int | None, offset: int = 0) -> Finding:
        kind = KINDS[problem.code]
        start = problem.start + offset
        line = bisect_right(self.starts, start)
        column = start - self.starts[line - 1] + 1
        what, right = kind.what.replace("{}", _shown(problem.detail)), problem.right or kind.right
        return Finding(self.path, line, column, bar, problem.code, kind.severity, what, right)


def _shown(detail: str) -> str:
    """Return `detail` on one line, what cannot be seen written out; the console writes out what does harm, anywhere."""
    detail = detail if len(detail) <= _LONGEST_SHOWN else detail[:_LONGEST_SHOWN] + "..."
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in detail)


def _file_header(text: str) -> dict[str, str]:
    """Return the fields before the first tune, which apply to all tunes."""
    fields: dict[str, str] = {}
    for line in read_lines(text):
        if line.kind is LineKind.HEADER_FIELD and (letter := text[line.start]) in FIELDS and FIELDS[letter].file_header:
            fields.setdefault(letter, text[line.start + 2 : line.stop].strip())
    return fields


def _findings(text: str, defaults: Mapping[str, str], offset: int, places: _Places) -> Iterator[Finding]:
    if len(text) > LONGEST_TUNE:
        yield places.finding(Problem("tune-too-long", 0, f"{len(text):,}", f"at most {LONGEST_TUNE:,}"), None, offset)
        return
    events = read_events(text, defaults)
    bars = [bar for voice in events.voices for bar in bars_of(voice, events, len(text))]
    bars.sort(key=lambda bar: bar.start)
    starts = [bar.start for bar in bars]
    for problem in dict.fromkeys(chain(find_fields(text, defaults), find_marks(text), _in_time(events))):
        at = bisect_right(starts, problem.start)
        inside = at and problem.start < bars[at - 1].end and problem.start >= events.body
        yield places.finding(problem, bars[at - 1].number if inside else None, offset)


def _in_time(events: Events) -> Iterator[Problem]:
    yield from events.problems
    if not any(voice.last for voice in events.voices):
        yield Problem("music-missing", 0)
    yield from filter(None, map(_lyrics, events.lyrics))
    for voice in events.voices:
        alone = len(events.voices) == 1
        wrong, repeats = play(voice, events.meter, alone=alone)
        yield from repeats
        yield from map(_wrong_bar, wrong)
        known = {bar.start for bar in wrong}
        held, _ = play(voice, events.meter, alone=alone, hold=_FERMATA)
        yield from (_bar_problem("bar-held", bar) for bar in held if bar.start not in known)


def _wrong_bar(bar: WrongBar) -> Problem:
    return _bar_problem("bar-too-long" if bar.ticks > (bar.meter.bar or 0) else "bar-too-short", bar)


def _bar_problem(code: str, bar: WrongBar) -> Problem:
    held, right = _amount(bar.ticks, bar.meter.unit), _amount(bar.meter.bar or 0, bar.meter.unit)
    if bar.in_repeat:
        held += " when the repeat is played"
        right += ", together with the bar before the repeat sign"
    return Problem(code, bar.start, held, right)


def _amount(ticks: int, unit: int) -> str:
    """Write `ticks` as a fraction with the denominator of the metre if it has one."""
    count, rest = divmod(ticks * unit, WHOLE)
    return str(Fraction(ticks, WHOLE)) if rest else f"{count}/{unit}"


def _lyrics(lyrics: Lyrics) -> Problem | None:
    if not lyrics.notes:
        return Problem("lyrics-without-notes", lyrics.start)
    syllables = len(_SYLLABLE.findall(lyrics.words))
    if syllables <= lyrics.notes:
        return None
    return Problem("lyrics-too-long", lyrics.start, f"{syllables} syllables for {lyrics.notes} notes")
