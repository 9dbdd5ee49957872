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
from tunewright.cli.processes import only_rank_zero_prints
from tunewright.errors import TunewrightError, missing_extra
from tunewright.options import FORMER_NAMES

app = App(
    name="tunewright",
    version=__version__,
    help="Learns tunes in ABC notation, one character at a time, and composes new ones you can read and hear.",
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
app.command("tunewright.cli.composing.demo:demo", help="Train on O'Neill's, compose three tunes, show them on a page.")
app.command("tunewright.cli.studio:studio", help="Open the studio: compose, practise and keep tunes in the browser.")
app.command("tunewright.cli.books.corpus:app", name="corpus", help="Show what is in tunes; build large corpora.")
app.command("tunewright.cli.books.check:check", help="Say what is wrong with tunes, and what would be right.")
app.command("tunewright.cli.learning.train:train", help="Train a network on tunes.")
app.command("tunewright.cli.learning.evaluate:evaluate", help="Measure how well a network predicts tunes.")
app.command("tunewright.cli.learning.compare:compare", help="Show two or more trainings side by side.")
app.command("tunewright.cli.learning.adapt:adapt", help="Let a network learn a few tunes of your own.")
app.command("tunewright.cli.composing.compose:compose", help="Compose new tunes.")
app.command("tunewright.cli.learning.export:export", help="Write a network as an ONNX file.")
app.command("tunewright.cli.books.musicality:musicality", help="Show how near composed tunes are to a corpus as music.")
app.command(
    "tunewright.cli.books.originality:originality", help="Show what tunes copy from a corpus, and how near they are."
)
app.command("tunewright.cli.neurons.neurons:neurons", help="Show what the units of a network follow.")
app.command("tunewright.cli.studies.study:app", name="study", help="Train many networks as a plan says.")
app.command("tunewright.cli.studies.report:report", help="Write the paper of a study.")
app.command("tunewright.cli.books.transpose:transpose", help="Write tunes in another key.")
app.command("tunewright.cli.books.render:render", help="Turn tunes into scores, MIDI, sound or a page.")
app.command("tunewright.cli.doctor:doctor", help="Say what is installed, and what is slow and why.")
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
