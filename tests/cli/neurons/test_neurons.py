"""`tunewright neurons`: the files, tables and page that it makes, and errors that are one line."""

import contextlib
import io
import json
import re

import pytest
from command_line import run

from tunewright.cli.main import run as command
from tunewright.model.checkpoint import write_checkpoint


@pytest.fixture
def book(tiny_tunes, tmp_path):
    path = tmp_path / "book.abc"
    path.write_text("\n".join(tiny_tunes), encoding="utf-8")
    return path


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(untrained, tiny_tunes, tmp_path_factory):
    """The folder of a whole study of a small network beside another one, and what was printed."""
    folder = tmp_path_factory.mktemp("neurons")
    (folder / "book.abc").write_text("\n".join(tiny_tunes), encoding="utf-8")
    # Of the signs of these tunes alone: the tune that random weights write of all signs is one that abcjs may not draw.
    signs = "".join(sorted(set("".join(tiny_tunes)) - {"\n"}))
    write_checkpoint(folder / "model", untrained(units=6, symbols=signs))
    write_checkpoint(folder / "a" / "long-name-of-another-network", untrained(units=3, cell="gru"))
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.redirect_stderr(io.StringIO()) as err:
        status = command(
            ["neurons", str(folder / "model"), "--data", str(folder / "book.abc"), "--out", str(folder / "out"),
             "--against", str(folder / "a" / "long-name-of-another-network")]
        )  # fmt: skip
    assert (status, err.getvalue()) == (0, "")
    return folder, shown.getvalue()


def test_findings_stand_beside_those_of_an_untrained_network_and_other_models(written):
    folder, shown = written
    findings, study = read(folder / "out", "neurons.json"), read(folder / "out", "study.json")
    assert {finding["unit"] for finding in findings} == set(range(6))
    assert {finding["unit"] for finding in read(folder / "out", "untrained.json")} == set(range(6))
    assert study["choosing"]["tunes"] + study["held_out"]["tunes"] == 30
    (against,) = study["against"].values()
    assert {each["unit"] for each in against} <= {0, 1, 2}
    assert "untrained" in shown
    assert "the network: " in shown
    assert "index.html" in shown
    for label in study["labels"]:
        assert label in shown


def test_everything_is_in_the_folder(written):
    out = written[0] / "out"
    assert set(read(out, "memory.json")) == {"the network", "long-name-of-another-network"}
    assert read(out, "probes.json")
    assert read(out, "ablation.json")
    assert len(read(out, "tunes.json")) == 1
    pictures = {path.name for path in (out / "figures").iterdir()}
    assert {f"{name}.{form}" for name in ("map", "probes", "memory") for form in ("svg", "png")} <= pictures
    drawn = {name.split("-")[1] for name in pictures if name.startswith("unit-")}
    assert drawn
    for unit in drawn:
        assert {f"unit-{unit}-{what}.{form}" for what in ("text", "score") for form in ("svg", "png")} <= pictures
    assert all(path.stat().st_size > 500 for path in (out / "figures").iterdir())
    page = (out / "index.html").read_text(encoding="utf-8")
    for title in ("Map of the units", "What the whole state knows", "How far back it remembers"):
        assert f"<h2>{title}</h2>" in page
    assert "a tune that this network composed" in page


def test_the_page_works(chromium, written):
    context = chromium.new_context(viewport={"width": 360, "height": 700})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{(written[0] / 'out' / 'index.html').as_uri()}#unit-5")
    assert page.locator("#unit > h3").inner_text() == "Unit 5"
    assert page.locator("#table tbody tr").count() == 6
    assert page.locator(".heatmap span").count() == len(read(written[0] / "out", "tunes.json")[0]["text"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []
    context.close()


@pytest.mark.slow
def test_units_and_tunes_are_told_of_as_asked(capsys, untrained_model, tiny_tunes, tmp_path):
    tune = tmp_path / "mine.abc"
    tune.write_text(tiny_tunes[3] + "\n" + "X:9\nT:No score\nK:C\nLX CD|\n", encoding="utf-8")
    halves = [tmp_path / "to-choose-by.abc", tmp_path / "to-confirm-on.abc"]
    for path, texts in zip(halves, (tiny_tunes[::2], tiny_tunes[1::2]), strict=True):
        path.write_text("\n".join(texts), encoding="utf-8")
    out = tmp_path / "out"
    status, shown, err = run(
        capsys, "neurons", untrained_model, "--data", halves[0], "--held-out", halves[1], "--out", out,
        "--tune", tune, "--unit", 4, 2, "--quantity", "c", "--characters", 2000,
    )  # fmt: skip
    assert status == 0
    assert "left out: No score has no score: abcjs cannot place its notes" in err
    assert {finding["unit"] for finding in read(out, "neurons.json")} == {2, 4}
    study = read(out, "study.json")
    assert study["quantity"] == "c"
    assert 0 < study["choosing"]["characters"] <= 2000
    assert 0 < study["held_out"]["characters"] <= 2000
    content, other = read(out, "tunes.json")
    assert (content["text"], other["text"]) == (tiny_tunes[3], "X:9\nT:No score\nK:C\nLX CD|\n")
    assert [row["unit"] for row in content["units"]] == [2, 4]
    assert len(content["units"][0]["values"]) == len(tiny_tunes[3])
    held = [each["target"]["meaning"] for each in read(out, "ablation.json")["ablations"]]
    assert len(held) == 2
    assert all(not each or each.startswith("cell c: ") for each in held)
    assert any(held)
    rows = [line for line in shown.splitlines() if " 2 " in line or " 4 " in line]
    assert len(rows) >= 6
    pictures = {path.name for path in (out / "figures").iterdir() if path.name.startswith("unit-")}
    assert pictures == {
        f"unit-{unit}-{what}.{form}"
        for unit in (2, 4) for what in ("text-tune-1", "score-tune-1", "text-tune-2") for form in ("svg", "png")
    }  # fmt: skip
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "cell c" in page
    assert page.count('<tr data-id="unit-') == 2
    assert "of 6 units follow" in page  # the map has all
    assert len(re.findall('<a href="#unit-[^"]*" aria', page)) == 2


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--unit", "6"], "there is no unit 6; the network has units 0 to 5 in each layer"),
        (["--quantity", "reset"], "units of kind 'lstm' have no quantity 'reset'; they have: h, c, input"),
        (["--characters", "5"], "characters is 5; allowed: 1,000 or more"),
        (["--held-out", "BOOK"], "every tune to choose by is among those to confirm on"),
    ],
)
def test_mistakes_are_one_line(capsys, untrained_model, book, tmp_path, more, message):
    more = [str(book) if each == "BOOK" else each for each in more]
    status, _, err = run(capsys, "neurons", untrained_model, "--data", book, "--out", tmp_path / "out", *more)
    assert status == 2
    assert not (tmp_path / "out").exists()
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("X:1\nT:é\nK:C\nA|\n", "mine.abc:2:3: the network has never seen 'é'"),
        ("", "mine.abc:1: is empty"),
        ("\n\n", "mine.abc:1: is empty"),
    ],
)
def test_a_tune_that_cannot_be_read_is_an_error(capsys, untrained_model, book, tmp_path, content, message):
    tune = tmp_path / "mine.abc"
    tune.write_text(content, encoding="utf-8")
    status, _, err = run(capsys, "neurons", untrained_model, "--data", book, "--out", tmp_path / "out", "--tune", tune)
    assert status == 2
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(capsys, untrained_model, book, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "neurons.json").write_text("mine")
    status, _, err = run(capsys, "neurons", untrained_model, "--data", book, "--out", out)
    assert status == 2
    assert "holds something already" in err
    assert (out / "neurons.json").read_text() == "mine"


@pytest.mark.slow
def test_a_network_that_looks_back_shows_where_bars_come_from(capsys, untrained, book, tmp_path):
    write_checkpoint(tmp_path / "model", untrained(units=6, look_back=4))
    tune = tmp_path / "mine.abc"
    tune.write_text("X:1\nT:Mine\nM:4/4\nL:1/8\nK:C\nABcd efga|A8|ABcd efga|A8|\n", encoding="utf-8")
    out = tmp_path / "out"
    status, _, err = run(capsys, "neurons", tmp_path / "model", "--data", book, "--out", out, "--tune", tune)
    assert (status, err) == (0, "")
    found = read(out, "looking-back.json")
    assert [bar["name"] for bar in found["tunes"][0]["bars"]] == ["1", "2", "3", "4"]
    assert found["overall"]["characters"] > 100
    assert read(out, "ablation.json")["without_looking_back"]["losses"][0]["of"] == "all characters"
    pictures = {path.name for path in (out / "figures").iterdir()}
    for name in ("arcs-score", "arcs-text", "gate-text", "copying"):
        assert {f"{name}.svg", f"{name}.png"} <= pictures
    page = (out / "index.html").read_text(encoding="utf-8")
    for words in ("<h2>Looking back</h2>", "<h3>Without looking back</h3>", "Where each bar comes from: "):
        assert page.count(words) == 1


def test_a_plain_network_has_no_word_of_it(written):
    out = written[0] / "out"
    assert not (out / "looking-back.json").exists()
    assert "without_looking_back" not in read(out, "ablation.json")
    assert "ooking back" not in (out / "index.html").read_text(encoding="utf-8")
    assert not [path for path in (out / "figures").iterdir() if path.name.startswith(("arcs", "gate", "copying"))]
