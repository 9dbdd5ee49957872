"""Text of a paper about the composed tunes."""

from tunewright.analysis.originality.verdict import Originality
from tunewright.rendering.source import title_of
from tunewright.report.paper.material import QUALITY_TEMPERATURE, PaperMaterial
from tunewright.report.paper.text import code_block, count, fill, listed, paragraphs, plain, refer, table
from tunewright.report.paper.tunes import TEMPERATURES, FreeTunes, PaperTune
from tunewright.report.paper.values import nats, percent, shown

LINE = 100
"""Characters that fit into a line of the paper; a longer line is continued in the next, indented."""
FREE_COLUMNS = (">ended", ">faultless", ">faultless, steered", ">ruled out")
FINDINGS = 3
"""Most findings of the checker that are listed for a tune."""


def tunes(material: PaperMaterial) -> str:
    """The sections about the tunes at three temperatures and about settings as composers."""
    return paragraphs(
        "## Tunes at three temperatures",
        fill("results", "tunes", {"run": plain(material.baseline.name)}),
        _free(material),
        *(_tune(material, tune) for tune in material.tunes),
        "## How settings compose" if len(material.qualities) > 1 else "",
        _qualities(material) if len(material.qualities) > 1 else "",
    )


def samples(material: PaperMaterial) -> str:
    """The tunes of the appendix."""
    if not material.samples:
        return ""
    same = material.tunes[TEMPERATURES.index(1.0)]
    intro = {"figure": refer(f"fig-{same.figure}"), "baseline": plain(same.setting), "run": plain(same.run)}
    return paragraphs(
        fill("results", "samples", intro), *(_tune(material, tune, sample=True) for tune in material.samples)
    )


def heading(tune: PaperTune) -> str:
    """The title that the network gave a tune, in quotation marks."""
    title = title_of(tune.text)
    return f"“{plain(title)}”" if title else "a tune without a title"


def _free(material: PaperMaterial) -> str:
    rows = [[f"{temperature:g}", *_counts(free)] for temperature, free in sorted(material.free.items())]
    caption = fill("results", "free_caption", {"count": _count(material)})
    return table("free", caption, [">*T*", *FREE_COLUMNS], rows)


def _qualities(material: PaperMaterial) -> str:
    values = {"temperature": f"{QUALITY_TEMPERATURE:g}"}
    rows = [[plain(name), *_counts(free)] for name, free in material.qualities.items()]
    columns = ["setting", *FREE_COLUMNS]
    caption = fill("results", "qualities_caption", {**values, "count": _count(material)})
    return paragraphs(fill("results", "qualities", values), table("qualities", caption, columns, rows))


def _count(material: PaperMaterial) -> int:
    return next(iter(material.free.values())).count


def _counts(free: FreeTunes) -> list[str]:
    """Cells for `FREE_COLUMNS`."""
    if free.steered is None or free.removed is None:
        return [str(free.ended), str(free.faultless), "–", "–"]
    return [str(free.ended), str(free.faultless), str(free.steered), percent(free.removed)]


def _tune(material: PaperMaterial, tune: PaperTune, *, sample: bool = False) -> str:
    name, title = tune.figure, heading(tune)
    values = {
        "temperature": f"{tune.temperature:g}",
        "which": plain(tune.setting) if sample else f"Temperature {tune.temperature:g}",
        "title": title[0].upper() + title[1:],
        "seed": tune.composition.seed,
        "bars": count(tune.bars, "bar"),
        "nats": nats(tune.kept.nats_per_character),
        "steering": _steering(tune),
        "checker": _checker(tune),
        "copied": _copied(material, tune),
        "name": name,
    }
    text = fill("results", "tune", values)
    if not material.has(name):
        reason = material.problems.get(f"fig-{name}", "it was not drawn")
        text = text.replace(
            f"{refer('fig-' + name)} is its score, and this its text",
            f"{fill('results', 'unshown', {'reason': plain(reason)})} This is its text",
        )
        return paragraphs(text, code_block(folded(tune.text)))
    caption = fill(
        "results",
        "tune_caption",
        {
            "title": values["title"],
            "setting": plain(tune.setting),
            "temperature": values["temperature"],
            "seed": values["seed"],
        },
    )
    number = [each.name for each in material.all_tunes].index(tune.name)
    return paragraphs(
        text,
        f"::: {{.piece tune={number}}}\n{code_block(folded(tune.text))}\n\n{shown(material, name, caption)}\n:::",
    )


def folded(text: str) -> str:
    """The text in lines of at most `LINE` characters."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        lines.append(line[:LINE])
        rest = line[LINE:]
        while rest:
            lines.append("    " + rest[: LINE - 4])
            rest = rest[LINE - 4 :]
    return "\n".join(lines)


def _steering(tune: PaperTune) -> str:
    if not tune.steered:
        return ""
    back = tune.composition.discarded
    taken = f", and {count(back, 'character')} were written and taken back" if back else ""
    return fill("results", "steered", {"removed": percent(tune.composition.removed), "taken_back": taken})


def _checker(tune: PaperTune) -> str:
    if not tune.findings:
        return fill("results", "checker_nothing", {})
    found = [f"line {each.line}: {plain(each.what)}" for each in tune.findings[:FINDINGS]]
    more = len(tune.findings) - len(found)
    return fill("results", "checker", {"findings": listed([*found, *([f"{more} more"] if more else [])])})


def _copied(material: PaperMaterial, tune: PaperTune) -> str:
    if not tune.originality:
        return fill("results", "copied_unknown", {"reason": plain(material.problems.get("originality", ""))})
    verdict = {"verdict": tune.originality.verdict, "spans": listed(_spans(tune.originality))}
    return fill("results", "copied", verdict)


def _spans(found: Originality) -> list[str]:
    """The figures of originality, without the names of corpus tunes."""
    spans = []
    if found.span:
        of = f"{found.span.characters} of {count(found.span.of, 'character')}"
        spans.append(f"the longest span that a training tune has too is {of}")
    if found.bars:
        spans.append(f"the longest run of bars {found.bars.bars} of {count(found.bars.of, 'bar')}")
    if found.nearest:
        standing = found.standings.get("similarity")
        beside = (
            "" if standing is None else f", more than that of {standing:.0%} of human tunes that are new to the corpus"
        )
        spans.append(f"its similarity to the nearest melody is {found.nearest[0].similarity:.2f}{beside}")
    return spans
