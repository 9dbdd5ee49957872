"""What does a paper say of a network that looks back: when it copies, what it loses without, where bars come from?"""

from tunewright.analysis.copying import Group
from tunewright.analysis.distributions import Estimate
from tunewright.analysis.looked_at import NEW
from tunewright.report.looking_back import summary
from tunewright.report.paper_composed import heading
from tunewright.report.paper_material import LookingPart, Material
from tunewright.report.paper_text import fill, paragraphs, plain
from tunewright.report.paper_values import figure, nats, percent, share, shown


def looking_back(material: Material) -> str:
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


def _gate(material: Material, part: LookingPart) -> str:
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


def _arcs(material: Material, part: LookingPart) -> str:
    values = {"tune": heading(part.tune), "summary": summary(part.looked)}
    text = fill("results", "arcs", values)
    for name in ("arcs-score", "arcs-text"):
        text = text.replace(f"[](#fig-{name})", figure(material, name))
    return text
