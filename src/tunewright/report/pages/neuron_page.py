"""Page of a study of units: one self-contained HTML file to browse.

Like the pages of tunes it needs nothing else: its content security policy forbids every request. The table of units can
be sorted and searched. Each unit has an address (``#unit-42``) and shows what it follows, and its values on a tune, in
the text and on the score. The script colours one text and one score for whatever unit is open. Texts are escaped here.
"""

from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from tunewright.analysis.units.claims import UnitFinding
from tunewright.model.clamping import Unit, unit_name
from tunewright.rendering.page import allowed_scripts, page_parts, script_safe_json
from tunewright.rendering.source import title_of
from tunewright.report.figures.heatmap import heatmap_html
from tunewright.report.figures.heatmap_frame import BAR, scale_bar
from tunewright.report.pages.neuron_page_data import (
    Engraved,
    NeuronPage,
    by_unit,
    floor_of,
    held_out,
    number,
    page_data,
    unit_id,
)

WHAT = (
    "A network that writes tunes reads them one character at a time. It keeps what it needs to remember in {units} "
    "numbers, its units, which change with every character. Some of them turn out to follow something that a musician "
    "has a name for: the header, the height of a note, the end of a bar."
)
EVIDENCE = (
    "Nothing here is labelled by eye: a reader of ABC notation labels each character. What a unit follows is chosen on "
    "some tunes; how closely it does so is measured on {tunes} others. An untrained network already echoes the "
    "characters that it just read; it went through the same tests and is shown for comparison."
)
FIGURES = (
    "AUC: take a character where the label holds and one where it does not. How often is the unit higher at the "
    "first (lower, if it is off there)? 0.5 is chance, 1 is perfect. r: do unit and label rise together, by rank? 0 is "
    "chance, 1 or −1 is perfect. p: how often chance does as much, with all {pairs:,} pairs of units and labels taken "
    "into account. Same character: the same figure where only places with the same character are compared, so that an "
    "echo of the character is no help. On, off: the unit is high, or low, where the label holds."
)
READING = (
    "The colour of a character, or behind a note, is the value of <b class='of-unit'>the unit</b> just after the "
    "network has read it; a bar at the top means a value above {middle}, one at the bottom a value below it. A note "
    "of several characters has their mean. ↵ is the end of a line. Point at a character to see its value."
)


def neuron_page(page: NeuronPage) -> str:
    """Return the page as one self-contained HTML file."""
    about = page.study.about
    html = _template("neurons.html").substitute(
        title=escape(page.title),
        caption=escape(_caption(page)),
        what=WHAT.format(units=f"{about['network']['units'] * about['network']['layers']:,}"),
        evidence=EVIDENCE.format(tunes=about["held_out"]["tunes"]),
        figures=FIGURES.format(pairs=about["pairs_tested"]),
        contents="\n".join(
            f'<li><a href="#part-{place}">{escape(section.title)}</a></li>'
            for place, section in enumerate(page.sections, 1)
        ),
        rows="\n".join(_rows(page)),
        picker=_picker(page),
        scale=scale_bar(page.quantity, page.low, page.high),
        reading=READING.format(middle=f"{(page.low + page.high) / 2:g}"),
        tunes="\n".join(_tune(page, place) for place in range(len(page.tunes))),
        sections="\n".join(
            f'<section class="section" id="part-{place}">\n<h2>{escape(section.title)}</h2>\n{section.html}\n</section>'
            for place, section in enumerate(page.sections, 1)
        ),
        data=script_safe_json(page_data(page)),
        style=page_parts([]).style + _asset("neurons.css"),
        script=_asset("neurons.js"),
        allowed=allowed_scripts(_asset("neurons.js")),
    )
    return html.encode(errors="replace").decode()  # a text may contain a lone surrogate, a file may not


def _caption(page: NeuronPage) -> str:
    network, about = page.study.about["network"], page.study.about
    layers = f"{network['layers']} layers of " if network["layers"] > 1 else ""
    return (
        f"{network['cell'].upper()}, {layers}{network['units']} units, weights {about['fingerprint']}; labels chosen "
        f"on {about['choosing']['tunes']} tunes ({about['choosing']['characters']:,} characters), measured again on "
        f"{about['held_out']['tunes']} ({about['held_out']['characters']:,} characters)"
    )


def _rows(page: NeuronPage) -> list[str]:
    """A row of the table for each unit, the strongest findings first."""
    findings, floor = by_unit(page.study.findings), floor_of(page.untrained.findings)
    best = {unit: findings[unit][0] if findings[unit] else None for unit in _units(page)}
    order = sorted(best.items(), key=lambda pair: -_strength(pair[1]))
    return [_row(unit, finding, floor, page, findings[unit]) for unit, finding in order]


def _row(
    unit: Unit,
    finding: UnitFinding | None,
    floor: dict[str, UnitFinding],
    page: NeuronPage,
    findings: list[UnitFinding],
) -> str:
    name, words = unit_name(unit), " ".join(f"{each.label} {each.sentence}" for each in findings).lower()
    beside = floor.get(finding.label) if finding else None
    width = page.study.about["network"]["units"]
    value = held_out(finding) if finding else "–"
    cells = (
        f'<th scope="row"><a href="#{unit_id(unit)}">{name}</a></th>'
        f"<td>{escape(f'{finding.label} {finding.direction}' if finding else 'nothing')}</td><td>{value}</td>"
        f"<td>{number(beside.held_out_value) if beside else '–'}</td>"
    )
    return (
        f'<tr data-id="{unit_id(unit)}" data-number="{unit[1]}" data-unit="{unit[0] * width + unit[1]}" '
        f'data-label="{escape(finding.label if finding else "")}" data-strength="{_strength(finding):.4f}" '
        f'data-untrained="{_strength(beside):.4f}" data-search="{escape(words)}">{cells}</tr>'
    )


def _strength(finding: UnitFinding | None) -> float:
    return finding.held_out_strength if finding else 0.0


def _units(page: NeuronPage) -> list[Unit]:
    return [(report.layer, report.unit) for report in page.study.units]


def _picker(page: NeuronPage) -> str:
    """The name of the tune, or a list to choose from."""
    whose = "a tune that this network composed" if page.composed else "a tune that it reads"
    titles = [title_of(shown.tune.text) or "Untitled" for shown in page.tunes]
    if len(titles) == 1:
        return f"<b class='of-unit'>The unit</b> on {whose}: {escape(titles[0])}"
    options = "".join(f'<option value="{place}">{escape(title)}</option>' for place, title in enumerate(titles))
    return f"<label for='tune'><b class='of-unit'>The unit</b> on {whose}:</label> <select id='tune'>{options}</select>"


def _tune(page: NeuronPage, place: int) -> str:
    shown, engraved = page.tunes[place], page.engraved[place]
    layer, unit = _units(page)[0]
    values = shown.values[layer * page.study.about["network"]["units"] + unit]
    score = f'<h3>On the score</h3><div class="sheet">{_score(engraved)}</div>' if engraved else ""
    text = heatmap_html(shown.tune.text, values.clip(page.low, page.high), low=page.low, high=page.high)
    hidden = " hidden" if place else ""
    return f'<div id="tune-{place + 1}"{hidden}>{score}<h3>In the text</h3><div class="sheet">{text}</div></div>'


def _score(engraved: Engraved) -> str:
    """The score with an area and a bar for each sign, which the script colours."""
    score, areas = engraved
    boxes = "".join(
        f'<rect class="cell" x="{area.left:.1f}" y="{area.top:.1f}" width="{area.width:.1f}" '
        f'height="{area.height:.1f}" fill="none" stroke="none"><title></title></rect><rect class="bar" '
        f'x="{area.left:.1f}" y="{area.top:.1f}" width="0" height="{BAR}" fill="#111111" stroke="none"/>'
        for area in areas
    )
    start = score.svg.index(">") + 1
    head = score.svg[:start].replace("<svg", f'<svg viewBox="0 0 {score.width:g} {score.height:g}"', 1)
    return f'<div class="score">{head}{boxes}{score.svg[start:]}</div>'


@cache
def _asset(name: str) -> str:
    return (files("tunewright.report") / "assets" / name).read_text(encoding="utf-8")


def _template(name: str) -> Template:
    return Template(_asset(name))
