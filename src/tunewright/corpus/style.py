"""What are the tunes of a corpus like, as far as composing asks? A checkpoint keeps it (`Checkpoint.style`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from tunewright.corpus.header_style import header_style
from tunewright.notation.forms import Form, as_json, degrees, form_of, tallied
from tunewright.notation.melody import read_melody

MOST_TUNES = 1500
"""Tunes whose music is read, evenly spaced over the corpus: about two seconds."""


def style_of(texts: Sequence[str], former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe tunes; the result is fit for JSON.

    Parameters
    ----------
    texts
        ABC text of each tune.
    former
        What this gave for tunes that the network learned from before: their headers go on being known.

    Returns
    -------
    style
        ``headers``: see `header_style`. ``forms``: see `notation.forms`. ``cadences``: how many ``sections``, but for
        last ones, and ``tunes`` end on each degree, 1 to 7, and with an accidental.
    """
    forms: list[Form] = []
    ends = {"sections": [0] * 8, "tunes": [0] * 8}
    count = min(MOST_TUNES, len(texts))
    for number in range(count):
        text = texts[number * len(texts) // count]
        melody = read_melody(text)
        if form := form_of(melody):
            forms.append(form)
        for last, degree in enumerate(reversed(degrees(melody, text))):
            ends["sections" if last else "tunes"][degree - 1] += 1
    return {
        "headers": header_style(texts, (former or {}).get("headers")),
        "forms": as_json(tallied(forms)),
        "cadences": ends,
    }
