"""Every finding can be written in plain words."""

import re
from pathlib import Path

import pytest

from tunewright.notation.findings import KINDS, Finding

SOURCE = Path(__file__).parents[2] / "src" / "tunewright" / "notation"


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_says_what_is_wrong_and_what_would_be_right(code):
    kind = KINDS[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert kind.severity in ("error", "note")
    assert kind.what
    assert kind.right


def test_every_code_that_is_used_has_its_words_and_the_other_way_round():
    files = [path for path in SOURCE.glob("*.py") if path.name != "findings.py"]
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in files if not path.name.startswith(("automaton", "grammar"))
    )
    assert [code for code in KINDS if f'"{code}"' not in text] == []
    assert set(re.findall(r'Problem\(\s*"([\w-]+)"', text)) <= set(KINDS)


@pytest.mark.parametrize(
    ("path", "bar", "severity", "shown"),
    [
        ("a.abc", 7, "error", "a.abc:3:4: bar 7: is wrong (right)"),
        ("a.abc", 0, "note", "a.abc:3:4: note: pick-up: is wrong (right)"),
        (None, None, "error", "3:4: is wrong (right)"),
    ],
)
def test_a_finding_reads_as_one_line(path, bar, severity, shown):
    assert str(Finding(path, 3, 4, bar, "code", severity, "is wrong", "right")) == shown
