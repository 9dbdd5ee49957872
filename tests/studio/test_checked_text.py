"""Findings with their characters and repairs, as the page underlines and applies them."""

import pytest

from tunewright.notation.check import check
from tunewright.studio.tunes.checked_text import MOST_FINDINGS, MOST_REPAIRS, placed_findings

HEAD = "X:1\nT:Try\nM:4/4\nL:1/8\nK:D\n"


def units(text: str, start: int, end: int) -> str:
    """The characters between two places, counted as JavaScript does."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        (f"{HEAD}d8|ABcd efg|d8|", "bar-too-short", "ABcd efg"),
        (f"{HEAD}d8|ABcd efgab\n|d8|", "bar-too-long", "ABcd efgab"),
        (f"{HEAD}d4 @#@ d4|", "unknown-character", "@#@"),
        ("X:1\nT:Try\nM:4/4\nnot a field\nK:D\nd8|", "line-ignored", "not a field"),
        ("X:1\nT:Try\nM:4/4\nK:Q\nd8|", "key-unknown", "K:Q"),
        (f'{HEAD}"soft"d8|', "chord-symbol-unknown", '"soft"'),
        (f"{HEAD}!trll!d8|", "decoration-unknown", "!trll!"),
        (f"{HEAD}𝄞 d4 @ d4|", "unknown-character", "𝄞"),
        ("d8|", "key-missing", "d"),
        ("", "no-tune", ""),
    ],
)
def test_a_finding_knows_its_characters(text, code, marked):
    (found,) = [finding for finding in placed_findings(text) if finding.code == code][:1]
    assert units(text, found.start, found.end) == marked


def test_all_findings_come_as_the_checker_has_them():
    text = f"{HEAD}d8|ABcd efg|@d8|:e8|"
    assert [(found.line, found.column, found.code, found.what, found.bar) for found in placed_findings(text)] == [
        (found.line, found.column, found.code, found.what, found.bar) for found in check(text)
    ]


def test_a_repair_is_made_where_the_page_counts_it():
    text = "X:1\nT:𝄞𝄞\nM:4/4\nL:1/8\nK:D\nd4 @d4|\n"
    (found,) = [finding for finding in placed_findings(text) if finding.code == "unknown-character"]
    assert found.repair is not None
    repaired = units(text, 0, found.repair.start) + found.repair.text + units(text, found.repair.end, len(text) + 2)
    assert repaired == text.replace("@", "")
    assert placed_findings(repaired) == ()


def test_only_so_many_repairs_are_sought():
    found = placed_findings(HEAD + "d8|" + "d4 @ d4|" * 40)
    assert sum(finding.repair is not None for finding in found) <= MOST_REPAIRS
    assert len(found) == 40


@pytest.mark.slow
def test_of_very_many_findings_the_first_are_told():
    assert len(placed_findings(HEAD + "d4 @ d4|" * (MOST_FINDINGS + 50))) == MOST_FINDINGS
