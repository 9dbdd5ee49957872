"""The command line `tunewright`: its commands, exit statuses and error messages.

Each command is a function in a file of its own, which is loaded when the command is called. A user's mistake is one
line on the error stream and exit status 2; an interrupted command exits with 130.
"""

import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter, UnknownOptionError

from tunewright import __version__
from tunewright.cli.console import end_streams, prepare_streams, warn
from tunewright.cli.ending import INTERRUPTED, MISTAKE, interrupt_on_signal
from tunewright.cli.examples import epilogue
from tunewright.cli.processes import only_rank_zero_prints
from tunewright.errors import TunewrightError, missing_extra
from tunewright.options import FORMER_NAMES

app = App(
    name="tunewright",
    version=__version__,
    help="Learns tunes in ABC notation, one character at a time, and composes new ones you can read and hear.",
    help_epilogue=epilogue(""),
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)

_COMMANDS = {
    "composing.demo:demo": "Train on O'Neill's, compose three tunes, show them on a page.",
    "studio:studio": "Open the studio: compose, practise and keep tunes in the browser.",
    "books.check:check": "Say what is wrong with tunes, and what would be right.",
    "learning.train:train": "Train a network on tunes.",
    "learning.evaluate:evaluate": "Measure how well a network predicts tunes.",
    "learning.compare:compare": "Show two or more trainings side by side.",
    "learning.adapt:adapt": "Let a network learn a few tunes of your own.",
    "composing.compose:compose": "Compose new tunes.",
    "learning.export:export": "Write a network as an ONNX file.",
    "books.musicality:musicality": "Show how near composed tunes are to a corpus as music.",
    "books.originality:originality": "Show what tunes copy from a corpus, and how near they are.",
    "neurons.neurons:neurons": "Show what the units of a network follow.",
    "studies.report:report": "Write the paper of a study.",
    "books.transpose:transpose": "Write tunes in another key.",
    "books.render:render": "Turn tunes into scores, MIDI, sound or a page.",
    "doctor:doctor": "Say what is installed, and what is slow and why.",
}
"""What each command does, by its function in ``cli``."""

for _function, _help in _COMMANDS.items():
    _name = _function.partition(":")[2]
    app.command(f"tunewright.cli.{_function}", name=_name, help=_help, help_epilogue=epilogue(_name))
app.command("tunewright.cli.books.corpus:app", name="corpus", help="Show what is in tunes; build large corpora.")
app.command("tunewright.cli.studies.study:app", name="study", help="Train many networks as a plan says.")
app.register_install_completion_command(help="Let the shell complete commands and options: bash, zsh or fish.")

DEBUG = "--debug"
"""Anywhere on the command line: errors come with a traceback."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process."""
    # numpy reads this when it is loaded, which has not happened yet. Its matrix products are small here: with several
    # threads, beside other programs, a study of neurons takes twice as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    prepare_streams()
    with only_rank_zero_prints(), interrupt_on_signal():
        status = run(arguments)
    end_streams()
    sys.exit(status)


def run(arguments: Sequence[str] | None) -> int:
    """Run the command line; print any error as one line; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in given
    try:
        status: int | None = app([word for word in given if word != DEBUG], exit_on_error=False, print_error=False)
    except (TunewrightError, CycloptsError, ModuleNotFoundError) as error:
        told = missing_extra(error) if isinstance(error, ModuleNotFoundError) else error
        if isinstance(told, ModuleNotFoundError):
            raise
        if debug:
            traceback.print_exc()
        status = _told(told)
    except MemoryError as error:
        warn(f"tunewright: not enough memory: {error}")
        status = MISTAKE
    except KeyboardInterrupt:
        warn("tunewright: interrupted")
        status = INTERRUPTED
    except BrokenPipeError:
        status = 0  # the reader of the output (`head`, say) has ended: nothing more can be printed
    except OSError as error:
        warn(f"tunewright: {error.filename or 'this machine'}: {error.strerror or error}")
        status = MISTAKE
    return status or 0


def _told(error: Exception) -> int:
    """Print an error as one line; return the exit status."""
    warn(f"tunewright: {' '.join(str(error).split())}{_present_name(error)}")
    return MISTAKE


def _present_name(error: Exception) -> str:
    """The end of a sentence about a flag that had another name in an earlier version."""
    if not isinstance(error, UnknownOptionError):
        return ""
    flag = (error.token.keyword or error.token.value or "").split("=")[0]
    present = FORMER_NAMES.get(flag.removeprefix("--").replace("-", "_"))
    return f" {flag} is now called --{present.replace('_', '-')}." if present else ""
