"""Routes of training: what to learn from, trainings as they go, and what they bring."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated, Literal

from msgspec import Meta

from tunewright.errors import MissingExtraError, install_command
from tunewright.studio.composing.loaded_networks import TRAINED
from tunewright.studio.event_stream import EventLog
from tunewright.studio.route import Done, Line, Number, Route, Uploads
from tunewright.studio.studio import Studio
from tunewright.studio.teaching.training_corpora import Corpora, CorpusAbout
from tunewright.studio.teaching.training_order import LESSON, TrainingOrder
from tunewright.studio.teaching.trainings import TrainingAccount, Trainings, TrainingStatus
from tunewright.training.config import PRESETS

LARGEST_CORPUS = 128_000_000
"""Bytes of the files of a corpus that is brought in."""
WORDS = {
    "small": ("Small", "Learned in a minute or two. Good enough to see how learning goes."),
    "default": ("Usual", "Looks back over its tune, so that bars return in it. Some ten minutes for a book."),
    "large": ("Large", "The best that we know. An hour or more for a book."),
    "plain": ("Plain", "As large as the usual one, but does not look back."),
    "assignment": ("Slices", "Learns random slices of 30 characters, as a first exercise would."),
}
SHORT = re.compile(r" \(|, ")
"""The title of a book ends here."""
LESSON_TUNES = "400 tunes by O'Neill's network"
"""What the lesson learns from where no book is installed."""

PresetName = Literal["small", "default", "large", "plain", "assignment"]
LossPoint = tuple[int, float]


@dataclass(frozen=True)
class CorpusList:
    """What there is to learn from."""

    corpora: tuple[CorpusAbout, ...]


@dataclass(frozen=True)
class CorpusFiles:
    """Files to learn from, in any form that is read."""

    files: Uploads
    title: Line = ""


@dataclass(frozen=True)
class PresetAbout:
    """A network and how it learns."""

    name: str
    title: str
    words: str
    units: int
    epochs: int


@dataclass(frozen=True)
class TrainingRequest:
    """What to train."""

    corpus: Line
    preset: PresetName = "small"
    title: Line = ""
    epochs: Annotated[int, Meta(ge=0, le=200)] = 0
    """0 leaves it to the preset."""
    minutes: Annotated[float, Meta(ge=0, le=10_000)] = 0.0
    """Time limit; 0 for none."""
    seed: Number = 0


@dataclass(frozen=True)
class EpochLosses:
    """Losses after an epoch, in nats per character."""

    epoch: int
    training: float
    validation: float
    seconds: float


@dataclass(frozen=True)
class SampleTune:
    """What the network composed after an epoch."""

    epoch: int
    text: str
    findings: int
    raw: bool
    """True if it could not be held to tunes that play."""


@dataclass(frozen=True)
class TrainingState:
    """How a training stands."""

    name: str
    title: str
    corpus: str
    preset: str
    status: TrainingStatus
    error: str
    network: str
    """By this name it composes; empty before its first epoch."""
    epoch: int
    """Epochs that are finished."""
    epochs: int
    """That are planned; 0 before it is known."""
    units: int
    step: int
    steps: int
    seconds_left: float
    loss: float | None
    validation: float | None
    """Least so far."""


@dataclass(frozen=True)
class TrainingDetail:
    """Everything that a page of a training shows."""

    state: TrainingState
    events: int
    """Number of the last event that is in here; ask for those after it."""
    tunes: int
    refused: int
    duplicates: int
    losses: tuple[EpochLosses, ...]
    samples: tuple[SampleTune, ...]
    curve: tuple[LossPoint, ...]
    """Batches, and the loss of each."""


@dataclass(frozen=True)
class TrainingList:
    """All trainings, the newest first, and what a new one can be."""

    trainings: tuple[TrainingState, ...]
    presets: tuple[PresetAbout, ...]
    install: str
    """What to install before anything can be trained; empty if all is there."""


def list_corpora(studio: Studio) -> CorpusList:
    """What there is to learn from."""
    return CorpusList(studio.part(Corpora).listed())


def bring_in_corpus(studio: Studio, request: CorpusFiles) -> CorpusAbout:
    """Keep files as a corpus."""
    return studio.part(Corpora).bring_in(request.title, request.files)


def look_into_corpus(studio: Studio, corpus: str) -> CorpusAbout:
    """What is in a corpus, read now."""
    return studio.part(Corpora).about(corpus)


def remove_corpus(studio: Studio, corpus: str) -> Done:
    """Remove a corpus that was brought in."""
    studio.part(Corpora).remove(corpus)
    return Done()


def list_trainings(studio: Studio) -> TrainingList:
    """All trainings."""
    trainings = studio.part(Trainings)
    presets = (
        PresetAbout(name, *words, units=PRESETS[name].network.units, epochs=PRESETS[name].training.epochs)
        for name, words in WORDS.items()
    )
    install = "" if _can_train() else install_command("train")
    return TrainingList(tuple(_state(trainings, name) for name in trainings.names()), tuple(presets), install)


def begin_training(studio: Studio, request: TrainingRequest) -> TrainingState:
    """Begin a training, in a process of its own."""
    _require_torch()
    about = studio.part(Corpora).about(request.corpus)
    sources = studio.part(Corpora).sources(request.corpus)
    title = request.title.strip() or f"{SHORT.split(about.title)[0]}, {WORDS[request.preset][0].lower()}"
    order = TrainingOrder(
        title, request.corpus, about.title, sources, request.preset, request.epochs, request.minutes, request.seed
    )
    trainings = studio.part(Trainings)
    return _state(trainings, trainings.start(order))


def begin_lesson(studio: Studio) -> TrainingState:
    """Begin the training of the lesson; where no book is installed it learns from tunes of a network."""
    _require_torch()
    trainings = studio.part(Trainings)
    installed = next((each for each in studio.part(Corpora).listed() if each.installed and not each.mine), None)
    if installed:
        order = TrainingOrder("My first network", installed.name, installed.title, (installed.name,), LESSON)
    else:
        order = TrainingOrder("My first network", "", LESSON_TUNES, (), LESSON)
    return _state(trainings, trainings.start(order))


def read_training(studio: Studio, training: str) -> TrainingDetail:
    """A training as it stands."""
    trainings = studio.part(Trainings)
    account, status = trainings.account(training)
    return TrainingDetail(
        _told(trainings, training, account, status),
        account.lines,
        account.corpus.get("tunes", 0),
        account.corpus.get("refused", 0),
        account.corpus.get("duplicates", 0),
        tuple(
            EpochLosses(each["epoch"], each["training"], each["validation"], each["seconds"]) for each in account.epochs
        ),
        tuple(SampleTune(each["epoch"], each["text"], each["findings"], each["raw"]) for each in account.samples),
        tuple(account.curve),
    )


def training_events(studio: Studio, training: str) -> EventLog:
    """What happens in a training."""
    return studio.part(Trainings).events(training)


def stop_training(studio: Studio, training: str) -> TrainingState:
    """Stop a training after its current batch; what it learned is saved."""
    studio.part(Trainings).stop(training)
    return _state(studio.part(Trainings), training)


def resume_training(studio: Studio, training: str) -> TrainingState:
    """Go on with a training."""
    _require_torch()
    studio.part(Trainings).resume(training)
    return _state(studio.part(Trainings), training)


def remove_training(studio: Studio, training: str) -> Done:
    """Remove a training and its network."""
    studio.part(Trainings).remove(training)
    return Done()


def _can_train() -> bool:
    return find_spec("torch") is not None


def _require_torch() -> None:
    if not _can_train():
        raise MissingExtraError("Training", "train")


def _state(trainings: Trainings, name: str) -> TrainingState:
    return _told(trainings, name, *trainings.account(name))


def _told(trainings: Trainings, name: str, account: TrainingAccount, status: TrainingStatus) -> TrainingState:
    order, progress = trainings.order(name), account.progress
    return TrainingState(
        name=name,
        title=order.title,
        corpus=order.corpus_title,
        preset=order.preset,
        status=status,
        error=account.error if status == "failed" else "",
        network=f"{TRAINED}/{name}" if account.epochs else "",
        epoch=len(account.epochs),
        epochs=account.planned,
        units=account.units,
        step=progress.get("step", 0),
        steps=progress.get("steps", 0),
        seconds_left=progress.get("seconds_left", 0.0) if status == "running" else 0.0,
        loss=progress.get("loss"),
        validation=min((each["validation"] for each in account.epochs), default=None),
    )


ROUTES = (
    Route("GET", "/api/corpora", list_corpora, None, CorpusList, "What there is to learn from."),
    Route(
        "POST", "/api/corpora", bring_in_corpus, CorpusFiles, CorpusAbout, "Keep files as a corpus to learn from.",
        status=201, largest_body=LARGEST_CORPUS,
    ),
    Route("GET", "/api/corpora/{corpus}", look_into_corpus, None, CorpusAbout, "What is in a corpus."),
    Route("DELETE", "/api/corpora/{corpus}", remove_corpus, None, Done, "Remove a corpus that was brought in."),
    Route("GET", "/api/trainings", list_trainings, None, TrainingList, "All trainings, and the presets."),
    Route("POST", "/api/trainings", begin_training, TrainingRequest, TrainingState, "Begin a training.", status=201),
    Route("POST", "/api/lesson", begin_lesson, None, TrainingState, "Begin the training of the lesson.", status=201),
    Route("GET", "/api/trainings/{training}", read_training, None, TrainingDetail, "A training as it stands."),
    Route("GET", "/api/trainings/{training}/events", training_events, None, EventLog, "What happens in a training."),
    Route("POST", "/api/trainings/{training}/stop", stop_training, None, TrainingState, "Stop it, and save."),
    Route("POST", "/api/trainings/{training}/resume", resume_training, None, TrainingState, "Go on with it."),
    Route("DELETE", "/api/trainings/{training}", remove_training, None, Done, "Remove it and its network."),
)  # fmt: skip
