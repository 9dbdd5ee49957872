"""Numbers, options and comparisons as a paper writes them."""

import re
from collections.abc import Sequence

from tunewright.model.config import CELL_NAMES
from tunewright.report.figures.study_styles import PROTOCOLS
from tunewright.report.paper.material import PaperMaterial
from tunewright.report.paper.text import count, picture, plain, refer
from tunewright.study.plans.plan import Value, value_words
from tunewright.study.results.comparisons import Comparison
from tunewright.study.results.measures import MEASURES, setting_mean

_MINUS = re.compile(r"(?<![\w.])-(?=\d)")
OTHER = {"full_tune": "cold_window", "cold_window": "full_tune"}
"""The other protocol of each."""
COUNTED = ("units", "layers", "epochs")
"""Options whose value is written before their name."""
WORDS = CELL_NAMES
"""Names of option values in text."""


def nats(value: float) -> str:
    """A loss as text."""
    return minus(f"{value:.3f}")


def percent(share: float) -> str:
    """A share, 0 to 1, as a percentage."""
    return f"{100 * share:.1f}%"


def share(value: float) -> str:
    """An option or constant, 0 to 1, as a percentage."""
    return f"{100 * value:g}%"


def minus(text: str) -> str:
    """The text with minus signs instead of hyphens."""
    return _MINUS.sub("−", text)


def mean(material: PaperMaterial, setting: str, measure: str = "") -> str:
    """A measure of a setting over its seeds, such as ``1.650 ± 0.012``."""
    name = measure or material.protocol
    return minus(setting_mean(material.results, setting, name).in_words(MEASURES[name].places))


def protocol(name: str) -> str:
    """``cold windows``."""
    return PROTOCOLS[name]


def option(name: str, value: Value) -> str:
    """``dropout 0.1``; ``200 units``; ``an LSTM``; ``looking back``."""
    if name == "cell":
        return f"{'a' if value in ('gru', 'transformer') else 'an'} {WORDS[str(value)]}"
    if name == "look_back":
        return f"looking back (keys of {value})" if value else "no looking back"
    words = plain(name.replace("_", " "))
    return f"{value} {words}" if name in COUNTED else f"{words} {plain(value_words(value))}"


def option_name(name: str) -> str:
    """``learning rate``; ``looking back``."""
    return "looking back" if name == "look_back" else plain(name.replace("_", " "))


def values_of(values: Sequence[Value]) -> list[str]:
    """The values of an option as the table of settings writes them."""
    return [WORDS.get(str(value), plain(value_words(value))) for value in values]


def difference(comparison: Comparison) -> str:
    """``dropout 0.3 against dropout 0.1: −0.031 ± 0.006 nats, 3 seeds``."""
    measure = MEASURES[comparison.measure]
    amount = minus(comparison.difference.in_words(measure.places, signed=True))
    pairs = f", mean of {comparison.pairs} pairs of settings" if comparison.pairs > 1 else ""
    p = "" if comparison.adjusted_p is None else f", corrected *p* {p_words(comparison.adjusted_p)}"
    verdict = {"shown": "", "one seed": ""}.get(comparison.verdict, ": no difference shown")
    sides = f"{side(comparison, comparison.first)} against {side(comparison, comparison.second)}"
    return f"{sides}: {amount} {measure.unit} ({count(comparison.difference.count, 'seed')}{pairs}{p}){verdict}"


def side(comparison: Comparison, value: Value) -> str:
    """One side of a comparison."""
    return option(comparison.option, value) if comparison.option else plain(str(value))


def p_words(p: float) -> str:
    """``below 0.0001``, or ``= 0.012``."""
    return "below 0.0001" if p < 0.0001 else f"= {p:.2g}"


def figure(material: PaperMaterial, name: str) -> str:
    """A reference to a figure, or the reason why it is missing, as the subject of a sentence."""
    if material.has(name):
        return refer(f"fig-{name}")
    return f"The figure that is left out here ({plain(material.problems.get(f'fig-{name}', 'it was not drawn'))})"


def shown(material: PaperMaterial, name: str, caption: str) -> str:
    """The picture of this name with its caption; empty if it could not be drawn."""
    return picture(name, caption, material.widths[name]) if material.has(name) else ""


def seeds(material: PaperMaterial) -> str:
    """The planned seeds: ``3 seeds``."""
    return count(len(material.results.plan.seeds), "seed")


def has_intervals(material: PaperMaterial) -> bool:
    """Whether any setting has runs of several seeds."""
    return any(len(material.results.of(setting.name)) > 1 for setting in material.results.settings)


def names(material: PaperMaterial) -> list[str]:
    """Names of the settings with a finished run."""
    return [setting.name for setting in material.results.settings]
