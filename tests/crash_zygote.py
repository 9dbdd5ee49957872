"""A process that has loaded everything and forks a copy for each command, so that a hundred crashes take minutes.

It reads one job a line, as JSON: the command's arguments, a file for its words, and the number of the change of the
disk at which it is killed (0: none), before or after that change. It answers with the number of the process, and with
its exit status once it has ended. A job that was not killed adds a line with the number of changes to its words.
"""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

CHANGES = ("fsync", "replace", "rename", "unlink", "rmdir")
counted = itertools.count()


def killed_at(number: int, *, after: bool) -> None:
    """Let this process be killed at the change of this number, and count them all."""

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            fatal = next(counted) + 1 == number
            if fatal and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*arguments, **options)
            if fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for name in CHANGES:
        setattr(os, name, counting(getattr(os, name)))


def run(job: dict[str, Any]) -> None:
    """Do a job, in the forked copy, and end."""
    words = os.open(job["words"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(words, number)
    os.close(0)
    killed_at(job["kill"], after=job["after"])
    from tunewright.cli.main import main

    status = 99
    try:
        main(job["arguments"])
    except SystemExit as ended:
        status = int(ended.code or 0)
    tell(f"changes: {next(counted)}")
    os._exit(status)


def tell(words: object) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def load() -> None:
    """Import what the commands need, on one thread."""
    import torch

    import tunewright.cli.learning.adapt
    import tunewright.cli.learning.train
    import tunewright.cli.learning.training_display
    import tunewright.cli.learning_sources
    import tunewright.corpus.large.shard_builder
    import tunewright.report.paper.writing
    import tunewright.study.running.study_run
    import tunewright.study.running.together  # noqa: F401

    torch.set_num_threads(1)


if __name__ == "__main__":
    load()
    tell("ready")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(json.loads(line))
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
