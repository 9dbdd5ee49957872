"""Discussion of a paper: sentences that follow by rule from comparisons, counts and findings."""

from collections.abc import Sequence
from dataclasses import replace

from tunewright.analysis.units.labels import label_named
from tunewright.report.paper.chosen_units import kind_of
from tunewright.report.paper.material import QUALITY_TEMPERATURE, PaperMaterial
from tunewright.report.paper.text import count, fill, listed, paragraphs, plain
from tunewright.report.paper.units import VERBS, number, statistic
from tunewright.report.paper.values import has_intervals, mean, minus, names, percent, protocol, seeds, side
from tunewright.study.plans.plan import Question
from tunewright.study.results.comparisons import Answer, Comparison, answer, compare_settings
from tunewright.study.results.measures import MEASURES

SAME_SIZE = 1.05
"""Numbers of parameters up to this ratio count as the same."""


def discussion(material: PaperMaterial) -> str:
    """The section, without its heading."""
    return paragraphs(
        _best(material),
        *(_question(material, question) for question in material.results.plan.questions),
        "## Temperature",
        _temperature(material),
        "## What units follow" if material.units and material.units.shown else "",
        _units(material),
        "## Limits",
        _limits(material),
    )


def _best(material: PaperMaterial) -> str:
    base = material.baseline.setting
    best = min(material.results.runs, key=lambda run: run.best.validation(material.results.protocol)).setting
    lowest = min(names(material), key=lambda name: _mean_loss(material, name))
    if len(names(material)) < 2:
        return ""
    against = ""
    found = compare_settings(material.results, lowest, base) if lowest != base else None
    if found:
        against = fill("discussion", "against", {"difference": _against(found, len(names(material)) - 1)})
    values = {
        "best": plain(lowest),
        "loss": mean(material, lowest),
        "protocol": protocol(material.results.protocol),
        "against": against,
    }
    single = "" if best == lowest else f" The best single run is one of {plain(best)}."
    return fill("discussion", "best", values) + single


def _against(found: Comparison, others: int) -> str:
    """The best setting against the baseline, corrected for the `others` that might have been best (Bonferroni)."""
    if found.p is not None:
        found = replace(found, adjusted_p=min(1.0, found.p * others))
    way = "lower" if found.difference.value < 0 else "higher"
    doubts = {
        "shown": " " + fill("discussion", "corrected", {"others": count(others, "setting")}) if others > 1 else "",
        "one seed": ", with one seed",
    }
    return f"{_amount(found)} {way}{doubts.get(found.verdict, ', which may be chance')}"


def _mean_loss(material: PaperMaterial, name: str) -> float:
    runs = material.results.of(name)
    return sum(run.best.validation(material.results.protocol) for run in runs) / len(runs)


def _question(material: PaperMaterial, question: Question) -> str:
    found = answer(material.results, question)
    if not found.comparisons:
        return ""
    return paragraphs(
        f"## {plain(question.title)}",
        fill("discussion", "loss", {"verdict": verdict(material, found)}),
        _gap(material, found),
        _speed(material, question),
        _quality(material, found),
    )


def verdict(material: PaperMaterial, found: Answer, *, brief: bool = False) -> str:
    """The comparisons of a question as sentences; if `brief`, only the largest difference."""
    reported = [_named(material, found, each) for each in found.comparisons if each.verdict in ("shown", "one seed")]
    if brief and reported:
        return f"{sentence(max(reported, key=lambda each: abs(each.difference.value)))}."
    if not reported:
        sides = listed([plain(name) for name in found.settings])
        means = listed([mean(material, name, found.measure) for name in found.settings])
        text = fill("discussion", "level", {"values": sides})
        return text if brief else f"{text} {fill('discussion', 'level_means', {'means': means})}"
    rest = fill("discussion", "rest", {}) if len(reported) < len(found.comparisons) else ""
    sentences = " ".join(f"{sentence(each)}." for each in reported)
    return fill("discussion", "shown", {"sentences": sentences, "rest": f" {rest}" if rest else ""})


def _named(material: PaperMaterial, found: Answer, comparison: Comparison) -> Comparison:
    """The comparison with names of settings instead of values, if rules of the plan couple other options."""
    if not material.results.plan.rules or len(found.settings) != 2:
        return comparison
    second, first = found.settings
    return replace(comparison, option="", first=first, second=second)


def sentence(comparison: Comparison) -> str:
    """``With an RNN the validation loss is 0.120 ± 0.010 nats higher than with an LSTM``, without a full stop."""
    first, second = side(comparison, comparison.first), side(comparison, comparison.second)
    title = MEASURES[comparison.measure].title.split(",")[0]
    way = "lower" if comparison.difference.value < 0 else "higher"
    return f"With {first} the {title} is {_amount(comparison)} {way} than with {second}"


def _amount(comparison: Comparison) -> str:
    measure, found = MEASURES[comparison.measure], comparison.difference
    width = "" if found.half_width is None else f" ± {found.half_width:.{measure.places}f}"
    return minus(f"{abs(found.value):.{measure.places}f}{width} {measure.unit}")


def _gap(material: PaperMaterial, found: Answer) -> str:
    means = [f"{mean(material, name, 'gap')} ({plain(name)})" for name in found.settings]
    return fill("discussion", "gap", {"means": listed(means)})


def _speed(material: PaperMaterial, question: Question) -> str:
    compared = answer(material.results, question, "seconds_per_epoch").comparisons
    if not compared:  # of stacks
        return ""
    reported = [each for each in compared if each.verdict in ("shown", "one seed")]
    if not reported:
        return fill("discussion", "speed_none", {})
    parts = []
    for each in reported:
        first, second = side(each, each.first), side(each, each.second)
        more = "less" if each.difference.value < 0 else "more"
        parts.append(f"with {first} it takes {_amount(each)} {more} than with {second}")
    return fill("discussion", "speed", {"sentences": "; ".join(parts)})


def _quality(material: PaperMaterial, found: Answer) -> str:
    composing = [name for name in found.settings if name in material.qualities]
    silent = [plain(name) for name in found.settings if name not in material.qualities]
    counted = [material.qualities[name] for name in composing]
    removed = [free.removed for free in counted if free.removed is not None]
    values = {
        "temperature": f"{QUALITY_TEMPERATURE:g}",
        "faultless": _each([str(free.faultless) for free in counted], composing),
        "count": counted[0].count,
        "removed": fill("discussion", "quality_removed", {"removed": listed([percent(share) for share in removed])})
        if len(removed) == len(counted)
        else "",
        "silent": " " + fill("discussion", "quality_silent", {"names": listed(silent)}) if silent else "",
    }
    return fill("discussion", "quality", values) if counted else ""


def _each(figures: Sequence[str], settings: Sequence[str]) -> str:
    return listed([f"{figure} ({plain(name)})" for figure, name in zip(figures, settings, strict=True)])


def _temperature(material: PaperMaterial) -> str:
    free = sorted(material.free.items())
    removed = [each.removed for _, each in free if each.removed is not None]
    values = {
        "faultless": fill(
            "discussion",
            "temperature_free",
            {
                "list": listed([str(each.faultless) for _, each in free]),
                "count": free[0][1].count,
                "temperatures": listed([f"{temperature:g}" for temperature, _ in free]),
            },
        ),
    }
    if len(removed) < len(free):
        return fill("discussion", "temperature", values)
    return fill("discussion", "temperature_steered", {**values, "removed": listed([percent(each) for each in removed])})


def _units(material: PaperMaterial) -> str:
    if not material.units or not material.units.shown:
        return ""
    insights = []
    for unit in material.units.shown:
        finding = unit.finding
        values = {
            "number": finding.unit,
            "verb": VERBS[finding.direction],
            "phrase": plain(label_named(finding.label).phrase),
            "statistic": statistic(finding),
            "value": number(finding.held_out_value),
            "same": number(finding.same_character_value),
            "floor": number(unit.untrained.held_out_value if unit.untrained else None),
            "floor_same": number(unit.untrained.same_character_value if unit.untrained else None),
            "insight": fill("insights", kind_of(finding.label), {}),
        }
        insights.append(fill("discussion", "insight", values))
    ahead = [f"{number(unit.telling)}" for unit in material.units.shown]
    return fill("discussion", "units", {"units": "\n".join(f"- {each}" for each in insights), "ahead": listed(ahead)})


def _limits(material: PaperMaterial) -> str:
    several = has_intervals(material)
    known = fill(
        "discussion", "limits_seeds" if several else "limits_one_seed", {"seeds": seeds(material)} if several else {}
    )
    several_cells = len({setting.network.cell for setting in material.results.settings}) > 1
    cells = fill("discussion", _sizes_of_cells(material), {}) + " " if several_cells else ""
    return fill("discussion", "limits", {"seeds": known, "cells": cells})


def _sizes_of_cells(material: PaperMaterial) -> str:
    """Name of the fragment about the sizes of the cells."""
    if not any("units" in rule.then for rule in material.results.plan.rules):
        return "limits_cells"
    parameters = [run.parameters for run in material.results.runs]
    return "limits_cells_weights" if max(parameters) <= SAME_SIZE * min(parameters) else "limits_cells_sizes"
