"""Running of commands in this process."""

import pytest

from tunewright.cli.main import main


def run(capsys, *arguments):
    """Exit status, output and errors of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    output = capsys.readouterr()
    return ended.value.code, output.out, output.err


TINY = ["--units", "8", "--embedding", "4", "--batch-size", "8", "--threads", "1", "--device", "cpu"]
SMALL = [*TINY, "--epochs", "2"]
