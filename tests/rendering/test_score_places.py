"""Areas of a score and their characters: ties, chords, grace notes, tuplets, repeats, mended tunes."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.errors import RenderError
from tunewright.notation.lexer import Sign, tokens
from tunewright.rendering.score_places import engrave_with_areas

HEADER = "X:1\nT:Title\nM:4/4\nL:1/8\nK:G\n"
MUSIC = (
    '|:"Am7"{gf}A2 (3BcB [GBd]2-[GBd]2|1 z2 !trill!^f\'2 "^slow""D"gd|2 A8:|\n'
    "d4- d>e (fg)|[M:3/4] =B,,3/2 c/ x4 ~e2|]\n"
)


def parts(tune):
    return [("".join(tune[place] for place in area.places), area.kind) for area in engrave_with_areas(tune)[1]]


def test_each_part_stands_for_the_characters_that_write_it():
    assert parts(HEADER + MUSIC) == [
        ("|:", "bar"), ('"Am7"', "chord"), ("{gf}", "grace"), ("A2", "note"), ("B", "note"), ("c", "note"),
        ("B", "note"), ("[GBd]2-", "note"), ("[GBd]2", "note"), ("|1", "bar"), ("z2", "rest"), ("^f'2", "note"),
        ('"^slow"', "annotation"), ('"D"', "chord"), ("g", "note"), ("d", "note"), ("|2", "bar"), ("A8", "note"),
        (":|", "bar"), ("d4-", "note"), ("d>", "note"), ("e", "note"), ("f", "note"), ("g", "note"), ("|", "bar"),
        ("=B,,3/2", "note"), ("c/", "note"), ("x4", "rest"), ("e2", "note"), ("|]", "bar"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tune",
    [
        "T:Title\nM:4/4\nL:1/8\nK:G\n" + MUSIC,
        "\ufeffX:1\r\n\r\nT:Title\r\nM:4/4  \r\nL:1/8\r\nK:G\r\n" + MUSIC.replace("\n", "\r\n"),
        "X:1\nof a title that was cut\n\x02T:𝄞𝄞 亀\nM:4/4\nL:1/8\nK:G\n" + MUSIC,
        "X:1\nT:Title\n%%scale 0.7\nM:4/4\nL:1/8\nK:G\n" + MUSIC,
    ],
)
def test_what_was_mended_moves_nothing(tune):
    assert parts(tune) == parts(HEADER + MUSIC)


def test_areas_lie_on_their_notes():
    score, areas = engrave_with_areas(HEADER + MUSIC)
    heads = re.findall(r'd="M ([\d.]+) ([\d.]+)c[^"]*" class="abcjs-notehead', score.svg)
    notes = [area for area in areas if area.kind == "note"]
    single = [area for area in notes if Sign.CHORD_OPEN not in kinds_at(area.places)]
    for area in single:
        inside = [
            (x, y) for x, y in heads
            if area.left <= float(x) <= area.left + area.width and area.top <= float(y) <= area.top + area.height
        ]  # fmt: skip
        assert len(inside) == 1, area
    assert len(single) == len(notes) - 2


def test_areas_of_a_line_lie_side_by_side_inside_the_score():
    score, areas = engrave_with_areas(HEADER + MUSIC)
    line = [area for area in areas if area.kind not in ("chord", "annotation")]
    for area, following in pairwise(line):
        assert area.left + area.width <= following.left + 0.01 or following.top > area.top + 20
    for area in areas:
        assert area.width > 0
        assert area.left >= 0
        assert area.left + area.width <= score.width
        assert 0 <= area.top < area.top + area.height <= score.height


def test_staff_lines_lie_inside_areas():
    score, areas = engrave_with_areas(HEADER + MUSIC)
    tops = [float(y) for y in re.findall(r'd="M [\d.]+ ([\d.]+) L[^"]*"[^>]*class="abcjs-top-line"', score.svg)]
    assert len(tops) == 2
    bar_tops = sorted({round(area.top) for area in areas if area.kind == "bar"})
    assert [top - bar for top, bar in zip(tops, bar_tops, strict=True)] == pytest.approx([5, 5], abs=1)


def test_a_tune_without_music_has_no_score():
    with pytest.raises(RenderError, match="no note"):
        engrave_with_areas("X:1\nT:Words\nK:C\n")


def kinds_at(places):
    return {token.kind for token in tokens(HEADER + MUSIC) if token.start in places}


NOTES = st.lists(
    st.tuples(
        st.sampled_from(["", "", '"G"', "{a}", "{^cd}", '"^up"', "!trill!", "~", "."]),
        st.sampled_from(["", "", "^", "_", "="]),
        st.sampled_from("CDEFGABcdefgab"),
        st.sampled_from(["", "'", ","]),
        st.sampled_from(["", "2", "/", "3/2"]),
        st.sampled_from(["", " ", "-", "|", "|\n", ":|", " | \n"]),
    ),
    min_size=1,
    max_size=24,
)


@settings(max_examples=40, deadline=None)
@given(NOTES, st.sampled_from(["", "\r", "\x00", "  "]))
def test_every_note_is_covered_once(notes, litter):
    tune = HEADER.replace("\n", litter + "\n") + "".join(map("".join, notes)) + "\n"
    covered = Counter(place for area in engrave_with_areas(tune)[1] for place in area.places)
    letters = [token.start for token in tokens(tune) if token.kind is Sign.NOTE]
    assert {place: covered[place] for place in letters} == dict.fromkeys(letters, 1)
    assert max(covered.values()) == 1


def test_the_score_stays_a_document():
    ET.fromstring(engrave_with_areas(HEADER + MUSIC)[0].svg)  # noqa: S314
