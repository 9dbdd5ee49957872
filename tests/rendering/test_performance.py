"""Performances: what sounds when, and where it is written."""

import pytest

from tunewright.errors import RenderError
from tunewright.rendering.performance import LONGEST_SECONDS, PERCUSSION, perform
from tunewright.rendering.source import abc_text

HEADER = "X:1\nT:A Tune\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n"


def test_times_and_places():
    abc = abc_text(HEADER + '"C"CD ^F[CEG]|\n')
    performance = perform(abc)
    written = list(performance.written_notes)
    assert (performance.title, performance.meter, performance.tempo) == ("A Tune", (4, 4), 120)
    assert [note.start for note in written] == [0, 0.25, 0.5, 0.75, 0.75, 0.75]
    assert [abc[slice(*note.characters)].strip() for note in written[1:4]] == ["D", "^F", "[CEG]"]
    assert performance.seconds(1.0) == 2.0
    assert performance.length_seconds == 2.0


def test_accompaniment_stands_nowhere_in_the_text():
    performance = perform(abc_text(HEADER + '"C"CDEF|\n'))
    assert len(performance.tracks) == 2
    assert all(note.characters is None for note in performance.tracks[1])


def test_staccato_is_short_and_drums_are_drums():
    performance = perform(abc_text(HEADER + ".C D|\n"))
    assert [round(note.duration, 3) for note in performance.tracks[0]] == [0.15, 0.25]
    drums = perform(abc_text(HEADER.replace("K:C", "K:C clef=perc") + "CD|\n"))
    assert {note.program for note in drums.tracks[0]} == {PERCUSSION}


def test_graces_leave_most_of_the_time_to_their_note():
    notes = perform(abc_text(HEADER + "{AB}C2 D|\n")).tracks[0]
    assert [round(note.start * 48) for note in notes] == [0, 1, 2, 24]
    assert notes[2].start + notes[2].duration == pytest.approx(notes[3].start)


def test_an_adorned_chord_starts_together():
    notes = perform(abc_text(HEADER + "{A}[CEG]2 D|\n")).tracks[0]
    assert len({round(note.start, 6) for note in notes[1:4]}) == 1


@pytest.mark.parametrize("music", ["", "zzzz|\n", "w: only words\n"])
def test_a_tune_without_notes_is_refused(music):
    with pytest.raises(RenderError, match="no note"):
        perform(abc_text(HEADER + music))


def test_an_endless_tune_is_refused():
    with pytest.raises(RenderError, match=f"at most {LONGEST_SECONDS / 60:.0f} are allowed"):
        perform(abc_text(HEADER + "C1000000|\n"))
