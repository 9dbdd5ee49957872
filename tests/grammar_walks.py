"""Tunes written without a network: characters drawn at random among those that the grammar allows."""

import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tunewright.acceptor.completion import next_to_finish
from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import Control, Seen, State
from tunewright.sampling.allowed import AllowedCharacters

END = "\x03"
SYMBOLS = ("\x02", END, "\n", "\t", *map(chr, range(32, 127)), "é")
LIKELY = {"ABCDEFGabcdefg": 8, "|": 40, " ": 8, "\n": 8, "234/": 8, ":": 8, "12": 6, "({[>-.~": 3, END: 0.2}


def weights_of(symbols: tuple[str, ...]) -> list[float]:
    """Music more often than text."""
    return [sum(weight for group, weight in LIKELY.items() if symbol in group) or 1 for symbol in symbols]


def walk(grammar: Grammar, seed: int, budget: int = 400, draw: int = 0) -> Iterator[tuple[str, State]]:
    """Each character of a random tune with the state after it; END is the last. Headers are kept short."""
    generator = random.Random(seed)
    state = grammar.begin(budget, draw)
    weights = weights_of(grammar.symbols)
    while True:
        before = state.budget
        if state.control <= Control.RHYTHM and generator.random() < 0.8:
            symbol = next_to_finish(grammar.tables, state.copy())
        else:
            symbol = generator.choices(range(len(grammar.symbols)), weights)[0]
        if grammar.advance(state, symbol):
            assert state.budget == before - 1
            yield grammar.symbols[symbol], state
            if grammar.symbols[symbol] == END:
                return


def tune(grammar: Grammar, seed: int, budget: int = 400, draw: int = 0) -> str:
    """A whole random tune."""
    return "".join(character for character, _ in walk(grammar, seed, budget, draw))[:-1]


def complaints(program: str, text: str) -> list[str]:
    """What abc2midi has to say about a tune; ``no note`` if it plays nothing."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "tune.abc"), Path(folder, "tune.mid")
        source.write_text(text + "\n", encoding="utf-8")
        said = subprocess.run([program, source, "-o", target], capture_output=True, timeout=60)
        lines = said.stdout.decode("utf-8", "replace").splitlines()
        found = [line for line in lines if line.startswith(("Error", "Warning"))]
        if not target.exists() or b"\x90" not in target.read_bytes():
            found.append("no note")
    return found


def many_tunes(grammar: Grammar, seed: int, count: int, budget: int = 400, headers: int = 50) -> list[str]:
    """Whole random tunes, written side by side; few headers for many of them."""
    generator, random_numbers = np.random.default_rng(seed), random.Random(seed)
    begun = [_header(grammar, random_numbers, budget) for _ in range(min(headers, count))]
    texts = [list(begun[number % len(begun)][0]) for number in range(count)]
    states = np.array([begun[number % len(begun)][1].numbers() for number in range(count)], dtype=np.int64)
    lanes = AllowedCharacters(grammar, states, len(grammar.symbols))
    weights, end = np.array(weights_of(grammar.symbols)), grammar.symbols.index(END)
    open_ones, chosen = np.arange(count), None
    while len(open_ones):
        edges = np.cumsum(lanes.allowed(open_ones, chosen) * weights, axis=1)
        stuck = open_ones[edges[:, -1] == 0]
        assert not len(stuck), f"nothing may follow {''.join(texts[stuck[0]])!r}"
        draws = generator.random(len(open_ones)) * edges[:, -1]
        picked = (edges <= draws[:, None]).sum(axis=1)
        for lane, symbol in zip(open_ones, picked, strict=True):
            texts[lane].append(grammar.symbols[symbol])
        open_ones, chosen = open_ones[picked != end], picked[picked != end]
    return ["".join(text).removesuffix(END) for text in texts]


def _header(grammar: Grammar, generator: random.Random, budget: int) -> tuple[str, State]:
    """A random header, kept short, with the state after it."""
    text = ""
    for character, state in walk(grammar, generator.randrange(10**9), budget):
        text += character
        if state.seen & Seen.K and state.control > Control.RHYTHM:
            return text, state
    raise AssertionError("a tune without a body")
