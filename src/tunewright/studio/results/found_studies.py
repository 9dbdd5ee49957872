"""`FoundStudies`: the studies below a folder, their results as they stand, their figures and their papers.

A study is known by where it lies below that folder, with ``~`` for ``/``; the name is only ever looked up among those
that were found.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Literal

from tunewright.errors import TunewrightError
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings

if TYPE_CHECKING:
    from tunewright.study.results.study_results import StudyResults

PLAN, RUNS, RUN = "plan.toml", "runs", "run.json"
DEEPEST, MOST_FOLDERS = 4, 2000
"""How far below the folder, and through how many folders, studies are looked for."""
FORMS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8", "docx": "application/octet-stream"}
"""Of a paper, with media types."""

PaperStatus = Literal["none", "writing", "done", "failed"]


@dataclass
class PaperState:
    """How far the paper of a study is."""

    status: PaperStatus = "none"
    step: str = ""
    """What is being written."""
    error: str = ""
    forms: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What could not be had, and why."""


class FoundStudies:
    """Studies below the folders of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.folders = (*settings.studies, settings.folder / "studies")
        self._papers_folder = settings.folder / "papers"
        self._results: dict[str, tuple[float, StudyResults]] = {}
        self._figures: dict[tuple[str, str, float], bytes] = {}
        self._papers: dict[str, PaperState] = {}
        self._lock, self._drawing = Lock(), Lock()

    def close(self) -> None:
        """Nothing is open; a paper that is being written is written anew when it is asked for again."""

    def all(self) -> dict[str, Path]:
        """The folder of each study, by its name."""
        found: dict[str, Path] = {}
        for base in self.folders:
            for folder in _studies_below(base):
                name = folder.relative_to(base.parent).as_posix().replace("/", "~")
                found.setdefault(name, folder)
        return found

    def folder(self, name: str) -> Path:
        """The folder of a study.

        Raises
        ------
        Refused
            If there is none of this name.
        """
        found = self.all()
        if name not in found:
            raise Refused(404, f"no study is called {name[:100]!r}")
        return found[name]

    def results(self, name: str) -> "StudyResults":
        """What a study has found so far."""
        folder = self.folder(name)
        stamp = _stamp(folder)
        with self._lock:
            known = self._results.get(name)
        if known and known[0] == stamp:
            return known[1]
        from tunewright.study.results.study_results import read_results

        results = read_results(folder)
        with self._lock:
            self._results[name] = stamp, results
        return results

    def figure(self, name: str, figure: str) -> bytes:
        """A figure of a study, as SVG; see `figures_of`."""
        results = self.results(name)
        if figure not in figures_of(results):
            raise Refused(404, f"the study has no figure {figure[:100]!r}")
        key = name, figure, _stamp(results.folder)
        with self._drawing:  # matplotlib draws one at a time
            if key not in self._figures:
                if len(self._figures) > 100:
                    self._figures.clear()
                self._figures[key] = _draw(results, figure)
            return self._figures[key]

    def paper(self, name: str) -> PaperState:
        """How far the paper of a study is."""
        folder = self.folder(name)
        state = self._papers.get(name, PaperState())
        if state.status == "writing":
            return state
        forms = tuple(form for form in FORMS if self._paper_file(name, folder, form))
        return PaperState(
            "done" if forms and state.status == "none" else state.status, "", state.error, forms, state.left_out
        )

    def paper_file(self, name: str, form: str) -> bytes:
        """The paper of a study in one form."""
        path = self._paper_file(name, self.folder(name), form)
        if path is None:
            raise Refused(404, "this study has no paper yet; it can be written now")
        return path.read_bytes()

    def write_paper(self, name: str) -> PaperState:
        """Begin to write the paper of a study."""
        results = self.results(name)
        if not results.runs:
            raise Refused(409, "no run of this study has finished; there is nothing to report yet")
        with self._lock:
            if any(each.status == "writing" for each in self._papers.values()):
                raise Refused(409, "a paper is being written; wait until it is done")
            state = self._papers[name] = PaperState("writing")
        Thread(target=self._write, args=(name, results, state), name="paper", daemon=True).start()
        return state

    def _write(self, name: str, results: "StudyResults", state: PaperState) -> None:
        def tell(step: str, *_: object) -> None:
            state.step = str(step)

        try:
            from tunewright.report.paper.writing import write_paper

            self._papers_folder.mkdir(parents=True, exist_ok=True)
            with self._drawing:
                written = write_paper(results, self._papers_folder / name, force=True, progress=tell)
            state.left_out = tuple(f"{what}: {reason}" for what, reason in written.problems.items())
            state.status = "done"
        except (TunewrightError, OSError) as error:
            state.error, state.status = str(error), "failed"
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the paper
            state.error, state.status = f"the paper could not be written: {error!r}", "failed"

    def _paper_file(self, name: str, folder: Path, form: str) -> Path | None:
        """The file of a paper that this studio wrote, or that lies in the study."""
        places = (self._papers_folder / name, folder / "paper", folder.parent / "paper")
        return next((place / f"paper.{form}" for place in places if (place / f"paper.{form}").is_file()), None)


def figures_of(results: "StudyResults") -> dict[str, str]:
    """The title of each figure that can be drawn, by its name."""
    if not results.runs:
        return {}
    finished = {setting.name for setting in results.settings}
    questions = {
        f"question-{number}": question.title
        for number, question in enumerate(results.plan.questions, 1)
        if finished.intersection(question.settings)
    }
    return {**questions, "speed": "How fast each learns", "sizes": "Loss by size"}


def _draw(results: "StudyResults", figure: str) -> bytes:
    from tunewright.report.figures.study_figures import draw_question, draw_sizes, draw_speed

    if figure == "speed":
        return draw_speed(results, "svg")
    if figure == "sizes":
        return draw_sizes(results, "svg")
    number = int(figure.removeprefix("question-"))
    return draw_question(results, results.plan.questions[number - 1], "svg")


def _studies_below(base: Path) -> Iterator[Path]:
    """Folders with a plan and runs, in order, without a look into them."""
    for looked, (place, folders, files) in enumerate(os.walk(base)):
        folder = Path(place)
        if PLAN in files and RUNS in folders:
            yield folder
            folders[:] = []
        elif looked >= MOST_FOLDERS or len(folder.relative_to(base).parts) >= DEEPEST:
            folders[:] = []
        else:
            folders[:] = sorted(name for name in folders if not name.startswith("."))


def _stamp(folder: Path) -> float:
    """Changes whenever a run of the study ends."""
    runs = folder / RUNS
    ended = [path.stat().st_mtime for path in runs.glob(f"*/{RUN}")] if runs.is_dir() else []
    return (folder / PLAN).stat().st_mtime + sum(ended)
