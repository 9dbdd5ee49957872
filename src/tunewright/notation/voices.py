"""How do tuplets, broken rhythm and ties bind the sounds of a voice to one another?

Each function takes the voice as it stands when the sign comes, changes it, and returns what makes no sense. Broken
rhythm between sounds of different lengths changes neither; a tuplet within another is passed over.
"""

from tunewright.notation.events import Problem, Sound, Voice
from tunewright.notation.meter import parse_broken, parse_tuplet, scaled
from tunewright.notation.spec import LONGEST_BROKEN

Problems = tuple[Problem, ...]


def add_sound(voice: Voice, sound: Sound, pitches: tuple[int, ...]) -> Problems:
    """Let `sound`, of the length that is written, follow in `voice`; `pitches` are those of all its notes."""
    problems: Problems = ()
    if voice.tuplet_left and voice.tuplet:
        sound.ticks = scaled(sound.ticks, voice.tuplet.time, voice.tuplet.notes)
        voice.tuplet_left -= 1
    if voice.broken:
        problems += _end_broken(voice, sound)
    if voice.tie is not None:
        if not set(pitches) & set(voice.last_pitches):
            problems += (Problem("tie-without-note", voice.tie),)
        voice.tie = None
    voice.last, voice.last_pitches = sound, pitches
    voice.items.append(sound)
    return problems


def begin_broken(voice: Voice, start: int, marks: str) -> Problems:
    """Remember signs of broken rhythm until the sound after them comes."""
    if voice.last is None or len(marks) > LONGEST_BROKEN:
        return (Problem("broken-rhythm-without-note", start, marks),)
    voice.broken = (start, marks)
    return ()


def _end_broken(voice: Voice, sound: Sound) -> Problems:
    start, marks = voice.broken or (0, ">")
    voice.broken = None
    if voice.last is None or voice.last.ticks != sound.ticks:
        return (Problem("broken-rhythm-unequal", start, marks),)
    before, after = parse_broken(marks)
    voice.last.ticks = scaled(sound.ticks, *before)
    sound.ticks = scaled(sound.ticks, *after)
    return ()


def begin_tie(voice: Voice, start: int) -> Problems:
    """Tie the last sound to the one to come."""
    if voice.last is None or voice.last.pitch is None:
        return (Problem("tie-without-note", start),)
    voice.tie, voice.last.tied = start, True
    return ()


def begin_tuplet(voice: Voice, start: int, text: str) -> Problems:
    """Begin the tuplet that `text` writes, such as ``(3``."""
    tuplet = parse_tuplet(text, compound=voice.meter.compound)
    if tuplet is None:
        return (Problem("tuplet-unknown", start, text),)
    if voice.tuplet_left:
        return (Problem("tuplet-unfinished", start),)
    voice.tuplet, voice.tuplet_start, voice.tuplet_left = tuplet, start, tuplet.reach
    return ()


def end_bar(voice: Voice) -> Problems:
    """A bar line has come."""
    if not voice.tuplet_left or voice.tuplet_start is None:
        return ()
    start, voice.tuplet_start = voice.tuplet_start, None
    return (Problem("tuplet-unfinished", start),)


def end_voice(voice: Voice) -> Problems:
    """The tune has ended."""
    problems = end_bar(voice)
    if voice.tie is not None:
        problems += (Problem("tie-without-note", voice.tie),)
    if voice.broken:
        problems += (Problem("broken-rhythm-without-note", *voice.broken),)
    return problems
