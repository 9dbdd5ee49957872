"""Section of a page, and figure, about the gate of a look-back head: where a network copies."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from tunewright.analysis.memory.copying import AGAIN, FIRST, PLACES, Copying, Group
from tunewright.analysis.memory.looked_at import Looked
from tunewright.errors import MissingExtraError
from tunewright.rendering.page import PageSection
from tunewright.rendering.source import title_of
from tunewright.report.figures.heatmap import draw_heatmap, heatmap_html
from tunewright.report.figures.heatmap_frame import scale_bar
from tunewright.report.figures.study_styles import drawing, finish_axes, new_figure, picture_of
from tunewright.report.pages.looking_back_section import looked_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Looking back"
QUANTITY = "gate: 0 copies, 1 invents"
CELLS = (
    "Each cell is one character; its colour is the gate in the network's prediction of it. A bar at the top of a cell "
    "means a value above {middle} (it invents), one at the bottom a value below it (it copies); the longer the bar, "
    "the farther. A bent arrow is the end of a line."
)
GATE = (
    "The gate of the head says, before each character, how far the network trusts its own distribution (1: it "
    "invents) and how far the characters that followed similar places (0: it copies)."
)
FIRST_STYLE, AGAIN_STYLE = ("#c1440e", "o", "-"), ("#1b4965", "s", "--")
"""Colour, marker and line of bars that are new and of those that repeat an earlier one."""
BAR = "#7c9db5"


def sentences(copying: Copying) -> list[str]:
    """The results as sentences."""
    about, overall = copying.about, copying.overall
    found = [
        f"On {about['tunes']} held-out tunes ({about['characters']:,} characters) the gate is {overall.gate.value:.2f} "
        f"on average, and {overall.copied.value:.0%} of the probability of the actual characters was copied; "
        f"{copying.from_before} of {copying.bars} bars come from bars before them."
    ]
    if copying.first and copying.again:
        first, again = copying.first[0], copying.again[0]
        found.append(
            f"In {FIRST} of a bar the gate is {_with_interval(first)}, in {AGAIN} {_with_interval(again)}: of these "
            f"{again.copied.value:.0%} is copied."
        )
    kinds = sorted(copying.kinds, key=lambda group: group.gate.value)
    if len(kinds) > 1:
        found.append(
            f"It copies most at {_kind(kinds[0])} and {_kind(kinds[1])}, and invents most at {_kind(kinds[-1])}."
            if len(kinds) > 2
            else f"It copies more at {_kind(kinds[0])} than at {_kind(kinds[1])}."
        )
    return found


def _with_interval(group: Group) -> str:
    return f"{group.gate.value:.2f} ({group.gate.low:.2f} to {group.gate.high:.2f})"


def _kind(group: Group) -> str:
    return f"{group.of} ({group.gate.value:.2f})"


def looking_section(copying: Copying, tunes: Sequence[Looked]) -> PageSection:
    """Section about where the network copies, and where each bar of some tunes comes from.

    Without matplotlib the figure of the gate is left out.
    """
    followed = "".join(f"<li>{escape(each.sentence)}</li>" for each in copying.findings)
    words = "".join(f"<p>{escape(sentence)}</p>" for sentence in (GATE, *sentences(copying)))
    html = (
        f"{words}{_figure(copying)}{_table(copying)}"
        f"<p>What the gate follows, tested as units are (on: it invents; off: it copies):</p><ul>{followed}</ul>"
        f"{''.join(map(_tune, tunes))}"
    )
    return PageSection(TITLE, html)


def _figure(copying: Copying) -> str:
    try:
        svg = draw_copying(copying).decode()
    except MissingExtraError:
        return ""
    label = escape(f"Mean gate by kind of character and by place in the bar. {' '.join(sentences(copying))}")
    return f'<div role="img" aria-label="{label}">{svg[svg.index("<svg") :]}</div>'


def _tune(looked: Looked) -> str:
    """Gate and arcs of one tune."""
    if not looked.text:
        return ""
    cells = heatmap_html(looked.text, looked.gate[:-1], low=0, high=1)
    return (
        f"<h3>{escape(title_of(looked.text) or 'Untitled')}</h3>"
        f'<div class="scale" aria-hidden="true">{scale_bar(QUANTITY, 0, 1)}</div><div class="sheet">{cells}</div>'
        f"<p class='quiet'>{escape(CELLS.format(middle='0.5'))}</p>{looked_html(looked)}"
    )


def draw_gate(looked: Looked, form: str = "svg") -> bytes:
    """Draw a tune of at least one character, coloured by the gate; for errors see `heatmap.draw_heatmap`."""
    return draw_heatmap(
        looked.text,
        looked.gate[:-1],
        title="Where the network copies and where it invents",
        form=form,
        low=0.0,
        high=1.0,
        unit=QUANTITY,
        caption=CELLS,
    )


def _table(copying: Copying) -> str:
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("characters", "how many", "mean gate (95% interval)", "copied")
    )
    rows = [("all", copying.overall), *((group.of, group) for group in copying.kinds)]
    rows += [(group.of, group) for groups in (copying.first, copying.again) for group in groups[:1]]
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{group.characters:,}</td><td>{_with_interval(group)}</td>'
        f"<td>{group.copied.value:.0%}</td></tr>"
        for name, group in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def draw_copying(copying: Copying, form: str = "svg") -> bytes:
    """Draw the mean gate by kind of character, and by place in the bar for new and for repeated bars.

    Parameters
    ----------
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    with drawing("Drawing a gate"):
        figure = new_figure(3.4)
        kinds, places = figure.subplots(1, 2, width_ratios=(1.15, 1))
        _draw_kinds(kinds, copying)
        _draw_places(places, copying)
        return picture_of(figure, form)


def _draw_kinds(axes: "Axes", copying: Copying) -> None:
    groups = [copying.overall, *copying.kinds]
    axes.barh(
        range(len(groups)),
        [group.gate.value for group in groups],
        xerr=_errors(groups),
        color=BAR,
        edgecolor="#333333",
        linewidth=0.5,
        height=0.68,
        error_kw={"elinewidth": 1, "capsize": 2, "ecolor": "#111111"},
    )
    axes.set_yticks(range(len(groups)), [group.of for group in groups])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    finish_axes(axes, "Gate by kind of character", "mean gate (0 copies, 1 invents)", "")


def _draw_places(axes: "Axes", copying: Copying) -> None:
    numbers = {name: number for number, name in enumerate(PLACES)}
    for name, groups, (colour, marker, line) in (
        (FIRST, copying.first[1:], FIRST_STYLE),
        (AGAIN, copying.again[1:], AGAIN_STYLE),
    ):
        axes.errorbar(
            [numbers[group.of] for group in groups],
            [group.gate.value for group in groups],
            yerr=_errors(groups) if groups else None,
            color=colour,
            marker=marker,
            linestyle=line,
            markersize=4.5,
            linewidth=1.3,
            capsize=2,
            label=name,
        )
    axes.set_xticks(range(len(PLACES)), ["1st", "2nd", "3rd", "4th", "full"])
    axes.set_xlim(-0.4, len(PLACES) - 0.6)
    axes.set_ylim(0, 1)
    finish_axes(axes, "Gate by place in the bar", "quarter of the bar that is played", "mean gate")
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _errors(groups: Sequence[Group]) -> list[list[float]]:
    return [
        [max(0.0, group.gate.value - group.gate.low) for group in groups],
        [max(0.0, group.gate.high - group.gate.value) for group in groups],
    ]
