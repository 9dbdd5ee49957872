"""The notebook docs/tour.ipynb: its cells run in order, in an empty folder, and what they show is not empty.

The cells are run as they stand, without Jupyter: all in one namespace, and the value of an expression that ends a cell
is shown. A kernel would bring some thirty packages for this one file.
"""

import ast
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TOUR = ROOT / "docs" / "tour.ipynb"
TIME_LIMIT_SECONDS = 120
SCORE = 'src="data:image/svg\\+xml'
SHOWN = {
    "read-tunes": SCORE,
    "train-run": "<svg",
    "compose-playable": SCORE,
    "compose-oneills": SCORE,
    "heatmap": "<svg",
    "study-unit": "<svg",
}
"""The cells that show something, and what must be in it."""


def cells(kind: str) -> dict[str, dict[str, Any]]:
    """The cells of a kind by their names."""
    book = json.loads(TOUR.read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in book["cells"] if cell["cell_type"] == kind}


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> object:
    """Run a cell; returns the value of its last line, if that is an expression, as a notebook shows it."""
    tree = ast.parse(source, f"tour.ipynb:{name}")
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"tour.ipynb:{name}", "exec"), namespace)  # noqa: S102 - our own notebook
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), f"tour.ipynb:{name}", "eval"), namespace)  # noqa: S307


def test_a_cell_shows_its_last_expression():
    namespace: dict[str, Any] = {}
    assert run_cell("number = 2\nnumber + 1", "one", namespace) == 3
    assert run_cell("number = 4", "two", namespace) is None
    assert namespace["number"] == 4


def test_it_is_committed_without_outputs():
    assert cells("code")
    for cell in cells("code").values():
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert SHOWN.keys() <= cells("code").keys()


def test_its_links_lead_somewhere():
    text = "".join("".join(cell["source"]) for cell in cells("markdown").values())
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    assert targets
    assert [target for target in targets if not (TOUR.parent / target).exists()] == []


@pytest.mark.slow
def test_it_runs_from_top_to_bottom_and_everything_shows_itself(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    began, namespace, shown = time.process_time(), {}, {}
    for name, cell in cells("code").items():
        value = run_cell("".join(cell["source"]), name, namespace)
        if hasattr(value, "_repr_html_"):
            shown[name] = value._repr_html_()
    assert shown.keys() == SHOWN.keys()
    for name, html in shown.items():
        assert re.search(SHOWN[name], html), name
        assert not html.startswith("<pre>"), name  # what a result that cannot be drawn shows instead
    printed = capsys.readouterr().out
    assert "nats per character" in printed
    assert "['tour.midi', 'tour.svg']" in printed
    assert time.process_time() - began < TIME_LIMIT_SECONDS
