"""Do composed headers keep to a corpus? Oracle: `known_headers`, which knows titles and combinations without tables."""

from dataclasses import replace

import numpy as np
import pytest
from grammar_walks import END, SYMBOLS, complaints, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.header.known_headers import KnownHeaders, folded, named_in, title_number
from tunewright.acceptor.machine import characters_to_finish
from tunewright.acceptor.reading import IMPOSSIBLE, Place
from tunewright.corpus.style import style_of
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.notation.fields import header_fields
from tunewright.sampling.compiled import kernel
from tunewright.sampling.compiled.kernel import Kernel
from tunewright.sampling.compiled.steering import Steering
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import Writer, new_generation
from tunewright.sampling.playable import playable
from tunewright.sampling.prime import HEADER_FIELDS
from tunewright.sampling.reference import NumpyReference

VOCABULARY = Vocabulary("".join(SYMBOLS))
WORDS = ["The", "Old", "An", "of", "--", "Ann's", "Reel", "JIG.", "Hornpipe", "Mist"]
RHYTHMS = [("reel", "C|"), ("Jig", "6/8"), ("slip jig", "9/8"), ("hornpipe", "2/4"), ("hornpipe", "C|"), (None, "3/4")]


@st.composite
def corpora(draw) -> list[str]:
    texts = []
    for _ in range(draw(st.integers(1, 12))):
        title = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        rhythm, metre = draw(st.sampled_from(RHYTHMS))
        unit = draw(st.sampled_from(["L:1/8\n", "L:1/16\n", ""]))
        fields = [f"R:{rhythm}\n" if rhythm else "", f"M:{metre}\n{unit}"]
        texts.append(f"X:1\nT:{title}\n{''.join(draw(st.permutations(fields)))}K:D\nD|\n")
    return texts


def headers_of(texts: list[str]) -> KnownHeaders:
    return KnownHeaders.of(style_of(texts)["headers"])


def check_header(text: str, headers: KnownHeaders, grammar: Grammar) -> None:
    """The header of `text` is one that the corpus could have."""
    fields = dict(header_fields(text))
    found = folded(fields.get("R", "")), fields["M"], fields.get("L", "")
    title = fields.get("T", "")
    if grammar.tables[Place.COMBINATIONS]:
        known = [each for each in headers.combinations if (each.rhythm, each.meter, each.unit_length) == found]
        assert named_in(title, headers.naming) in {each.named for each in known}
    if grammar.tables[Place.TITLES]:
        assert all(word in headers.words for word in title.split())
        assert title_number(title, headers.naming) not in headers.titles
        assert title == title.strip()
        assert title


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(corpora(), st.integers(0, 10**9), st.sampled_from([70, 300]))
def test_every_header_is_one_that_the_corpus_could_have(texts, seed, budget):
    headers = headers_of(texts)
    try:
        grammar = Grammar(SYMBOLS, Conditions(tidy=True, headers=headers, leave_out="BCDFGHNOSZ%"))
    except GrammarError:  # no title of these words is new
        assert len(set(" ".join(dict(header_fields(text))["T"] for text in texts).split())) < 5
        headers = replace(headers, titled=False)
        grammar = Grammar(SYMBOLS, Conditions(tidy=True, headers=headers, leave_out="BCDFGHNOSZ%"))
    budget = max(budget, characters_to_finish(grammar.tables, grammar.begin(10**6).copy(), 10**6))
    text = ""
    for character, state in walk(grammar, seed, budget):
        assert characters_to_finish(grammar.tables, state.copy(), IMPOSSIBLE) <= state.budget
        text += character
        if text.count("K:") == 1 and character == "\n":
            break
    check_header(text.removesuffix(END), headers, grammar)


def test_a_corpus_too_small_for_a_new_title_leaves_titles_to_the_network():
    texts = ["X:1\nT:The Old\nR:reel\nM:C|\nL:1/8\nK:D\nD|\n", "X:1\nT:--\nR:reel\nM:C|\nL:1/8\nK:D\nD|\n"]
    with pytest.raises(GrammarError):
        Grammar(SYMBOLS, Conditions(tidy=True, headers=headers_of(texts)))
    grammar = playable(Checkpoint(NetworkConfig(), VOCABULARY, {}, style=style_of(texts)))
    assert grammar.refusal("X:1\nT:The Old\nR:reel\nM:C|\nL:1/8\nK:D\nD8|]") is None
    assert grammar.refusal("X:1\nT:The Old\nR:reel\nM:6/8\nL:1/8\nK:D\nD6|]") is not None


TEXTS = [
    *["X:1\nT:The Old Mist\nR:reel\nM:C|\nL:1/8\nK:D\nD|\n"] * 2,
    *["X:1\nT:Ann's Jig\nR:jig\nM:6/8\nL:1/8\nK:D\nD|\n"] * 2,
    *["X:1\nT:Mist of the Morning\nM:3/4\nL:1/8\nK:D\nD|\n"] * 2,
]
STYLE = style_of(TEXTS)
STYLED = Checkpoint(NetworkConfig(), VOCABULARY, {}, style=STYLE)


def accepts(grammar: Grammar, beginning: str) -> bool:
    refusal = grammar.refusal(beginning)
    return refusal is None or refusal.offset >= len(beginning)


@pytest.mark.parametrize(
    ("header", "is_right"),
    [
        ("T:The Morning\nR:jig\nM:6/8\nL:1/8\nK:D\n", True),
        ("T:The Morning\nM:6/8\nL:1/8\nR:jig\nK:D\n", True),
        ("T:The Morning\nR:jig\nM:C|\n", False),
        ("T:The Morning\nR:jig\nM:6/8\nK:", False),
        ("T:The Morning\nM:6/8\nL:1/8\nK:", False),
        ("T:The Morning\nM:3/4\nL:1/8\nK:", True),
        ("T:The Morning\nM:3/4\nR:", False),
        ("T:The Jig\nR:jig\n", False),  # no title of the corpus has these beside each other
        ("T:Mist Jig\nR:jig\n", True),
        ("T:Mist Jig\nR:reel\n", False),
        ("T:Mist Jig\nM:3/4\n", False),
        ("T:Old Mist\n", False),
        ("T:Mist, Old\n", False),
        ("T:The Morning Mist of Mist\n", False),
        ("T:The Mistral\n", False),
        ("T:The Mis\n", False),
        ("M:3/4\n", False),
    ],
)
def test_headers(header, is_right):
    grammar = Grammar(SYMBOLS, Conditions(tidy=True, headers=KnownHeaders.of(STYLE["headers"])))
    assert accepts(grammar, "X:1\n" + header) is is_right


@pytest.mark.parametrize(
    "conditions",
    [
        {"meter": "5/8"},
        {"rhythm": "polka"},
        {"rhythm": "JIG", "meter": "C|"},
        {"rhythm": "hornpipe"},
        {"unit_length": "1/32"},
        {"title": "The Old Mist", "meter": "6/8"},
        {"title": "Some Jig", "rhythm": "reel"},
    ],
    ids=str,
)
def test_what_is_asked_for_wins(conditions):
    grammar = playable(STYLED, Conditions(**conditions))
    assert bool(grammar.tables[Place.COMBINATIONS]) is (conditions != {"rhythm": "hornpipe"})
    text = "".join(character for character, _ in walk(grammar, 1, 700))
    fields = dict(header_fields(text))
    for name, value in conditions.items():
        assert fields[HEADER_FIELDS[name]] == value


@pytest.mark.parametrize(
    ("beginning", "kept"),
    [
        ("X:1\nT:The Mor", True),
        ("X:1\nT:My Own\nR:jig\nM:6/8\n", True),
        ("X:1\nT:The Old Mist\n", True),
        ("X:1\nM:6/8\n", True),
        ("X:1\nT:My Own\nR:jig\nM:C\n", False),
    ],
)
def test_a_beginning_is_taken_as_it_is(beginning, kept):
    grammar = playable(STYLED, beginning=beginning)
    assert accepts(grammar, beginning)
    assert (grammar.conditions.headers is not None) is kept
    with pytest.raises(GrammarError, match="begin like this"):
        playable(STYLED, beginning="X:1\nT:The Mor\nDEF")


def test_the_compiled_loop_writes_the_same_headers(untrained):
    model, entries = untrained(units=12), kernel.ready()
    grammar = playable(replace(model, style=STYLE))
    network, acceptor_state = pack(model), np.array(grammar.begin(400).numbers())
    for seed in range(4):
        generations = [new_generation(network, np.array([0]), 400, seed, acceptor_state) for _ in range(2)]
        config = CompositionConfig()
        writers: tuple[Writer, ...] = (
            Kernel(entries, network, config, Steering.of(grammar)),
            NumpyReference(network, config, grammar),
        )
        for generation, writer in zip(generations, writers, strict=True):
            writer.write(generation, 60)
        assert generations[0].written.tolist() == generations[1].written.tolist()
        assert generations[0].acceptor_state.tolist() == generations[1].acceptor_state.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_abc2midi_has_nothing_to_say(require_program, seed):
    program = require_program("abc2midi")
    text = "".join(character for character, _ in walk(playable(STYLED), seed, 500)).removesuffix(END)
    assert complaints(program, text) == []
