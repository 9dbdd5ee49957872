"""How do the rules become a flat table for the characters that a vocabulary has?"""

from tunewright.notation.grammar_rules import HOME_CHARACTERS, RULES, UNQUOTED, UNTIDY
from tunewright.notation.registers import ACTION_SHIFT, BODY, BRACKET, CHARACTERS, HEAD, SLURRED, STATES
from tunewright.notation.words import BODY_TEXTS, INSTRUCTIONS


def rows(spoken: set[int], left_out: str, *, tidy: bool = False) -> list[int]:
    """The flat table of rules.

    Parameters
    ----------
    spoken
        Classes of the characters that the vocabulary has.
    left_out
        Letters of fields that are never written; other characters, such as ``%``, that never come.
    tidy
        Whether no field but ``K:`` may stand among the music.

    Returns
    -------
    rows
        ``rows[state * CHARACTERS + class]`` is action times ACTION_SHIFT plus the state after it, 0 where refused.
    """
    table = [0] * (STATES * CHARACTERS)
    for state, characters, action, after in RULES:
        for character in characters:
            table[state * CHARACTERS + ord(character)] = action * ACTION_SHIFT + after if action else 0
    _leave_out(table, left_out)
    if tidy:
        _tidy(table)
    for state in range(STATES):
        for code in range(CHARACTERS):
            if code not in spoken:
                table[state * CHARACTERS + code] = 0
    return table


def homes(spoken: set[int]) -> list[int]:
    """For each state the code point of `HOME_CHARACTERS`, 0 where there is none."""
    table = [0] * STATES
    for state, characters in HOME_CHARACTERS:
        table[state] = next((ord(character) for character in characters if ord(character) in spoken), 0)
    return table


def _leave_out(table: list[int], left_out: str) -> None:
    for letter in left_out:
        for state in (HEAD, BRACKET) if letter.isalpha() else range(STATES):
            table[state * CHARACTERS + ord(letter)] = 0
        if letter in BODY_TEXTS + INSTRUCTIONS + "w":
            table[BODY * CHARACTERS + ord(letter)] = table[SLURRED * CHARACTERS + ord(letter)]


def _tidy(table: list[int]) -> None:
    for letter in UNTIDY:
        table[BODY * CHARACTERS + ord(letter)] = table[SLURRED * CHARACTERS + ord(letter)]
        table[BRACKET * CHARACTERS + ord(letter)] = 0
    for state, characters in UNQUOTED:
        for character in characters:
            table[state * CHARACTERS + ord(character)] = 0
