"""Parser of the music of a tune: the sounds and bar lines of each voice.

`read_events` walks once over the elements of a tune's lines, keeps the state that they depend on (key, metre, unit
length, accidentals of the bar), and returns the events of each voice, with a `Problem` for whatever makes no sense in
time. It accepts any text, and takes time in proportion to it.

Grace notes take no time. A chord is one sound, as long as its first note times the number after its bracket.
"""

import re
from collections.abc import Callable, Mapping

from tunewright.notation.lexer import FIELD_LINES, MUSIC_AND_RUNS, NOTE, Line, LineKind, music_of, read_lines
from tunewright.notation.meter import WHOLE, parse_length, parse_tempo, scaled
from tunewright.notation.spec import DIRECTIONS, FERMATAS, LONGEST_TUNE, TIMELESS
from tunewright.notation.voice.field_effects import FieldEffects
from tunewright.notation.voice.items import BarLine, Direction, Sound
from tunewright.notation.voice.layers import Layers
from tunewright.notation.voices import (
    Events,
    Lyrics,
    Problem,
    Voice,
    add_sound,
    begin_broken,
    begin_tie,
    begin_tuplet,
    end_bar,
    end_voice,
    plain_notes,
    spelled,
    ticks_of,
)


def read_events(text: str, defaults: Mapping[str, str] | None = None) -> Events:
    """Read the music of the tune `text`, which may be any text; what is beyond `LONGEST_TUNE` characters is not read.

    Parameters
    ----------
    text
        One tune.
    defaults
        Values of the file header's fields, by letter, for tunes without such a field.
    """
    return EventReader(text[:LONGEST_TUNE], defaults or {}).read()


_MOST_BARS = 1000
"""A rest of more whole bars is cut to this number."""


class EventReader:
    """The reader of one tune; its method ``_note`` handles the elements ``note`` of a line of music, and so on."""

    def __init__(self, text: str, defaults: Mapping[str, str]) -> None:
        self.text = text
        self.fields = FieldEffects(text, defaults)
        self.problems: list[Problem] = []
        self.lyrics: list[Lyrics] = []
        self.unsung = 0  # notes since the last line of words
        self.body = 0
        self.in_body = False
        self.voice = self.fields.first
        self.layers: Layers | None = None  # of the voice whose further layer is being read
        self.chord: list[tuple[int, int]] | None = None  # (pitch, ticks) of its notes
        self.chord_start = self.grace_start = 0
        self.chord_tie: int | None = None
        self.chord_ties: list[int] = []  # pitches
        self.grace = self.held = self.adorned = False
        self.handlers: dict[str | None, Callable[[re.Match[str]], None]] = {
            name: getattr(self, f"_{name}") for name in MUSIC_AND_RUNS.groupindex if hasattr(self, f"_{name}")
        }

    def read(self) -> Events:
        pattern = music_of(self.text, MUSIC_AND_RUNS)
        letter = ""
        for line in read_lines(self.text):
            if line.kind is LineKind.MUSIC:
                self._music(line, pattern)
            elif line.kind in FIELD_LINES:
                before, letter = letter, self.text[line.start]
                value = self.text[line.start + 2 : line.stop].strip()
                if line.kind is LineKind.BODY_FIELD:
                    self._begin_body(line.start)
                    self._field(letter, value, line.start)
                elif not self.in_body:
                    letter = before if letter == "+" else letter
                    self.fields.read_header(letter, value)
                    if letter == "K":
                        self._begin_body(line.end)
        self._begin_body(len(self.text))
        self._end_bar(self.voice)
        if self.layers:
            self.layers.close(len(self.text))
        fields = self.fields
        for voice in fields.voices.values():
            self.problems += end_voice(voice)
        return Events(
            tuple(voice for voice in fields.voices.values() if voice.items) or (fields.first,),
            fields.header,
            fields.key,
            fields.meter,
            self.body,
            tuple(self.problems),
            tuple(self.lyrics),
            unit=fields.unit,
            tempo=parse_tempo(fields.value("Q"), fields.unit),
        )

    def _begin_body(self, start: int) -> None:
        """Apply the fields of the header."""
        if not self.in_body:
            self.in_body, self.body = True, start
            self.fields.begin_body()

    def _music(self, line: Line, pattern: re.Pattern[str]) -> None:
        self._begin_body(line.start)
        handlers = self.handlers
        for match in pattern.finditer(self.text, line.start, line.stop):
            handler = handlers.get(match.lastgroup)
            if handler is not None:
                handler(match)

    def _problem(self, code: str, start: int, detail: str = "") -> None:
        self.problems.append(Problem(code, start, detail))

    # fields among the music

    def _inline(self, match: re.Match[str]) -> None:
        self._field(match["inline_field"][1], match["inline_value"].strip(), match.start())

    def _field(self, letter: str, value: str, start: int) -> None:
        if letter == "V":
            if self.layers:
                self.layers.close(start)
            self.layers, self.unsung = None, 0
            self.voice = self.fields.turn_to(value)
        elif letter == "w":
            self.lyrics.append(Lyrics(start, value, self.unsung or (self.lyrics[-1].notes if self.lyrics else 0)))
            self.unsung = 0
        elif letter == "+" and self.lyrics and not self.unsung:
            words = self.lyrics[-1]
            self.lyrics[-1] = words._replace(words=f"{words.words} {value}")
        else:
            self.fields.read_body(letter, value, start, self.voice, self._base())

    def _base(self) -> Voice:
        """The voice to which the present layer belongs."""
        return self.layers.base if self.layers else self.voice

    # sounds

    def _note(self, match: re.Match[str]) -> None:
        if self.grace:
            return
        pitch, ticks, name = spelled(match, self.voice)
        if self.chord is not None:
            self.chord.append((pitch, ticks))
        else:
            start, end = match.span()
            self._sound(Sound(start, end, pitch, ticks, name))

    def _run(self, match: re.Match[str]) -> None:
        """Add a run of notes without accidentals."""
        voice = self.voice
        if self.grace or self.chord is not None or voice.accidentals or voice.tie is not None:
            for note in NOTE.finditer(self.text, *match.span()):
                self._note(note)
            return
        sounds = plain_notes(self.text, match, voice)
        bound = 0
        while bound < len(sounds) - 1 and (voice.tuplet_left or voice.broken or self.held or self.adorned):
            self._sound(sounds[bound])
            bound += 1
        # the notes up to the last depend on nothing around them
        voice.items += sounds[bound:-1]
        self.unsung += len(sounds) - 1 - bound
        self._sound(sounds[-1])

    def _rest(self, match: re.Match[str]) -> None:
        if not self.grace and self.chord is None:
            ticks = ticks_of(match["rest_length"], self.voice.unit)
            self._sound(Sound(match.start(), match.end(), None, ticks))

    def _bars_rest(self, match: re.Match[str]) -> None:
        count, parts = parse_length(match["bars_rest_length"])
        if parts != 1 or not count:
            self._problem("bars-rest-in-parts", match.start(), match[0])
        bars = min(max(1, count), _MOST_BARS)
        ticks = bars * (self.voice.meter.bar or WHOLE)
        self._sound(Sound(match.start(), match.end(), None, ticks, bars=bars))

    def _sound(self, sound: Sound, pitches: tuple[int, ...] = ()) -> None:
        """Add `sound`; a chord has several `pitches`."""
        if sound.pitch is not None:
            pitches = pitches or (sound.pitch,)
            self.unsung += 1
        if self.held:
            sound.held, self.held = True, False
        if self.adorned:
            sound.adorned, self.adorned = True, False
        if problems := add_sound(self.voice, sound, pitches):
            self.problems += problems

    def _decoration(self, match: re.Match[str]) -> None:
        sign = self.fields.user_signs.get(match[0], match[0])
        if self.grace:
            return
        self.held |= sign in FERMATAS
        self.adorned |= sign.strip("!+") not in TIMELESS
        if direction := DIRECTIONS.get(sign.strip("!+")):
            self._base().items.append(Direction(match.start(), direction))

    def _broken(self, match: re.Match[str]) -> None:
        if self.grace or self.chord is not None:
            self._problem("broken-rhythm-without-note", match.start(), match[0])
        else:
            self.problems += begin_broken(self.voice, match.start(), match[0])

    def _tie(self, match: re.Match[str]) -> None:
        if self.chord is not None and not self.grace:
            self.chord_tie = match.start()
            self.chord_ties += [pitch for pitch, _ in self.chord[-1:]]
        elif not self.grace:
            self.problems += begin_tie(self.voice, match.start())

    def _tuplet(self, match: re.Match[str]) -> None:
        self.problems += begin_tuplet(self.voice, match.start(), match[0])

    def _chord_open(self, match: re.Match[str]) -> None:
        if self.chord is not None:
            self._problem("chord-unclosed", self.chord_start)
            self._end_chord(match.start(), "")
        self.chord, self.chord_start, self.chord_tie, self.chord_ties = [], match.start(), None, []

    def _chord_close(self, match: re.Match[str]) -> None:
        if self.chord is None:
            self._problem("chord-not-opened", match.start())
        else:
            self._end_chord(match.end(), match["chord_length"])

    def _end_chord(self, end: int, length: str) -> None:
        chord, self.chord = self.chord or [], None
        if self.grace:
            return
        if not chord:
            self._problem("chord-empty", self.chord_start)
            return
        if len({ticks for _, ticks in chord}) > 1:
            self._problem("chord-lengths-differ", self.chord_start)
        pitches = tuple(pitch for pitch, _ in chord)
        sound = Sound(self.chord_start, end, max(pitches), scaled(chord[0][1], *parse_length(length)), pitches=pitches)
        self._sound(sound, pitches)
        if self.chord_tie is not None:
            begin_tie(self.voice, self.chord_tie)
            sound.ties = tuple(self.chord_ties)

    def _grace_open(self, match: re.Match[str]) -> None:
        if self.grace:
            self._problem("grace-unclosed", self.grace_start)
        self.grace, self.grace_start = True, match.start()

    def _grace_close(self, match: re.Match[str]) -> None:
        if not self.grace:
            self._problem("grace-not-opened", match.start())
        self.grace, self.adorned = False, True

    # bar lines

    def _bar(self, match: re.Match[str]) -> None:
        self._end_bar(self.voice)
        self.held = self.adorned = False
        if self.layers and self.layers.layer:
            following = self.layers.bar_line(*match.span())
            self.voice = following or self.layers.base
            if following:
                return
        start, end = match.span()
        self.voice.items.append(BarLine(start, end, match["bar_line"], match["bar_ending"] or ""))
        self.voice.accidentals.clear()
        self.voice.written.clear()

    def _ending(self, match: re.Match[str]) -> None:
        self.voice.items.append(BarLine(match.start(), match.end(), "", match[0][1:]))

    def _overlay(self, match: re.Match[str]) -> None:
        self._end_bar(self.voice)
        layers = self.layers = self.layers or Layers(self.voice)
        if self.text[match.start() - 1 : match.start()] == "(":
            layers.anchor(match.start() - 1)
        elif self.text[match.end() : match.end() + 1] == ")":
            self.voice = layers.release(match.start())
        else:
            self.voice, fits = layers.open(match[0], match.start())
            if not fits:
                self._problem("overlay-too-far", match.start(), match[0])

    def _end_bar(self, voice: Voice) -> None:
        if self.chord is not None:
            self._problem("chord-unclosed", self.chord_start)
            self._end_chord(self.chord_start + 1, "")
        if self.grace:
            self._problem("grace-unclosed", self.grace_start)
            self.grace = False
        if voice.tuplet_left:
            self.problems += end_bar(voice)
