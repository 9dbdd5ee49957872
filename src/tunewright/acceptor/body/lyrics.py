"""Words beneath the music (``w:``): whether they fit the notes above them.

The part of the acceptor (see `machine`) that knows ``w:`` lines. abc2midi wants words beneath every line of music or
beneath none, so the first line settles it for the tune. A line with words needs a note that is not tied to the line
before; its words have no more syllables than it has notes. ``*`` and ``_`` take a note as a syllable does; ``|``, which
leads to the next bar, is not known here.
"""

from tunewright.acceptor.body.bars import may_end, not_idle, nothing_pending
from tunewright.acceptor.reading import Character, Control, Limit, Reason, State, Tables, Worded


def end_line(state: State) -> bool:
    """Count a line of music that ends; in a tune with words, those of this line must follow."""
    worded = state.worded
    if worded == Worded.WITH_WORDS:
        state.reason = Reason.LYRICS_MISSING
        if state.sung == 0:
            return False
        state.control = Control.AWAIT_WORDS
    elif worded == Worded.FIRST_LINE:
        state.worded = Worded.UNDECIDED
    elif worded == Worded.UNDECIDED:
        state.worded = Worded.WITHOUT_WORDS
    state.verse = state.sung
    state.sung = 0
    return True


def take_newline(state: State, code: int) -> bool:
    """Take the end of a line of music, or the backslash before it."""
    blank = code == Character.LINE_FEED and state.line == 2
    state.line = 2 if code == Character.LINE_FEED else 0
    state.last = 0  # no program but abc2midi joins notes across it by > or <
    if blank or not nothing_pending(state):
        return False
    if code != Character.LINE_FEED:
        return end_without_words(state)
    return end_line(state)


def end_without_words(state: State) -> bool:
    """Take something after a line of music that leaves no place for words; false if the tune has words."""
    state.reason = Reason.LYRICS_MISSING
    if state.worded == Worded.WITH_WORDS:
        return False
    state.worded = Worded.WITHOUT_WORDS
    return True


def begin_words(state: State) -> bool:
    """Begin a line of words beneath the music."""
    state.reason = Reason.LYRICS_MISFIT
    if state.worded in (Worded.FIRST_LINE, Worded.WITHOUT_WORDS) or state.verse == 0:
        return False
    state.worded = Worded.WITH_WORDS
    state.syllables = state.verse
    state.text = 0
    return True


def take_syllable(state: State, code: int) -> bool:
    """Begin a syllable, or take ``*``, ``_`` or a second hyphen, which pass over a note."""
    state.reason = Reason.LYRICS_MISFIT
    if state.syllables == state.verse and code in (Character.UNDERSCORE, Character.HYPHEN):
        return False
    state.syllables -= 1
    state.text += 1
    return state.syllables >= 0


def go_on_in_words(state: State) -> bool:
    """Take a character that is no new syllable."""
    state.text += 1
    state.reason = Reason.TOO_LONG
    return state.text <= Limit.TEXT


def end_words(state: State) -> bool:
    """End a line of words."""
    state.reason = Reason.LYRICS_MISFIT
    state.line = 2
    return state.syllables < state.verse


def end_line_with_comment(state: State) -> bool:
    """End a line of music with a comment, behind which the words must follow if the tune has some."""
    state.text = 0
    if not nothing_pending(state) or not not_idle(state) or not end_line(state):
        return False
    state.after = Control.AWAIT_WORDS if state.control == Control.AWAIT_WORDS else Control.BODY
    state.control = Control.PERCENT
    return True


def end_words_and_tune(tables: Tables, state: State) -> bool:
    """End a line of words, and the tune with it."""
    return end_words(state) and may_end(tables, state)
