"""Worker process that trains runs of a study for its parent, a `local.LocalExecutor`.

It ends whenever its parent ends, even while it loads torch; so this module loads torch only after that is arranged.
"""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing import reduction
from typing import TYPE_CHECKING, Any

from tunewright.corpus.large.workers import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Generator
    from multiprocessing.connection import Connection

    from tunewright.study.running.perform import Report, StudyData

REPORT_SECONDS = 0.5
"""Time between two reports of a run within an epoch."""


def serve(connection: Connection[Any, Any], _lock: int | None, packed: bytes) -> None:
    """Train the runs that `connection` delivers, until it is closed.

    Parameters
    ----------
    connection
        Delivers runs with their folders and takes their reports. While a run is under way, None stops it.
    _lock
        The lock of the study, which this process holds as long as it lives.
    packed
        A pickled `StudyData`.
    """
    end_with_parent()
    from tunewright.study.running.perform import Report, perform

    material: StudyData = reduction.ForkingPickler.loads(packed)
    with suppress(EOFError, OSError):  # the other end is closed
        while True:
            if order := connection.recv():  # None came too late to stop its run
                run, folder = order
                try:
                    _train(connection, perform(run, folder, material))
                except OSError as error:  # a full disk, say
                    connection.send(Report(run.name, ended=True, error=str(error)))


def _train(connection: Connection[Any, Any], training: Generator[Report, None, None]) -> None:
    """Train one run and send its reports."""
    told, epoch = time.monotonic(), None
    with closing(training) as reports:
        for report in reports:
            if report.ended or report.record is not epoch or time.monotonic() - told > REPORT_SECONDS:
                connection.send(report)
                told, epoch = time.monotonic(), report.record
            if not report.ended and connection.poll():
                connection.recv()
                break
    if not report.ended:
        connection.send(replace(report, ended=True, stopped=True))
