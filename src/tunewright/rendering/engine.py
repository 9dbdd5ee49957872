"""How does Python run abcjs?

abcjs is JavaScript for a browser. Here it runs in V8 (mini-racer), with the few objects of a browser that it needs
(``dom.js``) and the questions that we ask of it (``engine.js``). The engine is loaded once per process and used again;
one question is answered at a time, whichever thread asks. A tune that takes too long is stopped; one that takes too
much memory costs this engine its life, and the next question starts a fresh one. Texts of tunes are data there, never
code.
"""

import atexit
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tunewright.errors import MissingExtraError, RenderError

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

TIME_LIMIT_SECONDS = 20.0
"""How long one question may take; a usual tune takes about 0.02 s."""

MEMORY_LIMIT_BYTES = 512 * 2**20
"""How much memory the engine may hold."""

QUESTIONS_PER_ENGINE = 2000
"""abcjs remembers the width of every short text that it has seen; a fresh engine forgets."""

_SCRIPTS = ("dom.js", "abcjs/abcjs-basic-min.js", "repairs.js", "engine.js")
_lock = threading.Lock()
_engine: "MiniRacer | None" = None
_engine_process = 0
_questions = 0


def ask(question: str, *arguments: str | float | dict[str, str]) -> Any:
    """Call a function of ``engine.js`` and return what it returns, as plain Python values.

    Raises
    ------
    RenderError
        If abcjs fails on this tune, or needs more than the time or memory allowed.
    MissingExtraError
        If mini-racer is not installed.
    """
    try:
        from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException
    except ImportError:
        raise MissingExtraError("Rendering a tune", "render") from None

    call = f"JSON.stringify(tunewright.{question}({', '.join(json.dumps(argument) for argument in arguments)}))"
    with _lock:
        engine = _ready_engine()
        try:
            return json.loads(str(engine.eval(call, timeout_sec=TIME_LIMIT_SECONDS)))
        except JSTimeoutException:  # V8 has stopped the script, and is as good as before
            raise RenderError(f"abcjs was not done after {TIME_LIMIT_SECONDS:g} seconds") from None
        except JSOOMException:
            _discard()
            raise RenderError(f"abcjs needed more than {MEMORY_LIMIT_BYTES // 2**20} MiB of memory") from None
        except JSEvalException as error:
            raise RenderError(f"abcjs cannot read this tune ({_first_line(error)})") from None


def abcjs_script() -> str:
    """Return abcjs itself, for a page to carry."""
    return (files("tunewright.rendering") / "abcjs" / "abcjs-basic-min.js").read_text(encoding="utf-8")


def abcjs_licence() -> str:
    """Return the licence that must go with abcjs."""
    return (files("tunewright.rendering") / "abcjs" / "LICENSE.md").read_text(encoding="utf-8")


def _ready_engine() -> "MiniRacer":
    global _engine, _engine_process, _questions
    _questions += 1
    if _engine_process != os.getpid():  # a forked child has the object but none of V8's threads
        _engine = None
    if _questions > QUESTIONS_PER_ENGINE:
        _discard()
    if _engine is None:
        _engine, _engine_process, _questions = _load(), os.getpid(), 1
    return _engine


def _load() -> "MiniRacer":
    from py_mini_racer import MiniRacer

    # mini-racer adopts the event loop of the thread that makes it, if one runs there, and would then know no time
    # limit; a thread of its own has none.
    with ThreadPoolExecutor(max_workers=1) as maker:
        engine = maker.submit(MiniRacer).result()
    engine.set_hard_memory_limit(MEMORY_LIMIT_BYTES)
    for script in _SCRIPTS:
        engine.eval((files("tunewright.rendering") / script).read_text(encoding="utf-8"))
    return engine


def _discard() -> None:
    global _engine
    if _engine is not None and _engine_process == os.getpid():
        _engine.close()
    _engine = None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].removeprefix("<anonymous>:1: ")


atexit.register(_discard)
