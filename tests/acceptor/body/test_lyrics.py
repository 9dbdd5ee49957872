"""Do the words beneath the music fit it?"""

import random

import pytest
from grammar_walks import END, SYMBOLS, complaints, weights_of

import tunewright
from tunewright.acceptor.completion import next_to_finish
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.machine import characters_to_finish
from tunewright.acceptor.reading import IMPOSSIBLE, Control

HEADER = "X:1\nM:4/4\nL:1/4\nK:C\n"
GRAMMAR = Grammar(SYMBOLS)
MANNERS = (
    Conditions(),
    Conditions(tidy=True),
    Conditions(form="AABB", bars=8),
    Conditions(tidy=True, form="AAB", bars=6),
)

SUNG = [
    "CDEF|GABc|]\nw:la-la * la_\n",
    "CDEF|\nw:one two\nw:1. ein~zwei drei!\nGABc|]\nw:fi-nis",
    "|:CDEF:|\nw:la\nGABc|]%end\nw:la\n",
    "C2D2-|\nw:la\nDEFG|]\nw:la",
]
NOT_SUNG = [
    ("CDEF|\nw:a b c d e\n", 6, 11, "a syllable for each note"),
    ("CDEF|\nw:_\n", 6, 3, "a syllable for each note"),
    ("CDEF|\nw:\n", 6, 3, "a syllable for each note"),
    ("CDEF|\nGABc|\nw:a", 7, 1, "from the first line on"),
    ("CDEF|\nw:a\nGABc|]", 7, 7, "a line of words (w:) beneath it"),
    ("CDEF|\nw:a\nGABc|\nCDEF|\n", 8, 1, "cannot stand here"),
    ("CDEF|\nw:a\nz4|\n", 7, 4, "a line of words (w:) beneath it"),
    ("w:a\n", 5, 1, "from the first line on"),
]


def sung(grammar: Grammar, seed: int, budget: int = 500) -> str:
    """A random tune, most often one with words."""
    generator, state, text = random.Random(seed), grammar.begin(budget), ""
    weights = weights_of(grammar.symbols)
    while not text.endswith(END):
        if state.control <= Control.HEAD + 9 and generator.random() < 0.8:
            symbol = next_to_finish(grammar.tables, state.copy())
        elif state.control == Control.BODY and generator.random() < 0.7:
            symbol = grammar.symbols.index("w")
        elif state.control in (Control.WORDS, Control.SYLLABLE) and generator.random() < 0.8:
            symbol = grammar.symbols.index(generator.choice("abcdelo  --_*\n"))
        else:
            symbol = generator.choices(range(len(grammar.symbols)), weights)[0]
        if grammar.advance(state, symbol):
            text += grammar.symbols[symbol]
            if len(text) % 7 == 0:
                assert characters_to_finish(grammar.tables, state.copy(), IMPOSSIBLE) <= state.budget
    return text[:-1]


@pytest.mark.parametrize("music", SUNG)
def test_accepts_words_that_fit(music, require_program):
    assert GRAMMAR.refusal(HEADER + music) is None
    assert complaints(require_program("abc2midi"), HEADER + music) == []
    assert not [finding for finding in tunewright.check(HEADER + music) if finding.severity == "error"]


@pytest.mark.parametrize(("music", "line", "column", "reason"), NOT_SUNG)
def test_says_where_words_do_not_fit(music, line, column, reason):
    refusal = GRAMMAR.refusal(HEADER + music)
    assert (refusal.line, refusal.column) == (line, column)
    assert reason in refusal.reason


@pytest.mark.slow
@pytest.mark.parametrize("conditions", MANNERS, ids=lambda conditions: repr((conditions.form, conditions.tidy)))
def test_random_tunes_with_words_play(conditions, require_program):
    judge, grammar = require_program("abc2midi"), Grammar(SYMBOLS, conditions)
    texts = [text for seed in range(30) if "\nw:" in (text := sung(grammar, seed))]
    assert len(texts) > 10
    for text in texts:
        assert complaints(judge, text) == []
        assert not [finding for finding in tunewright.check(text) if finding.severity == "error"], text


def test_a_network_without_the_letter_writes_no_words():
    grammar = Grammar([symbol for symbol in SYMBOLS if symbol != "w"])
    assert grammar.refusal(HEADER + "CDEF|\nGABc|]") is None
    assert "not in the network's vocabulary" in grammar.refusal(HEADER + "CDEF|\nw:a").reason
    assert "cannot stand" in Grammar(SYMBOLS, Conditions(leave_out="w")).refusal(HEADER + "CDEF|\nw:a").reason
