"""Oracle: abc2midi, for the bars that are wrong when a tune is played with its repeats."""

import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.notation.reader import read_events
from tunewright.notation.repeats import play

HEADER = "X:1\nM:2/4\nL:1/8\nK:C\n"


def wrong(music, hold=1):
    """(text from the wrong bar on, eighths in it, whether only in the repeat) for every wrong bar."""
    events = read_events(HEADER + music)
    bars, _ = play(events.voices[0], events.meter, alone=True, hold=hold)
    return [
        (HEADER + music)[bar.start :].split("|")[0].strip()
        + f" {bar.ticks * 4 // bar.meter.bar}"
        + " again" * bar.in_repeat
        for bar in bars
    ]


def problems(music):
    events = read_events(HEADER + music)
    return [problem.code for problem in play(events.voices[0], events.meter, alone=len(events.voices) == 1)[1]]


RIGHT = [
    "ABcd|ABcd|", "A|ABcd|ABc|]", "A|ABcd|ABc:|", "|:A|ABcd|ABc:|", "cd|ABcd|AB:|cd|ABcd|",
    "|:A|ABcd|1ABc:|2ABcd|]",
    "ABcd|AB||cd|ABcd|", "ABcd||ABcd|||", "Z3|ABcd|", "ABcd|[M:3/4]ABcdef|", "ABcd[M:3/4]|ABcdef|",
    "M:none\nABc|A|ABcdef|",
    "|:A|ABcd|ABc::A|ABcd|ABc:|", "A|ABcd|ABc:|A|ABcd|ABc:|",
]  # fmt: skip
WRONG = {
    "ABcd|ABc|ABcd|": ["ABc 3"],
    "ABcd|ABcde|ABcd|": ["ABcde 5"],
    "|:A|ABcd|ABcd:|": ["A 1 again"],
    "A|ABcd|ABcd:|": ["A 1 again"],
    "ABcd|AB:|cd|ABcd|": ["AB: 6 again"],
    "|:cd|ABcd|1AB:|2ABc|ABcd|": ["ABc 3 again"],
    "ABcd|ABc||ABcd|": ["ABc 7"],
    "ABc|ABcd|AB|": ["AB 2"],
    "ABcd|A|Z2|": ["A 1"],
    "ABcd|[M:3/4]ABcd|": ["ABcd 2"],
}  # fmt: skip


@pytest.mark.parametrize("music", RIGHT)
def test_full_bars_pick_ups_and_what_balances_them_are_right(music):
    assert wrong(music) == []


@pytest.mark.parametrize(("music", "bars"), WRONG.items())
def test_other_bars_are_wrong_once(music, bars):
    assert wrong(music) == bars


def test_a_fermata_can_be_held():
    assert wrong("ABcd|ABHcd|") == []
    assert wrong("ABcd|ABHcd|", hold=2) == ["ABHcd 5"]


PROBLEMS = {
    "ABcd|": [],
    "ABcd:|ABcd|": [],
    "|:ABcd:|:ABcd:|": [],
    "|:ABcd::ABcd:|": [],
    "|:ABcd:||:ABcd:|": [],
    "|:ABcd|1ABcd:|2ABcd|]": [],
    "ABcd|1ABcd:|2ABcd|]": [],
    "ABcd:|ABcd:|": ["repeat-not-opened"],
    "|:ABcd|:ABcd:|": ["repeat-opened-twice"],
    "|:ABcd|": ["repeat-not-closed"],
    "|:ABcd::ABcd|": ["repeat-not-closed"],
    "|:ABcd|1ABcd:|ABcd|": ["ending-alone"],
    "ABcd|[1ABcd||[2ABcd|": ["ending-without-repeat"],
}


@pytest.mark.parametrize(("music", "codes"), PROBLEMS.items())
def test_repeats_that_begin_or_end_nowhere(music, codes):
    assert sorted(problems(music)) == sorted(codes)


def test_the_repeats_of_several_voices_are_looked_at_too():
    assert problems("V:1\nABcd:|ABcd:|\nV:2\nABcd|") == ["repeat-not-opened"]


def test_as_many_endings_as_one_likes_take_little_time():
    events = read_events(HEADER + "|:" + "A|1-999 B:|2 c::" * 3000)
    assert len(play(events.voices[0], events.meter, alone=True)[0]) <= 6000


BARS = st.lists(
    st.sampled_from(["ABcd", "AB", "cd", "A", "Bcd", "z4", "ABcde", "[M:3/4]"]), min_size=1, max_size=2
).map("".join)
LINES = st.sampled_from(["|", "|", "|", "||", ":|", "|:", "::", "|1", ":|2", "|]", "[1", "[2", ":||:", "|[1", "[|"])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.lists(st.tuples(BARS, LINES), min_size=1, max_size=10).map(lambda parts: "".join(map("".join, parts))))
def test_abc2midi_complains_about_the_same_tunes(require_program, tmp_path_factory, music):
    source = tmp_path_factory.getbasetemp() / "bars.abc"
    source.write_text(HEADER + music + "\n")
    command = [require_program("abc2midi"), source, "-o", source.with_suffix(".mid")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert bool(wrong(music)) == bool(re.search("time units while", said)), said
