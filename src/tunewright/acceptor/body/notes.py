"""Notes, rests, chords and grace notes: what each changes when it is written.

The part of the acceptor (see `machine`) that knows notes, rests, chords, grace notes, ties and the tonic at the end.
"""

from tunewright.acceptor.body.lengths import ends_now, is_second, leave_room, lengths, refit, shortened
from tunewright.acceptor.reading import (
    Character,
    Context,
    Control,
    Limit,
    NoteMark,
    Place,
    Reason,
    Setup,
    State,
    Tables,
)

SPELLINGS, OCTAVES = 1024, 8
"""A pitch is a number: accidental times `SPELLINGS`, the letter's code point times `OCTAVES`, and its octave marks."""


def pitch_of(accidental: int, code: int) -> int:
    """Return the pitch of a note with this accidental and letter, without octave marks."""
    return accidental * SPELLINGS + code * OCTAVES


def accidental_of(pitch: int) -> int:
    """Return the accidental of a pitch, 0 for none."""
    return pitch // SPELLINGS


def letter_of(pitch: int) -> int:
    """Return the code point of the letter of a pitch; 0 for a rest."""
    return pitch % SPELLINGS // OCTAVES


def marks_of(pitch: int) -> int:
    """Return how many octave marks a pitch has."""
    return pitch % OCTAVES


def same_name(pitch: int, other: int) -> bool:
    """Return true if two pitches have the same letter and octave marks."""
    return pitch % SPELLINGS == other % SPELLINGS


def degree(state: State, code: int) -> int:
    """Return what `degree` is after the note whose letter has this code point: 1 on the tonic, 8 with an accidental."""
    if state.accidental > 0:
        return 8
    return (code % 32 - 1 - (state.tonic + 2)) % 7 + 1


def closing_note(tables: Tables, state: State, code: int) -> None:
    """Where the tune must end, keep a note that is not the tonic from filling the last bar."""
    if degree(state, code) == 1:
        return
    tonic = Character.CAPITAL_A + (state.tonic + 2) % 7
    spelled = tables[Place.SYMBOL_OF][tonic] >= 0 or tables[Place.SYMBOL_OF][tonic + 32] >= 0
    if state.tie > 0 or state.tuplet_left > 0 or state.broken > 0 or not spelled:
        return
    leave_room(tables, state)


def lacks_dot(state: State) -> bool:
    """Return true where > or < joins a note to one with a dot, so that it needs one too."""
    return state.broken > 0 and state.parted > 0 and state.mark != NoteMark.DOT


def may_begin(tables: Tables, state: State) -> bool:
    """Return true if a note may begin here: in the melody, as a grace note or in a chord."""
    if state.context == Context.MELODY:
        state.reason = Reason.BROKEN_MISFIT if lacks_dot(state) else Reason.NO_NOTE
        return state.fit > 0 and not lacks_dot(state)
    if state.context == Context.GRACE:
        state.reason = Reason.GRACE_MISFIT
        if tables[Place.SETTINGS][Setup.TIDY] == 1 and state.host >= Limit.GRACE:
            return False
        longest = 0
        for index in range(len(tables[Place.GRAINS_OF])):
            if (state.fit >> index) & 1 == 1:
                longest = tables[Place.GRAINS_OF][index]
        return (state.host + 4) * shortened(state) < 4 * longest
    state.reason = Reason.CHORD_MISFIT
    return state.text < 5


def take_note(tables: Tables, state: State, code: int) -> bool:
    """Begin a note with the letter of this code point."""
    if not may_begin(tables, state):
        return False
    if state.context == Context.MELODY and state.tie > 0:
        state.reason = Reason.TIE_MISFIT
        if letter_of(state.tie) != code:
            return False
        if state.accidental > 0 and state.accidental != accidental_of(state.tie):
            return False
    if state.context == Context.GRACE:
        state.host += 4
        refit(tables, state)
    if state.context == Context.MELODY and state.free == 0 and ends_now(tables, state):
        closing_note(tables, state, code)
        if state.fit == 0:
            state.reason = Reason.CADENCE
            return False
    if state.context == Context.MELODY:
        state.degree = degree(state, code)
    state.text = state.text + 1 if state.context == Context.CHORD else 0
    state.pitch = pitch_of(state.accidental, code)
    state.accidental = 0
    state.control = Control.LENGTH
    state.node = tables[Place.SETTINGS][Setup.LENGTH_ROOT]
    return True


def take_rest(tables: Tables, state: State) -> bool:
    """Begin a rest."""
    if state.fit == 0:
        state.reason = Reason.NO_NOTE
        return False
    if state.tie > 0:
        state.reason = Reason.TIE_MISFIT
        return False
    if state.holding == 1 or (state.broken > 0 and state.parted > 0):
        state.reason = Reason.MARK_MISFIT
        return False
    if state.notes == 0:
        leave_room(tables, state)
        if state.tuplet_left > 0 or state.broken > 0 or state.fit == 0:
            state.reason = Reason.NO_NOTE
            return False
    state.pitch = 0
    state.control = Control.LENGTH
    state.node = tables[Place.SETTINGS][Setup.LENGTH_ROOT]
    return True


def take_octave(tables: Tables, state: State, code: int) -> bool:
    """Take an octave mark: ``'`` after a small letter, ``,`` after a capital one; at most three."""
    if state.node != tables[Place.SETTINGS][Setup.LENGTH_ROOT]:
        return False
    letter = letter_of(state.pitch)
    marks = marks_of(state.pitch)
    if letter == 0 or marks >= 3 or (letter >= Character.SMALL_A) != (code == Character.APOSTROPHE):
        return False
    state.pitch += 1
    if state.context == Context.MELODY and state.tie > 0 and marks >= marks_of(state.tie):
        state.reason = Reason.TIE_MISFIT
        return False
    return True


def tie_spelled(state: State) -> bool:
    """Return true if no tie is open, or the note being written is the one that it needs."""
    if state.tie == 0:
        return True
    return same_name(state.pitch, state.tie)


def clear_note(state: State) -> None:
    """Forget what only the next note was to have."""
    state.broken = 0
    state.cut = 2 if is_second(state) else 1
    state.host = 0
    state.mark = NoteMark.NONE
    state.holding = 0
    state.idle = 0
    state.tie = 0
    state.context = Context.MELODY
    state.chord = 0
    state.node = 0


def parting(state: State, index: int) -> int:
    """Return what `parted` is after a note, rest or chord of this length."""
    if state.pitch > 0:
        return index + 1 if state.mark == NoteMark.DOT else 0
    triplet = state.tuplet_left > 0 and state.tuplet_of == 3
    return -1 if triplet and state.hornpipe == 1 else 0  # which abc2midi pairs with a note of any length


def beyond_chord(tables: Tables, state: State, index: int) -> int:
    """Return the ticks that a length behind a chord adds to it, which abc2midi does not count in a hornpipe's pairs."""
    if state.chord == 0:
        return 0
    return (tables[Place.GRAINS_OF][index] - tables[Place.GRAINS_OF][state.chord - 1]) * state.unit // 4


def passes(state: State, ticks: int, beyond: int) -> bool:
    """Count the time of a note; false if a voice would last longer than the first."""
    state.position += ticks
    state.stretch += ticks - beyond
    state.sounded += ticks
    state.held += ticks * state.holding
    state.reason = Reason.VOICE_MISFIT
    return state.whole == 0 or state.sounded <= state.whole


def place(tables: Tables, state: State, index: int) -> bool:
    """Write a whole note, rest or chord of this length into the bar."""
    if (state.fit >> index) & 1 == 0:
        state.reason = Reason.LENGTH_MISFIT
        return False
    if not tie_spelled(state):
        state.reason = Reason.TIE_MISFIT
        return False
    grains = tables[Place.GRAINS_OF][index]
    if state.position == 0:
        state.bar += 1
    state.last = index + 1
    state.parted = parting(state, index)
    if state.tuplet_left > 0:
        grains = grains * state.tuplet_factor if state.tuplet_left == state.tuplet_of else 0
        state.tuplet_value = index + 1
        state.tuplet_left -= 1
        if state.tuplet_left == 0:
            state.last = 0
    if not passes(state, grains * state.unit // 4, beyond_chord(tables, state, index)):
        return False
    rolled = state.mark == NoteMark.ROLL and tables[Place.GRAINS_OF][index] == 12
    if state.broken > 0 or state.chord > 0 or state.holding == 1 or rolled:
        state.last = 0
    state.tieable = 1 if state.pitch > 0 and state.mark < NoteMark.TRILL else 0
    state.hosted = state.host * (2 if state.hornpipe == 1 else 1) * (2 if state.parted > 0 else 1)
    if state.pitch > 0 or state.chord > 0:
        state.notes = 1
    if state.pitch > 0 and (state.tie == 0 or state.sung > 0):
        state.sung += 1
    state.started = 1
    clear_note(state)
    state.control = Control.MUSIC
    refit(tables, state)
    return True


def end_length(tables: Tables, state: State) -> bool:
    """End the note whose length has been written so far, in the melody, as a grace note or in a chord."""
    index = tables[Place.VALUE][state.node]
    if index < 0 or (lengths(tables, state) >> index) & 1 == 0:
        state.reason = Reason.LENGTH_MISFIT
        return False
    if state.context == Context.MELODY:
        return place(tables, state, index)
    if state.context == Context.GRACE:
        state.host += tables[Place.GRAINS_OF][index] - 4
        refit(tables, state)
        state.control = Control.IN_GRACE
        return state.fit > 0
    state.chord = index + 1
    state.control = Control.IN_CHORD
    return True


def close_chord(tables: Tables, state: State) -> bool:
    """End a chord; its length may still follow unless its notes have one."""
    if state.chord == 0:
        state.reason = Reason.CHORD_MISFIT
        return False
    state.pitch = 0
    state.sung += 1
    index = state.chord - 1
    if index != tables[Place.SETTINGS][Setup.UNIT_VALUE] or state.tuplet_left > 0:
        return place(tables, state, index)
    state.context = Context.MELODY
    state.control = Control.LENGTH
    state.node = tables[Place.SETTINGS][Setup.LENGTH_ROOT]
    return True


def open_chord(state: State) -> bool:
    """Begin a chord where a note could begin."""
    if state.fit == 0:
        state.reason = Reason.NO_NOTE
        return False
    if state.tie > 0 or state.broken > 0 or state.mark > NoteMark.SILENT:
        state.reason = Reason.CHORD_MISFIT
        return False
    state.context = Context.CHORD
    state.chord = 0
    state.text = 0
    return True


def open_grace(tables: Tables, state: State) -> bool:
    """Begin grace notes, which need a note of some length after them."""
    if state.tie > 0 or state.host > 0 or state.mark != NoteMark.NONE:
        state.reason = Reason.GRACE_MISFIT
        return False
    if state.last == 0 and is_second(state):  # after a triplet abc2midi would make it the second of a pair
        state.reason = Reason.GRACE_MISFIT
        return False
    if state.tuplet_left > 0:
        if state.tuplet_value == 0:
            state.tuplet_value = tables[Place.SETTINGS][Setup.UNIT_VALUE] + 1
        elif state.tuplet_value != tables[Place.SETTINGS][Setup.UNIT_VALUE] + 1:
            state.reason = Reason.GRACE_MISFIT
            return False
    state.host = 4
    refit(tables, state)
    state.host = 0
    state.context = Context.GRACE
    if state.fit == 0:
        state.reason = Reason.GRACE_MISFIT
        return False
    return True


def close_grace(state: State) -> bool:
    """End the grace notes; the note that carries them must follow."""
    state.context = Context.MELODY
    return state.host > 0
