"""The flag ``--network FILE:CLASS``: a network of one's own from a Python file, which is run.

The file is run because the user names it on the command line, as if it were a program; nothing that Tunewright has
stored names one. Modules beside it can be imported.
"""

import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from tunewright.errors import OptionError

OwnFlag = Annotated[str | None, Parameter(name="--network")]
"""The flag, without its help."""
MODULE = "own_network_file"
"""Name of the module that the file becomes."""


def own_module(given: str | None) -> Callable[[int], Any] | None:
    """The class or function that ``FILE:CLASS`` names; None for None.

    Raises
    ------
    OptionError
        If there is no such file or name, or if the file cannot be run; the message has the line.
    """
    if given is None:
        return None
    file, _, name = given.rpartition(":")
    path = Path(file)
    if not file or not name.isidentifier():
        raise OptionError(
            f"--network is {given!r}; expected a Python file and a class in it, such as my_lstm.py:MyLstm"
        )
    if not path.is_file():
        raise OptionError("there is no such file for --network", path=path)
    build = getattr(_run(path), name, None)
    if not callable(build):
        raise OptionError(f"has no class or function {name!r} for --network", path=path)
    found: Callable[[int], Any] = build
    return found


def _run(path: Path) -> Any:
    """The module that the file becomes."""
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None:
        raise OptionError("is no Python file; --network needs one that ends with .py", path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise OptionError(f"cannot be run: {error.msg}", path=error.filename or path, line=error.lineno) from error
    except Exception as error:
        inside = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename) == path]
        line = inside[-1].lineno if inside else None
        raise OptionError(f"cannot be run: {type(error).__name__}: {error}", path=path, line=line) from error
    return module
