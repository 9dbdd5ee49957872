"""Beams of the notes of a measure: notes that no blank divides share their beams, as ABC writes them."""

from collections.abc import Iterator, Sequence

from tunewright.rendering.musicxml.note_values import TYPES, NoteValue
from tunewright.rendering.musicxml.written_items import WrittenSound

_FIRST_WITH_BEAM = TYPES.index("eighth")

Valued = tuple[WrittenSound, tuple[NoteValue, ...]]


def beams(sounds: Sequence[Valued]) -> dict[int, list[str]]:
    """Return the beams of the sounds that have some, by their offset: ``begin``, ``continue``, ``end`` or a hook.

    The first is that of eighths, the second that of sixteenths, and so on.
    """
    found: dict[int, list[str]] = {}
    for group in _groups(sounds):
        levels = [_beam_count(values) for _, values in group]
        for place, (written, _) in enumerate(group):
            found[written.sound.start] = [_part(levels, place, level) for level in range(1, levels[place] + 1)]
    return found


def _beam_count(values: Sequence[NoteValue]) -> int:
    """Return the number of beams of a sound; 0 for one that takes none, or several notes."""
    if len(values) != 1 or not values[0].type:
        return 0
    return max(0, TYPES.index(values[0].type) - _FIRST_WITH_BEAM + 1)


def _groups(sounds: Sequence[Valued]) -> Iterator[list[Valued]]:
    group: list[Valued] = []
    for valued in sounds:
        written, values = valued
        has_beam = bool(written.pitches) and _beam_count(values) > 0
        if group and not (has_beam and written.joined):
            if len(group) > 1:
                yield group
            group = []
        if has_beam:
            group.append(valued)
    if len(group) > 1:
        yield group


def _part(levels: Sequence[int], place: int, level: int) -> str:
    before = place > 0 and levels[place - 1] >= level
    after = place + 1 < len(levels) and levels[place + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "backward hook" if place else "forward hook"
