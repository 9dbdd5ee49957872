"""Routes of composing: networks, tunes that are being written, and the tune that welcomes."""

import secrets
from dataclasses import dataclass
from typing import Any

from tunewright.studio.composing.compose_options import ComposeRequest, link_of, options_of, told_options
from tunewright.studio.composing.composing_jobs import ComposingJob, ComposingJobs, JobState
from tunewright.studio.composing.loaded_networks import NetworkAbout, Networks
from tunewright.studio.composing.welcome import Welcome, WelcomeTune
from tunewright.studio.event_stream import EventLog
from tunewright.studio.route import Route
from tunewright.studio.studio import Studio

LARGEST_DRAWN_SEED = 2**31
"""Seeds that the studio draws are short enough to read out."""


@dataclass(frozen=True)
class NetworkList:
    """Networks to compose with."""

    networks: tuple[NetworkAbout, ...]


@dataclass(frozen=True)
class CompositionBegun:
    """A tune that will be written."""

    id: str
    seed: int
    network: str
    options: dict[str, Any]
    """As they are used."""
    link: str


@dataclass(frozen=True)
class CompositionState:
    """How far a tune is."""

    id: str
    state: JobState
    place: int
    """In the queue, from 1; 0 if it does not wait."""
    text: str
    link: str


def networks(studio: Studio) -> NetworkList:
    """Networks to compose with, shipped ones first."""
    return NetworkList(studio.part(Networks).all_about())


def compose(studio: Studio, request: ComposeRequest, client: str) -> CompositionBegun:
    """Begin to compose."""
    jobs = studio.part(ComposingJobs)
    seed = secrets.randbelow(LARGEST_DRAWN_SEED) if request.seed is None else request.seed
    order = jobs.preparing.order(studio.part(Networks).network(request.network), options_of(request, seed))
    job = ComposingJob(client, order, link_of(request, seed))
    jobs.submit(job)
    return CompositionBegun(job.name, seed, request.network, told_options(request, seed), job.link)


def composition_events(studio: Studio, composition: str) -> EventLog:
    """The characters of a tune as they are written."""
    return studio.part(ComposingJobs).find(composition).log


def composition_state(studio: Studio, composition: str) -> CompositionState:
    """How far a tune is."""
    return _state(studio.part(ComposingJobs).find(composition))


def stop_composition(studio: Studio, composition: str) -> CompositionState:
    """Stop writing a tune."""
    return _state(studio.part(ComposingJobs).stop(composition))


def welcome(studio: Studio) -> WelcomeTune:
    """The tune of the day."""
    return studio.part(Welcome).tune(studio)


def _state(job: ComposingJob) -> CompositionState:
    return CompositionState(job.name, job.state, job.place, job.text, job.link)


ROUTES = (
    Route("GET", "/api/networks", networks, None, NetworkList, "Networks to compose with."),
    Route("GET", "/api/welcome", welcome, None, WelcomeTune, "The tune that waits when the studio is opened."),
    Route(
        "POST", "/api/compositions", compose, ComposeRequest, CompositionBegun, "Begin to compose a tune.",
        status=202, with_client=True,
    ),
    Route("GET", "/api/compositions/{composition}", composition_state, None, CompositionState, "How far a tune is."),
    Route("DELETE", "/api/compositions/{composition}", stop_composition, None, CompositionState, "Stop writing it."),
    Route(
        "GET", "/api/compositions/{composition}/events", composition_events, None, EventLog,
        "Events waiting, text, and one of done, stopped and failed.",
    ),
)  # fmt: skip
