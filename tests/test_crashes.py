"""Commands that are killed at random moments, also within their writes, come to what they come to undisturbed.

``TUNEWRIGHT_KILLS=100`` in the environment makes a hundred crashes; without it there are some, in about three minutes.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import safetensors.numpy
from study_runs import TINY_PLAN

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")]

KILLS = int(os.environ.get("TUNEWRIGHT_KILLS", "8"))
SHARES = {"train": 0.3, "adapt": 0.2, "build": 0.2, "study": 0.2, "report": 0.1}
"""Of all kills, by what is killed."""
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TINY = ["--units", "4", "--embedding", "3", "--batch-size", "8", "--threads", "1", "--device", "cpu"]


class Zygote:
    """Starts commands in copies of a process that has loaded everything; see `crash_zygote`."""

    def __init__(self, words: Path) -> None:
        self.words = words
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "crash_zygote.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert self._line() == "ready"

    def run(
        self, arguments: Sequence[object], *, kill: int = 0, after: bool = False, number: int = 0, seconds: float = 0.0
    ) -> int:
        """Exit status of a command, which gets the signal `number` after some seconds, if any."""
        job = {"arguments": [*map(str, arguments)], "words": str(self.words), "kill": kill, "after": after}
        print(json.dumps(job), file=self.process.stdin, flush=True)
        child = int(self._line())
        if number:
            timer = threading.Timer(seconds, self._send, (child, number))
            timer.start()
            status = int(self._line())
            timer.cancel()
            return status
        return int(self._line())

    def said(self) -> str:
        return self.words.read_text(errors="replace")

    def changes(self) -> int:
        return int(self.said().rpartition("changes: ")[2])

    def _send(self, child: int, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    def _line(self) -> str:
        return self.process.stdout.readline().strip()


@pytest.fixture(scope="module")
def zygote(tmp_path_factory) -> Iterator[Zygote]:
    made = Zygote(tmp_path_factory.mktemp("words") / "words.txt")
    yield made
    made.process.stdin.close()
    made.process.wait()
    made.process.stdout.close()


@pytest.fixture(scope="module")
def tunes(tiny_corpus, tmp_path_factory) -> Path:
    return Path(shutil.copy(tiny_corpus, tmp_path_factory.mktemp("tunes") / "tunes.txt"))


def outcome(folder: Path) -> dict[str, object]:
    """All that a command wrote, by file, without what a clock measured."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            continue
        if path.name == "history.csv":
            found[name] = [line.rpartition(",")[0] for line in path.read_text().splitlines()]
        elif path.name == "resume.safetensors":
            found[name] = {key: value.tobytes() for key, value in safetensors.numpy.load(path.read_bytes()).items()}
        elif path.name == "tunewright.json":
            about = json.loads(path.read_text())
            found[name] = (about["training"]["data"], about["training"].get("adapted_from"), about["vocabulary"])
        elif path.name in ("loss.png", "loss.svg", ".lock"):  # drawn of the seconds too; a number of a process
            found[name] = None
        else:
            found[name] = path.read_bytes()
    return found


def resumed(zygote: Zygote, command: Sequence[object], out: Path) -> Sequence[object]:
    """The command that goes on, found as a user would: by what the program says."""
    if (out / "last").exists() or (out / ".last.old").exists():
        return [*command, "--out", out, "--resume"]
    zygote.run([*command, "--out", out, "--resume"])
    assert "has no run to go on with" in zygote.said()
    return [*command, "--out", out, *(["--force"] if "give --force" in zygote.said() else [])]


def again(_zygote: Zygote, command: Sequence[object], out: Path) -> Sequence[object]:
    return [*command, "--out", out]


def crash(
    zygote: Zygote,
    command: Sequence[object],
    place: Path,
    kills: int,
    going_on: Callable[[Zygote, Sequence[object], Path], Sequence[object]],
) -> None:
    """Kill a command again and again, let it go on each time, and compare the end with an undisturbed one."""
    began = time.monotonic()
    assert zygote.run([*command, "--out", place / "whole"]) == 0, zygote.said()
    seconds, changes = time.monotonic() - began, zygote.changes()
    whole, chance = outcome(place / "whole"), random.Random(str(command[0]))
    assert changes > 5
    left, attempt = kills, 0
    while left > 0:
        out = place / f"out-{attempt}"
        attempt += 1
        following: Sequence[object] = [*command, "--out", out]
        for _ in range(min(left, 3)):
            if chance.random() < 0.75:
                status = zygote.run(following, kill=chance.randint(1, changes), after=chance.random() < 0.5)
            else:
                when = chance.uniform(0.0, seconds)
                status = zygote.run(following, number=chance.choice((signal.SIGKILL, *ENDINGS)), seconds=when)
            left -= 1
            assert status in (0, -9, 130, *(-number for number in ENDINGS)), zygote.said()
            assert "Traceback" not in zygote.said(), zygote.said()
            following = going_on(zygote, command, out)
            if status == 0:
                break
        assert zygote.run(following) == 0, zygote.said()
        ended = outcome(out)
        assert ended.keys() == whole.keys()  # nothing is missing, and nothing strays
        assert {name for name in whole if ended[name] != whole[name]} == set()


def test_trainings(zygote, tunes, tmp_path):
    command = ["train", tunes, *TINY, "--epochs", "5", "--no-discriminator"]
    crash(zygote, command, tmp_path, round(KILLS * SHARES["train"]), resumed)


def test_adaptations(zygote, tunes, tiny_tunes, tmp_path):
    (tmp_path / "own.abc").write_text("\n".join(tiny_tunes[:12]))
    assert zygote.run(["train", tunes, *TINY, "--epochs", "1", "--no-discriminator", "--out", tmp_path / "model"]) == 0
    command = ["adapt", tmp_path / "model", tmp_path / "own.abc", "--corpus", tunes, "--epochs", "2"]
    crash(zygote, command, tmp_path, round(KILLS * SHARES["adapt"]), resumed)


def test_builds(zygote, tunes, tmp_path):
    crash(zygote, ["corpus", "build", tunes, "--processes", "1"], tmp_path, round(KILLS * SHARES["build"]), again)


def test_studies(zygote, tunes, tmp_path):
    plan = TINY_PLAN.format(title="Two widths", data=tunes, epochs=3, question="Which dropout?")
    (tmp_path / "plan.toml").write_text(plan)
    command = ["study", "run", tmp_path / "plan.toml", "--executor", "stacked"]
    crash(zygote, command, tmp_path, round(KILLS * SHARES["study"]), again)


def test_reports(zygote, small_study, tmp_path):
    def forced(_zygote: Zygote, command: Sequence[object], out: Path) -> Sequence[object]:
        return [*command, "--out", out, "--force"]

    command = ["report", small_study]
    crash(zygote, command, tmp_path, max(1, round(KILLS * SHARES["report"])), forced)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Callable[[str], object]]:
    """A file system of some bytes at `place`; yields a function that mounts it anew with other options."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("this machine mounts no file systems")
    try:
        yield lambda options: subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("size", ["16k", "48k", "80k"])
def test_a_full_disk_loses_nothing(zygote, tunes, tmp_path, size):
    command = ["train", tunes, *TINY, "--epochs", "3", "--no-discriminator"]
    assert zygote.run([*command, "--out", tmp_path / "whole"]) == 0
    with small_disk(tmp_path / "disk", size) as remount:
        out = tmp_path / "disk" / "run"
        assert zygote.run([*command, "--out", out]) == 2
        assert "No space left on device" in zygote.said() and "Traceback" not in zygote.said()
        assert not list(out.rglob(".*"))
        remount("size=10m")
        assert zygote.run(resumed(zygote, command, out)) == 0, zygote.said()
        assert outcome(out) == outcome(tmp_path / "whole")


def test_a_folder_that_may_only_be_read_is_told_and_left_alone(zygote, tunes, tmp_path):
    command = ["train", tunes, *TINY, "--epochs", "1", "--no-discriminator"]
    with small_disk(tmp_path / "disk", "10m") as remount:
        out = tmp_path / "disk" / "run"
        assert zygote.run([*command, "--out", out]) == 0
        whole = outcome(out)
        remount("ro")
        for more in (["--force"], ["--resume", "--epochs", "2"]):
            bare = command if more == ["--force"] else ["train"]
            assert zygote.run([*bare, "--out", out, *more]) == 2
            said = zygote.said()
            assert "Traceback" not in said and "cannot be written" in said, said
        assert outcome(out) == whole
