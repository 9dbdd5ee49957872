"""Methods of a paper, from the plan, the checkpoints and the program.

Every number is an option that was in use, or a constant of the program.
"""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tunewright import __version__
from tunewright.analysis.units.claims import ALPHA, ALPHA_HELD_OUT
from tunewright.analysis.units.labels import LABELS
from tunewright.model.checkpoint import BEST, read_about
from tunewright.model.network import FORGET_BIAS
from tunewright.model.transformer import FORWARD, heads_of
from tunewright.report.paper.chosen_units import SHOWN
from tunewright.report.paper.material import PaperMaterial
from tunewright.report.paper.text import count, fill, items, listed, paragraphs, plain, refer, table
from tunewright.report.paper.tunes import (
    BARS,
    BORROWED,
    CANDIDATES,
    ENOUGH,
    FIRST_SEED,
    FREE,
    LINE,
    LINES,
    LONGEST,
    MOST,
)
from tunewright.report.paper.values import has_intervals, option, option_name, protocol, share, values_of
from tunewright.study.plans.plan import Question, option_words, value_words
from tunewright.study.results.comparisons import options_of
from tunewright.study.results.uncertainty import CONFIDENCE
from tunewright.training.data import SAMPLE_TUNES
from tunewright.training.evaluate import WINDOW_LENGTH, WINDOWS_PER_TUNE
from tunewright.training.optimizers import MOMENTUM

OPTIMIZERS = {
    "adamw": "AdamW [@loshchilov2019decoupled], Adam [@kingma2015adam] with decoupled weight decay, with decay rates "
    "{betas} of its two means",
    "adam": "Adam [@kingma2015adam] with decay rates {betas} of its two means",
    "nadam": "NAdam [@dozat2016nadam] with decay rates {betas} of its two means",
    "rmsprop": "RMSprop",
    "sgd": "stochastic gradient descent with Nesterov momentum",
    "muon": "Muon [@jordan2024muon] with momentum {momentum} for recurrent weights, and AdamW "
    "[@loshchilov2019decoupled] with decay rates {betas} of its two means for all others",
}
"""Descriptions of the optimisers."""

PACKAGES = (
    "torch",
    "numpy",
    "numba",
    "safetensors",
    "matplotlib",
    "mini-racer",
    "midirenderer",
    "typst",
    "pypandoc_binary",
)
"""Packages whose versions are recorded."""


def versions() -> dict[str, str]:
    """Versions of this program, of Python, and of the packages in use."""
    found = {"tunewright": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def methods(material: PaperMaterial) -> str:
    """The section, without its heading."""
    options = options_of(next(each for each in material.results.settings if each.name == material.baseline.setting))
    return paragraphs(
        "## Data",
        _data(material),
        "## Training with teacher forcing {#sec-training}",
        _network(material, options),
        _training(options),
        fill("methods", "protocols", _protocols(material)),
        _counting(material),
        _hyper_parameters(material, options),
        "## Composing",
        _composing(material),
        "## Tuning hyper-parameters",
        _tuning(material),
        "## Evaluating features",
        _evaluation(material),
        "## Software",
        fill("methods", "software", versions() | {"trained_torch": trained_with(material)}),
    )


def trained_with(material: PaperMaterial) -> str:
    """Versions of torch that the finished runs were trained with."""
    found = {str(read_about(run.folder / BEST)["training"].get("torch", "")) for run in material.results.runs}
    return " and ".join(sorted(filter(None, found))) or "of unknown version"


def _data(material: PaperMaterial) -> str:
    data = material.results.data
    unknown = data.get("unknown_characters", 0)
    values = {name: f"{data.get(name, 0):,}" for name in ("training_tunes", "training_characters")}
    values |= {name: f"{data.get(name, 0):,}" for name in ("validation_tunes", "validation_characters")}
    values |= {
        "symbols": str(material.baseline.symbols),
        "fingerprint": str(data["fingerprint"])[:16] + "…",
        "unknown": " " + fill("methods", "unknown", {"count": unknown}) if unknown else "",
        "split": "" if material.results.plan.validation else " " + fill("methods", "split", {}),
    }
    return fill("methods", "data", values).replace(" , of", ", of")


def _network(material: PaperMaterial, options: dict[str, Any]) -> str:
    width = options["embedding"]
    embedding = fill("methods", "embedding", {"width": width}) if width else fill("methods", "one_hot", {})
    layers = options["layers"]
    cell = options["cell"]
    started = {
        "forget_bias": f"{FORGET_BIAS:g}",
        "table": ", those of the table of symbols normal with variance one" if width else "",
    }
    text = fill(
        "methods",
        "network",
        {
            "symbols": material.baseline.symbols,
            "embedding": embedding,
            "cell": fill("methods", cell, {"units": options["units"]}),
            "layers": fill("methods", "one_layer" if layers == 1 else "several_layers", {"layers": layers}),
            "baseline": plain(material.baseline.setting),
            "parameters": f"{material.baseline.parameters:,}",
            "initial": fill("methods", "initial_lstm" if cell == "lstm" else "initial", started),
        },
    )
    dropped = [
        fill("methods", name, {name: share(options[name])})
        for name in ("dropout", "recurrent_weight_dropout")
        if _varied(material, name)
    ]
    others = {setting.network.cell for setting in material.results.plan.settings} - {cell}
    besides = [fill("methods", f"{other}_besides", {}) for other in ("rnn", "gru") if other in others]
    return paragraphs(text, _look_back(material, options), " ".join(dropped), *besides, _transformers(material))


def _look_back(material: PaperMaterial, options: dict[str, Any]) -> str:
    widths = sorted({setting.network.look_back for setting in material.results.plan.settings} - {0})
    which = "the network" if options["look_back"] else "a network that looks back"
    return fill("methods", "look_back", {"which": which, "width": _or(widths)}) if widths else ""


def _transformers(material: PaperMaterial) -> str:
    found = [each.network for each in material.results.plan.settings if not each.network.is_recurrent]
    if not found:
        return ""
    heads = {heads_of(each.units) for each in found}
    values = {
        "layers": _or({each.layers for each in found}),
        "heads": f"{_or(heads)} head{'' if heads == {1} else 's'}",
        "forward": FORWARD,
        "units": _or({each.units for each in found}),
    }
    return fill("methods", "transformer_besides", values)


def _or(numbers: Iterable[int]) -> str:
    return " or ".join(map(str, sorted(numbers)))


def _varied(material: PaperMaterial, name: str) -> bool:
    return any(options_of(setting)[name] for setting in material.results.plan.settings)


def _training(options: dict[str, Any]) -> str:
    shape = {name: options[name] for name in ("sequence_length", "batch_size")}
    shape["state_reset_probability"] = share(options["state_reset_probability"])
    feed = fill("methods", options["feed"], shape)
    betas = f"{options['beta1']:g} and {options['beta2']:g}"
    optimizer = OPTIMIZERS[options["optimizer"]].format(betas=betas, momentum=f"{MOMENTUM:g}")
    values = {
        "optimizer": optimizer,
        "learning_rate": f"{options['learning_rate']:g}",
        "decay": _clause("decay", "weight_decay", options, f"{options['weight_decay']:g}"),
        "max_grad_norm": _clause("max_grad_norm", "max_grad_norm", options, f"{options['max_grad_norm']:g}"),
        "schedule": fill("methods", options["schedule"], {"warmup": share(options["warmup"])}),
        "epochs": count(options["epochs"], "epoch"),
        "sample": SAMPLE_TUNES,
        "protocol": protocol(options["select_by"]),
        "patience": _clause("patience", "patience", options, count(options["patience"], "epoch")),
    }
    return paragraphs(fill("methods", "teacher_forcing", {}), feed, fill("methods", "optimiser", values))


def _clause(fragment: str, name: str, options: dict[str, Any], value: str) -> str:
    """A clause about an option; empty if the option is 0."""
    if not options[name]:
        return ""
    text = fill("methods", fragment, {name: value})
    return text if text.startswith(",") else f" {text}"


def _protocols(material: PaperMaterial) -> dict[str, object]:
    return {"window": WINDOW_LENGTH, "windows": WINDOWS_PER_TUNE, "protocol": protocol(material.protocol)}


def _counting(material: PaperMaterial) -> str:
    baselines = material.results.baselines
    return fill("methods", "counting", {"order": baselines.context + 1}) if baselines else ""


def _hyper_parameters(material: PaperMaterial, options: dict[str, Any]) -> str:
    """Table of every option of the baseline."""
    left_out = {"seed", "device", "threads", "minutes"}
    pairs = [
        (name.replace("_", " "), plain(value_words(value))) for name, value in options.items() if name not in left_out
    ]
    half = -(-len(pairs) // 2)
    rows = [[*first, *second] for first, second in zip(pairs[:half], [*pairs[half:], ("", "")], strict=False)]
    caption = f"Every hyper-parameter of the baseline, {plain(material.baseline.setting)}."
    return paragraphs(
        f"{refer('tbl-hyper')} lists every hyper-parameter.",
        table("hyper", caption, ["option", ">value", "option", ">value"], rows),
    )


def _composing(material: PaperMaterial) -> str:
    steered = any(tune.steered for tune in material.all_tunes)
    values = {
        "candidates": count(CANDIDATES, "tune"),
        "enough": ENOUGH,
        "most": MOST,
        "seed": FIRST_SEED,
        "bars": f"{BARS.start} to {BARS.stop - 1}",
        "lines": LINES,
        "line": LINE,
        "borrowed": BORROWED,
        "originality": "" if "originality" in material.problems else fill("methods", "originality", {}) + " ",
    }
    return paragraphs(
        fill("methods", "generation", {"longest": LONGEST}),
        fill("methods", "acceptor", {"free": FREE}) if steered else fill("methods", "no_acceptor", {}),
        fill("methods", "choosing", values),
    )


def question_words(question: Question) -> str:
    """A question and what varies in it: ``*How many units?* (units 150, 200, and 250)``."""
    varied = "; ".join(_values(name, question) for name in question.options)
    return f"*{plain(question.title)}* ({varied})"


def _values(name: str, question: Question) -> str:
    if name == "look_back":
        return listed([plain(option_words(name, value)) for value in question.options[name]])
    values = listed(values_of(question.options[name]))
    return values if name == "cell" else f"{option_name(name)} {values}"


def _tuning(material: PaperMaterial) -> str:
    plan = material.results.plan
    questions = items([question_words(question) for question in plan.questions])
    listing = f"seeds {listed([str(seed) for seed in plan.seeds])}" if len(plan.seeds) > 1 else f"seed {plan.seeds[0]}"
    several = has_intervals(material)
    level = {"confidence": share(CONFIDENCE), "alpha": f"{1 - CONFIDENCE:.2g}"}
    return paragraphs(
        fill("methods", "tuning", {"questions": questions, "seeds": listing, "along": _along(material)}),
        fill("methods", "comparing" if several else "comparing_one_seed", level if several else {}),
    )


def _along(material: PaperMaterial) -> str:
    """Options that the rules of the plan couple with others."""
    rules = material.results.plan.rules
    if not rules:
        return fill("methods", "one_cause", {})
    parts = [[listed([option(*pair) for pair in side.items()]) for side in (each.where, each.then)] for each in rules]
    return fill("methods", "along", {"rules": items([f"with {where}: {then}" for where, then in parts])})


def _evaluation(material: PaperMaterial) -> str:
    if not material.units:
        return fill("results", "no_units", {"reason": plain(material.problems.get("units", ""))})
    about = material.units.study.about
    sides = {
        name: f"{count(about[key]['tunes'], 'tune')}, {about[key]['characters']:,} characters"
        for name, key in (("choosing", "choosing"), ("confirming", "held_out"))
    }
    values = {"labels": len(LABELS), "alpha": f"{ALPHA:g}", "alpha_held_out": f"{ALPHA_HELD_OUT:g}", "shown": SHOWN}
    return fill("methods", "evaluation", {**sides, **values})
