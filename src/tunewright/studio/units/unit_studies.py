"""`UnitStudies`: findings about the units of a network: those that came along, and studies in a process of their own.

A study needs the tunes that a network learned from and those that were kept back from it, and torch. It runs in a
process of its own, one at a time, and its findings are kept in the data folder, by the network's fingerprint.
"""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from tunewright.errors import MissingExtraError, OptionError
from tunewright.files import write_file
from tunewright.model.checkpoint import Checkpoint
from tunewright.studio.composing.loaded_networks import TRAINED, Networks
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio
from tunewright.studio.teaching.training_order import read_order
from tunewright.studio.units.unit_findings import SHIPPED, UnitFindings, read_findings

COMPOSED = "composed.abc"

StudyState = Literal["ready", "none", "running", "failed"]


@dataclass(frozen=True)
class UnitStudyStatus:
    """How a study stands."""

    state: StudyState
    share: float = 0.0
    """0 to 1."""
    doing: str = ""
    error: str = ""


class UnitStudies:
    """Findings about networks."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.folder / "units"
        self._trainings = settings.folder / "trainings"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def close(self) -> None:
        """End the study that runs; nothing of it is kept."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def findings(self, name: str, model: Checkpoint) -> UnitFindings | None:
        """What is known of the network called `name`; None if nobody has studied it."""
        shipped = SHIPPED / f"{name.replace('/', '-')}.json"
        kept = self._folder / f"{model.fingerprint}.json"
        return read_findings(shipped, model.fingerprint) or read_findings(kept, model.fingerprint)

    def progress(self, name: str, model: Checkpoint) -> UnitStudyStatus:
        """How the study of a network stands."""
        if self.findings(name, model):
            return UnitStudyStatus("ready", 1.0)
        order = self._order(model)
        with self._lock:
            runs = self._is_running(order)
        told: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            told = json.loads(_told(order).read_text(encoding="utf-8"))
        if told.get("error"):
            return UnitStudyStatus("failed", error=told["error"])
        if runs:
            return UnitStudyStatus("running", told.get("share", 0.0), told.get("doing", "starting"))
        if order.is_file():
            return UnitStudyStatus("failed", error="the study was interrupted; begin it again")
        return UnitStudyStatus("none")

    def start(self, studio: Studio, name: str, model: Checkpoint) -> None:
        """Begin to study a network, unless that is done already.

        Raises
        ------
        MissingExtraError
            If torch is missing.
        Refused
            If another study runs, or nobody knows what the network learned from.
        """
        if self.findings(name, model):
            return
        if find_spec("torch") is None:
            raise MissingExtraError("Studying a network", "train")
        sources = self._sources(name)
        folder = studio.part(Networks).folders()[name]
        order = self._order(model)
        with self._lock:
            if self._is_running(order):
                return
            if self._process and self._process.poll() is None:
                raise Refused(409, "another network is being studied; wait until that is done")
            _told(order).unlink(missing_ok=True)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(order, json.dumps({"network": str(folder), "sources": sources}) + "\n")
            self._launch(order)

    def _sources(self, name: str) -> list[str]:
        """What the network learned from."""
        slug = name.removeprefix(f"{TRAINED}/")
        if slug == name:
            raise Refused(409, f"no findings came along with {name}; networks that were trained here can be studied")
        folder = self._trainings / slug
        try:
            sources = list(read_order(folder).sources)
        except OptionError as error:
            raise Refused(409, f"what {name} learned from is not known") from error
        return sources or [str(folder / COMPOSED)]

    def _order(self, model: Checkpoint) -> Path:
        return self._folder / f"{model.fingerprint}.order.json"

    def _is_running(self, order: Path) -> bool:
        process = self._process
        return process is not None and process.poll() is None and process.args[-1] == str(order)  # type: ignore[index]

    def _launch(self, order: Path) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", "tunewright.studio.units.study_process", str(order)]
        with order.with_name("log.txt").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )


def _told(order: Path) -> Path:
    """Where the process says how far it is."""
    return order.with_name(order.name.replace(".order.json", ".progress.json"))
