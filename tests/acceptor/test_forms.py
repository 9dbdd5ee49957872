"""Are the forms of tunes read as a musician would tell them, and kept by the acceptor that is given them?"""

import random
from fractions import Fraction

import pytest
from grammar_walks import complaints, tune, walk
from hypothesis import given
from hypothesis import strategies as st

from tunewright.acceptor.forms import Form, Section, as_json, degrees, form_of, from_json, tallied
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.reading import Place
from tunewright.acceptor.words import METERS
from tunewright.notation.melody import read_melody

FOUR = "G2 A2|B2 A2|G2 B2|A4"
SYMBOLS = ("\x02", "\x03", *"\n |:]12[XMLKR/345689DEFGABcdejig")


def in_two_four(body):
    return f"X:1\nR:Jig\nM:2/4\nL:1/8\nK:G\n{body}\n"


@pytest.mark.parametrize(
    ("body", "sections", "pick_up"),
    [
        (f"{FOUR}|{FOUR}|]", [Section(8, False)], "0"),
        (f"|:{FOUR}:|\n|:{FOUR}|{FOUR}:|", [Section(4, True), Section(8, True)], "0"),
        (f"{FOUR}:|{FOUR}||", [Section(4, True), Section(4, False)], "0"),
        ("D|G2 A2|B2 A2|G2 B2|A3:|D|G2 A2|B2 A2|G2 B2|A3:|", [Section(4, True)] * 2, "1/8"),
        ("D2||G2 A2|B2 A2|G2 B2|A4||G2 A2|B2 A2|G2 B2|A2||", [Section(4, False)] * 2, "1/4"),
        ("G2 A2|B2 A2|G2 B2|1 A4:|2 G4||", [Section(4, True, True)], "0"),
        ("G2 A2|B2 A2|G2 B2|A3 D||G2 A2|B2 A2|G2 B2|G4|]", [Section(4, False)] * 2, "0"),
    ],
)
def test_sections_are_told(body, sections, pick_up):
    form = form_of(read_melody(in_two_four(body)))
    assert form == Form("2/4", "jig", Fraction(pick_up), tuple(sections))
    assert form.bars == sum(section.bars for section in sections)


@pytest.mark.parametrize(
    "text",
    [
        "X:1\nM:none\nL:1/8\nK:G\n" + FOUR,  # bars are not counted
        "X:1\nM:2/4\nL:1/8\nK:G\nG2 A2|\n",  # too few
        "X:1\nM:2/4\nL:1/8\nK:G\n" + FOUR + "|\nM:3/4\nG6|A6|\n",  # of two lengths
        "no tune at all",
    ],
)
def test_some_tunes_have_no_form_that_is_worth_knowing(text):
    assert form_of(read_melody(text)) is None


def test_the_degrees_on_which_sections_end():
    text = in_two_four("D|G2 A2|B2 A2|G2 B2|A3:|D|G2 A2|B2 A2|G2 B2|^F3:|GABc|dcBA|GFED|G4|]")
    assert degrees(read_melody(text), text) == [2, 8, 1]
    assert degrees(read_melody(in_two_four("")), in_two_four("")) == []


sections = st.builds(Section, st.integers(1, 40), st.booleans(), st.booleans()).filter(
    lambda section: section.repeated or not section.endings
)
forms = st.builds(
    Form,
    st.sampled_from([metre.word for metre in METERS]),
    st.text("abcjig ", max_size=8),
    st.fractions(0, 1, max_denominator=64),
    st.lists(sections, min_size=1, max_size=6).map(tuple),
)


@given(st.lists(forms, max_size=12))
def test_a_tally_holds_every_form_and_comes_back_from_json(found):
    tally = tallied(found)
    assert sum(form.tunes for form in tally) == len(found)
    assert [form.tunes for form in tally] == sorted((form.tunes for form in tally), reverse=True)
    assert from_json(as_json(tally)) == tuple(tally)


KNOWN = (
    Form("2/4", "jig", Fraction(1, 8), (Section(4, True), Section(6, True))),
    Form("2/4", "", Fraction(0), (Section(5, False), Section(4, False)), 3),
    Form("6/8", "jig", Fraction(0), (Section(4, True, True), Section(3, False)), 2),
    Form("3/4", "", Fraction(1, 4), (Section(4, False),)),
)


@pytest.mark.parametrize("seed", range(24))
def test_a_random_tune_has_the_form_that_was_drawn(seed, require_program):
    grammar = Grammar(SYMBOLS, Conditions(forms=KNOWN, tidy=True))
    text = tune(grammar, seed, 900, draw=1 + random.Random(seed).randrange(grammar.draws - 1))
    found = form_of(read_melody(text))
    metre = read_melody(text).fields["M"].strip()
    known = [form for form in KNOWN if form.metre == metre]
    if not known:  # another metre of the acceptor's, for which the corpus has no form
        return
    assert found is not None
    assert any(
        found.pick_up == form.pick_up
        and found.repeats == form.repeats
        and [section.bars for section in found.sections] == [section.bars for section in form.sections]
        and all(known.endings or not each.endings for each, known in zip(found.sections, form.sections, strict=True))
        for form in known
    )
    assert complaints(require_program("abc2midi"), text) == []


def test_forms_are_drawn_as_often_as_tunes_have_them():
    grammar = Grammar(SYMBOLS, Conditions(forms=KNOWN, meter="2/4", key="G"))
    header = [SYMBOLS.index(symbol) for symbol in "X:1\nM:2/4\nK:G\n"]
    state = grammar.begin(900)
    assert all(grammar.advance(state, symbol) for symbol in header)
    drawn = [grammar.form_of(state, draw) for draw in range(1, grammar.draws)]
    assert drawn.count(1) / len(drawn) == pytest.approx(0.25, abs=0.001)
    assert drawn.count(2) / len(drawn) == pytest.approx(0.75, abs=0.001)


def test_conditions_choose_among_forms():
    drawn = lambda **conditions: Grammar(SYMBOLS, Conditions(**conditions)).tables[Place.FORM_DRAWN]  # noqa: E731
    assert drawn(forms=KNOWN, form="AABB") == [1]
    assert drawn(forms=KNOWN, bars=9) == [1, 1, 1]
    assert not Grammar(SYMBOLS, Conditions(forms=KNOWN, bars=10, form="AB")).draws_forms
    assert not Grammar(SYMBOLS, Conditions(forms=KNOWN, bars=11)).draws_forms
    both = (KNOWN[0], Form("2/4", "", Fraction(0), (Section(8, False),)))
    assert drawn(forms=both, rhythm="jig") == [1]
    assert drawn(forms=both, rhythm="dig") == [1, 2]


def test_a_form_without_bars_is_never_drawn():
    odd = (Form("2/4", "", Fraction(0), (Section(4, True), Section(-2, False))),)
    assert not Grammar(SYMBOLS, Conditions(forms=odd)).draws_forms


def test_a_form_that_is_too_long_for_the_budget_is_not_taken():
    long = (Form("2/4", "", Fraction(0), (Section(64, False), Section(64, False))),)
    grammar = Grammar(SYMBOLS, Conditions(forms=long, meter="2/4", key="G", tidy=True))
    for seed in range(4):
        assert form_of(read_melody(tune(grammar, seed, 120, draw=7))) != long[0]


@pytest.mark.parametrize("seed", range(12))
def test_a_section_that_is_led_home_ends_on_the_tonic(seed, require_program):
    symbols = [symbol for symbol in SYMBOLS if symbol not in "[]"]  # a chord may stand on the tonic and sound above it
    grammar = Grammar(symbols, Conditions(forms=KNOWN[:2], meter="2/4", key="A", tidy=True))
    text, led = "", 0
    for character, state in walk(grammar, seed, 900, draw=1 + random.Random(seed).randrange(grammar.draws - 1)):
        text += character
        closed, count = grammar.sections_of(state)
        if led == closed < count and grammar.bar_of(state) >= 1:
            grammar.end_on_tonic(state)
            led += 1
    text = text[:-1]
    assert led == 2
    assert degrees(read_melody(text), text) == [1, 1]
    assert complaints(require_program("abc2midi"), text) == []
