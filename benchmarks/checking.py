"""How far does `tunewright.check` agree with abc2midi, and how fast is it?

    python benchmarks/checking.py [FILE_OR_FOLDER ...]

Without arguments it takes O'Neill's and Ryan's. A tune's bars are wrong for abc2midi if it says "time units while" of
one, and clean if it writes MIDI without any error or warning; they are wrong for us if one of the findings is about the
length of a bar, and the tune is fine if no finding is an error. What the two say differently is listed.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tunewright import Tune, check, find_corpus, read_tunes
from tunewright.notation.findings import Finding
from tunewright.notation.melody import read_melody

BAR_CODES = {"bar-too-long", "bar-too-short", "bar-held"}
ROUNDS = 3


def main() -> None:
    for source in sys.argv[1:] or [str(find_corpus(name)) for name in ("oneills", "ryans")]:
        tunes = read_tunes(source, keep_duplicates=True).tunes
        print(f"{source}: {len(tunes):,} tunes")
        compare(tunes)
        for function in (read_melody, check):
            print(f"  {function.__name__}: {tunes_per_second(function, tunes):,.0f} tunes/s on one core")


def compare(tunes: Sequence[Tune]) -> None:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda pair: complaints(pair[1], Path(folder, str(pair[0]))), enumerate(tunes)))
    found = [check(tune.text) for tune in tunes]
    report("bar lengths", [is_bar_wrong(lines) for lines in said], [bool(BAR_CODES & codes(each)) for each in found])
    clean, fine = [not lines for lines in said], [not codes(each, "error") for each in found]
    report("no complaint", clean, fine)
    for tune, lines, each in zip(tunes, said, found, strict=True):
        if is_bar_wrong(lines) != bool(BAR_CODES & codes(each)):
            print(f"    bars told differently: {tune.path}:{tune.line}")
        elif not lines and codes(each, "error"):
            print(f"    clean for abc2midi, but {sorted(codes(each, 'error'))}: {tune.path}:{tune.line}")


def complaints(tune: Tune, stem: Path) -> list[str]:
    source, target = stem.with_suffix(".abc"), stem.with_suffix(".mid")
    source.write_text(tune.text + "\n", encoding="utf-8")
    output = subprocess.run(["abc2midi", source, "-o", target], capture_output=True, timeout=60).stdout
    lines = output.decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.startswith(("Error", "Warning"))] + ["no MIDI"] * (not target.exists())


def is_bar_wrong(lines: list[str]) -> bool:
    return any("time units while" in line for line in lines)


def codes(findings: Sequence[Finding], *severities: str) -> set[str]:
    return {finding.code for finding in findings if finding.severity in (severities or ("error", "note"))}


def report(name: str, theirs: list[bool], ours: list[bool]) -> None:
    both = sum(our and their for our, their in zip(ours, theirs, strict=True))
    print(
        f"  {name}: abc2midi {sum(theirs):,}, tunewright {sum(ours):,}, both {both:,}; "
        f"precision {both / max(sum(ours), 1):.4f}, recall {both / max(sum(theirs), 1):.4f}"
    )


def tunes_per_second(function: Callable[[str], object], tunes: Sequence[Tune]) -> float:
    def seconds() -> float:
        start = time.process_time()
        for tune in tunes:
            function(tune.text)
        return time.process_time() - start

    return len(tunes) / min(seconds() for _ in range(ROUNDS))


if __name__ == "__main__":
    main()
