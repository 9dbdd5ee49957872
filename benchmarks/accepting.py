"""Of human tunes that abc2midi calls clean, how many does the acceptor take, and why not the others?

    python benchmarks/accepting.py [CORPUS ...]

A corpus is the name of one that comes along, or a file or folder of tunes; O'Neill's and Ryan's without any. For each
it prints how many tunes are clean (Debian's package abcmidi judges them), how many of these are accepted, how many of
the others are, and then the clean tunes that are refused: the reason, and the text around the place. Accepted tunes in
which `check` finds an error are printed too; there should be none.
"""

import argparse
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tunewright
from tunewright.acceptor.grammar import Grammar, Refusal
from tunewright.notation.check import check

BEFORE, BEHIND = 50, 25
"""Characters shown around the place of a refusal."""


def is_clean(text: str) -> bool:
    """True if abc2midi writes a note and says nothing against the tune."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "tune.abc"), Path(folder, "tune.mid")
        source.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        said = subprocess.run(["abc2midi", source, "-o", target], capture_output=True, timeout=60).stdout
        complained = any(line.startswith((b"Error", b"Warning")) for line in said.splitlines())
        return not complained and target.exists() and b"\x90" in target.read_bytes()


def texts_of(corpus: str) -> list[str]:
    """The tunes of a corpus by name or path."""
    path = Path(corpus)
    return [tune.text for tune in tunewright.read_tunes(path if path.exists() else tunewright.find_corpus(corpus))]


def shown(text: str, refusal: Refusal) -> str:
    """The reason of a refusal and the text around it, on one line."""
    before = text[max(0, refusal.offset - BEFORE) : refusal.offset]
    return f"{refusal.reason}: {before!r} >>> {text[refusal.offset : refusal.offset + BEHIND]!r}"


def measure(corpus: str) -> None:
    """Print the figures of one corpus."""
    texts = texts_of(corpus)
    grammar = Grammar(("\x02", "\x03", *sorted(set("".join(texts)))))
    with ThreadPoolExecutor() as pool:
        clean = list(pool.map(is_clean, texts))
    refusals = [grammar.refusal(text) for text in texts]
    accepted = [(text, good) for text, good, refusal in zip(texts, clean, refusals, strict=True) if refusal is None]
    taken = sum(good for _, good in accepted)
    print(
        f"{corpus}: {sum(clean)} clean, {taken} accepted ({taken / max(1, sum(clean)):.2%}); "
        f"{len(texts) - sum(clean)} others, {len(accepted) - taken} accepted"
    )
    refused = (
        shown(text, refusal) for text, good, refusal in zip(texts, clean, refusals, strict=True) if good and refusal
    )
    print(*(f"    {line}" for line in sorted(refused)), sep="\n")
    for text, _ in accepted:
        for finding in check(text):
            if finding.severity == "error":
                print(f"    accepted, but {finding}: {text.partition(chr(10))[0]}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="How many clean human tunes does the acceptor take?")
    parser.add_argument("corpora", nargs="*", default=["oneills", "ryans"])
    for corpus in parser.parse_args().corpora:
        measure(corpus)


if __name__ == "__main__":
    main()
