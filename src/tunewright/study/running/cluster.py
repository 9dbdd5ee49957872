"""Executor that trains the runs of a study on a Ray cluster.

Each run trains in an actor with one core of its own, in a local folder of its machine. After every epoch its files go
back to the runner, which alone writes the study. So the machines need no shared disk, and a run goes on on another
machine if its own or the runner is lost.

All machines need the same versions of Tunewright and Ray. Ray sends messages between the runner and the actors as
Python pickles: all machines of the cluster must trust each other.
"""

import importlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tunewright.errors import MissingExtraError, WorkerError
from tunewright.model.checkpoint import LAST
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.running.perform import Report, StudyData, perform
from tunewright.study.running.run_files import Files, read_files, write_files
from tunewright.study.running.study_folder import RUN, StudyFolder

NEWS_SECONDS = 1.0
"""The time after which an actor answers a request for news, even if there are none."""
CLOSE_SECONDS = 60.0
"""Time limit for runs to save and stop."""
CONNECT_SECONDS = 10.0
"""Time limit for reaching the address of a cluster."""
OBJECT_STORE_BYTES = 256 << 20
"""Shared memory of Ray in a cluster that is started for one study."""


@dataclass(frozen=True)
class News:
    """A message of an actor about its run."""

    report: Report
    files: Files
    """All files of the run if they have changed since they were last sent, else empty."""


class ClusterWorker:
    """An actor that trains on a machine of the cluster; its methods run concurrently."""

    def __init__(self, material: StudyData) -> None:
        self._material = material
        self._changed = threading.Condition()
        self._news: list[News] = []
        self._cancelled = ""

    def train(self, run: PlannedRun, files: Files) -> None:
        """Train a run, or go on with it from the checkpoint in `files`."""
        with tempfile.TemporaryDirectory(prefix="tunewright-") as temporary:
            folder = Path(temporary, run.name)
            write_files(folder, files)
            sent, report = _written(folder), Report(run.name)
            with closing(perform(run, folder, self._material)) as reports:
                for report in reports:
                    changed = report.ended or _written(folder) != sent
                    sent = _written(folder)
                    self._tell(News(report, read_files(folder) if changed else {}))
                    if self._cancelled == run.name:
                        break
            if not report.ended:
                self._tell(News(replace(report, ended=True, stopped=True), read_files(folder)))

    def news(self) -> list[News]:
        """Wait up to `NEWS_SECONDS`; return the newest message, after the newest with files if that is another one."""
        with self._changed:
            self._changed.wait_for(lambda: self._news, NEWS_SECONDS)
            news, self._news = self._news, []
        return news

    def cancel(self, run: str) -> None:
        """Let the run of this name save and stop."""
        self._cancelled = run

    def _tell(self, news: News) -> None:
        with self._changed:
            self._news = [*(each for each in self._news if each.files and not news.files), news]
            self._changed.notify()


@dataclass
class _Actor:
    handle: Any
    run: PlannedRun | None = None
    """The run that it trains."""
    heard: bool = False
    """Whether it has answered: a machine had a core for it."""
    waiting: dict[Any, str] = field(default_factory=dict)
    """Calls that have not returned yet: references, each with "training" or "news"."""


class ClusterExecutor:
    """Trains runs in actors of a Ray cluster; see `Executor`.

    Parameters
    ----------
    study, material
        The study, and what its runs share.
    slots
        Number of runs at once; 0 takes one for each core of the cluster.
    address
        Address of the cluster; if None, that in RAY_ADDRESS, else a new cluster of this machine alone.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    WorkerError
        If the cluster cannot be reached.
    """

    def __init__(self, study: StudyFolder, material: StudyData, slots: int, address: str | None = None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            ray: Any = importlib.import_module("ray")
        except ImportError as error:
            raise MissingExtraError("Training on a cluster", "cluster") from error
        self._ray, self._study = ray, study
        _connect(ray, slots, address or os.environ.get("RAY_ADDRESS"))
        self.slots = slots or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._material = ray.put(material)
        self._class = ray.remote(num_cpus=1, max_concurrency=3)(ClusterWorker)
        self._actors: list[_Actor] = []

    def start(self, run: PlannedRun) -> None:
        """Start a run, in an idle actor or a new one."""
        folder = self._study.run(run)
        files = read_files(folder) if folder.is_dir() else {}
        (folder / RUN).unlink(missing_ok=True)
        actor = next((actor for actor in self._actors if actor.run is None), None)
        if actor is None:
            actor = _Actor(self._class.remote(self._material))
            self._actors.append(actor)
        actor.run = run
        actor.waiting[actor.handle.train.remote(run, files)] = "training"

    def wait(self, seconds: float) -> Iterator[Report]:
        """Wait up to `seconds` for reports of the runs and yield them; write the files that come with them."""
        for actor in [actor for actor in self._actors if actor.run is None]:
            self._dismiss(actor)  # it is idle, and another one may wait for its core
        for actor in self._actors:
            if "news" not in actor.waiting.values():
                actor.waiting[actor.handle.news.remote()] = "news"
        of = {reference: actor for actor in self._actors for reference in actor.waiting}
        ready, _ = self._ray.wait([*of], num_returns=len(of), timeout=seconds)
        for reference in ready:
            actor = of[reference]
            actor.waiting.pop(reference, None)
            try:
                answer = self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                yield from self._report_lost(actor, str(error))
                continue
            actor.heard = True
            for news in answer or ():
                yield self._take_report(actor, news)

    def cancel(self, run: PlannedRun) -> None:
        """Let a run save and stop; its report will say so."""
        for actor in self._actors:
            if actor.run is run:
                actor.handle.cancel.remote(run.name)

    def close(self) -> None:
        """Let every run save and stop, then disconnect from the cluster."""
        for actor in self._actors:
            if actor.run:
                self.cancel(actor.run)
        ends = time.monotonic() + CLOSE_SECONDS
        while any(actor.run and actor.heard for actor in self._actors) and time.monotonic() < ends:
            for _ in self.wait(NEWS_SECONDS):
                pass
        for actor in [*self._actors]:
            self._dismiss(actor)
        self._ray.shutdown()

    def _take_report(self, actor: _Actor, news: News) -> Report:
        if actor.run:
            write_files(self._study.run(actor.run), news.files)
        if news.report.ended:
            actor.run = None
        return news.report

    def _report_lost(self, actor: _Actor, why: str) -> Iterator[Report]:
        if actor in self._actors:
            self._dismiss(actor)
            if actor.run:
                first = why.strip().splitlines()[0]
                yield Report(actor.run.name, ended=True, lost=True, error=f"its process or machine was lost: {first}")

    def _dismiss(self, actor: _Actor) -> None:
        self._actors.remove(actor)
        self._ray.kill(actor.handle)


def _connect(ray: Any, slots: int, address: str | None) -> None:
    """Connect to a cluster, or start one on this machine, which ends with this process."""
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address:
        options["address"] = address
    else:
        own = {"include_dashboard": False, "object_store_memory": OBJECT_STORE_BYTES}
        options |= {"address": "local", "num_cpus": slots or None, **own}
    try:
        if address and address != "auto":
            _require_listener(address)
        ray.init(**options)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        where = f"at {address}" if address else "of this machine"
        raise WorkerError(f"the cluster {where} cannot be reached: {error}") from error


def _require_listener(address: str) -> None:
    """Raise OSError or ValueError unless a server listens at ``host:port``; Ray itself would retry for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("an address such as 192.168.1.5:6379 was expected")
    socket.create_connection((host, int(port)), CONNECT_SECONDS).close()


def _written(folder: Path) -> int:
    """The time of the last checkpoint, in nanoseconds; 0 if there is none."""
    place = folder / LAST
    return place.stat().st_mtime_ns if place.exists() else 0
