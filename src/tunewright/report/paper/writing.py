"""Writer of the paper of a study: text, tables, figures, and every output format.

One command writes all of it: text, tables and figures from the study's results, tunes and units from its best networks,
and the authors' own words where they belong. Every number comes from the study; none is typed.

    PAPER/paper.pdf .html .docx        the same paper in three formats
    PAPER/latex                        the same as source for LaTeX and BibTeX
    PAPER/paper.md                     the source of all four, with references.bib
    PAPER/figures                      every figure as SVG, PDF and PNG
    PAPER/notes                        the authors' own words and references, which are never overwritten
    PAPER/hand-in                      tunes, figures, tables, plan, versions and seeds
    PAPER/tunewright-paper.json        the names of all these files
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tunewright.checksums import FolderManifest
from tunewright.errors import InputError
from tunewright.files import claim_folder, write_file
from tunewright.locks import FolderLock
from tunewright.model.threads import one_thread
from tunewright.progress import Progress
from tunewright.rendering.page import PageTune
from tunewright.report.paper.composed import samples, tunes
from tunewright.report.paper.discussion import discussion
from tunewright.report.paper.documents import (
    FORMS,
    REFERENCES,
    SOURCE,
    Manuscript,
    references,
    typeset,
    with_known_citations,
    works,
)
from tunewright.report.paper.front import abstract, introduction, related
from tunewright.report.paper.losses import losses
from tunewright.report.paper.material import PaperMaterial, gather
from tunewright.report.paper.methods import methods
from tunewright.report.paper.pictures import write_pictures
from tunewright.report.paper.supplement import write_hand_in
from tunewright.report.paper.text import NOTES, fill, own_words, paragraphs, stub
from tunewright.report.paper.units import looking_back, units
from tunewright.sampling.compiled import compiling
from tunewright.study.results.study_results import StudyResults, read_results

FIGURES, NOTES_FOLDER, HAND_IN, MANIFEST = "figures", "notes", "hand-in", "tunewright-paper.json"

NOTES_LAST = list(NOTES)[-1]
"""The last of the authors' files to be made; a folder with it contains a paper, perhaps an unfinished one."""


@dataclass(frozen=True)
class WrittenPaper:
    """The result of writing a paper."""

    folder: Path
    problems: Mapping[str, str]
    """Reasons why something is missing, by its name: a file, a figure, ``originality``, ``units``."""


def write_paper(
    study: StudyResults | Path | str,
    out: Path | str,
    *,
    title: str = "",
    authors: Sequence[str] = (),
    date: str = "",
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> WrittenPaper:
    """Write the paper of a study.

    Parameters
    ----------
    study
        The study or its folder; a run must have finished.
    out
        A new or empty folder, or one with an earlier paper, finished or not; its ``notes`` are kept.
    title
        Title of the paper; if empty, that of the study's plan.
    date
        Date of the paper; left out if empty.
    force
        Write into any folder.

    Raises
    ------
    InputError
        If no run has finished.
    OutputError
        If the folder cannot be written, or contains something else.
    """
    results = study if isinstance(study, StudyResults) else read_results(study)
    compiling.start()
    with one_thread():
        return _write_paper(results, Path(out), title, tuple(authors), date, force=force, progress=progress)


def _write_paper(
    results: StudyResults,
    out: Path,
    title: str,
    authors: tuple[str, ...],
    date: str,
    *,
    force: bool,
    progress: Progress,
) -> WrittenPaper:
    """As `write_paper`, on as many threads as there are."""
    if not results.runs:
        raise InputError("there is nothing to report: no run has finished", path=results.folder)
    former = any((out / name).is_file() for name in (SOURCE, f"{NOTES_FOLDER}/{NOTES_LAST}.md"))
    claim_folder(out, force=force or former)
    lock = FolderLock.take(out, "writes a paper in")
    try:
        kept = () if former else tuple(name for name in FORMS if (out / name).exists())
        return _write_locked(results, out, title, authors, date, kept, progress)
    finally:
        lock.release()


def _write_locked(
    results: StudyResults,
    out: Path,
    title: str,
    authors: tuple[str, ...],
    date: str,
    kept: tuple[str, ...],
    progress: Progress,
) -> WrittenPaper:
    """As `write_paper`, once no other process writes there; `kept` are files of others that may not be removed."""
    _write_stubs(out / NOTES_FOLDER)
    material = gather(results, progress)
    progress("drawing", 0.85)
    written = FolderManifest(out, MANIFEST, NOTES_FOLDER)
    (out / FIGURES).mkdir(exist_ok=True)
    pictures = write_pictures(material, out / FIGURES)
    written.remove_stale(FIGURES)
    material = replace(material, problems={**material.problems, **pictures.problems}, widths=pictures.widths)
    progress("writing", 0.93)
    manuscript = write_manuscript(material, out / NOTES_FOLDER, title or results.plan.title, authors, date)
    write_file(out / REFERENCES, references(manuscript.abstract + manuscript.body, works(out / NOTES_FOLDER)))
    missing = typeset(manuscript, out, kept)
    missing |= write_hand_in(material, out / HAND_IN, out / FIGURES)
    written.finish()
    progress("done", 1.0)
    return WrittenPaper(out, {**material.problems, **missing})


def write_manuscript(
    material: PaperMaterial, notes: Path, title: str, authors: tuple[str, ...], date: str
) -> Manuscript:
    """Join the parts, with the authors' own words at the end of each."""

    def part(name: str, *texts: str) -> str:
        return paragraphs(*texts, with_known_citations(own_words(notes, name), known))

    known = works(notes)
    own = part("contributions")
    body = paragraphs(
        "# Introduction",
        part("introduction", introduction(material)),
        "# Related work",
        part("related-work", related(material)),
        "# Methods",
        part("methods", methods(material)),
        "# Results",
        part(
            "results",
            losses(material),
            tunes(material),
            "## What units follow",
            units(material),
            looking_back(material),
        ),
        "# Discussion",
        part("discussion", discussion(material)),
        "# Authors' contributions {.unnumbered}",
        own or fill("discussion", "contributions", {}),
        "# References {#references .unnumbered}",
        "::: {#refs}\n:::",
        "# Appendix: tunes with other dropout {.unnumbered}" if material.samples else "",
        samples(material),
    )
    playing = tuple(
        PageTune(tune.text, tune.provenance, f"{tune.setting}, temperature {tune.temperature:g}")
        for tune in (*material.tunes, *material.samples)
    )
    return Manuscript(title, authors, date, part("abstract", abstract(material)), body, playing)


def _write_stubs(folder: Path) -> None:
    """Make the files for the authors' own words that do not exist yet."""
    folder.mkdir(exist_ok=True)
    for name in NOTES:
        if not (folder / f"{name}.md").exists():
            write_file(folder / f"{name}.md", stub(name))
