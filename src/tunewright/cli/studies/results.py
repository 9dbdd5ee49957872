"""The command `tunewright study results`: means with intervals, answers to the questions, tables and figures."""

from tunewright.cli.console import say
from tunewright.cli.flags import NamedPath


def results(folder: NamedPath, *, out: NamedPath | None = None) -> None:
    """Show what a study has found: means with intervals, an answer to each question; write tables and figures.

    Losses are those of each run's best epoch, in nats per character.

    Parameters
    ----------
    folder
        The folder of the study; it may be under way.
    out
        Where to write tables (.csv) and figures (.pdf, .svg, .png); the folder "results" of the study if left out.
    """
    from tunewright.cli.studies.results_display import draw_figures, show_results
    from tunewright.study.results.result_tables import write_tables
    from tunewright.study.results.study_results import read_results

    found = read_results(folder)
    show_results(found)
    place = out or folder / "results"
    written = [*write_tables(found, place), *draw_figures(found, place)]
    say(f"{len(written)} files of tables and figures in {place}")
