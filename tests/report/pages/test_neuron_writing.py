"""Files of `tunewright neurons` where a package is missing."""

import sys

import pytest
from command_line import run

from tunewright.model.checkpoint import write_checkpoint
from tunewright.rendering.engine import close_engines


@pytest.mark.slow
@pytest.mark.parametrize(
    ("packages", "words", "made", "not_made"),
    [
        (["matplotlib"], ["tunewright[figures]"], ["map.png"], ["probes.svg", "memory.png"]),
        (["typst", "py_mini_racer"], ["tunewright[render]"], ["map.svg", "probes.png"], ["map.png"]),
    ],
)
def test_a_missing_package_costs_only_its_pictures(
    capsys, monkeypatch, untrained, tiny_tunes, tmp_path, packages, words, made, not_made
):
    for package in packages:
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)
    close_engines()  # mini-racer is missed when an engine is started
    monkeypatch.setattr(
        "tunewright.report.pages.neuron_writing.find_spec", lambda name: None if name in packages else name
    )
    (tmp_path / "book.abc").write_text("\n".join(tiny_tunes), encoding="utf-8")
    write_checkpoint(tmp_path / "model", untrained(units=4))
    status, _, err = run(
        capsys, "neurons", tmp_path / "model", "--data", tmp_path / "book.abc", "--out", tmp_path / "out"
    )
    assert status == 0
    for word in words:
        assert word in err
    assert len(err.splitlines()) == len(set(err.splitlines()))
    pictures = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert set(made) <= pictures
    assert not set(not_made) & pictures
    assert [name for name in pictures if name.endswith("-text.svg")]
    assert bool([name for name in pictures if "-score" in name]) == ("py_mini_racer" not in packages)
    assert (tmp_path / "out" / "index.html").read_text(encoding="utf-8").endswith("</html>\n")
