"""Abstract, introduction and related work of a paper."""

from typing import Any

from tunewright.report.paper.discussion import verdict
from tunewright.report.paper.material import PaperMaterial
from tunewright.report.paper.methods import question_words
from tunewright.report.paper.text import count, fill, items, paragraphs, plain
from tunewright.report.paper.units import example
from tunewright.report.paper.values import has_intervals, mean, names, nats, percent, protocol, seeds
from tunewright.study.results.comparisons import answer, options_of
from tunewright.study.results.measures import setting_mean


def abstract(material: PaperMaterial) -> str:
    """One paragraph: the task, the approach, the baseline, what improves on it, and the findings."""
    results = material.results
    values = {
        "approach": _approach(material),
        "baseline": plain(material.baseline.setting),
        "baseline_loss": mean(material, material.baseline.setting),
        "protocol": protocol(results.protocol),
        "counting": _counting(material),
        "improvement": _improvement(material),
        "answers": " ".join(
            verdict(material, found, brief=True)
            for found in (answer(results, question) for question in results.plan.questions)
            if found.comparisons
        ),
        "tunes": _tunes(material),
        "units": fill("front", "abstract_units", {"example": example(material.units)})
        if material.units and material.units.shown
        else "",
    }
    return " ".join(fill("front", "abstract", values).split())


def _approach(material: PaperMaterial) -> str:
    several = count(len(names(material)), "setting")
    questions = count(len(material.results.plan.questions), "question")
    values = {
        "settings": several,
        "questions": questions,
        "seeds": seeds(material),
        "unfinished": _unfinished(material),
    }
    if len(names(material)) < 2:
        return fill("front", "approach_baseline", values)
    return fill("front", "approach" if has_intervals(material) else "approach_one_seed", values)


def _unfinished(material: PaperMaterial) -> str:
    finished, planned = len(material.results.runs), len(material.results.plan.runs)
    return " " + fill("front", "unfinished", {"finished": finished, "planned": planned}) if finished < planned else ""


def _counting(material: PaperMaterial) -> str:
    baselines = material.results.baselines
    if not baselines:
        return ""
    loss = getattr(baselines.ngram, material.results.protocol).nats_per_char
    return fill("front", "counting", {"order": baselines.context + 1, "ngram_loss": nats(loss)})


def _improvement(material: PaperMaterial) -> str:
    if len(names(material)) < 2:
        return ""
    best = min(names(material), key=lambda name: setting_mean(material.results, name).value)
    if best == material.baseline.setting:
        return fill("front", "improvement_none", {})
    return fill("front", "improvement", {"best": plain(best), "best_loss": mean(material, best)})


def _tunes(material: PaperMaterial) -> str:
    free = material.free[1.0]
    if free.removed is None:
        return ""
    values = {
        "faultless": free.faultless,
        "count": free.count,
        "removed": percent(free.removed),
        "steered": free.steered,
    }
    return fill("front", "abstract_tunes", values)


def introduction(material: PaperMaterial) -> str:
    """The section, without its heading."""
    asked = [question_words(question) for question in material.results.plan.questions]
    asked.append(fill("front", "question_temperature", {}))
    asked += [fill("front", "question_units", {})] if material.units else []
    care = fill("front", "care" if has_intervals(material) else "care_one_seed", {})
    return fill("front", "introduction", {"care": care, "questions": items(asked)})


def related(material: PaperMaterial) -> str:
    """The section, without its heading; it cites only methods that the study uses."""
    options = [options_of(setting) for setting in material.results.plan.settings]
    gru = any(each["cell"] == "gru" for each in options)
    regularisation = [name for name in ("dropout", "recurrent_weight_dropout") if any(each[name] for each in options)]
    values = {
        "gru": fill("front", "gru", {}) + " " if gru else "",
        "attention": _attention(options),
        "regularisation": " ".join(fill("front", name, {}) for name in regularisation),
    }
    return paragraphs(fill("front", "related", values))


def _attention(options: list[dict[str, Any]]) -> str:
    kinds = [fill("front", "look_back", {})] if any(each["look_back"] for each in options) else []
    kinds += [fill("front", "transformer", {})] if any(each["cell"] == "transformer" for each in options) else []
    return fill("front", "attention", {"kinds": " ".join(kinds)}) if kinds else ""
