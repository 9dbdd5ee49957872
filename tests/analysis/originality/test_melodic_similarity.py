"""Are melodies compared as the textbook says? Against slow alignments, and against music written by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.originality.melodic_similarity import (
    WIDEST_INTERVAL,
    compare,
    intervals_of,
    locate_passage,
    moves_of,
)
from tunewright.notation.melody import read_melody

# few different moves, some that share their interval, so that all costs occur
melodies = st.lists(st.sampled_from([33, 34, 65, 66, 97]), max_size=14).map(lambda moves: np.array(moves, np.uint16))
REEL = "M:4/4\nL:1/8\nK:D\n|:dBAF ABdB|A2FA BdAF|d2fd edBe|dBAF E2D2:|\n"


def moves(text):
    return moves_of(read_melody(text))


def similarities(melody, others):
    return compare(melody, others).similarities


def explained(melody, others):
    return compare(melody, others).explained


def cost(first, second):
    return 0 if first == second else 1 if first >> 5 == second >> 5 else 2


def edit_distance(first, second):
    rows = {(row, -1): 2 * (row + 1) for row in range(-1, len(first))}
    rows |= {(-1, column): 2 * (column + 1) for column in range(len(second))}
    for row in range(len(first)):
        for column in range(len(second)):
            rows[row, column] = min(
                rows[row - 1, column] + 2,
                rows[row, column - 1] + 2,
                rows[row - 1, column - 1] + cost(first[row], second[column]),
            )
    return rows[len(first) - 1, len(second) - 1]


def local_score(first, second):
    rows = {(row, -1): 0 for row in range(-1, len(first))} | {(-1, column): 0 for column in range(len(second))}
    for row in range(len(first)):
        for column in range(len(second)):
            rows[row, column] = max(
                0,
                rows[row - 1, column] - 3,
                rows[row, column - 1] - 3,
                rows[row - 1, column - 1] + (2, -1, -4)[cost(first[row], second[column])],
            )
    return max(rows.values())


@given(melodies, st.lists(melodies, max_size=4))
def test_similarity_is_one_less_the_edit_distance_in_proportion(melody, others):
    found = similarities(melody, others)
    assert found.shape == (len(others),)
    for other, value in zip(others, found, strict=True):
        longest = max(len(melody), len(other))
        distance = edit_distance(melody.tolist(), other.tolist())
        assert value == pytest.approx(1 - distance / (2 * longest) if len(melody) and len(other) else 0)


@given(melodies, st.lists(melodies, max_size=4))
def test_a_passage_is_the_best_local_alignment(melody, others):
    found = compare(melody, others)
    for other, value in zip(others, found.explained, strict=True):
        best = local_score(melody.tolist(), other.tolist())
        assert value == best / 2
        place = locate_passage(melody, other, value)
        here, there = melody[place.first : place.last], other[place.other_first : place.other_last]
        assert local_score(here.tolist(), there.tolist()) == best


def test_many_moves_are_counted_in_larger_numbers():
    long, other = np.full(9000, 33, np.uint16), np.full(9001, 65, np.uint16)
    assert similarities(long[:2], [other])[0] == 0
    assert similarities(other[:2], [np.full(17_000, 65, np.uint16)])[0] == pytest.approx(2 / 17_000)


@pytest.mark.parametrize(
    "same",
    [
        REEL.replace("K:D", "K:D % a remark"),
        "M:4/4\nL:1/8\nK:G\n|:gedB dege|d2Bd egdB|g2bg agea|gedB A2G2:|\n",
        "M:2/4\nL:1/16\nK:D\n|:dBAF ABdB|A2FA BdAF|d2fd edBe|dBAF E2D2:|\n",
        "M:C|\nL:1/4\nK:D\nd/B/A/F/ A/B/d/B/|A F/A/ B/d/A/F/|d f/d/ e/d/B/e/|d/B/A/F/ E D|\n",
    ],
)
def test_key_and_note_values_change_nothing(same):
    assert np.array_equal(moves(REEL), moves(same))
    assert similarities(moves(REEL), [moves(same)])[0] == 1
    assert explained(moves(REEL), [moves(same)])[0] == len(moves(REEL))


def test_a_move_holds_interval_and_ratio():
    up_a_fourth_and_twice_as_long = moves("L:1/8\nK:C\nCF2")
    assert intervals_of(up_a_fourth_and_twice_as_long)[0] == 5 + WIDEST_INTERVAL
    assert up_a_fourth_and_twice_as_long != moves("L:1/8\nK:C\nCF")
    assert up_a_fourth_and_twice_as_long != moves("L:1/8\nK:C\nCG2")


def test_every_usual_ratio_of_lengths_is_told_from_the_others():
    lengths = ["1", "4/3", "3/2", "2", "3", "4", "6", "8"]
    ratios = [moves(f"L:1/16\nK:C\nC{first}C{second}")[0] for first, second in [*((x, "1") for x in lengths)]]
    ratios += [moves(f"L:1/16\nK:C\nC1C{second}")[0] for second in lengths[1:]]
    assert len(set(ratios)) == 2 * len(lengths) - 1


def test_a_changed_note_costs_little_and_another_tune_much():
    changed = REEL.replace("d2fd", "d2gd")
    other = "M:4/4\nL:1/8\nK:D\nD4 E4|F2G2 A4|c3B A2G2|F4 D4|\n"
    near, far = similarities(moves(REEL), [moves(changed), moves(other)])
    assert near == pytest.approx(1 - 2 / len(moves(REEL)))
    assert far < 0.4


def test_one_shared_section_of_two_is_seen_as_half():
    first, second = "dBAF ABdB|A2FA BdAF|", "EFGE cAGE|c2eG F2A2|"
    whole, half = (moves(f"M:4/4\nL:1/8\nK:D\n{text}") for text in (first + second, first))
    found = compare(whole, [half])
    assert found.explained[0] == explained(half, [whole])[0] == len(half)
    assert found.explained[0] / len(whole) == pytest.approx(0.5, abs=0.05)
    place = locate_passage(whole, half, found.explained[0])
    assert (place.first, place.other_first, place.other_last) == (0, 0, len(half))


@pytest.mark.parametrize("text", ["", "K:C\n", "K:C\nz4", "K:C\nC"])
def test_a_melody_without_moves_is_like_nothing(text):
    assert len(moves(text)) == 0
    assert similarities(moves(text), [moves(REEL), moves(text)]).tolist() == [0, 0]
    assert explained(moves(text), [moves(REEL)]).tolist() == [0]
    assert similarities(moves(REEL), []).shape == (0,)
