"""How fast are tunes rendered, and how many can be?

    python benchmarks/rendering.py [FILE ...]

Renders every tune of the files (all of O'Neill's without any) to MIDI and SVG, and prints tunes a second, the share
that could be rendered, and the ratio to abc2midi, which is given the same tunes, a process each, in the same run.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from shutil import which

from tunewright.corpus.library import find_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.errors import RenderError
from tunewright.rendering import render
from tunewright.rendering.source import abc_text


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or [find_corpus("oneills")]
    tunes = [tune.text for tune in read_tunes(*files, keep_duplicates=True).tunes]
    judge = judge_speed(tunes)
    render(tunes[0], "svg")  # the engine is loaded once
    for form in ("midi", "svg"):
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
