"""Are the texts that the grammar accepts tunes that play, and are human tunes among them?"""

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from grammar_walks import SYMBOLS, complaints, tune
from hypothesis import given, settings
from hypothesis import strategies as st

import tunewright
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.errors import GrammarError
from tunewright.notation.melody import read_melody

GRAMMAR = Grammar(SYMBOLS)
HEADER = "X:1\nM:6/8\nL:1/8\nK:D\n"

PLAYABLE = [
    HEADER + "ABc def|abc d'3|]\n",
    HEADER + "A|ABc def|abc de:|\n|:f|ABc def|abc d2:|",
    HEADER + "|:ABc def|1 abc d3:|2 abc d2||\nA|ABc def|]",
    HEADER + "(3ABc A>B c|{ab}c2d- d.e~f|[Ac]3 z3|]\n",
    HEADER + '"D7"ABc "^slowly"!p!def|!trill!a3 Tb3||\nK:Em\nE3 E3|]\nW:words\n',
    HEADER + "z3|]ABc def|abc:|\n",
    HEADER + "||ABc def|abc d3:|\n",
    "X:12\nT:Name\nR:hornpipe\nM:4/4\nK:none\n^A=B_c__d ^^efga \\\n|A>Bc<d efga|]",
    "X:1\nM:none\nK:HP\nABcdefga ABc|d|]",
    "X:1\nL:1/16\nM:2/4\nQ:1/4=100\nK:Bb minor\nABcd efga|(5ABcde fg|]",
    HEADER + "|:ABc def|1 abc d3:|2 abc d3:|3 abc f3|]ABc d3|]\n",
    HEADER + "(3:2:6ABcdef a2|(4:2ABcd (5:4:5ABcde|]\n",
    HEADER + "A>{g}B .c>.d .e<.f|.(ABc) .((3def) d|]\n",
    HEADER + "|:ABc def|1 abc d3:|\\\n[2 abc d3|]\n",
    HEADER + "+breath+ABc +trill+d3*\n|abc d3|]\n",
    HEADER + "d3|ABc def|abHc|]\n",
    HEADER + "ABc) def:(abc def|d6|]\n",
    HEADER + "|:ABc def|1 abc d3:|2 abc d3||ABc def|1 abc de:|2 abc d3|]",
    HEADER + "A3 B3|[M:9/8]ABc def d3|[M:6/8]ABc d3:|abc d3|]",
    "X:1\nR:hornpipe\nM:2/4\nL:1/16\n%%slurgraces 1\nK:Dmix=c\n.A.Bcd e{g}fga|A2.A.B .c.d(3.e.f.g|A>Bc2 .A2.B2|]",
]
REFUSED = [
    (HEADER + "ABc def|abc d>e|", 5, 17, "the bar holds 5/8, its metre wants 6/8"),
    (HEADER + "ABc def|ABc defg|", 5, 16, "the bar is full: it holds 6/8 of 6/8"),
    (HEADER + "|:ABc def|", 5, 11, "the repeat that began with |: has not ended"),
    (HEADER + "ABc def:|abc def:|", 5, 18, "no repeat has begun"),
    (HEADER + "z3|]ABc def|abc d3:|", 5, 20, "does not go with how it began"),
    (HEADER + "ABc def|A-B", 5, 11, "a tie joins two notes of the same pitch"),
    (HEADER + "[A2c]", 5, 5, "the note does not fit"),
    (HEADER + "d3|ABc def|AB Hc|", 5, 18, "the bar holds 3/8"),
    (HEADER + ".A>B", 5, 4, "stand between two notes of the same written length"),
    (HEADER + "|:ABc d3:|3 ABc", 5, 11, "the endings are not complete"),
    ("X:1\nR:hornpipe\nM:2/4\nL:1/16\nK:D\n.AB", 6, 4, "the note does not fit"),
    (HEADER + "(AB(c", 5, 5, "a slur within a slur"),
    (HEADER + "A>B2", 5, 4, "the note does not fit"),
    (HEADER + '"Gx"', 5, 3, "players do not know"),
    (HEADER + "A:|", 5, 2, "at the start of a line are a field"),
    (HEADER + "\n", 5, 1, "cannot stand here"),
    (HEADER + "ABc d5|", 5, 7, "the note does not fit"),
    (HEADER + "A\x00", 5, 2, "is not in the network's vocabulary"),
    ("T:Name\nX:1\n", 1, 1, "out of order in the header"),
    ("X:1\nK:D\n", 2, 1, "out of order in the header"),
    ("X:1\nR:hornpipe\nM:6/8\n", 3, 3, "neither with the unit length nor with the rhythm"),
]


@pytest.mark.parametrize("text", PLAYABLE)
def test_accepts_tunes_that_play(text, require_program):
    assert GRAMMAR.refusal(text) is None
    assert complaints(require_program("abc2midi"), text) == []


@pytest.mark.parametrize(("text", "line", "column", "reason"), REFUSED, ids=lambda value: repr(value)[-20:])
def test_says_where_and_why_a_text_is_refused(text, line, column, reason):
    refusal = GRAMMAR.refusal(text)
    assert (refusal.line, refusal.column) == (line, column)
    assert reason in refusal.reason


def test_a_text_without_an_end_is_refused_at_its_end():
    refusal = GRAMMAR.refusal(HEADER + "|:ABc def|\n")
    assert refusal.offset == len(HEADER + "|:ABc def|\n")
    assert GRAMMAR.refusal("").offset == 0


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="".join(SYMBOLS) + "\x00ñ", max_size=80), st.sampled_from(["", HEADER, HEADER + "|:AB"]))
def test_any_text_is_accepted_or_refused_with_a_reason(text, start):
    refusal = GRAMMAR.refusal(start + text)
    if refusal is not None:
        assert 0 <= refusal.offset <= len(start + text)
        assert refusal.reason


def test_random_tunes_play(require_program):
    judge = require_program("abc2midi")
    wrong = {text: said for seed in range(60) if (said := complaints(judge, text := tune(GRAMMAR, seed)))}
    assert wrong == {}


@pytest.mark.slow
def test_many_random_tunes_play(require_program):
    judge = require_program("abc2midi")
    wrong = [seed for seed in range(1000, 1200) if complaints(judge, tune(GRAMMAR, seed, 500))]
    assert len(wrong) <= 2, wrong  # of 200: 99% play


@pytest.mark.slow
def test_human_tunes_that_play_are_accepted_and_others_are_not(oneills_folder, require_program):
    judge = require_program("abc2midi")
    tunes = [found.text for found in tunewright.read_tunes(oneills_folder).tunes][::4]
    grammar = Grammar(("\x02", "\x03", *sorted(set("".join(tunes)))))
    plays = [complaints(judge, text) == [] for text in tunes]
    accepted = [grammar.refusal(text) is None for text in tunes]
    assert not any(taken and not clean for taken, clean in zip(accepted, plays, strict=True))
    assert sum(accepted) >= 0.97 * sum(plays) > 100


def header_of(text: str) -> dict[str, list[str]]:
    """The values of each field of the header."""
    lines = [*text.partition("\nK:")[0].splitlines(), text[text.index("\nK:") + 1 :].splitlines()[0]]
    fields: dict[str, list[str]] = {}
    for line in lines:
        fields.setdefault(line[0], []).append(line[2:].strip())
    return fields


@pytest.mark.parametrize("seed", range(6))
def test_conditions_are_kept(seed, require_program):
    asked: dict[str, Any] = {"meter": "2/4", "unit_length": "1/4", "key": "Dmix", "rhythm": "reel", "title": "The Test"}
    grammar = Grammar(SYMBOLS, Conditions(**asked, leave_out="PQW"))
    text = tune(grammar, seed)
    fields = header_of(text)
    assert [fields[letter] for letter in "MLKRT"] == [[value] for value in asked.values()]
    assert not re.search("^[PQW]:", text, re.MULTILINE)
    assert complaints(require_program("abc2midi"), text) == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("form", "bars"), [(None, 5), (None, 1), ("AABB", 8), ("AB", 4), ("ABB", 6), ("A", 3), ("AABC", None)]
)
def test_bars_and_forms_are_kept(form, bars, seed):
    symbols = ("\x02", "\x03", *"\n |:]XMKCDEFGabc34/")  # without 1 and 2 there are no endings
    text = tune(Grammar(symbols, Conditions(meter="3/4", key="D", form=form, bars=bars)), seed, 600)
    written = read_melody(text).bars
    pick_up = written[0].length if written[0].number == 0 else 0
    if bars is not None:
        assert math.ceil((sum(bar.length for bar in written) - pick_up) / Fraction(3, 4)) == bars
    if form is not None:
        music = text.partition("\nK:D")[2]
        assert len(re.findall(r":\||::", music)) == sum(Conditions(form=form).sections)


@pytest.mark.slow
def test_the_last_note_at_the_length_limit_is_the_tonic():
    symbols = tuple(symbol for symbol in SYMBOLS if symbol not in '(><-[{!"%\\zx+w')
    grammar = Grammar(symbols, Conditions(key="G", meter="6/8", leave_out="W"))
    texts = [text for seed in range(60) if len(text := tune(grammar, seed, 120)) > 100]
    last = [re.findall(r"[=_^]?[A-Ga-g]", re.sub("(?m)^[A-Z]:.*", "", text))[-1] for text in texts]
    assert len(texts) >= 10
    assert set(last) <= {"G", "g"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("|", "bar line"),
        ("ABCDEFGabcdefg", "note letters"),
        ("X", "letter X"),
        ("\n", "line end"),
        ("123456789", "digits"),
    ],
)
def test_a_vocabulary_that_lacks_something_is_an_error(missing, named):
    with pytest.raises(GrammarError, match=named):
        Grammar([symbol for symbol in SYMBOLS if symbol not in missing])


@pytest.mark.parametrize(
    ("conditions", "missing", "named"),
    [
        ({"key": "F#m"}, "#", "K:F#m.*lacks #"),
        ({"title": "Süß"}, "", "T:Süß.*lacks ß ü"),
        ({"meter": "3/8", "unit_length": "1/4"}, "/", "lacks /"),
        ({"meter": "3/8", "unit_length": "1/1"}, "", "no tune can be written"),
        ({"meter": "6/8", "rhythm": "hornpipe"}, "", "no tune can be written"),
        ({"meter": "none", "bars": 4}, "", "no tune can be written"),
        ({"form": "AA"}, "(", None),
    ],
)
def test_conditions_that_cannot_be_met_are_errors(conditions, missing, named):
    symbols = [symbol for symbol in SYMBOLS if symbol not in missing or not missing]
    if named is None:
        assert Grammar(symbols, Conditions(**conditions)).begin(500)
        return
    with pytest.raises(GrammarError, match=named):
        Grammar(symbols, Conditions(**conditions))


@pytest.mark.parametrize(
    ("condition", "start", "said"),
    [("key", "X:1\nM:4/4\nK:D\n", "K: is to be G"), ("title", "X:1\nT:Other", "T: is to be The Reel")],
)
def test_a_field_that_contradicts_a_condition_is_told_so(condition, start, said):
    values: dict[str, Any] = {"key": "G", "title": "The Reel"}
    grammar = Grammar(SYMBOLS, Conditions(**{condition: values[condition]}))
    assert said in grammar.refusal(start).reason


def test_a_length_that_no_tune_fits_into_is_an_error():
    with pytest.raises(GrammarError, match=r"at most 10 characters.*takes"):
        GRAMMAR.begin(10)
    with pytest.raises(GrammarError, match="bars: 64 takes"):
        Grammar(SYMBOLS, Conditions(bars=64)).begin(100)
