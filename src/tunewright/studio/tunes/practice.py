"""What the page's player needs to play a tune, and the MIDI file of the same for elsewhere.

Times are seconds at the tune's own tempo, from the first bar that is played; characters are counted in UTF-16 units.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from tunewright.rendering.midi import midi_file
from tunewright.rendering.performance import PERCUSSION, Performance, SoundingNote
from tunewright.rendering.tempo import metronome_mark
from tunewright.studio.tunes.clicks import Click, count_in, metronome, with_clicks
from tunewright.studio.tunes.playing import Playing

DRUMS = 9
"""The channel of General MIDI's percussion, counted from 0."""

_CHANNELS = tuple(channel for channel in range(16) if channel != DRUMS)


@dataclass(frozen=True)
class HeardNote:
    """One note."""

    start: float
    length: float
    pitch: int
    """MIDI number."""
    velocity: int
    channel: int


@dataclass(frozen=True)
class PlayedChannel:
    """An instrument."""

    channel: int
    program: int
    """General MIDI, 0 to 127."""
    accompaniment: bool
    """Whether it plays chord symbols, so that another instrument for the melody leaves it as it is."""


@dataclass(frozen=True)
class PlayedClick:
    """A beat of the metronome or of the count-in, whose times are negative."""

    time: float
    first: bool
    """Whether it is the first beat of a bar."""


@dataclass(frozen=True)
class PlayedStep:
    """Where the cursor stands for a while."""

    start: float
    end: float
    ranges: tuple[tuple[int, int], ...]
    """The characters of the notes that sound, first and after the last."""


@dataclass(frozen=True)
class PlayedBar:
    """When a bar begins."""

    start: float
    number: int


@dataclass(frozen=True)
class PlayedTune:
    """All that sounds, and when."""

    notes: tuple[HeardNote, ...]
    channels: tuple[PlayedChannel, ...]
    clicks: tuple[PlayedClick, ...]
    count_in: tuple[PlayedClick, ...]
    steps: tuple[PlayedStep, ...]
    bars: tuple[PlayedBar, ...]
    length: float
    """To the end of the last bar; what rings longer is not counted, so that loops keep time."""
    beat: str
    """Sign of the note in which the tempo is given."""
    beats_per_minute: float
    title: str
    problem: str | None = None
    """Why nothing sounds; None if something does."""


def silent_tune(problem: str) -> PlayedTune:
    """Return what is played of a text that cannot be played, as it is for a while when it is being edited."""
    return PlayedTune((), (), (), (), (), (), 0.0, "♩", 120.0, "", problem)


def played_tune(playing: Playing) -> PlayedTune:
    """Return a playing as the page's player needs it."""
    performance = playing.performance
    mark, beats = metronome_mark(performance.tempo, performance.meter)
    seconds = performance.seconds
    return PlayedTune(
        notes=tuple(sorted(_notes(performance), key=lambda note: note.start)),
        channels=tuple(_channels(performance)),
        clicks=tuple(_click(click, performance) for click in metronome(playing)),
        count_in=tuple(_click(click, performance) for click in count_in(playing)),
        steps=tuple(_steps(performance)),
        bars=tuple(PlayedBar(round(seconds(bar.start), 4), bar.number) for bar in playing.bars),
        length=round(seconds(playing.length), 4),
        beat=mark,
        beats_per_minute=round(beats, 2),
        title=performance.title,
    )


def practice_file(
    playing: Playing, *, tempo: float | None, counted: bool, beaten: bool, instrument: int | None
) -> bytes:
    """Return a standard MIDI file.

    Parameters
    ----------
    tempo
        Beats in a minute, of the note in which the tune's tempo is given; None for the tune's own.
    counted, beaten
        Whether there is a count-in, and a metronome.
    instrument
        Program of General MIDI for the melody, 0 to 127; None for the tune's own.
    """
    performance = with_clicks(playing, counted=counted, beaten=beaten).performance
    if instrument is not None:
        tracks = (tuple(_with_program(track, instrument)) for track in performance.tracks)
        performance = replace(performance, tracks=tuple(tracks))
    if tempo is not None:
        _, own = metronome_mark(performance.tempo, performance.meter)
        performance = replace(performance, tempo=performance.tempo * tempo / own)
    return midi_file(performance)


def _with_program(track: tuple[SoundingNote, ...], program: int) -> Iterator[SoundingNote]:
    melody = not _is_accompaniment(track)
    for note in track:
        yield replace(note, program=program) if melody and note.program != PERCUSSION else note


def _is_accompaniment(track: tuple[SoundingNote, ...]) -> bool:
    return not any(note.characters for note in track)


def _channel(number: int, note: SoundingNote) -> int:
    return DRUMS if note.program == PERCUSSION else _CHANNELS[number % len(_CHANNELS)]


def _notes(performance: Performance) -> Iterator[HeardNote]:
    for number, track in enumerate(performance.tracks):
        for note in track:
            start, length = performance.seconds(note.start), performance.seconds(note.duration)
            yield HeardNote(round(start, 4), round(length, 4), note.pitch, note.velocity, _channel(number, note))


def _channels(performance: Performance) -> Iterator[PlayedChannel]:
    found: dict[int, PlayedChannel] = {}
    for number, track in enumerate(performance.tracks):
        melodic = next((note for note in track if note.program != PERCUSSION), None)
        if melodic:
            channel = _channel(number, melodic)
            found.setdefault(channel, PlayedChannel(channel, melodic.program, _is_accompaniment(track)))
    yield from found.values()


def _click(click: Click, performance: Performance) -> PlayedClick:
    return PlayedClick(round(performance.seconds(click.time), 4), click.first)


def _steps(performance: Performance) -> Iterator[PlayedStep]:
    moments = groupby(performance.written_notes, key=lambda note: round(performance.seconds(note.start), 3))
    for start, group in moments:
        notes = list(group)
        end = performance.seconds(max(note.start + note.duration for note in notes))
        ranges = sorted({note.characters for note in notes if note.characters})
        yield PlayedStep(start, round(end, 3), tuple(ranges))
