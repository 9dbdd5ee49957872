"""Does abcjs run safely inside Python?"""

import subprocess
import sys
import threading

import pytest

from tunewright.errors import RenderError
from tunewright.rendering import engine
from tunewright.rendering.engine import abcjs_licence, abcjs_script, ask
from tunewright.rendering.performance import perform

TUNE = "X:1\nT:A Tune\nR:reel\nM:4/4\nL:1/8\nQ:1/4=90\nK:G\nGABc|\n"
CRASHING = "X:1\nT:A\nV:2\nV:4\nE|\nT:B\n"
"""abcjs fails where a title follows a line that has a later voice without the first."""


def test_a_tune_is_opened():
    opened = ask("open", TUNE)
    assert opened == {"title": "A Tune", "rhythm": "reel", "meter": [4, 4], "wholeNotesPerMinute": 22.5, "notes": 4}


def test_texts_are_data_never_code():
    title = "\"'); throw new Error(1); ('\\u2028\u2028 </script> ${1} `"
    assert ask("open", TUNE.replace("A Tune", title))["title"]


def test_too_long_a_time_is_an_error_and_the_next_tune_works(monkeypatch):
    monkeypatch.setattr(engine, "TIME_LIMIT_SECONDS", 0.5)
    with pytest.raises(RenderError, match=r"after 0\.5 seconds"):
        ask("sequence", "X:1\nK:C\n|:C:|[1-999999999 D:|\n", 30)
    assert ask("open", TUNE)["notes"] == 4


def test_too_much_memory_is_an_error_and_the_next_tune_works(monkeypatch):
    monkeypatch.setattr(engine, "MEMORY_LIMIT_BYTES", 64 * 2**20)
    engine._discard()
    with pytest.raises(RenderError, match="64 MiB"):
        ask("sequence", "X:1\nK:C\n!trill!C100000000|\n", 30)
    monkeypatch.undo()
    assert ask("open", TUNE)["notes"] == 4


def test_an_error_of_abcjs_names_its_reason():
    with pytest.raises(RenderError, match="abcjs cannot read this tune"):
        ask("open", CRASHING)


def test_a_fresh_engine_is_taken_after_many_questions(monkeypatch):
    ask("open", TUNE)
    first = engine._engine
    monkeypatch.setattr(engine, "QUESTIONS_PER_ENGINE", 0)
    assert len(ask("sequence", TUNE, 30)[0]["notes"]) == 4
    assert engine._engine is not first


def test_many_threads_may_ask():
    results = {}

    def count(length):
        tune = f"X:1\nL:1/4\nK:C\n{'C' * length}|\n"
        results[length] = [len(perform(tune).tracks[0]) for _ in range(10)]

    threads = [threading.Thread(target=count, args=(length,)) for length in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {length: [length] * 10 for length in range(1, 7)}


@pytest.mark.parametrize(
    "program",
    [
        "from tunewright.rendering import render; print(len(render({tune!r}, 'midi')) > 100)",
        "import asyncio\nfrom tunewright.rendering import render\n"
        "async def main(): return render({tune!r}, 'midi')\nprint(len(asyncio.run(main())) > 100)",
    ],
)
def test_a_process_that_rendered_ends(program):
    done = subprocess.run(
        [sys.executable, "-c", program.format(tune=TUNE)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_the_script_comes_with_its_licence():
    assert "abcjs" in abcjs_script()[:200]
    assert "Permission is hereby granted" in abcjs_licence()
