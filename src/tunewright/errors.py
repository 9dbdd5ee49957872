"""Exceptions of Tunewright, all under `TunewrightError`.

    TunewrightError
    ├── InputError             an input of the user cannot be used; knows file, line and column
    │   ├── CorpusError        no tune, or no readable file, where tunes were expected
    │   ├── VocabularyError    a character that is not in the network's vocabulary
    │   ├── CheckpointError    a model folder that is missing, cut short or of another format
    │   ├── IndexFolderError   a stored index of a corpus that is missing, cut short or of another format
    │   ├── GrammarError       conditions that no tune can meet, or not with these characters
    │   ├── TranspositionError a tune that cannot be transposed to another key and back without loss
    │   ├── OptionError        an option outside its range, or one that does not exist
    │   └── OutputError        a file or folder that cannot be written, or that holds something already
    ├── RenderError            this tune cannot be turned into this format
    ├── MissingExtraError      an optional package is needed and not installed
    ├── DivergenceError        the loss or the weights of a training are no longer finite, or the loss has exploded
    └── WorkerError            another process of a distributed training was lost

The command line prints them as one line and exits with status 2. Any other exception is a bug in Tunewright.
"""

from pathlib import Path


class TunewrightError(Exception):
    """Base of all errors that a caller may want to catch."""


class InputError(TunewrightError):
    """An input of the user cannot be used.

    Parameters
    ----------
    message
        What was given, and what is allowed.
    path, line, column
        The place, as far as it is known; lines and columns count from 1.
    """

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        self.message, self.path, self.line, self.column = message, path, line, column
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class CorpusError(InputError):
    """No tune, or no readable file, where tunes were expected."""


class VocabularyError(InputError):
    """A character that is not in the network's vocabulary."""


class CheckpointError(InputError):
    """A model folder that is missing, cut short or of another format."""


class IndexFolderError(InputError):
    """A stored index of a corpus that is missing, cut short or of another format."""


class GrammarError(InputError):
    """Conditions that no tune can meet, or not with these characters."""


class TranspositionError(InputError):
    """A tune that cannot be transposed to another key and back without loss."""


class OptionError(InputError):
    """An option outside its range, or one that does not exist."""


class OutputError(InputError):
    """A file or folder that cannot be written, or that holds something already."""


class RenderError(TunewrightError):
    """This tune cannot be turned into this format."""


def install_command(extra: str) -> str:
    """What to type to install an extra of this project."""
    return f"pip install 'tunewright[{extra}]'"


class MissingExtraError(TunewrightError, ImportError):
    """An optional package is needed and not installed.

    Parameters
    ----------
    purpose
        What the package is needed for, as the start of a sentence ("Engraving a score").
    extra
        The extra of this project that installs it.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        self.install = install_command(extra)
        """What to type to install it."""
        super().__init__(f"{purpose} needs a package that is not installed: {self.install}")


def missing_extra(error: ImportError) -> ImportError:
    """The error to raise in place of `error`: one that says what to install, where a package of ours is missing."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "torch":
        return MissingExtraError("Training or analysing networks", "train")
    return error


class DivergenceError(TunewrightError):
    """The loss or the weights of a training are no longer finite, or the loss has exploded."""


class WorkerError(TunewrightError):
    """Another process of a distributed training was lost."""
