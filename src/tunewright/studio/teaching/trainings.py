"""`Trainings`: the trainings of a data folder: begun, watched, stopped, continued and removed.

Each is a folder with its order, its journal and its run. The process that trains is no child that the studio must keep:
its lock says whether it is alive, and its journal what it does, to this studio or to the next.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Literal, cast

from tunewright.studio.event_stream import EventLog
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings
from tunewright.studio.teaching.training_journal import ENDS, ORDER, STOP, JournalReader, JournalWriter, ProcessLock
from tunewright.studio.teaching.training_order import TrainingOrder, read_order

WATCH_SECONDS = 0.25
MOST_CURVE_POINTS = 300
GOING = ("starting", "running")
BEFORE_IT_LEARNS = ("starting", "reading", "read")
"""Lines of a journal while a training gets ready."""

TrainingStatus = Literal["starting", "running", "done", "stopped", "failed", "interrupted"]

_running: list["subprocess.Popen[bytes]"] = []
"""Kept, because Python warns when the object of a running process is deleted."""


@dataclass
class TrainingAccount:
    """What a journal tells, added up."""

    lines: int = 0
    last: str = ""
    error: str = ""
    corpus: dict[str, Any] = field(default_factory=dict)
    progress: dict[str, Any] = field(default_factory=dict)
    epochs: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    curve: list[tuple[int, float]] = field(default_factory=list)
    """Batch and its loss."""
    planned: int = 0
    """Epochs that are planned."""
    units: int = 0

    def add(self, kind: str, data: dict[str, Any]) -> None:
        """Add a line."""
        self.lines += 1
        self.last = kind
        if kind == "failed":
            self.error = data["error"]
        elif kind == "read":
            self.corpus = data
        elif kind == "begun":
            self.planned, self.units = data["epochs"], data["units"]
        elif kind == "progress":
            self.progress = data
            self.curve.append((data["step"], data["loss"]))
        elif kind in ("epoch", "sample"):
            kept = self.epochs if kind == "epoch" else self.samples
            kept[:] = [*(each for each in kept if each["epoch"] != data["epoch"]), data]


class Trainings:
    """All trainings of a data folder."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.folder / "trainings"
        self._logs: dict[str, tuple[EventLog, JournalReader]] = {}
        self._accounts: dict[str, tuple[TrainingAccount, JournalReader]] = {}
        self._lock, self._reading, self._closed = Lock(), Lock(), Event()
        self._watcher: Thread | None = None

    def close(self) -> None:
        """Stop watching; trainings go on."""
        self._closed.set()
        if self._watcher:
            self._watcher.join(timeout=5)

    def names(self) -> list[str]:
        """The newest first."""
        if not self._folder.is_dir():
            return []
        found = [path for path in self._folder.iterdir() if (path / ORDER).is_file()]
        return [path.name for path in sorted(found, key=lambda path: -(path / ORDER).stat().st_mtime)]

    def order(self, name: str) -> TrainingOrder:
        """What a training was asked to do."""
        return read_order(self._place(name))

    def account(self, name: str) -> tuple[TrainingAccount, TrainingStatus]:
        """What has happened in a training, and how it stands."""
        folder = self._place(name)
        with self._reading:
            account, reader = self._accounts.setdefault(name, (TrainingAccount(), JournalReader(folder)))
            for line in reader.new_lines():
                account.add(line.kind, dict(line.data))
            copy = replace(account, epochs=list(account.epochs), samples=list(account.samples))
            copy.curve = account.curve[:: len(account.curve) // MOST_CURVE_POINTS + 1]
        return copy, self._status(name, copy.last)

    def start(self, order: TrainingOrder) -> str:
        """Begin a training; returns its name."""
        with self._lock:
            self._require_none_running()
            base = re.sub(r"[^a-z0-9]+", "-", order.title.lower()).strip("-")[:40] or "network"
            taken = {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()
            name = next(each for n in range(1, 10_000) if (each := base if n == 1 else f"{base}-{n}") not in taken)
            folder = self._folder / name
            folder.mkdir(parents=True)
            order.write(folder)
            self._launch(name)
        return name

    def resume(self, name: str) -> None:
        """Go on with a training that was stopped, failed or interrupted."""
        with self._lock:
            folder = self._place(name)
            _, status = self.account(name)
            if status in (*GOING, "done"):
                raise Refused(409, "this training is finished" if status == "done" else "this training is running")
            self._require_none_running()
            (folder / STOP).unlink(missing_ok=True)
            self._logs.pop(name, None)
            self._launch(name)

    def stop(self, name: str) -> None:
        """Ask a training to stop and save, which it does after its current batch."""
        if self.account(name)[1] in GOING:
            (self._folder / name / STOP).touch()

    def remove(self, name: str) -> None:
        """Remove a training and its network."""
        with self._lock:
            folder = self._place(name)
            if self.account(name)[1] in GOING:
                raise Refused(409, "this training is running; stop it first")
            log = self._logs.pop(name, None)
            if log:
                log[0].close()
            self._accounts.pop(name, None)
            shutil.rmtree(folder, ignore_errors=True)

    def events(self, name: str) -> EventLog:
        """The journal as events; the number of an event is that of its line."""
        with self._lock:
            if name not in self._logs:
                self._logs[name] = EventLog(), JournalReader(self._place(name))
                self._publish(name)
                if self._watcher is None:
                    self._watcher = Thread(target=self._watch, name="trainings", daemon=True)
                    self._watcher.start()
            return self._logs[name][0]

    def _place(self, name: str) -> Path:
        if name not in self.names():
            raise Refused(404, f"no training is called {name[:100]!r}")
        return self._folder / name

    def _require_none_running(self) -> None:
        for name in self.names():
            if self.account(name)[1] in GOING:
                raise Refused(409, f"the training {name!r} is running; stop it, or wait until it is done")

    def _launch(self, name: str) -> None:
        folder = self._folder / name
        JournalWriter(folder).write("starting")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", "tunewright.studio.teaching.training_process", str(folder)]
        with (folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=os.name == "posix",  # what stops the studio does not stop it
            )
        _running.append(process)

    def _is_launched(self, name: str) -> bool:
        """Whether a process that this studio began for a training has not ended."""
        folder = str(self._folder / name)
        return any(isinstance(each.args, list) and each.args[-1] == folder for each in _running if each.poll() is None)

    def _status(self, name: str, last: str) -> TrainingStatus:
        """How a training stands whose journal ends with a line of this kind."""
        if last in ENDS:  # its process may still be ending
            return cast(TrainingStatus, last)
        if not (ProcessLock(self._folder / name).is_taken() or self._is_launched(name)):
            return "interrupted"
        return "starting" if last in ("", *BEFORE_IT_LEARNS) else "running"

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            with self._lock:
                for name in list(self._logs):
                    self._publish(name)

    def _publish(self, name: str) -> None:
        """Tell what was added to a journal; close its log when nothing more can come."""
        log, reader = self._logs[name]
        if log.closed:
            return
        going = ProcessLock(self._folder / name).is_taken() or self._is_launched(name)  # before the journal is read
        with contextlib.suppress(OSError):
            for line in reader.new_lines():
                log.publish(line.kind, line.data)
        if log.last_kind not in ENDS and not going:
            log.publish("failed", {"error": "the training was interrupted; it can go on where it was saved"})
        if log.last_kind in ENDS:
            log.close()
