"""The text of a tune that abcjs plays as `tunewright.notation` reads it.

Everything that takes time is written out: repeats unfolded, overlays as voices, every note with its accidental and its
length as a fraction of a whole note. Ornaments, grace notes, dynamics, chord symbols and directives for MIDI stay as
they are: how they sound is up to abcjs. Tempos within the tune are left out; they are events, not lengths.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tunewright.notation.lexer import FIELD_LINES, LineKind, Sign, read_lines, tokens
from tunewright.notation.meter import WHOLE, Meter, whole_notes
from tunewright.notation.playing.played import Played, PlayedVoice
from tunewright.notation.spec import NATURAL_PITCHES
from tunewright.notation.voice.items import BarLine, KeyChange, MeterChange, Sound
from tunewright.rendering.texts.engraving_text import user_signs

_DIRECTIVE = re.compile(r"%%[ \t]*MIDI\b.*")
_SHIFTING = re.compile(r"(?:(?<![\w=])(?:octave|transpose|t)[ \t]*=[ \t]*[+-]?\d+|[+-]8(?!\w))", re.IGNORECASE)
_CARRIED = (Sign.DECORATION, Sign.CHORD_SYMBOL)
_SHARPS = {0: "=C", 1: "^C", 2: "=D", 3: "^D", 4: "=E", 5: "=F", 6: "^F", 7: "=G", 8: "^G", 9: "=A", 10: "^A", 11: "=B"}


class Span(NamedTuple):
    """A range of the playing text and the range of the original for which it stands."""

    start: int
    end: int
    original: tuple[int, int]


@dataclass
class PlayingText:
    """A text to be played."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)
    """In order."""

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original for which what stands at ``start, end`` stands."""
        at = bisect_right(self.spans, start, key=lambda span: span.start)
        near = self.spans[at - 1 : at + 1] if at else self.spans[:1]
        found = next((span for span in near if span.start < end and start < span.end), near[0] if near else None)
        return found.original if found else (0, 0)

    def add(self, text: str, original: tuple[int, int] | None = None) -> None:
        """Append `text`, which stands for the range `original`."""
        if original:
            self.spans.append(Span(len(self.text), len(self.text) + len(text), original))
        self.text += text


def playing_text(abc: str, played: Played) -> PlayingText:
    """Return the text that plays the tune `abc`, as `played` has it."""
    made = PlayingText()
    adornments = _adornments(abc)
    made.add("\n".join(_header(abc, played)) + "\n")
    number = 0
    for voice in played.voices:
        for layer, steps in enumerate((None, *voice.layers())):
            number += 1
            value = _voice_value(abc, voice.voice.name)
            made.add(f"V:{number} {value}\n")
            if steps is None:
                _add_voice(made, voice, adornments)
            else:
                _add_layer(made, steps, adornments)
            made.add("|]\n" if layer >= 0 else "")
    return made


def _header(abc: str, played: Played) -> Iterator[str]:
    fields = played.events.fields
    yield "X:1"
    for letter in "TRM":
        if letter in fields:
            yield f"{letter}:{fields[letter]}"
    yield "L:1/1"
    for line in read_lines(abc):
        if line.start >= played.events.body:
            break
        content = abc[line.start : line.stop]
        directive = line.kind is LineKind.DIRECTIVE and _DIRECTIVE.match(content)
        if directive or (line.kind in FIELD_LINES and content.startswith("I:MIDI")):
            yield content
    yield f"K:{_key(played.events.key.signature)} {_clef(fields.get('K', ''))}".rstrip()


def _clef(value: str) -> str:
    return "clef=perc" if re.search(r"\bperc\b|clef=\"?perc", value, re.IGNORECASE) else ""


def _key(signature: tuple[int, ...]) -> str:
    signs = {1: "^", -1: "_", 2: "^", -2: "_"}
    altered = (
        f" {signs[sign]}{letter.lower()}" for letter, sign in zip(NATURAL_PITCHES, signature, strict=True) if sign
    )
    return "C" + "".join(altered)


def _voice_value(abc: str, name: str) -> str:
    values = [
        abc[line.start + 2 : line.stop].split(None, 1)[1:]
        for line in read_lines(abc)
        if line.kind in FIELD_LINES and abc[line.start] == "V" and abc[line.start + 2 : line.stop].split()[:1] == [name]
    ]
    value = " ".join(part for rest in values for part in rest)
    return _SHIFTING.sub("", value).strip()


def _adornments(abc: str) -> dict[int, tuple[int, str]]:
    """Return, for the start of each note, chord and rest, where what adorns it begins, and its text."""
    found: dict[int, tuple[int, str]] = {}
    parts: list[str] = []
    signs = user_signs(abc)
    begin: int | None = None
    grace = chord = False
    for token in tokens(abc):
        content = abc[token.start : token.end]
        if token.kind is Sign.DIRECTIVE and _DIRECTIVE.match(content):
            parts.append(f"\n{content}\n")
        if token.kind is Sign.GRACE_OPEN:
            grace = True
        if grace or (token.kind in _CARRIED and not chord):
            begin = token.start if begin is None else begin
            parts.append(signs.get(content, content))
        elif not chord and token.kind in (Sign.ACCIDENTAL, Sign.NOTE, Sign.REST, Sign.BARS_REST, Sign.CHORD_OPEN):
            found.setdefault(token.start, (token.start if begin is None else begin, "".join(parts)))
            if token.kind is not Sign.ACCIDENTAL:
                parts, begin = [], None
        chord = (chord or (token.kind is Sign.CHORD_OPEN and not grace)) and token.kind is not Sign.CHORD_CLOSE
        grace = grace and token.kind is not Sign.GRACE_CLOSE
    return found


def _add_voice(made: PlayingText, voice: PlayedVoice, adornments: dict[int, tuple[int, str]]) -> None:
    items = voice.voice.items
    for step in voice.steps:
        item = items[step.item]
        if type(item) is Sound:
            _add_sound(made, item, adornments)
        elif type(item) is BarLine and item.text:
            made.add("| ")
        elif type(item) is MeterChange:
            made.add(f"[M:{_meter(item.meter)}]")
        elif type(item) is KeyChange:
            made.add(f"[K:{_key(item.key.signature)}]")


def _add_layer(made: PlayingText, steps: list[tuple[int, Sound]], adornments: dict[int, tuple[int, str]]) -> None:
    now = 0
    for onset, sound in steps:
        if onset > now:
            made.add(f"z{_length(onset - now)}|")
        if onset >= now:
            _add_sound(made, sound, adornments)
            now = onset + sound.ticks


def _add_sound(made: PlayingText, sound: Sound, adornments: dict[int, tuple[int, str]]) -> None:
    begin, prefix = adornments.get(sound.start, (sound.start, ""))
    length = _length(sound.ticks)
    pitches = sound.pitches or ((sound.pitch,) if sound.pitch is not None else ())
    tied = set(sound.ties or pitches) if sound.tied else set()
    notes = [f"{_note(pitch)}{length}{'-' if pitch in tied else ''}" for pitch in dict.fromkeys(pitches)]
    text = f"z{length}" if not notes else notes[0] if len(notes) == 1 else f"[{''.join(notes)}]"
    if sound.ticks:
        made.add(f"{prefix}{text} ", (begin, sound.end))


def _note(pitch: int) -> str:
    octave, place = divmod(pitch - 60, 12)
    return _SHARPS[place] + ("'" * octave if octave > 0 else "," * -octave)


def _length(ticks: int) -> str:
    length = whole_notes(ticks)
    return f"{length.numerator}/{length.denominator}"


def _meter(meter: Meter) -> str:
    return f"{meter.bar * meter.unit // WHOLE}/{meter.unit}" if meter.bar else "none"
