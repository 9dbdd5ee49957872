"""What does a process do that trains runs of a study for another one?

It must end with that one at any time, also in the seconds in which it loads torch: so nothing here loads it at once.
"""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing import reduction
from typing import TYPE_CHECKING, Any

from tunewright.corpus.large.workers import end_with_parent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from tunewright.study.plans.plan import PlannedRun
    from tunewright.study.running.perform import Material

REPORT_SECONDS = 0.5
"""Between two reports of a run within an epoch."""


def serve(connection: Connection[Any, Any], _lock: int | None, packed: bytes) -> None:
    """Train the runs that come through `connection`, until it is closed.

    Parameters
    ----------
    connection
        Gives runs with their folders; takes a `Report` of each now and then. While a run is under way, None stops it.
    _lock
        Open as long as this process lives, so that no other may write here.
    packed
        A `Material`, as processes send it to each other.
    """
    end_with_parent()
    from tunewright.study.running.perform import Report

    material: Material = reduction.ForkingPickler.loads(packed)
    with suppress(EOFError, OSError):  # the other end is closed
        while True:
            if order := connection.recv():  # None has come too late for its run
                run, folder = order
                try:
                    _train(connection, run, folder, material)
                except OSError as error:  # a full disk, say
                    connection.send(Report(run.name, ended=True, error=str(error)))


def _train(connection: Connection[Any, Any], run: PlannedRun, folder: Path, material: Material) -> None:
    """Train one run and report."""
    from tunewright.study.running.perform import perform

    told, epoch = time.monotonic(), None
    with closing(perform(run, folder, material)) as reports:
        for report in reports:
            if report.ended or report.record is not epoch or time.monotonic() - told > REPORT_SECONDS:
                connection.send(report)
                told, epoch = time.monotonic(), report.record
            if not report.ended and connection.poll():
                connection.recv()
                break
    if not report.ended:
        connection.send(replace(report, ended=True, stopped=True))
