"""Results of a paper about the units of a network, and about a network that looks back."""

from tunewright.analysis.memory.copying import Group
from tunewright.analysis.memory.looked_at import NEW
from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.labels import label_named
from tunewright.analysis.units.unit_study import NeuronStudy
from tunewright.report.pages.looking_back_section import summary
from tunewright.report.paper.chosen_units import NeuronPart, ShownUnit, strength
from tunewright.report.paper.composed import heading
from tunewright.report.paper.material import LookingPart, PaperMaterial
from tunewright.report.paper.text import count, fill, paragraphs, plain, refer, table
from tunewright.report.paper.tunes import PaperTune
from tunewright.report.paper.values import figure, minus, nats, percent, share, shown

LISTED = 12
"""Most properties in the table, those farthest above an untrained network first."""
CLOSE_AUC, CLOSE_R = 0.95, 0.8
"""Least values of a unit that follows a property closely."""
VERBS = {"on": "is on", "off": "is off", "rises": "rises with", "falls": "falls with"}
WHERE = {"auc": ("where it holds", "elsewhere"), "r": ("in the upper half of its values", "in the lower")}


def units(material: PaperMaterial) -> str:
    """The section, without its heading."""
    part = material.units
    if part is None or material.unit_tune is None:
        return fill("results", "no_units", {"reason": plain(material.problems.get("units", ""))})
    found = part.study
    auc, r = f"{CLOSE_AUC:g}", f"{CLOSE_R:g}"
    values = {
        "setting": plain(material.best.setting),
        "run": plain(material.best.name),
        "all": found.about["network"]["units"] * found.about["network"]["layers"],
        "confirmed": _following(found, close=False),
        "close": fill("results", "close", {"count": _following(found, close=True), "auc": auc, "r": r}),
        "untrained": _following(part.untrained, close=False),
        "untrained_close": f" and {_following(part.untrained, close=True)}",
        "own": _following(found, close=True, echo=False),
        "untrained_own": _following(part.untrained, close=True, echo=False),
        "on": _on(material, part, material.unit_tune),
    }
    return paragraphs(
        fill("results", "units", values),
        _table(part),
        *(_unit(material, unit) for unit in part.shown),
        _score(material, part),
        "" if part.shown else fill("results", "nothing_shown", {}),
    )


def _on(material: PaperMaterial, part: NeuronPart, tune: PaperTune) -> str:
    """A sentence about the tune on which units are shown; empty if none is shown."""
    if not part.shown:
        return ""
    where = f" ({refer('fig-' + tune.figure)})" if _is_shown(material) else ""
    shown_units = count(len(part.shown), "unit is", "units are")
    return " " + fill("results", "on", {"shown": shown_units, "tune": heading(tune) + where})


def _is_shown(material: PaperMaterial) -> bool:
    """Whether the paper shows the tune elsewhere too."""
    tune = material.unit_tune
    return tune in (*material.tunes, *material.samples) and material.has(tune.figure) if tune else False


def _following(study: NeuronStudy, *, close: bool, echo: bool = True) -> int:
    """Number of units with a confirmed finding; without `echo`, also close between places with the same character."""
    confirmed = [each for each in study.findings if each.confirmed]
    values = [(each, each.held_out_value) for each in confirmed]
    if not echo:
        values = [(each, each.same_character_value) for each, value in values if _is_close(each, value)]
    return len({(each.layer, each.unit) for each, value in values if not close or _is_close(each, value)})


def _is_close(finding: UnitFinding, value: float | None) -> bool:
    return abs(value or 0.0) >= (CLOSE_R if finding.statistic == "r" else CLOSE_AUC)


def _table(part: NeuronPart) -> str:
    floor = part.untrained.best_of_label()

    def above(finding: UnitFinding) -> float:
        beside = floor.get(finding.label)
        return strength(finding) - max(strength(beside) if beside else 0.0, 0.0)

    best = [finding for finding in part.study.best_of_label().values() if finding.confirmed]
    rows = [
        [
            plain(finding.label),
            name_of(finding, part).removeprefix("unit "),
            f"{VERBS[finding.direction].split()[-1 if finding.statistic == 'auc' else 0]}",
            statistic(finding),
            number(finding.held_out_value),
            number(finding.same_character_value),
            number(floor[finding.label].held_out_value) if finding.label in floor else "–",
        ]
        for finding in sorted(best, key=above, reverse=True)[:LISTED]
    ]
    columns = ["property", ">unit", "", "", ">held out", ">same character", ">untrained"]
    return table("units", fill("results", "units_caption", {}), columns, rows) if rows else ""


def name_of(finding: UnitFinding, part: NeuronPart) -> str:
    """``unit 12``, or ``unit 12 of layer 1`` where there are several."""
    several = part.study.about["network"]["layers"] > 1
    return f"unit {finding.unit}" + (f" of layer {finding.layer}" if several else "")


def statistic(finding: UnitFinding) -> str:
    """The name of the finding's statistic."""
    return "AUC" if finding.statistic == "auc" else "*r*"


def number(value: float | None) -> str:
    """An AUC or a correlation as text."""
    return "–" if value is None else minus(f"{value:.2f}")


def _unit(material: PaperMaterial, unit: ShownUnit) -> str:
    part, finding, tune = material.units, unit.finding, material.unit_tune
    assert part is not None and tune is not None  # noqa: S101 - else nothing would be shown
    name = name_of(finding, part)
    place = part.shown.index(unit) + 1
    where, elsewhere = WHERE[finding.statistic]
    holds, lacks = unit.means()
    values = {
        "Unit": name[0].upper() + name[1:],
        "verb": VERBS[finding.direction],
        "phrase": plain(label_named(finding.label).phrase),
        "number": place,
        "statistic": statistic(finding),
        "value": number(finding.held_out_value),
        "same": number(finding.same_character_value),
        "floor": number(unit.untrained.held_out_value if unit.untrained else None),
        "floor_same": number(unit.untrained.same_character_value if unit.untrained else None),
        "here": number(unit.value_here),
        "mean": number(holds),
        "where": where,
        "other": number(lacks),
        "elsewhere": elsewhere,
    }
    caption = {
        "number": name.removeprefix("unit "),
        "tune": heading(tune),
        "verb": values["verb"],
        "phrase": values["phrase"],
    }
    return paragraphs(
        fill("results", "unit", values), shown(material, f"unit-{place}", fill("results", "unit_caption", caption))
    )


def _score(material: PaperMaterial, part: NeuronPart) -> str:
    if not part.shown:
        return ""
    name = name_of(part.shown[0].finding, part).removeprefix("unit ")
    return shown(material, "unit-score", fill("results", "score_caption", {"number": name}))


def example(part: NeuronPart) -> str:
    """The first unit shown, as a clause; empty if none is shown."""
    if not part.shown:
        return ""
    finding = part.shown[0].finding
    figure = f"{statistic(finding)} {number(finding.held_out_value)}"
    return f"{VERBS[finding.direction]} {plain(label_named(finding.label).phrase)} ({figure})"


def looking_back(material: PaperMaterial) -> str:
    """The section, with its heading; empty if no network of the study looks back."""
    part = material.looking
    if part is None:
        return ""
    caption = {"tune": heading(part.tune), "new": share(NEW)}
    return paragraphs(
        "## What looking back does",
        _gate(material, part),
        shown(material, "copying", fill("results", "copying_caption", {})),
        _without(part),
        _arcs(material, part),
        shown(material, "arcs-score", fill("results", "arcs_caption", caption)),
        shown(material, "arcs-text", fill("results", "arcs_text_caption", {"tune": heading(part.tune)})),
    )


def _gate(material: PaperMaterial, part: LookingPart) -> str:
    overall = part.copying.overall
    values = {
        "setting": plain(part.tune.setting),
        "run": plain(part.tune.run),
        "tunes": part.copying.about["tunes"],
        "gate": _mean(overall),
        "copied": percent(overall.copied.value),
        "statements": _statements(part),
    }
    return fill("results", "gate", values).replace("[](#fig-copying)", figure(material, "copying"))


def _statements(part: LookingPart) -> str:
    first, again = part.copying.first, part.copying.again
    if not first or not again:
        return ""
    values = {"first": _mean(first[0]), "again": _mean(again[0]), "copied": percent(again[0].copied.value)}
    return " " + fill("results", "gate_statements", values)


def _mean(group: Group) -> str:
    return f"{group.gate.value:.2f}"


def _without(part: LookingPart) -> str:
    alone, rise = part.alone, part.alone.overall.rise
    values = {
        "more": f"{nats(abs(rise.value))} nats {'more' if rise.value >= 0 else 'less'}",
        "low": nats(rise.low),
        "high": nats(rise.high),
        "alone": nats(alone.overall.alone),
        "looking": nats(alone.overall.looking),
        "form": _form(part),
    }
    return fill("results", "without_looking", values)


def _form(part: LookingPart) -> str:
    alone = part.alone
    if not (alone.looking and alone.alone and alone.read):
        return ""
    values = {
        "count": alone.about["tunes_composed"],
        "temperature": f"{alone.about['temperature']:g}",
        "alone": _share(alone.alone),
        "looking": _share(alone.looking),
        "read": _share(alone.read),
    }
    return " " + fill("results", "without_form", values)


def _share(estimate: Estimate) -> str:
    return f"{percent(estimate.value)} ({percent(estimate.low)} to {percent(estimate.high)})"


def _arcs(material: PaperMaterial, part: LookingPart) -> str:
    values = {"tune": heading(part.tune), "summary": summary(part.looked)}
    text = fill("results", "arcs", values)
    for name in ("arcs-score", "arcs-text"):
        text = text.replace(f"[](#fig-{name})", figure(material, name))
    return text
