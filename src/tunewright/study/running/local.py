"""Executor that trains the runs of a study in processes of this machine, each run on one thread.

The tunes are read once and sent to every process. A worker process ends when its parent ends, and holds the lock of the
study until then, so that no other process writes the same run.
"""

import multiprocessing
import multiprocessing.connection
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, BinaryIO

from tunewright.study.plans.plan import PlannedRun
from tunewright.study.running.perform import Report, StudyData
from tunewright.study.running.study_folder import StudyFolder
from tunewright.study.running.worker import serve


@dataclass
class _Worker:
    process: BaseProcess
    connection: "Connection[Any, Any]"
    run: PlannedRun | None = None
    """The run that it trains."""


class LocalExecutor:
    """Trains runs in processes of this machine; see `Executor`."""

    def __init__(self, study: StudyFolder, material: StudyData, slots: int) -> None:
        self.slots = slots
        self._study, self._material = study, bytes(reduction.ForkingPickler.dumps(material))
        self._workers: list[_Worker] = []
        self._context = multiprocessing.get_context("spawn")  # a fork of a process that has threads may hang

    def start(self, run: PlannedRun) -> None:
        """Start a run, in an idle process or a new one."""
        worker = next((worker for worker in self._workers if worker.run is None), None) or self._new_worker()
        worker.run = run
        with suppress(OSError):  # it has just ended: `wait` will notice
            worker.connection.send((run, self._study.run(run)))

    def wait(self, seconds: float) -> Iterator[Report]:
        """Wait up to `seconds` for reports of the runs, and yield them."""
        ready = multiprocessing.connection.wait([worker.connection for worker in self._workers], seconds)
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            try:
                report: Report = worker.connection.recv()
            except (EOFError, OSError):
                yield from self._report_lost(worker)
                continue
            if report.ended:
                worker.run = None
            yield report

    def cancel(self, run: PlannedRun) -> None:
        """Let a run save and stop; its report will say so."""
        for worker in self._workers:
            if worker.run is run:
                with suppress(OSError):
                    worker.connection.send(None)

    def close(self) -> None:
        """Let every run save and stop, and end all processes."""
        for worker in self._workers:
            if worker.run:
                self.cancel(worker.run)
        while any(worker.run for worker in self._workers):
            for _ in self.wait(1.0):
                pass
        for worker in self._workers:
            worker.connection.close()
            worker.process.join()
        self._workers.clear()

    def _new_worker(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        lock = _Lock(self._study.lock) if sys.platform != "win32" else None
        process = self._context.Process(target=serve, args=(theirs, lock, self._material), daemon=True)
        with _interrupts_blocked():
            process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _report_lost(self, worker: _Worker) -> Iterator[Report]:
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        if worker.run:
            code = worker.process.exitcode or 0
            how = f"by signal {-code}, perhaps because memory ran out" if code < 0 else f"with status {code}"
            yield Report(worker.run.name, ended=True, lost=True, error=f"its process ended {how}")


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT for a process that starts here: Ctrl-C reaches all processes, and only this one handles it."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


class _Lock:
    """A locked file that another process receives as the same open file: the lock lasts until both have closed it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _received_file, (reduction.DupFd(self._file.fileno()),)


def _received_file(copy: Any) -> int:
    return int(copy.detach())
