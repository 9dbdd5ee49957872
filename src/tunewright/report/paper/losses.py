"""Results of a paper about losses, speed and size."""

import re
from collections.abc import Sequence

from tunewright.report.paper.material import PaperMaterial
from tunewright.report.paper.text import count, fill, items, listed, paragraphs, plain, refer, table
from tunewright.report.paper.values import (
    OTHER,
    difference,
    figure,
    has_intervals,
    mean,
    names,
    nats,
    option_name,
    protocol,
    share,
    shown,
)
from tunewright.study.plans.plan import Question
from tunewright.study.results.comparisons import Answer, answer
from tunewright.study.results.measures import ROUND_LOSS, Level, levels, setting_mean, time_to_loss
from tunewright.study.results.uncertainty import CONFIDENCE

CONFIDENT = {"confidence": share(CONFIDENCE)}

_FOLDERS = re.compile(r"(?<!\S)(?:/|[A-Za-z]:\\)(?:[^/\\\n:]+[/\\])*")


def losses(material: PaperMaterial) -> str:
    """The sections about the baseline, all settings, each question, speed and size."""
    return paragraphs(
        _state(material),
        "## The baseline",
        _baseline(material),
        _settings(material),
        *(_question(material, number, question) for number, question in enumerate(material.results.plan.questions, 1)),
        "## Speed and size" if len(names(material)) > 1 else "",
        _speed(material) if len(names(material)) > 1 else "",
    )


def without_folders_in(text: str) -> str:
    """Replace paths of files by their names, so that no folder of this machine is published."""
    return _FOLDERS.sub("", text)


def _state(material: PaperMaterial) -> str:
    """Failed and missing runs of the plan; empty if there are none."""
    results = material.results
    if not results.failed and not results.missing:
        return ""
    failed = [f"{plain(run.name)} ({plain(without_folders_in(run.error))})" for run in results.failed]
    values = {
        "finished": len(results.runs),
        "planned": len(results.plan.runs),
        "failed": f" Failed: {listed(failed)}." if failed else "",
        "missing": f" Not yet run: {listed([plain(run.name) for run in results.missing])}." if results.missing else "",
    }
    return fill("results", "state", values)


def _baseline(material: PaperMaterial) -> str:
    run, results = material.baseline, material.results
    name, here, other = run.setting, results.protocol, OTHER[results.protocol]
    runs = results.of(name)
    values = {
        "baseline": plain(name),
        "epochs": count(run.history[-1].epoch, "epoch"),
        "seeds": f" (mean of {count(len(runs), 'seed')})" if len(runs) > 1 else "",
        "loss": mean(material, name),
        "protocol": protocol(here),
        "other_loss": mean(material, name, other),
        "other_protocol": protocol(other),
        "training_loss": mean(material, name, f"training_{here}"),
        "training_other_loss": mean(material, name, f"training_{other}"),
        "counting": _counting(material),
        "target": _target(material),
        "seconds": mean(material, name, "seconds_per_epoch"),
        "clock": fill("results", "stacked", {}) if any(each.stacked for each in runs) else " on one thread",
    }
    caption = fill("results", "baseline_caption", {"baseline": plain(name), "seed": run.seed})
    return paragraphs(
        fill("results", "baseline", values).replace("[](#fig-baseline)", figure(material, "baseline")),
        shown(material, "baseline", caption),
    )


def _counting(material: PaperMaterial) -> str:
    baselines, name = material.results.baselines, material.results.protocol
    if not baselines:
        return ""
    reached = getattr(baselines.ngram, name).nats_per_char
    gain = reached - setting_mean(material.results, material.baseline.setting).value
    values = {
        "unigram_loss": nats(getattr(baselines.unigram, name).nats_per_char),
        "ngram_loss": nats(reached),
        "context": baselines.context,
        "amount": nats(abs(gain)),
        "better": "below" if gain > 0 else "above",
    }
    return fill("results", "baseline_counting", values)


def _target(material: PaperMaterial) -> str:
    """Epochs until the loss that the assignment asks for."""
    reached = time_to_loss(material.results, material.baseline.setting, ROUND_LOSS)
    if reached.median_epochs is None:
        return f" A loss of {ROUND_LOSS:g} is not reached."
    median = "(median) " if len(reached.epochs) > 1 else ""
    return f" A loss of {ROUND_LOSS:g} is reached after {reached.median_epochs:g} epochs {median}".rstrip() + "."


def _settings(material: PaperMaterial) -> str:
    here, other = material.results.protocol, OTHER[material.results.protocol]
    measures = (here, other, f"training_{here}", "best_epoch", "seconds_per_epoch")
    lowest = {
        name: min(setting_mean(material.results, each, name).value for each in names(material)) for name in measures[:3]
    }
    rows = []
    for name in names(material):
        cells = [mean(material, name, measure) for measure in measures]
        for place, measure in enumerate(measures[:3]):
            if setting_mean(material.results, name, measure).value == lowest[measure] and len(names(material)) > 1:
                cells[place] = f"**{cells[place]}**"
        rows.append([plain(name), f"{material.results.of(name)[0].parameters:,}", *cells])
    columns = [
        "setting",
        ">parameters",
        f">{protocol(here)}",
        f">{protocol(other)}",
        ">training",
        ">best epoch",
        ">s/epoch",
    ]
    meaning = fill("results", "meaning", CONFIDENT) if has_intervals(material) else ""
    caption = fill("results", "settings_caption", {"protocol": protocol(here), "meaning": meaning})
    return table("settings", caption, columns, rows)


def _question(material: PaperMaterial, number: int, question: Question) -> str:
    found = answer(material.results, question)
    if not found.settings:
        return ""
    name = f"question-{number}"
    options = listed([option_name(option) for option in question.varies])
    bands = fill("results", "bands", CONFIDENT) if has_intervals(material) else ""
    title = plain(question.title).rstrip()
    caption = {
        "title": title if title[-1] in "?.!" else f"{title}.",
        "protocol": protocol(material.results.protocol),
        "bands": bands,
    }
    intro = fill("results", "question_intro", {"name": name, "options": options, "lowest": _lowest(material, found)})
    return paragraphs(
        f"## {title}",
        intro.replace(refer(f"fig-{name}"), figure(material, name)),
        shown(material, name, fill("results", "question_caption", caption)),
        _differences(found),
    )


def _lowest(material: PaperMaterial, found: Answer) -> str:
    if len(found.settings) < 2 or not found.lowest:
        return ""
    worst = max(found.settings, key=lambda name: setting_mean(material.results, name).value)
    values = {
        "best": plain(found.lowest),
        "best_loss": mean(material, found.lowest),
        "worst": plain(worst),
        "worst_loss": mean(material, worst),
    }
    return fill("results", "question_lowest", values)


def _differences(found: Answer) -> str:
    if not found.comparisons:
        return ""
    return fill("results", "differences", {"list": items([difference(each) for each in found.comparisons])})


def _speed(material: PaperMaterial) -> str:
    at = levels(material.results)
    values = {"levels": f"{refer('tbl-times')} says how long it takes to reach given losses." if at else ""}
    here = {"protocol": protocol(material.results.protocol)}
    sizes = len({material.results.of(name)[0].parameters for name in names(material)}) > 1
    return paragraphs(
        fill("results", "speed", values).replace(refer("fig-speed"), figure(material, "speed")),
        shown(material, "speed", fill("results", "speed_caption", here)),
        _times(material, at) if at else "",
        _learning_times(material),
        fill("results", "sizes", {}).replace(refer("fig-sizes"), figure(material, "sizes")) if sizes else "",
        shown(material, "sizes", fill("results", "sizes_caption", here)) if sizes else "",
    )


def _learning_times(material: PaperMaterial) -> str:
    """Training times, if numbers of epochs differ; empty for stacks, which have one time for all their networks."""
    settings = material.results.settings
    if len({setting.training.epochs for setting in settings}) == 1 or any(run.stacked for run in material.results.runs):
        return ""
    runs = {setting.name: material.results.of(setting.name) for setting in settings}
    seconds = {name: sum(run.seconds for run in of_setting) / len(of_setting) for name, of_setting in runs.items()}
    least, most = min(seconds, key=seconds.__getitem__), max(seconds, key=seconds.__getitem__)
    values = {
        "least": f"{seconds[least]:,.0f}",
        "shortest": plain(least),
        "most": f"{seconds[most]:,.0f}",
        "longest": plain(most),
    }
    return fill("results", "learning_times", values)


def _times(material: PaperMaterial, at: Sequence[Level]) -> str:
    rows = []
    for name in names(material):
        cells = []
        for level in at:
            reached = time_to_loss(material.results, name, level.loss)
            epochs, seconds = reached.median_epochs, reached.median_seconds
            cells += ["–" if epochs is None else f"{epochs:g}", "–" if seconds is None else f"{seconds:.1f}"]
        rows.append([plain(name), *cells])
    heads = [(f">{place}: epochs", ">s") for place in "abc"[: len(at)]]
    columns = ["setting", *(head for pair in heads for head in pair)]
    legend = listed(
        [f"{place}: {plain(level.title)}, {nats(level.loss)}" for place, level in zip("abc", at, strict=False)]
    )
    caption = fill("results", "times_caption", {"protocol": protocol(material.results.protocol), "legend": legend})
    return table("times", caption, columns, rows)
