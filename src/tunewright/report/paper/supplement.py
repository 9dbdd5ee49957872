"""Hand-in folder beside a paper: tunes, figures, tables, plan, versions and seeds."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tunewright.errors import MissingExtraError, RenderError
from tunewright.files import write_file
from tunewright.rendering.formats import FORMATS, Rendering
from tunewright.report.paper.material import PaperMaterial, why
from tunewright.report.paper.methods import trained_with, versions
from tunewright.report.paper.tunes import PaperTune
from tunewright.study.plans.plan import Plan
from tunewright.study.plans.plan_writing import as_toml
from tunewright.study.results.result_tables import write_tables
from tunewright.study.running.study_folder import PLAN

TUNE_FORMS = {"txt": "", "abc": "abc", "midi": "midi"}
"""File endings and formats of a tune; the text is as the network wrote it."""


def write_hand_in(material: PaperMaterial, folder: Path, pictures: Path) -> dict[str, str]:
    """Write the folder, and return the reasons why files are missing, by their names.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    problems: dict[str, str] = {}
    for place in ("tunes", "figures", "tables"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for tune in material.all_tunes:
        problems |= _write_tune(tune, folder / "tunes")
    for picture in sorted(pictures.iterdir()):
        write_file(folder / "figures" / picture.name, picture.read_bytes())
    write_tables(material.results, folder / "tables")
    write_file(folder / PLAN, as_toml(without_folders(material.results.plan)))
    write_file(folder / "versions.json", _json({**versions(), "trained with torch": trained_with(material)}))
    write_file(folder / "seeds.json", _json(_seeds(material)))
    write_file(folder / "README.txt", _read_me(material.all_tunes))
    return problems


def without_folders(plan: Plan) -> Plan:
    """The plan with names of files instead of paths, which are those of this machine."""
    data, validation = (dict.fromkeys(Path(name).name for name in names) for names in (plan.data, plan.validation))
    return replace(plan, data=tuple(data), validation=tuple(validation))


def _write_tune(tune: PaperTune, folder: Path) -> dict[str, str]:
    problems = {}
    rendering = Rendering(tune.text, tune.provenance)
    for ending, form in TUNE_FORMS.items():
        name = f"{tune.name}.{ending}"
        try:
            content = FORMATS[form](rendering) if form else tune.text.encode()
        except (MissingExtraError, RenderError) as error:
            problems[name] = why(error)
            continue
        write_file(folder / name, content)
    return problems


def _seeds(material: PaperMaterial) -> dict[str, object]:
    """Seeds of all runs and tunes."""
    runs = {run.name: run.seed for run in material.results.runs}
    return {"runs": runs, "tunes": {tune.name: dict(tune.provenance) for tune in material.all_tunes}}


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _read_me(tunes: Sequence[PaperTune]) -> str:
    lines = [
        f"  {tune.name:<20} {tune.setting}, temperature {tune.temperature:g}, seed {tune.composition.seed}"
        for tune in tunes
    ]
    return "\n".join(
        [
            "What belongs to the paper beside this folder.",
            "",
            "tunes/         each tune as .txt (what the network wrote), .abc (with where it comes from) and .midi:",
            *lines,
            "figures/       every figure of the paper as SVG, PDF and PNG",
            "tables/        every run, every epoch and every learning time as CSV",
            "plan.toml      the plan of the study: with the tunes that it names in the same folder,",
            "               tunewright study run plan.toml --out STUDY runs it again, and",
            "               tunewright report STUDY --out PAPER writes the paper again",
            "seeds.json     seeds of runs and tunes, with the weights that composed each tune",
            "versions.json  versions of the programs",
            "",
        ]
    )
