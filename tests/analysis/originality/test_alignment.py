"""Is every row of a table what the textbook's cell by cell recursion gives, whatever stands beside it?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.originality import alignment
from tunewright.analysis.originality.alignment import PASSAGES, WHOLES, AlignmentTable, fill

sequences = st.lists(st.integers(0, 3), min_size=1, max_size=12)


def cost(first, second):
    return 0 if first == second else 1 if first // 2 == second // 2 else 2


def filled(scoring, asked, others):
    """Every row of the table, levels taken off, shape=(N, L)."""
    lengths = np.array([len(other) for other in others])
    table = AlignmentTable(scoring, lengths, len(asked))
    columns = [move for other in others for move in (0, *other)]
    costs = lambda moves: np.array([[cost(move, other) for other in columns] for move in moves], np.int8)  # noqa: E731
    return np.array([table.row.astype(int) - table.levels for _ in fill((table,), np.array(asked, np.uint16), costs)])


def cell_by_cell(scoring, asked, other):
    """The same of one candidate, from the definition."""
    wholes = scoring is WHOLES
    rows = [[2 * column if wholes else 0 for column in range(len(other) + 1)]]
    for number, move in enumerate(asked, start=1):
        row = [2 * number if wholes else 0]
        for column, its in enumerate(other, start=1):
            turned = cost(move, its) if wholes else (-2, 1, 4)[cost(move, its)]
            aside = 2 if wholes else 3
            ways = [rows[-1][column - 1] + turned, rows[-1][column] + aside, row[-1] + aside]
            row.append(min(ways if wholes else [*ways, 0]))
        rows.append(row)
    off = np.add.outer(np.arange(len(asked) + 1), np.arange(len(other) + 1)) * 2 if wholes else 0
    return (np.array(rows) - off)[1:]


@pytest.mark.parametrize("short", [512, 0])
@pytest.mark.parametrize("scoring", [WHOLES, PASSAGES])
@given(asked=sequences, others=st.lists(sequences, min_size=1, max_size=5))
def test_each_candidate_has_the_table_that_it_has_alone(scoring, short, asked, others):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "_SHORT", short)
        found = filled(scoring, asked, others)
    expected = np.hstack([cell_by_cell(scoring, asked, other) for other in others])
    assert np.array_equal(found, expected)


def test_values_reach_across_long_rows():
    """What is put in may be longer than what the fast way looks back."""
    asked, other = [1, 3], [1, *([2] * 700), 3]
    assert np.array_equal(filled(WHOLES, asked, [other, other]), np.hstack([cell_by_cell(WHOLES, asked, other)] * 2))


def test_rows_go_on_after_those_made_at_once(monkeypatch):
    monkeypatch.setattr(alignment, "_ROWS_AT_ONCE", 3)
    asked, other = [1, 2, 3, 0, 1, 1, 2], [1, 2, 2, 3, 0, 1]
    for scoring in (WHOLES, PASSAGES):
        assert np.array_equal(filled(scoring, asked, [other]), cell_by_cell(scoring, asked, other))


def test_numbers_become_larger_where_they_must():
    small, large = (AlignmentTable(PASSAGES, np.array([length] * 16), 300) for length in (200, 3000))
    assert (small.levels.dtype, large.levels.dtype) == (np.int16, np.int32)
