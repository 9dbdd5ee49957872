"""The folder of a study: its files, and the lock by which one runner at a time writes there.

STUDY/plan.toml             the plan, with every option (see `plan_writing`)
STUDY/runs/NAME/            a run folder (see `training.run`)
STUDY/runs/NAME/run.json    written last: setting, seed and outcome of the run
STUDY/.lock                 locked by the operating system while a runner or one of its workers is alive
"""

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from tunewright.checksums import CHECKSUM, parse_object, require_sealed, sealed_json
from tunewright.errors import InputError, OutputError
from tunewright.files import claim_folder, may_run, write_file
from tunewright.locks import try_lock
from tunewright.study.plans.plan import Plan, PlannedRun, read_plan
from tunewright.study.plans.plan_writing import as_sealed_toml, difference

PLAN, RUNS, RUN, LOCK = "plan.toml", "runs", "run.json", ".lock"
STATUS_KEYS = ("name", "setting", "seed", "status", "error")

LOCK_WAIT_SECONDS = 60.0
"""Time limit for the workers of a killed runner to end; it takes long only while they load torch."""


@dataclass(frozen=True)
class StudyFolder:
    """The folder of a study that this process has locked."""

    path: Path
    lock: BinaryIO
    """The open lock file; the lock lasts while any process has it open."""

    def run(self, run: PlannedRun) -> Path:
        """Return the folder of a run."""
        return self.path / run.part / run.name


@contextmanager
def open_study(path: Path, plan: Plan) -> Iterator[StudyFolder]:
    """Lock the folder `path` for the study `plan`, which is new or was begun there.

    Raises
    ------
    OutputError
        If another runner is at work there, or the folder holds anything but this study.
    """
    claim_folder(path, force=True)
    if not (path / PLAN).is_file() and not all(map(_is_left_by_a_kill, path.iterdir())):
        raise OutputError("holds something that is not a study; choose an empty or new folder", path=path)
    with (path / LOCK).open("ab") as lock:
        _lock(path, lock)
        if (path / PLAN).is_file():
            if how := difference(read_plan(path / PLAN), plan):
                raise OutputError(f"holds another study: {how}; choose another folder", path=path)
        else:
            write_file(path / PLAN, as_sealed_toml(plan))
        yield StudyFolder(path, lock)


def status_of(folder: Path) -> dict[str, Any] | None:
    """The content of `run.json` of a run folder; None if there is none that can be read."""
    with contextlib.suppress(InputError):
        return read_status(folder)
    return None


def read_status(folder: Path) -> dict[str, Any] | None:
    """The content of `run.json` of a run folder; None if there is none.

    Raises
    ------
    InputError
        If it has changed since it was written.
    """
    path = folder / RUN
    try:
        content = path.read_bytes()
        status = parse_object(content)
        require_sealed(content, status, STATUS_KEYS, unsealed=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        how = "delete it, and tunewright study run writes it anew"
        raise InputError(f"is damaged: {error}; {how}", path=path) from error
    status.pop(CHECKSUM, None)
    return status


def status_text(run: PlannedRun, status: Literal["done", "failed", "pruned"], error: str | None = None) -> bytes:
    """The content of `run.json` of a run that has ended."""
    return sealed_json({"name": run.name, "setting": run.setting, "seed": run.seed, "status": status, "error": error})


def _is_left_by_a_kill(entry: Path) -> bool:
    """Whether a runner that was killed before it wrote its plan may have left this."""
    return entry.name in (LOCK, PLAN) or (entry.name.startswith(f".{PLAN}.") and entry.name.endswith(".new"))


def _lock(path: Path, lock: BinaryIO) -> None:
    """Lock the study, after waiting for the workers of a killed runner to end."""
    ends = time.monotonic() + LOCK_WAIT_SECONDS
    while not try_lock(lock.fileno()):
        runner = (path / LOCK).read_text(encoding="ascii", errors="replace")
        if not runner.isdecimal() or may_run(int(runner)) or time.monotonic() > ends:
            raise OutputError(f"another runner is at work in it (process {runner or 'unknown'})", path=path)
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(str(os.getpid()).encode())
    lock.flush()
