"""Musical features of a tune (pitch classes, intervals, rhythms, form), as a table.

`FEATURES` is the table: a new feature is a row. A feature takes the music of one tune and gives its observations: one
category for each note or bar (categorical), one number (numeric, share), or nothing if the tune does not have the
feature (no key, no metre, a single section). `profile` turns the observations into shares that sum to 1, so that each
tune counts alike whatever its length.

Lengths and positions are in quarter notes, pitches in semitones; repeats are not played out.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any, Literal

from tunewright.analysis.musicality.bar_contents import TICKS, BarMusic, TuneMusic, read_music

WIDEST_INTERVAL = 24
"""Semitones; wider leaps count as one semitone more than this."""

SHORTEST_SECTION = 4
"""Bars; shorter sections, such as a coda, are not compared with others."""


@dataclass(frozen=True)
class Feature:
    """One row of `FEATURES`."""

    name: str
    about: str
    """What it is, in one phrase."""
    unit: str
    """Unit of its values and, if numeric or a share, of distances between its distributions."""
    kind: Literal["categorical", "numeric", "share"]
    """A share is 1 for a tune that has the feature and 0 for one that lacks it."""
    observe: Callable[[TuneMusic], Iterable[Any]]
    edges: tuple[float, ...] = ()
    """Numeric: the lower edges of the bins over which the overlap is taken; the last bin has no upper edge."""
    label: Callable[[Any], str] = str
    """Categorical: turns a category into text."""
    ordered: bool = True
    """Categorical: whether the categories have an order."""


Profile = Sequence[Mapping[Any, float]]
"""For each feature of `FEATURES`: value or category -> share of the tune's observations; empty if it has none."""


def profile(text: str) -> Profile | None:
    """All features of the tune `text`; None if it has no note."""
    music = read_music(text)
    return None if music is None else tuple(_shares(feature.observe(music)) for feature in FEATURES)


def _shares(observations: Iterable[Hashable]) -> Mapping[Any, float]:
    counts = Counter(observations)
    total = counts.total()
    return {observation: count / total for observation, count in counts.items()}


def _pitch_classes(music: TuneMusic) -> Iterable[int]:
    return () if music.tonic is None else ((pitch - music.tonic) % 12 for pitch in music.pitches)


def _intervals(music: TuneMusic) -> Iterable[int]:
    most = WIDEST_INTERVAL + 1
    return (max(-most, min(most, after - before)) for before, after in pairwise(music.pitches))


def _lengths(music: TuneMusic) -> Iterable[int]:
    return music.lengths


def _positions(music: TuneMusic) -> Iterable[int]:
    return (bar.missing + offset for bar in music.bars for offset, _, _ in bar.notes)


def _rhythms(music: TuneMusic) -> Iterable[tuple[tuple[int, int], ...]]:
    return (bar.rhythm for bar in music.bars if bar.notes)


def _range(music: TuneMusic) -> Iterable[float]:
    return [max(music.pitches) - min(music.pitches)]


def _ends_on_tonic(music: TuneMusic) -> Iterable[float]:
    return [] if music.tonic is None else [float(music.pitches[-1] % 12 == music.tonic)]


def _returning_bars(music: TuneMusic) -> Iterable[float]:
    return _returning([bar.notes for bar in music.bars if bar.notes])


def _returning_rhythms(music: TuneMusic) -> Iterable[float]:
    return _returning([bar.rhythm for bar in music.bars if bar.notes])


def _returning(contents: Sequence[Hashable]) -> list[float]:
    counts = Counter(contents)
    return [sum(count for count in counts.values() if count > 1) / len(contents)] if contents else []


def _section_likeness(music: TuneMusic) -> Iterable[float]:
    sections = [list(bars) for _, bars in groupby(music.bars, key=lambda bar: bar.section)]
    pairs = list(pairwise(section for section in sections if len(section) >= SHORTEST_SECTION))
    return [sum(_likeness(*pair) for pair in pairs) / len(pairs)] if pairs else []


def _likeness(first: Sequence[BarMusic], second: Sequence[BarMusic]) -> float:
    """Mean Dice coefficient of the notes in bars with the same number in two sections."""
    aligned = list(zip(_without_pick_up(first), _without_pick_up(second), strict=False))
    return sum(_dice(set(one.notes), set(other.notes)) for one, other in aligned) / len(aligned)


def _without_pick_up(section: Sequence[BarMusic]) -> Sequence[BarMusic]:
    return section[1:] if section[0].missing else section


def _dice(one: set[Any], other: set[Any]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _note_count(music: TuneMusic) -> Iterable[float]:
    return [len(music.pitches)]


def _bar_count(music: TuneMusic) -> Iterable[float]:
    return [len(music.bars)]


def _full_bars(music: TuneMusic) -> Iterable[float]:
    judged = [bar.full for bar in music.bars if bar.full is not None]
    return [sum(judged) / len(judged)] if judged else []


def quarters(ticks: int) -> str:
    """Ticks as a number of quarter notes, such as ``3/2``."""
    return str(Fraction(4 * ticks, TICKS))


def rhythm_label(rhythm: Sequence[tuple[int, int]]) -> str:
    """The lengths of a bar's notes in quarter notes, such as ``1 4x1/2``; a gap before a note as ``(1/2)``."""
    words, now = list[str](), 0
    for offset, length in rhythm:
        words += [f"({quarters(offset - now)})"] if offset > now else []
        words.append(quarters(length))
        now = offset + length
    runs = [(word, len(list(equal))) for word, equal in groupby(words)]
    return " ".join(f"{count}x{word}" if count > 1 else word for word, count in runs)


_TENTHS = tuple(tenth / 10 for tenth in range(11))
"""Edges for shares; the last bin holds the share 1."""

FEATURES = (
    Feature("pitch class", "pitch of each note above the tonic, whatever the octave", "semitones", "categorical",
            _pitch_classes),
    Feature("interval", "from each note to the next", "semitones", "categorical", _intervals, label="{:+d}".format),
    Feature("note length", "length of each note, tied notes as one", "quarter notes", "categorical", _lengths,
            label=quarters),
    Feature("position in the bar", "where each note begins; a pick-up ends on the bar line", "quarter notes",
            "categorical", _positions, label=quarters),
    Feature("bar rhythm", "where the notes of a bar begin and how long they are", "quarter notes", "categorical",
            _rhythms, label=rhythm_label, ordered=False),
    Feature("range", "from the lowest note to the highest", "semitones", "numeric", _range, tuple(range(0, 62, 2))),
    Feature("ends on the tonic", "the last note is the tonic of the key, in any octave", "of tunes", "share",
            _ends_on_tonic, (0, 1)),
    Feature("bars that return", "bars that stand in the tune a second time, note for note", "of bars", "numeric",
            _returning_bars, _TENTHS),
    Feature("rhythms that return", "bars whose rhythm stands in the tune a second time", "of bars", "numeric",
            _returning_rhythms, _TENTHS),
    Feature("likeness of sections", "notes that a section shares, bar by bar, with the one before it", "of notes",
            "numeric", _section_likeness, _TENTHS),
    Feature("notes", "length of the tune as written", "notes", "numeric", _note_count,
            tuple(2 ** (third / 3) for third in range(40))),
    Feature("bars", "length of the tune as written", "bars", "numeric", _bar_count, tuple(range(0, 132, 4))),
    Feature("full bars", "bars that hold what the metre asks for, incomplete ones at repeats included", "of bars",
            "numeric", _full_bars, _TENTHS),
)  # fmt: skip
"""Every feature, in the order in which tables and figures show them."""
