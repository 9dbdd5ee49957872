"""Voices (``V:``), written one after the other: each but the first must play as long as the first.

The part of the acceptor (see `machine`) that knows them. A line ``V:`` with a name or ``V:1`` stands before the music;
``V:2`` and so on begin voices behind the end of the one before. How long a voice is played, repeats included, is kept
in `sounded`; abc2midi complains of voices that last longer or shorter than the first.
"""

from tunewright.acceptor.body.bars import may_end
from tunewright.acceptor.body.lengths import has_form, refit
from tunewright.acceptor.body.notes import clear_note
from tunewright.acceptor.reading import Character, Ending, Limit, Reason, Repeat, State, Tables, Worded


def begin_voice_line(tables: Tables, state: State) -> bool:
    """Begin a line that begins a voice."""
    state.reason = Reason.VOICE_MISFIT
    state.text = 0
    if has_form(tables, state) and state.whole == 0:
        return False
    if state.voice == 0:
        return (
            state.notes == 0
            and state.started == 0
            and state.idle == 0
            and state.slur == 0
            and state.repeat == Repeat.MAY_END
        )
    if state.hornpipe == 1 or state.tie > 0 or state.slur > 0:
        return False
    return may_end(tables, state)


def take_voice_number(state: State, code: int) -> bool:
    """Take the number of a voice, which is the next one."""
    state.reason = Reason.VOICE_MISFIT
    return code == Character.ZERO + state.voice + 1


def take_voice_name(state: State) -> bool:
    """Go on in the name of the first voice."""
    state.reason = Reason.VOICE_MISFIT
    state.text += 1
    return state.voice == 0 and state.text <= Limit.BLANKS


def begin_voice(tables: Tables, state: State) -> bool:
    """Begin the voice whose name is written."""
    state.line = 2
    state.voice += 1
    if state.voice > 1:
        state.whole = state.sounded
        begin_music(state)
        refit(tables, state)
    return True


def begin_music(state: State) -> None:
    """Set what holds before the first note of a tune or a voice."""
    state.line = 2
    state.position = 0
    state.stretch = 0
    state.sounded = 0
    state.repeated_from = 0
    state.bar = 0
    state.section = 0
    state.section_bar = 0
    state.phase = -1
    state.last_phase = 0
    state.pickup = 0
    state.opening = 1
    state.started = 0
    state.repeat = Repeat.MAY_END
    state.ending = Ending.NONE
    state.third = 0
    state.last = 0
    state.parted = 0
    state.tieable = 0
    state.worded = Worded.FIRST_LINE
    state.sung = 0
    state.verse = 0
    clear_note(state)
