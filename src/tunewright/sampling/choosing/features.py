"""Features of a tune by name, for the discriminator: form, repetition, endings, steps, rhythm.

Only notes, bar lines and the key count (see `tunewright.notation.melody`): no title, no other field. Repeats are not
unfolded. A share becomes an indicator of its tenth and a number an indicator of its value, so that a linear model can
learn that more is better only up to a point; what occurs many times in a tune, such as its steps, has the square root
of its share.

Conventions: steps in semitones, up positive; degrees in semitones above the tonic, 0 to 11; lengths and places in 96ths
of a whole note, rounded down; lags in bars.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt
from operator import eq

from tunewright.notation.melody import Bar, Melody, Note, read_melody
from tunewright.notation.meter import WHOLE

Features = dict[str, float]
"""Value by name; a missing feature is 0."""

PARTS = 96
"""Parts of a whole note in which lengths are counted."""
WIDEST = 13
"""Widest step in semitones; wider ones count as this."""
LAGS = (1, 2, 4, 8)
"""Distances in bars at which bars are compared."""
PHRASE_BARS = 4
RHYME_BARS = 2
"""Number of equal bars at the ends of two sections that rhyme."""
MOST = 65
"""Greatest number; greater ones count as this."""


def features(text: str) -> Features:
    """Return the features of the tune `text`; none if it has no notes."""
    melody = read_melody(text)
    if not melody.notes:
        return {}
    tune = _Tune.of(melody)
    found: Features = {}
    for observe in (_form, _returns, _endings, _steps, _rhythm):
        observe(tune, found)
    return found


@dataclass(frozen=True, slots=True)
class _Tune:
    """A melody by notes, bars and sections."""

    bars: Sequence[Bar]
    notes: Sequence[Note]
    tonic: int
    """Pitch class; 0 if the key names none."""
    mode: str
    degrees: Sequence[int]
    lengths: Sequence[int]
    places: Sequence[int]
    """Place of each note in its bar."""
    steps: Sequence[int]
    """From each note to the next."""
    contents: Sequence[tuple[tuple[int, int], ...]]
    """Pitches and lengths of each bar."""
    sections: Sequence[Sequence[int]]
    """Indices of the bars of each section."""

    @classmethod
    def of(cls, melody: Melody) -> "_Tune":
        bars, notes = melody.bars, melody.notes
        starts, time = list[int](), 0
        for bar in bars:
            starts.append(time)
            time += bar.ticks
        tonic = melody.key.tonic or 0
        lengths = [note.ticks * PARTS // WHOLE for note in notes]
        contents: list[list[tuple[int, int]]] = [[] for _ in bars]
        for note, length in zip(notes, lengths, strict=True):
            contents[note.bar].append((note.pitch, length))
        return cls(
            bars,
            notes,
            tonic,
            melody.key.mode,
            degrees=[(note.pitch - tonic) % 12 for note in notes],
            lengths=lengths,
            places=[(note.onset_ticks - starts[note.bar]) * PARTS // WHOLE for note in notes],
            steps=[max(-WIDEST, min(WIDEST, after.pitch - before.pitch)) for before, after in pairwise(notes)],
            contents=[tuple(content) for content in contents],
            sections=[list(section) for _, section in groupby(range(len(bars)), key=lambda index: bars[index].section)],
        )


def _form(tune: _Tune, found: Features) -> None:
    bars = tune.bars
    lengths = [_length_in_bars([bars[index] for index in section]) for section in tune.sections]
    _has(found, "sections", len(lengths))
    _has(found, "bars", f"{min(sum(lengths), MOST):g}")
    _has(found, "form", "+".join(f"{length:g}" for length in lengths))
    _has(found, "equal sections", len(set(lengths)) == 1)
    _has(found, "repeated", "".join("-:"[bars[section[-1]].closes[:1] == ":"] for section in tune.sections))
    _shares(found, "section of", [f"{length:g}" for length in lengths])
    for unit in (1, 2, 4, 8):
        _tenth(found, f"sections of {unit}s", sum(length % unit == 0 for length in lengths) / len(lengths))
    _tenth(found, "bars not full", sum(map(_is_odd, bars)) / len(bars))
    expected = bars[0].expected_ticks or WHOLE
    _has(found, "pick-up", bars[0].ticks * PARTS // WHOLE if bars[0].ticks < expected else 0)
    _has(found, "equal pick-ups", len({bars[section[0]].ticks for section in tune.sections}) == 1)
    _has(found, "equal last bars", len({bars[section[-1]].ticks for section in tune.sections}) == 1)
    _has(found, "last bar and pick-up are full", (bars[0].ticks + bars[-1].ticks) % expected == 0)
    _has(found, "endings", any(bar.ending for bar in bars))
    _has(found, "closes", bars[-1].closes)


def _length_in_bars(section: Sequence[Bar]) -> float:
    """Return the length of the section in bars, a pick-up and its complement as one; in halves, rounded up."""
    expected = next((bar.expected_ticks for bar in section if bar.expected_ticks), None)
    if expected is None:
        return len(section)
    return min(-(-2 * sum(bar.ticks for bar in section) // expected) / 2, MOST)


def _is_odd(bar: Bar) -> bool:
    return bar.expected_ticks is not None and bar.ticks != bar.expected_ticks


def _returns(tune: _Tune, found: Features) -> None:
    bars = [content for content, bar in zip(tune.contents, tune.bars, strict=True) if content and not _is_odd(bar)]
    alike: dict[str, list[Hashable]] = {
        "bar": [*bars],
        "moved bar": [tuple([(pitch - bar[0][0], length) for pitch, length in bar]) for bar in bars],
        "rhythm": [tuple([length for _, length in bar]) for bar in bars],
    }
    for name, here in alike.items():
        if not here:
            continue
        _tenth(found, f"{name} returns", _returning(here))
        _tenth(found, f"{name}s, two, return", _returning([*pairwise(here)]))
        counts = Counter(here)
        _has(found, f"{name} at most", max(counts.values()))
        _has(found, f"different {name}s", len(counts))
        for lag in LAGS:
            if len(here) > lag:
                _tenth(found, f"{name} again after {lag}", sum(map(eq, here, here[lag:])) / (len(here) - lag))
        heads = here[::PHRASE_BARS]
        letters = {head: chr(ord("a") + place) for place, head in enumerate(dict.fromkeys(heads[:8]))}
        _has(found, f"{name} opens phrases", "".join(letters[head] for head in heads[:8]))
        _tenth(
            found,
            f"{name}s, four, return",
            _returning([tuple(here[at : at + PHRASE_BARS]) for at in range(0, len(here), PHRASE_BARS)]),
        )
        if len(here) >= 2 * PHRASE_BARS:
            answered = sum(map(eq, here[:PHRASE_BARS], here[PHRASE_BARS : 2 * PHRASE_BARS]))
            _has(found, f"{name}s of the first phrase in the second", answered)


def _returning(things: Sequence[Hashable]) -> float:
    """Return the share of those that occur twice or more."""
    return sum(count for count in Counter(things).values() if count > 1) / max(len(things), 1)


def _endings(tune: _Tune, found: Features) -> None:
    degrees, lengths, bars = tune.degrees, tune.lengths, tune.bars
    _has(found, "begins on", degrees[0])
    _has(found, "begins on two", degrees[:2])
    _has(found, "ends on", degrees[-1])
    _has(found, "ends on two", degrees[-2:])
    _has(found, "ends with length", lengths[-1])
    _has(found, "ends with rhythm", [length for _, length in tune.contents[-1]])
    _has(found, "ends with step", tune.steps[-1:])
    notes = pairwise(tune.notes)
    ends = [place for place, (one, two) in enumerate(notes) if bars[one.bar].section != bars[two.bar].section]
    if ends:
        _shares(found, "section ends on", [degrees[place] for place in ends])
        _shares(found, "section ends as the tune", [degrees[place] == degrees[-1] for place in ends])
        _shares(found, "section ends as long as the tune", [lengths[place] == lengths[-1] for place in ends])
        tails = [[tune.contents[index] for index in section[-RHYME_BARS:]] for section in tune.sections]
        _tenth(found, "sections rhyme", sum(map(eq, tails, tails[1:])) / len(ends))
        _tenth(found, "sections half rhyme", sum(one[0] == two[0] for one, two in pairwise(tails)) / len(ends))


def _steps(tune: _Tune, found: Features) -> None:
    pitches, steps, degrees = [note.pitch for note in tune.notes], tune.steps, tune.degrees
    _has(found, "range", max(pitches) - min(pitches))
    _has(found, "lowest above tonic", (min(pitches) - tune.tonic) // 2)
    _has(found, "highest", max(pitches) // 2)
    _shares(found, f"{tune.mode} degree", degrees)
    _shares(found, "degrees", pairwise(degrees))
    _shares(found, "step", steps)
    _shares(found, "steps", pairwise(steps))
    _shares(found, "steps", zip(steps, steps[1:], steps[2:], strict=False))
    if steps:
        _tenth(found, "turns", sum((one > 0) != (two > 0) for one, two in pairwise(steps)) / len(steps))
        _tenth(found, "leaps", sum(abs(step) > 5 for step in steps) / len(steps))


def _rhythm(tune: _Tune, found: Features) -> None:
    lengths, places, steps = tune.lengths, tune.places, tune.steps
    rhythms = [tuple([length for _, length in content]) for content in tune.contents]
    _has(found, "notes in a bar", round(2 * len(lengths) / len(rhythms)) / 2)
    _shares(found, "rhythm", rhythms)
    _shares(found, "length", lengths)
    _shares(found, "lengths", pairwise(lengths))
    _shares(found, "place", places)
    _shares(found, "degree at", zip(tune.degrees, places, strict=True))
    _shares(found, "step to", zip(steps, places[1:], strict=True))
    _shares(found, "step by", zip(steps, lengths[1:], strict=True))


def _has(found: Features, name: str, value: object) -> None:
    found[f"{name} {min(value, MOST) if type(value) is int else value}"] = 1.0


def _tenth(found: Features, name: str, share: float) -> None:
    found[f"{name} {int(10 * share + 1e-9)}/10"] = 1.0


def _shares(found: Features, name: str, values: Iterable[Hashable]) -> None:
    counts = Counter(values)
    total = counts.total()
    for value, count in counts.items():
        found[f"{name} {value}"] = sqrt(count / total)
