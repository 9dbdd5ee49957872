"""abcjs engines: answers, time and memory limits, and text that is data, never code."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tunewright.errors import RenderError
from tunewright.rendering import engine
from tunewright.rendering.engine import abcjs_licence, abcjs_script, ask, close_engines
from tunewright.rendering.performance import perform

TUNE = "X:1\nT:A Tune\nR:reel\nM:4/4\nL:1/8\nQ:1/4=90\nK:G\nGABc|\n"
CRASHING = "X:1\nT:A\nV:2\nV:4\nE|\nT:B\n"
"""abcjs fails where a title follows a line that has a later voice without the first."""
ENDLESS = "X:1\nK:C\n|:C:|[1-999999999 D:|\n"
FATAL = "open.constructor(\"'a'.repeat(2**28).split('')\")"
"""No function of ours, but a call that V8 answers by ending its process."""


def test_a_tune_is_opened():
    opened = ask("open", TUNE)
    assert opened == {"title": "A Tune", "rhythm": "reel", "meter": [4, 4], "wholeNotesPerMinute": 22.5, "notes": 4}


def test_texts_are_data_never_code():
    title = "\"'); throw new Error(1); ('\\u2028\u2028 </script> ${1} `"
    assert ask("open", TUNE.replace("A Tune", title))["title"]


def test_any_character_comes_through_and_long_texts_do():
    title = "\ud800 \U0001d11e" + "long " * 100_000
    assert ask("open", TUNE.replace("A Tune", title))["title"] == title.strip()


def test_too_long_a_time_is_an_error_and_the_next_tune_works(monkeypatch):
    monkeypatch.setattr(engine, "TIME_LIMIT_SECONDS", 0.5)
    with pytest.raises(RenderError, match=r"within 0\.5 seconds"):
        ask("sequence", ENDLESS, 30)
    monkeypatch.undo()
    assert ask("open", TUNE)["notes"] == 4


def test_too_much_memory_is_an_error_and_the_next_tune_works(monkeypatch):
    monkeypatch.setattr(engine, "MEMORY_LIMIT_BYTES", 64 * 2**20)
    with pytest.raises(RenderError, match="64 MiB"):
        ask("sequence", "X:1\nK:C\n!trill!C100000000|\n", 30)
    monkeypatch.undo()
    assert ask("open", TUNE)["notes"] == 4


def test_an_error_of_abcjs_names_its_reason():
    with pytest.raises(RenderError, match=r"abcjs cannot read this tune .*undefined"):
        ask("open", CRASHING)


def test_what_crashes_v8_is_an_error_and_the_next_tune_works(capfd):
    with pytest.raises(RenderError, match=r"stopped on this tune \(signal \d+: Fatal JavaScript invalid size"):
        ask(FATAL)
    assert ask("open", TUNE)["notes"] == 4
    assert capfd.readouterr() == ("", "")


def test_a_fresh_engine_is_taken_after_many_questions(monkeypatch):
    close_engines()
    ask("open", TUNE)
    monkeypatch.setattr(engine, "QUESTIONS_PER_ENGINE", 2)
    (first,) = engine._engines._idle
    assert len(ask("sequence", TUNE, 30)[0]["notes"]) == 4
    assert engine._engines._idle == []
    assert first.stop() == 0
    assert ask("open", TUNE)["notes"] == 4


def test_engines_end_in_good_order_once():
    ask("open", TUNE)
    assert set(close_engines()) == {0}
    assert close_engines() == []
    assert ask("open", TUNE)["notes"] == 4


def test_there_are_no_more_engines_than_cores(monkeypatch):
    monkeypatch.setattr(engine, "cores", lambda: 2)
    monkeypatch.setattr(engine, "_engines", engines := engine._Engines())
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: ask("open", TUNE)["notes"], range(60))) == [4] * 60
    assert 1 <= len(engines._all) <= 2
    monkeypatch.setattr(engine, "cores", lambda: 64)
    assert engine.most_engines() == engine.MOST_ENGINES
    assert set(close_engines()) == {0}


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


def test_the_script_comes_with_its_licence():
    assert "abcjs" in abcjs_script()[:200]
    assert "Permission is hereby granted" in abcjs_licence()
