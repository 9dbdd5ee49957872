"""Texts as abcjs engraves them: what is drawn is what is written."""

import re

import pytest

from tunewright.errors import RenderError
from tunewright.notation.playing.played import play_tune
from tunewright.rendering.score import engrave
from tunewright.rendering.source import abc_text
from tunewright.rendering.texts.engraving_text import engraved_key, engraving_text

HEADER = "X:1\nT:t\nM:4/4\nL:1/4\nQ:1/4=120\n"


def engraved(text):
    return engraving_text(abc_text(text)).text


def notes_in_score(text):
    return sum(element.kind == "note" for element in engrave(abc_text(text)).elements)


def words_in_score(text):
    return re.findall(r"<tspan[^>]*>([^<]*)</tspan>", engrave(abc_text(text)).svg)


def test_a_tune_without_doubt_stays_as_it_is():
    text = abc_text("X:1\nT:t\nR:jig\nM:6/8\nK:D\n|:DFA dAF|GBG AFD|1 EGE FDF:|2 EGE D3||\nw: a b c\n")
    assert engraving_text(text).text == text


@pytest.mark.parametrize(
    "before",
    [
        "H:Learnt from a friend,\n+:added to a bad bag\n", "a:abc de|ga\n", "r:a remark\n", "J:abcdefg\n",
        "%%beginps\n/x { moveto } def\n%%endps\n", "%%beginsvg\n<g/>\n%%endsvg\n", "%%begintext\nabc|\n%%endtext\n",
    ],
)  # fmt: skip
def test_lines_that_are_no_music_are_not_engraved(before):
    text = f"X:1\n{before}T:t\nM:4/4\nL:1/4\nK:C\nCDEF|G4|]\n"
    assert notes_in_score(text) == 5


@pytest.mark.parametrize("among", ["H:abc\n", "G:abc|\n", "[N:abc]", "[r:abc]", "[R:abc]", "h:abc\n"])
def test_fields_among_the_music_are_not_engraved(among):
    assert notes_in_score(f"{HEADER}K:C\nCD|\n{among}EF|\n") == 4


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("D exp _e ^f", "C _e ^f"), ("B♭", "Bb"), ("F♯m", "F#m"), ("D exp _b clef=bass", "C _b clef=bass"),
        ("D", None), ("Ador", None), ("exp ^f", "C ^f"), ("HP", None), ("D =c", None),
    ],
)  # fmt: skip
def test_keys_as_abcjs_reads_them(value, written):
    assert engraved_key(value) == written


def test_an_accidental_of_another_octave_is_shown():
    assert "^f^f'" not in engraved(f"{HEADER}K:C\n^FfF|f|\n")
    assert "^F^fF|f|" in engraved(f"{HEADER}K:C\n^FfF|f|\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}K:D exp _e ^f\nDEFG|ABcd|]\n",
        f"{HEADER}K:B♭\n♯F^AaG|e4|]\n",
        f"{HEADER}I:linebreak !\nK:C\nGABc|!cBAG|! GA|\n",
        f"{HEADER}K:C\ng2f2|e3e|\n&& (d4|c3) c|\nG4|]\n",
        f"{HEADER}K:C\nC4|(& D2 D2|E4 & F4|G4 &)|A4|]\n",
        f"{HEADER}P:AB\nK:C\nP:A\n^CcC2|\nP:B\n[N:abc]D4|\n",
    ],
)
def test_it_reads_as_the_original_does(text):
    def heard(abc):
        return sorted((note.onset_ticks, note.pitch) for track in play_tune(abc).tracks() for note in track)

    assert heard(engraved(text)) == heard(text)
    assert "\n\n" not in engraved(text)


def test_words_below_several_lines_are_all_in_the_score():
    words = words_in_score(f"{HEADER}K:C\nCDEF|\nGABc|\nw: doh re mi fa sol la ti doh\n")
    assert words[-8:] == ["doh", "re", "mi", "fa", "sol", "la", "ti", "doh"]


def test_words_that_fit_the_last_line_stay_there():
    text = abc_text(f"{HEADER}K:C\nCDEF|\nGABc|\nw: la la la la\n")
    assert engraving_text(text).text == text


def test_accents_and_entities_are_letters():
    score = engrave(abc_text("X:1\nT:Caf\\u00e9 &eacute; \\'e \\vc &amp;\nL:1/4\nK:C\nCD|\n"))
    assert score.title == "Café é é č &"


def test_a_user_symbol_is_its_decoration():
    assert "!staccato!C" in engraved("X:1\nU:T=!staccato!\nL:1/4\nK:C\nTC D|\n")
    assert "TC" not in engraved("X:1\nU:T=!nil!\nL:1/4\nK:C\nTC D|\n")


def test_places_of_a_rewritten_tune_are_those_of_the_text():
    text = abc_text(f"{HEADER}K:B♭\n♯FfDE|\n")
    found = [text[slice(*element.characters)].strip() for element in engrave(text).elements if element.kind == "note"]
    assert found == ["♯F", "f", "D", "E"]


def test_macros_are_refused_aloud():
    with pytest.raises(RenderError, match="macros"):
        engrave(abc_text("X:1\nm:~G2={A}G{F}G\nL:1/4\nK:C\n~G2 D|\n"))
