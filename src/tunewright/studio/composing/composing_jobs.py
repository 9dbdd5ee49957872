"""Composing as jobs: tunes that are written a few characters at a time, in turn, so that nobody waits for another.

A few threads share all jobs. A thread takes the first job of the client that has waited longest, writes for a moment,
and puts the job back; so each client gets the same share, however many tunes it asks for. What is written goes into the
job's `EventLog` at once. Finished jobs are kept for a while, for clients that lost the connection.

Events: ``waiting`` (place), ``text`` (characters that were added, and from which place on), and at the end one of
``done``, ``stopped`` and ``failed``.
"""

import itertools
import logging
import secrets
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Generator
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Literal

from tunewright.cores import cores
from tunewright.errors import TunewrightError
from tunewright.notation.check import check
from tunewright.sampling.compose import pieces
from tunewright.sampling.composition import Composition
from tunewright.sampling.order import Order
from tunewright.studio.composing.preparing import Preparing
from tunewright.studio.event_stream import EventLog
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings

TURN_SECONDS = 0.02
"""How long a job is written before others get their turn."""
MOST_WRITTEN = 16
"""Jobs that are written in turn; more wait, and are told their place."""
MOST_FINISHED = 200
KEPT_SECONDS = 600.0
"""How long a finished job can be asked for."""
LOG = logging.getLogger("uvicorn.error")

JobState = Literal["waiting", "writing", "done", "stopped", "failed"]


@dataclass(frozen=True)
class TextEvent:
    """Characters that were added."""

    text: str
    place: int
    """How many there were before."""


@dataclass(frozen=True)
class ChosenAmong:
    """How a tune was chosen by the discriminator."""

    candidates: int
    """Tunes that were composed."""
    accepted: bool
    """False if none was good enough, so that this one was drawn among them."""


@dataclass(frozen=True)
class DoneEvent:
    """The whole tune."""

    text: str
    seed: int
    stop_reason: str
    seconds: float
    chosen: ChosenAmong | None
    findings: int
    """How many faults `check` finds in it."""
    link: str
    """With this path and query the studio composes the same tune again."""


@dataclass(eq=False)
class ComposingJob:
    """One tune that is being written."""

    client: str
    order: Order
    link: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    """By which it is asked for."""
    log: EventLog = field(default_factory=EventLog)
    state: JobState = "waiting"
    text: str = ""
    """As far as it is written."""
    stop: bool = False
    """Set to end it at the next chance."""
    writing: Generator[str, None, Composition] | None = None
    seconds: float = 0.0
    """That were spent on it."""
    ended_at: float = 0.0
    place: int = 0
    """In the queue, from 1; 0 if it is written."""

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "stopped", "failed")


class ComposingJobs:
    """All jobs of a studio, and the threads that write them."""

    def __init__(self, settings: Settings) -> None:
        self._most, self._most_per_client = settings.jobs, settings.jobs_per_client
        self.preparing = Preparing()
        self._jobs: OrderedDict[str, ComposingJob] = OrderedDict()
        self._turns: deque[ComposingJob] = deque()
        self._queue: deque[ComposingJob] = deque()
        self._served: dict[str, int] = {}
        self._count = itertools.count(1)
        self._active = 0
        self._changed = Condition()
        self._closed = False
        self._threads = [Thread(target=self._work, name=f"composing-{n}", daemon=True) for n in range(max(2, cores()))]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop every job, and the threads."""
        with self._changed:
            self._closed = True
            unfinished = [job for job in self._jobs.values() if not job.finished]
            for job in unfinished:
                job.stop = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)
        for job in unfinished:
            if not job.finished:
                self._end(job, "stopped", {})

    def submit(self, job: ComposingJob) -> None:
        """Take a job.

        Raises
        ------
        Refused
            If the client, or all together, have as many as are allowed.
        """
        with self._changed:
            self._forget_old()
            waiting = [each for each in self._jobs.values() if not each.finished]
            if sum(each.client == job.client for each in waiting) >= self._most_per_client:
                raise Refused(429, f"{self._most_per_client} tunes are being written for you; stop one, or wait for it")
            if len(waiting) >= self._most:
                raise Refused(429, "the studio has all hands full; try again in a moment")
            self._jobs[job.name] = job
            self._queue.append(job)
            self._admit()
            self._tell_places()
            self._changed.notify()

    def find(self, name: str) -> ComposingJob:
        """The job of this name.

        Raises
        ------
        Refused
            If there is none, or it was finished long ago.
        """
        job = self._jobs.get(name)
        if job is None:
            raise Refused(404, "there is no such composition; it may have been finished long ago")
        return job

    def stop(self, name: str) -> ComposingJob:
        """Stop a job; one that is finished stays as it is."""
        job = self.find(name)
        with self._changed:
            job.stop = True
            if job in self._queue:
                self._queue.remove(job)
                self._end(job, "stopped", {})
                self._tell_places()
        return job

    def _work(self) -> None:
        """What each thread does."""
        while True:
            with self._changed:
                while not self._turns and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                job = self._next()
            self._take_turn(job)
            with self._changed:
                if job.finished:
                    self._active -= 1
                    self._admit()
                    self._tell_places()
                else:
                    self._turns.append(job)
                self._changed.notify()

    def _next(self) -> ComposingJob:
        """The first job of the client whose turn was the longest time ago."""
        job = min(self._turns, key=lambda each: self._served.get(each.client, 0))
        self._turns.remove(job)
        if len(self._served) > MOST_FINISHED:
            self._served.clear()
        self._served[job.client] = next(self._count)
        return job

    def _admit(self) -> None:
        """Let jobs that wait be written, in turn the first of each client, as far as there is room."""
        while self._queue and self._active < MOST_WRITTEN:
            written = Counter(job.client for job in self._turns)
            job = min(self._queue, key=lambda each: written[each.client])
            self._queue.remove(job)
            job.place, job.state = 0, "writing"
            self._turns.append(job)
            self._active += 1

    def _tell_places(self) -> None:
        for place, job in enumerate(self._queue, 1):
            if job.place != place:
                job.place = place
                job.log.publish("waiting", {"place": place})

    def _take_turn(self, job: ComposingJob) -> None:
        """Write for a moment."""
        began = time.perf_counter()
        try:
            tune = self._written(job, began + TURN_SECONDS)
            job.seconds += time.perf_counter() - began
            if tune:
                self._finish(job, tune)
            elif job.stop:
                self._end(job, "stopped", {})
        except TunewrightError as error:
            self._end(job, "failed", {"error": str(error)})
        except Exception:
            LOG.exception("composing failed")
            self._end(job, "failed", {"error": "something is wrong in the studio itself; its terminal shows it"})

    def _written(self, job: ComposingJob, until: float) -> Composition | None:
        """Write until this time; the tune if it is finished."""
        if job.writing is None:
            job.writing = pieces(job.order, self.preparing.composer(job.order))
        try:
            while not job.stop:
                text = next(job.writing)
                if text:
                    job.log.publish("text", TextEvent(text, len(job.text)))
                    job.text += text
                if time.perf_counter() >= until:
                    break
        except StopIteration as end:
            tune: Composition = end.value
            return tune
        return None

    def _finish(self, job: ComposingJob, tune: Composition) -> None:
        choice = ChosenAmong(tune.choice.candidates, tune.choice.accepted) if tune.choice else None
        findings, seconds = len(check(tune.text)), round(job.seconds, 3)
        event = DoneEvent(tune.text, tune.seed, tune.stop_reason, seconds, choice, findings, job.link)
        self._end(job, "done", event)

    def _end(self, job: ComposingJob, state: JobState, event: object) -> None:
        job.state, job.writing, job.ended_at = state, None, time.monotonic()
        job.order = Order(job.order.model)  # an acceptor is large, and not needed any more
        job.log.publish(state, event)
        job.log.close()

    def _forget_old(self) -> None:
        finished = [job for job in self._jobs.values() if job.finished]
        for place, job in enumerate(finished):
            if len(finished) - place > MOST_FINISHED or time.monotonic() - job.ended_at > KEPT_SECONDS:
                del self._jobs[job.name]
