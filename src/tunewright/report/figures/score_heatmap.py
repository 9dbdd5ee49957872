"""Heatmap of a score: the engraved tune, each sign on the colour of a unit's value there.

Notes, rests, bar lines, grace notes, chord symbols and annotations get the mean of the unit over the characters that
write them (see `rendering.score_places`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tunewright.rendering.score import Score
from tunewright.rendering.score_places import ScoreArea, engrave_with_areas
from tunewright.report.figures.heatmap import fitting
from tunewright.report.figures.heatmap_frame import Body, cell, framed

CAPTION = (
    "The colour behind a note, rest, bar line, grace note or chord symbol is the mean of the unit's values just after "
    "the characters that write it were read. A bar at the top means a value above {middle}, one at the bottom a "
    "value below it; the longer the bar, the farther."
)


def draw_score_heatmap(
    tune: str,
    values: ArrayLike,
    *,
    title: str,
    form: str = "svg",
    low: float = -1.0,
    high: float = 1.0,
    unit: str = "output h",
    engraved: tuple[Score, Sequence[ScoreArea]] | None = None,
) -> bytes:
    """Draw the score of a tune, coloured by values.

    Parameters
    ----------
    tune
        The tune in ABC notation that the network read.
    values
        Activation of the unit after each of its characters, shape=(len(tune),).
    engraved
        The result of `engrave_with_areas` for this tune, if it is drawn several times.
    title, form, low, high, unit
        As for `report.figures.heatmap.draw_heatmap`.

    Raises
    ------
    OptionError
        If values do not fit the tune or are not finite, or there is no such form.
    RenderError
        If the tune cannot be engraved.
    MissingExtraError
        Without mini-racer; for png and pdf, without typst.
    """
    found = fitting(tune, values, low, high)
    score, areas = engraved or engrave_with_areas(tune)
    cells = "".join(
        cell(area.left, area.top, area.width, area.height, float(np.mean(found[list(area.places)]))) for area in areas
    )
    start = score.svg.index(">") + 1
    body = Body(f"{score.svg[:start]}{cells}{score.svg[start:]}", score.width, score.height)
    caption = CAPTION.format(middle=f"{(low + high) / 2:g}")
    return framed(body, title=title, caption=caption, quantity=unit, low=low, high=high).file(form)
