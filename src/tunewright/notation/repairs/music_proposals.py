"""Proposals for findings in the music: bar lines and repeats, brackets, ties, tuplets, decorations, stray signs."""

import difflib
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, zip_longest

from tunewright.notation.lexer import Sign
from tunewright.notation.meter import parse_length
from tunewright.notation.reader import read_events
from tunewright.notation.repairs.tune_place import Proposal, Repair, TunePlace
from tunewright.notation.spec import CHORD_SYMBOL, DECORATIONS
from tunewright.notation.voice.items import Sound

_SOUNDING = (Sign.ACCIDENTAL, Sign.NOTE, Sign.REST, Sign.CHORD_OPEN, Sign.GRACE_OPEN, Sign.CHORD_SYMBOL, Sign.TUPLET)
_ENDS_OF_SOUNDS = (Sign.NOTE, Sign.OCTAVE, Sign.LENGTH, Sign.REST, Sign.BARS_REST, Sign.CHORD_CLOSE)
_NOTE_PARTS = (Sign.ACCIDENTAL, Sign.NOTE, Sign.OCTAVE, Sign.LENGTH)
_STARTS = {"||": "|:", "|]": "|:", "[|": "|:", "|": "|:", ":|": "::", ":||": "::", ":|]": "::"}
_ENDS = {"||": ":|", "|]": ":|", "|": ":|", "|:": "::", "||:": "::"}


def _open_repeat(place: TunePlace) -> Iterator[Repair]:
    """Where the section began: its bar line, or the start of the music."""
    body = next((token.start for token in place.tokens if token.kind in _SOUNDING), place.at)
    for token in reversed(place.tokens[: place.index]):
        sign = place.text[token.start : token.end]
        if token.kind is Sign.BAR and sign != "|":
            if sign in _STARTS:
                yield Repair(token.start, token.end, _STARTS[sign])
            return
    yield Repair(body, body, "|:")


def _close_repeat(place: TunePlace) -> Iterator[Repair]:
    """At the end of this section, or of a later one."""
    bars = [token for token in place.tokens[place.index + 1 :] if token.kind is Sign.BAR]
    for token in bars:
        sign = place.text[token.start : token.end]
        if sign in _ENDS and (sign != "|" or token is bars[-1]):
            yield Repair(token.start, token.end, _ENDS[sign])
    sounds = [token.end for token in place.tokens if token.kind in _ENDS_OF_SOUNDS]
    if sounds and (not bars or sounds[-1] > bars[-1].end):
        yield Repair(sounds[-1], sounds[-1], " :|")


def _end_before(place: TunePlace) -> Iterator[Repair]:
    if place.word in _ENDS:
        yield Repair(place.token.start, place.token.end, _ENDS[place.word])


def _remove(place: TunePlace) -> Iterator[Repair]:
    yield Repair(place.token.start, place.token.end, "")


def _slur(place: TunePlace) -> Iterator[Repair]:
    """``A-B`` becomes ``(AB)``; a tie with no note after it goes."""
    sounds = [item for voice in read_events(place.text).voices for item in voice.items if isinstance(item, Sound)]
    first = next((sound for sound in reversed(sounds) if sound.end <= place.at), None)
    second = next((sound for sound in sounds if sound.start > place.at), None)
    if first and second and second.pitch is not None:
        inside = place.text[first.start : place.at] + place.text[place.at + 1 : second.end]
        yield Repair(first.start, second.end, f"({inside})")
    else:
        yield Repair(place.at, place.at + 1, "")


def _tuplet(place: TunePlace) -> Iterator[Repair]:
    held = sum(token.kind in (Sign.NOTE, Sign.REST) for token in place.until_bar(1))
    yield Repair(place.token.start, place.token.end, "")
    if re.fullmatch(r"\(\d", place.word) and held:
        yield Repair(place.token.start, place.token.end, f"{place.word}::{held}")


def _bracket(sign: str, step: int) -> Proposal:
    """The missing bracket behind, or before, each note of the bar; or no bracket at all."""

    def propose(place: TunePlace) -> Iterator[Repair]:
        yield Repair(place.token.start, place.token.end, "")
        found = list(place.until_bar(step))
        for token, after in zip_longest(found, found[1:]):
            if token.kind in _NOTE_PARTS and (after is None or after.kind not in _NOTE_PARTS[1 if step > 0 else 0 :]):
                edge = token.end if step > 0 else token.start
                yield Repair(edge, edge, sign)

    return propose


def _empty_chord(place: TunePlace) -> Iterator[Repair]:
    if match := re.compile(r"\[[^\]A-Ga-g|\n]*\]?").match(place.text, place.at):
        yield Repair(*match.span(), "")


def _quote(place: TunePlace) -> Iterator[Repair]:
    if match := re.compile(rf'"(?:{CHORD_SYMBOL})(?=[\s\[(|]|[\^_=]*[a-gA-Gz])').match(place.text, place.at):
        yield Repair(match.end(), match.end(), '"')


def _annotation(place: TunePlace) -> Iterator[Repair]:
    yield Repair(place.token.start + 1, place.token.start + 1, "^")


def _decoration(place: TunePlace) -> Iterator[Repair]:
    for near in difflib.get_close_matches(place.word[1:-1].lower(), sorted(DECORATIONS), n=1, cutoff=0.75):
        yield Repair(place.token.start + 1, place.token.end - 1, near)


def _close_decoration(place: TunePlace) -> Iterator[Repair]:
    names = [name for name in DECORATIONS if len(name) > 1 and place.text.startswith(name, place.at + 1)]
    if names:
        end = place.at + 1 + len(max(names, key=len))
        yield Repair(end, end, "!")


def _accidental(place: TunePlace) -> Iterator[Repair]:
    blanks = re.compile(r"[ \t]+(?=[A-Ga-g])").match(place.text, place.token.end)
    yield Repair(*blanks.span(), "") if blanks else Repair(place.token.start, place.token.end, "")


def _unknown(place: TunePlace) -> Iterator[Repair]:
    index = place.index
    before = place.tokens[index - 1] if index else None
    if place.word == "#" and before and before.kind is Sign.NOTE:
        yield Repair(before.start, place.token.end, "^" + place.text[before.start : before.end])
        return
    end = place.token.end
    for token in place.tokens[index + 1 :]:
        if token.kind is not Sign.UNKNOWN:
            break
        end = token.end
    yield Repair(place.token.start, end, "")


def _bar_lines(place: TunePlace) -> Iterator[Repair]:
    """A bar line where a bar is full, or none between two parts of one bar; else the length of its only note."""
    found = place.bars
    index = next((index for index, (_, sounds) in enumerate(found) if any(s.start == place.at for s in sounds)), None)
    if index is None:
        return
    bar, sounds = found[index]
    expected = bar.expected_ticks or 0
    if not expected:
        return
    if bar.ticks > expected and bar.ticks % expected == 0 and (divided := _divided(place.text, sounds, expected)):
        yield divided
    for first, second in ((index - 1, index), (index, index + 1)):
        if first >= 0 and second < len(found) and found[first][0].ticks + found[second][0].ticks == expected:
            line = (found[first][0].end, found[second][0].start)
            if place.text[slice(*line)] == "|":
                yield Repair(*line, "")
    if len(sounds) == 1 and (match := re.search(r"[A-Ga-gz][,']*([\d/]*)", place.text[sounds[0].start : bar.end])):
        wanted = Fraction(expected, sounds[0].ticks) * Fraction(*parse_length(match[1]))
        start = sounds[0].start
        yield Repair(start + match.start(1), start + match.end(1), _written(wanted))


def _divided(text: str, sounds: list[Sound], expected: int) -> Repair | None:
    """Bar lines wherever a bar is full; None where a sound goes on there."""
    ticks, places = 0, []
    for before, after in pairwise(sounds):
        ticks += before.ticks
        if ticks % expected == 0:
            places.append((before.end, after.start))
    if len(places) != sum(sound.ticks for sound in sounds) // expected - 1:
        return None
    start, end = places[0][0], places[-1][0]
    inside = "".join(f"|{text[place:following]}" for (place, _), (following, _) in pairwise(places))
    return Repair(start, end, f"{inside}|")


def _written(length: Fraction) -> str:
    whole = "" if length.numerator == 1 else str(length.numerator)
    return whole if length.denominator == 1 else f"{whole}/{length.denominator}"


def _same_lengths(place: TunePlace) -> Iterator[Repair]:
    end = next((token.start for token in place.tokens[place.index :] if token.kind is Sign.CHORD_CLOSE), None)
    if end is None:
        return
    note = re.compile(r"([\^_=]*[A-Ga-g][,']*)([\d/]*)")
    inside = place.text[place.at + 1 : end]
    if first := note.search(inside):
        yield Repair(place.at + 1, end, note.sub(lambda match: match[1] + first[2], inside))


MUSIC_PROPOSALS: dict[str, Proposal] = {
    "bar-too-long": _bar_lines,
    "bar-too-short": _bar_lines,
    "repeat-not-opened": _open_repeat,
    "ending-without-repeat": _open_repeat,
    "repeat-opened-twice": _end_before,
    "repeat-not-closed": _close_repeat,
    "tie-without-note": _slur,
    "broken-rhythm-without-note": _remove,
    "tuplet-unfinished": _tuplet,
    "chord-unclosed": _bracket("]", 1),
    "chord-not-opened": _bracket("[", -1),
    "chord-empty": _empty_chord,
    "chord-lengths-differ": _same_lengths,
    "grace-unclosed": _bracket("}", 1),
    "grace-not-opened": _bracket("{", -1),
    "quote-unclosed": _quote,
    "chord-symbol-unknown": _annotation,
    "decoration-unknown": _decoration,
    "decoration-unclosed": _close_decoration,
    "decoration-without-note": _remove,
    "accidental-without-note": _accidental,
    "unknown-character": _unknown,
}
"""By the code of a finding."""
