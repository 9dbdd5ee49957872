"""What are the tunes of a corpus like, as far as composing asks?"""

from collections.abc import Sequence
from typing import Any

from tunewright.notation.forms import Form, as_json, degrees, form_of, tallied
from tunewright.notation.melody import read_melody

MOST_TUNES = 1500
"""Tunes whose music is read, evenly spaced over the corpus: about two seconds."""


def style_of(tunes: Sequence[str]) -> dict[str, Any]:
    """Describe tunes, given as ABC, for `Checkpoint.style`.

    Returns
    -------
    style
        ``forms``: see `notation.forms`. ``cadences``: how many ``sections``, but for last ones, and ``tunes`` end on
        each degree, 1 to 7, and with an accidental.
    """
    forms: list[Form] = []
    ends = {"sections": [0] * 8, "tunes": [0] * 8}
    for text in evenly(tunes, MOST_TUNES):
        melody = read_melody(text)
        if form := form_of(melody):
            forms.append(form)
        for number, degree in enumerate(reversed(degrees(melody, text))):
            ends["sections" if number else "tunes"][degree - 1] += 1
    return {"forms": as_json(tallied(forms)), "cadences": ends}


def evenly(tunes: Sequence[str], most: int) -> list[str]:
    """At most so many of the tunes, evenly spaced."""
    count = min(most, len(tunes))
    return [tunes[number * len(tunes) // count] for number in range(count)]
