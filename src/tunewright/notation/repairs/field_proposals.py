"""Proposals for findings about fields and lines: numbers, values, the order of the header, blank lines."""

import re
from collections.abc import Callable, Iterator

from tunewright.notation.lexer import Sign
from tunewright.notation.repairs.tune_place import Proposal, Repair, TunePlace


def _number(place: TunePlace) -> Iterator[Repair]:
    yield Repair(place.at, place.at, "X:1\n")


def _value(pattern: str, written: Callable[[re.Match[str]], str]) -> Proposal:
    """A proposal to write the value of a field anew."""

    def propose(place: TunePlace) -> Iterator[Repair]:
        for token in place.tokens[place.index + 1 : place.index + 3]:
            if token.kind in (Sign.HEADER_VALUE, Sign.BODY_VALUE, Sign.INLINE_VALUE):
                match = re.fullmatch(pattern, place.text[token.start : token.end])
                if match:
                    yield Repair(token.start, token.end, written(match))

    return propose


def _number_value(place: TunePlace) -> Iterator[Repair]:
    start, end = place.line
    digits = re.search(r"\d+", place.text[start:end])
    yield Repair(start + 2, end, digits[0] if digits else "1")


def _comment(place: TunePlace) -> Iterator[Repair]:
    yield Repair(place.line[0], place.line[0], "% ")


def _blank_line(place: TunePlace) -> Iterator[Repair]:
    start, end = place.line
    line_end = re.compile(r"\r\n|\n|\r").match(place.text, end)
    if place.text[start:end].strip():
        end = start
    elif line_end:
        end = line_end.end()
    while match := re.search(r"(?:^|(?<=[\r\n]))[ \t]*(?:\r\n|\n|\r)\Z", place.text[:start]):
        start = match.start()
    yield Repair(start, end, "")


def _field_order(place: TunePlace) -> Iterator[Repair]:
    start, end = place.line
    line = place.text[start:end]
    header = re.match(r"X:[^\r\n]*(?:\r\n|\n|\r)", place.text) if line.startswith("T") else None
    first = header.end() if header else 0
    yield Repair(first, end, f"{line}\n{place.text[first:start]}".rstrip("\n"))


def _fraction(found: re.Match[str]) -> str:
    return f"{found[1] or 1}/{found[2] or found[3]}" if found[2] or found[3].isdigit() else found[3].upper()


_PARTS = r"\D*(\d{1,2})\s*\D{1,3}\s*(\d{1,2})\D*"
FIELD_PROPOSALS: dict[str, Proposal] = {
    "number-missing": _number,
    "number-unknown": _number_value,
    "meter-unknown": _value(rf"{_PARTS}|([cC]\|?)", _fraction),
    "unit-length-unknown": _value(rf"{_PARTS}|/(\d+)", _fraction),
    "key-unknown": _value(r"([a-g])(.*)", lambda found: found[1].upper() + found[2]),
    "tempo-unknown": _value(r'([^"]+)', lambda found: f'"{found[1].strip()}"'),
    "field-order": _field_order,
    "line-ignored": _comment,
    "blank-line-in-header": _blank_line,
    "music-after-blank-line": _blank_line,
}
"""By the code of a finding."""
