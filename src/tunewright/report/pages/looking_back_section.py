"""Section of a page, and figures, about the earlier bar that each bar of a tune comes from."""

from collections.abc import Iterator, Sequence
from html import escape

from tunewright.analysis.memory.looked_at import NEW, Looked
from tunewright.errors import MissingExtraError, RenderError
from tunewright.report.figures.arcs import looked_in_words, score_with_arcs, text_with_arcs
from tunewright.report.figures.heatmap_frame import Body, framed

TITLE = "Where each bar comes from"
READING = (
    "A curve leads from each bar to the earlier bar that the network looked at most while it read or wrote this one: "
    "the thicker the curve, the larger the part that comes from there. ← gives the number of that bar; 0 is a "
    f"pick-up. A bar without a curve is new: less than {NEW:.0%} of it was copied from bars before it."
)
LEAST_WIDTH = 640
"""CSS pixels; on a narrower page a picture is scrolled instead of scaled down."""
KINDS = {"score": score_with_arcs, "text": text_with_arcs}
"""Pictures that arcs are drawn over."""


def summary(looked: Looked) -> str:
    """The number of bars that come from earlier ones, as a sentence."""
    count, all_bars = len(looked.from_before), len(looked.bars)
    return f"{count} of {all_bars} bars {'comes' if count == 1 else 'come'} from bars before {_them(count)}."


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def looked_html(looked: Looked) -> str:
    """HTML of arcs over the score and over the text, and of the same in words; "" for a tune without bars."""
    if not looked.bars:
        return ""
    words = looked_in_words(looked)
    figures = "".join(figures_html(looked))
    return (
        f'<details class="looked" open><summary>{TITLE}: {summary(looked)[:-1]}</summary>\n'
        f"<p>{escape(READING)}</p>\n{figures}{words_html(words)}</details>"
    )


def figures_html(looked: Looked) -> Iterator[str]:
    """Arcs over the score, if it can be engraved, and over the text."""
    label = escape(f"{TITLE}. {' '.join(looked_in_words(looked))}")
    for draw in KINDS.values():
        try:
            body = draw(looked)
        except (RenderError, MissingExtraError):
            continue
        svg = body.svg.replace("<svg ", f'<svg style="min-width:{min(body.width, LEAST_WIDTH):.0f}px" ', 1)
        yield f'<div class="figure" role="img" tabindex="0" aria-label="{label}">{svg}</div>\n'


def words_html(words: Sequence[str]) -> str:
    """HTML of sentences that open at a click."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in words)
    return f"<details><summary>In words</summary><ul>{items}</ul></details>"


def draw_arcs(looked: Looked, kind: str, *, title: str, form: str = "svg") -> bytes:
    """Draw a tune with arcs from each bar to the bar that it comes from.

    Parameters
    ----------
    kind
        ``score`` or ``text``.
    title
        Title above the picture.
    form
        svg, png or pdf.

    Raises
    ------
    OptionError
        If there is no such form.
    RenderError
        If the tune cannot be engraved.
    MissingExtraError
        Without mini-racer, for a score; for png and pdf, without typst.
    """
    body: Body = KINDS[kind](looked)
    words = " ".join(looked_in_words(looked))
    return framed(body, title=title, caption=f"{summary(looked)} {READING}", words=words).file(form)
