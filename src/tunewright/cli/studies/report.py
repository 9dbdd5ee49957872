"""The command `tunewright report`: the paper of a study, in several formats."""

from typing import Annotated

from cyclopts import Parameter

from tunewright.cli.console import say, warn
from tunewright.cli.flags import NamedPath
from tunewright.cli.progress import progress_bar


def report(
    study: NamedPath,
    *,
    out: NamedPath,
    title: str = "",
    author: Annotated[list[str] | None, Parameter(negative=())] = None,
    date: str = "",
    force: bool = False,
) -> None:
    """Write the paper of a study: PDF, LaTeX source, a page that plays, DOCX, and a folder to hand in.

    Every number in it comes from the study. Your own words belong in the files of PAPER/notes, which are put in their
    places and never overwritten.

    Parameters
    ----------
    study
        The folder of a study, finished or not (see tunewright study run).
    out
        PAPER: a new or empty folder, or that of an earlier paper, which is replaced.
    title
        The title of the paper; without it, that of the study's plan.
    author
        A name; give it once for each author.
    date
        Below the authors; left out if not given, so that the same study gives the same paper.
    force
        Write into a folder that holds something else.
    """
    from tunewright.report.paper.writing import write_paper
    from tunewright.study.results.study_results import read_results

    results = read_results(study)
    with progress_bar() as tell:
        written = write_paper(
            results, out, title=title, authors=author or (), date=date, force=force, progress=tell
        )  # fmt: skip
    for what, reason in written.problems.items():
        warn(f"left out: {what}: {reason}")
    if results.failed or results.missing:
        say(f"the study is unfinished: {len(results.runs)} of {len(results.plan.runs)} runs are reported")
    forms = [path.name for path in sorted(out.glob("paper.*"))]
    say(f"{', '.join(forms)} in {out}; your own words: {out / 'notes'}; to hand in: {out / 'hand-in'}")
