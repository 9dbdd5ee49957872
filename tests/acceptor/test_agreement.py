"""One truth: `check` and abc2midi find nothing wrong in any text that the acceptor allows."""

import os
from collections.abc import Iterator

import pytest
from grammar_walks import SYMBOLS, complaints, many_tunes

import tunewright
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.notation.check import check

SETTINGS = (
    Conditions(),
    Conditions(tidy=True),
    Conditions(meter="3/4", leave_out="%!"),
    Conditions(meter="3/2", tidy=True),
    Conditions(meter="6/8"),
    Conditions(meter="15/8", unit_length="1/16"),
    Conditions(meter="none", key="Edor"),
    Conditions(meter="2/4", rhythm="hornpipe", form="AA"),
    Conditions(meter="9/8", form="ABBC"),
    Conditions(form="AABB", bars=4, tidy=True),
    Conditions(meter="3/8", unit_length="1/4", key="F#m", bars=5),
)
VOCABULARIES = (SYMBOLS, [symbol for symbol in SYMBOLS if symbol not in '[]{}"!%wWPQ~'])
WALKS = int(os.environ.get("TUNEWRIGHT_WALKS", "2200"))
"""Of the slow test; 100,000 take twenty minutes of one core."""
HEADER = "X:1\nM:{meter}\nL:1/8\nK:C\n"


def errors(text: str) -> list[str]:
    return [str(finding) for finding in check(text) if finding.severity == "error"]


def tunes(count: int) -> Iterator[str]:
    """About so many random tunes, of all settings and vocabularies."""
    each = -(-count // (len(SETTINGS) * len(VOCABULARIES)))
    for number, conditions in enumerate(SETTINGS):
        for place, symbols in enumerate(VOCABULARIES):
            for part in range(0, each, 1000):
                grammar = Grammar(symbols, conditions)
                yield from many_tunes(grammar, 7 * part + 2 * number + place, min(each - part, 1000))


@pytest.mark.parametrize("meter", ["3/4", "3/8", "3/2", "4/4", "6/8", "9/8", "15/8"])
@pytest.mark.parametrize("notes", [5, 7, 9])
def test_a_tuplet_on_which_programs_differ_is_refused(meter, notes):
    grammar = Grammar(SYMBOLS)
    refusal = grammar.refusal(HEADER.format(meter=meter) + f"({notes}" + "C" * notes)
    assert ("programs differ" in refusal.reason) is (meter in ("3/4", "3/8", "3/2"))


def test_a_tuplet_is_refused_where_the_metre_has_changed():
    text = HEADER.format(meter="6/8") + "C6|\nM:2/4\n(5CDEFG C|"
    refusal = Grammar(SYMBOLS).refusal(text)
    assert (refusal.line, "programs differ" in refusal.reason) == (7, True)


@pytest.mark.slow
def test_in_random_tunes_check_finds_no_error():
    assert {text: found for text in tunes(300) if (found := errors(text))} == {}


@pytest.mark.slow
def test_in_very_many_random_tunes_check_finds_no_error_and_abc2midi_has_no_complaint(require_program):
    program, wrong, complained = require_program("abc2midi"), {}, {}
    for number, text in enumerate(tunes(WALKS)):
        if found := errors(text):
            wrong[text] = found
        if number % 50 == 0 and (found := complaints(program, text)):
            complained[text] = found
    assert wrong == {}
    assert complained == {}


@pytest.mark.slow
def test_no_human_tune_is_accepted_that_check_or_abc2midi_finds_wrong(oneills_folder, require_program):
    program = require_program("abc2midi")
    texts = [found.text for found in tunewright.read_tunes(oneills_folder).tunes][::3]
    grammar = Grammar(("\x02", "\x03", *sorted(set("".join(texts)))))
    accepted = [text for text in texts if grammar.refusal(text) is None]
    assert len(accepted) > 100
    assert {text: found for text in accepted if (found := errors(text) + complaints(program, text))} == {}
