"""How fast are tunes rendered, how many can be, and what does it cost that V8 has a process of its own?

    python benchmarks/rendering.py [FILE ...]

Renders every tune of the files (all of O'Neill's without any) to MIDI and SVG, and prints tunes a second, the share
that could be rendered, and the ratio to abc2midi, which is given the same tunes, a process each, in the same run.

Then V8 in a process of its own is compared with V8 in the process that asks (another one, so that this one stays as it
is in use), on some of the tunes, a few by the one and a few by the other in turn; and an engine for each core with one
engine.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from unittest.mock import patch

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import RenderError
from tunewright.rendering import batch, engine, engine_process, render
from tunewright.rendering.source import abc_text

FORMS = ("midi", "svg")
TURNS, TUNES_A_TURN = 40, 15
IN_THIS_PROCESS = "--v8-in-this-process"


def main() -> None:
    names = [name for name in sys.argv[1:] if name != IN_THIS_PROCESS]
    read = read_tunes(*([Path(name) for name in names] or [find_corpus("oneills")]), keep_duplicates=True).tunes
    if IN_THIS_PROCESS in sys.argv:
        asyncio.run(take_turns([tune.text for tune in read]))
        return
    measure_all([tune.text for tune in read])
    for form in FORMS:
        compare_processes([tune.text for tune in read], form, names)
    for form in FORMS:
        compare_cores(read[: TURNS * TUNES_A_TURN], form)


def measure_all(tunes: list[str]) -> None:
    """Print how fast tunes are rendered, and why some are not."""
    judge = judge_speed(tunes)
    render(tunes[0], "svg")  # the engine is loaded once
    for form in FORMS:
        began = time.perf_counter()
        reasons = Counter(filter(None, (failure(tune, form) for tune in tunes)))
        speed = len(tunes) / (time.perf_counter() - began)
        share = 1 - reasons.total() / len(tunes)
        ratio = f"   ratio to abc2midi {speed / judge:.2f}" if judge else ""
        print(f"{form:4}  {len(tunes):,} tunes   {speed:6.1f} tunes/s   rendered {share:.2%}{ratio}")
        for reason, count in reasons.most_common():
            print(f"      {count:5}  {reason}")


def failure(tune: str, form: str) -> str:
    """The reason why it could not be rendered; empty if it was."""
    try:
        render(tune, form)
    except RenderError as error:
        return str(error)
    return ""


def turn(tunes: list[str], number: int, form: str) -> float:
    """Seconds that it takes to render the tunes of one turn."""
    began = time.perf_counter()
    for place in range(number * TUNES_A_TURN, (number + 1) * TUNES_A_TURN):
        failure(tunes[place % len(tunes)], form)
    return time.perf_counter() - began


async def take_turns(tunes: list[str]) -> None:
    """Answer each line, a turn and a format, with the seconds that it took with V8 in this process."""
    import py_mini_racer

    inside = engine_process._Engine(py_mini_racer)
    engine._engines.ask = lambda question, _seconds: inside.answer(question.decode())  # type: ignore[assignment,method-assign]
    for line in sys.stdin:
        number, form = line.split()
        print(turn(tunes, int(number), form), flush=True)
    inside.close()


def compare_processes(tunes: list[str], form: str, names: list[str]) -> None:
    """Print how fast tunes are rendered with V8 in a process of its own, and without."""
    command = [sys.executable, __file__, *names, IN_THIS_PROCESS]
    apart, inside = [], []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        for number in [0, *range(TURNS)]:  # the first turn again: it warms up
            apart.append(turn(tunes, number, form))
            other.stdin.write(f"{number} {form}\n")
            other.stdin.flush()
            inside.append(float(other.stdout.readline()))
        other.stdin.close()
    apart, inside = apart[1:], inside[1:]
    ratio = statistics.median(one / two for one, two in zip(inside, apart, strict=True))
    speeds = (TUNES_A_TURN / statistics.median(times) for times in (apart, inside))
    print("{:4}  V8 apart {:6.1f} tunes/s, in the same process {:6.1f}".format(form, *speeds), f"  ratio {ratio:.2f}")


def compare_cores(tunes: Sequence[Tune], form: str) -> None:
    """Print how fast tunes become files by one engine and by one for each core."""
    times: dict[int, list[float]] = {1: [], engine.most_engines(): []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(4):
            for count, found in times.items():
                with patch.object(batch, "most_engines", return_value=count):
                    began = time.perf_counter()
                    for _outcome in batch.render_tunes(tunes[: len(tunes) // 4], [form], Path(folder)):
                        pass
                    found.append(time.perf_counter() - began)
    for count, found in times.items():
        print(f"{form:4}  {count} engines {len(tunes) // 4 / min(found[1:]):6.1f} tunes/s")


def judge_speed(tunes: list[str]) -> float:
    """Tunes a second of abc2midi; 0 if it is not installed."""
    program = which("abc2midi")
    if not program:
        return 0.0
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "tune.abc")
        began = time.perf_counter()
        for tune in tunes:
            source.write_text(abc_text(tune), encoding="utf-8")
            subprocess.run([program, source, "-o", source.with_suffix(".mid")], capture_output=True, check=False)
        speed = len(tunes) / (time.perf_counter() - began)
    print(f"abc2midi          {speed:6.1f} tunes/s, a process each")
    return speed


if __name__ == "__main__":
    main()
