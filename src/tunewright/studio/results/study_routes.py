"""Routes of studies: which there are, what they found, their figures and their papers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tunewright.errors import TunewrightError
from tunewright.studio.results.found_studies import FORMS, FoundStudies, PaperState, figures_of
from tunewright.studio.route import Download, Refused, Route
from tunewright.studio.studio import Studio

if TYPE_CHECKING:
    from tunewright.study.results.study_results import StudyResults


@dataclass(frozen=True)
class StudySummary:
    """A study in a list."""

    name: str
    title: str
    runs: int
    """That are planned."""
    finished: int
    failed: int
    questions: tuple[str, ...]
    problem: str
    """Why it cannot be read; empty if it can."""


@dataclass(frozen=True)
class StudyList:
    """Studies, and where they are looked for."""

    studies: tuple[StudySummary, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True)
class SettingResult:
    """The runs of one setting."""

    name: str
    runs: int
    parameters: int
    loss: float
    """Mean of the best validation losses over seeds, in nats per character."""
    half_width: float | None
    """Half of the 95% interval; none for one seed."""
    best_epoch: float
    curve: tuple[tuple[int, float], ...]
    """Epochs, and the mean validation loss after each."""


@dataclass(frozen=True)
class QuestionResult:
    """What a study answers to a question."""

    title: str
    lowest: str
    """The setting with the lowest loss; empty if none has finished."""
    sentences: tuple[str, ...]
    """Each comparison in words."""
    figure: str
    """Its name; empty if there is none."""


@dataclass(frozen=True)
class RunRow:
    """One finished run."""

    name: str
    setting: str
    seed: int
    epochs: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class RunFailure:
    """A run that failed, and why."""

    name: str
    error: str


@dataclass(frozen=True)
class StudyDetail:
    """Everything that the page of a study shows."""

    summary: StudySummary
    protocol: str
    method: str
    """How settings are compared."""
    settings: tuple[SettingResult, ...]
    questions: tuple[QuestionResult, ...]
    figures: dict[str, str]
    """Titles of all figures by their names."""
    runs: tuple[RunRow, ...]
    failed: tuple[RunFailure, ...]
    missing: tuple[str, ...]
    paper: PaperState


@dataclass(frozen=True)
class PaperRequest:
    """Which form of a paper."""

    format: Literal["pdf", "html", "docx"] = "pdf"


def list_studies(studio: Studio) -> StudyList:
    """Studies below the folders that are looked through."""
    found = studio.part(FoundStudies)
    return StudyList(tuple(_summary(found, name) for name in found.all()), tuple(map(str, found.folders)))


def read_study(studio: Studio, study: str) -> StudyDetail:
    """What a study has found so far."""
    from tunewright.study.results.comparisons import METHOD

    found = studio.part(FoundStudies)
    results = found.results(study)
    seeds = max((len(results.of(setting.name)) for setting in results.settings), default=0)
    return StudyDetail(
        summary=_told(study, results),
        protocol=results.protocol,
        method=METHOD if seeds > 1 else "",
        settings=tuple(_setting(results, setting.name) for setting in results.settings),
        questions=_questions(results),
        figures=figures_of(results),
        runs=tuple(
            RunRow(run.name, run.setting, run.seed, len(run.history), run.best.validation(run.protocol), run.seconds)
            for run in results.runs
        ),
        failed=tuple(RunFailure(run.name, run.error) for run in results.failed),
        missing=tuple(run.name for run in results.missing),
        paper=found.paper(study),
    )


def study_figure(studio: Studio, study: str, figure: str) -> Download:
    """A figure of a study."""
    return Download(studio.part(FoundStudies).figure(study, figure), "image/svg+xml")


def read_paper(studio: Studio, request: PaperRequest, study: str) -> Download:
    """The paper of a study."""
    content = studio.part(FoundStudies).paper_file(study, request.format)
    return Download(content, FORMS[request.format], f"{study.rpartition('~')[2]}.{request.format}")


def paper_state(studio: Studio, study: str) -> PaperState:
    """How far the paper of a study is."""
    return studio.part(FoundStudies).paper(study)


def write_study_paper(studio: Studio, study: str) -> PaperState:
    """Begin to write the paper of a study."""
    return studio.part(FoundStudies).write_paper(study)


def _summary(found: FoundStudies, name: str) -> StudySummary:
    try:
        return _told(name, found.results(name))
    except Refused:
        raise
    except TunewrightError as error:
        return StudySummary(name, name.rpartition("~")[2], 0, 0, 0, (), str(error))


def _told(name: str, results: "StudyResults") -> StudySummary:
    questions = tuple(question.title for question in results.plan.questions)
    counts = len(results.plan.runs), len(results.runs), len(results.failed)
    return StudySummary(name, results.plan.title, *counts, questions, "")


def _setting(results: "StudyResults", name: str) -> SettingResult:
    from tunewright.study.results.measures import setting_mean

    runs, mean = results.of(name), setting_mean(results, name)
    epochs = range(1, min(len(run.history) for run in runs) + 1)
    curve = tuple(
        (epoch, sum(run.history[epoch - 1].validation(results.protocol) for run in runs) / len(runs))
        for epoch in epochs
    )
    best_epoch = sum(run.best.epoch for run in runs) / len(runs)
    return SettingResult(name, len(runs), runs[0].parameters, mean.value, mean.half_width, best_epoch, curve)


def _questions(results: "StudyResults") -> tuple[QuestionResult, ...]:
    from tunewright.study.results.comparisons import answer

    figures, told = figures_of(results), []
    for number, question in enumerate(results.plan.questions, 1):
        given, figure = answer(results, question), f"question-{number}"
        sentences = tuple(comparison.in_words for comparison in given.comparisons)
        told.append(QuestionResult(question.title, given.lowest or "", sentences, figure if figure in figures else ""))
    return tuple(told)


ROUTES = (
    Route("GET", "/api/studies", list_studies, None, StudyList, "Studies, and where they are looked for."),
    Route("GET", "/api/studies/{study}", read_study, None, StudyDetail, "What a study has found so far."),
    Route("GET", "/api/studies/{study}/figures/{figure}", study_figure, None, Download, "A figure, as SVG."),
    Route("GET", "/api/studies/{study}/paper", read_paper, PaperRequest, Download, "The paper of a study."),
    Route("GET", "/api/studies/{study}/paper/state", paper_state, None, PaperState, "How far its paper is."),
    Route("POST", "/api/studies/{study}/paper", write_study_paper, None, PaperState, "Write its paper.", status=202),
)
