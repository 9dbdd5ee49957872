"""Is the paper of a study whole and true: every part there, every number from the results, every reference resolved?"""

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stored_files import rewrite

from tunewright.analysis.ablation.without_looking_back import study_alone
from tunewright.analysis.memory.copying import study_copying
from tunewright.analysis.memory.looked_at import look_at
from tunewright.analysis.units.samples import Sides
from tunewright.corpus.readers import read_tunes
from tunewright.errors import InputError, OutputError
from tunewright.model.network import load_network
from tunewright.report.paper import pictures, writing
from tunewright.report.paper.material import LookingPart, gather
from tunewright.report.paper.pictures import FORMS
from tunewright.report.paper.text import NOTES
from tunewright.report.paper.tunes import choose_tune, name_pieces
from tunewright.report.paper.units import looking_back
from tunewright.report.paper.writing import write_manuscript, write_paper
from tunewright.study.results.study_results import read_results
from tunewright.training.history import EpochRecord, history_as_csv

pytestmark = pytest.mark.slow

SECTIONS = [
    "Introduction", "Related work", "Methods", "Results", "Discussion", "Authors' contributions", "References",
    "Appendix",
]  # fmt: skip


@pytest.fixture(scope="module")
def material(small_study):
    return gather(read_results(small_study))


def source(paper: Path) -> str:
    return (paper / "paper.md").read_text(encoding="utf-8")


def test_every_section_is_there_in_its_order(small_paper):
    headings = [line[2:] for line in source(small_paper).splitlines() if line.startswith("# ")]
    assert [re.sub(r"[:{].*", "", heading).strip() for heading in headings] == SECTIONS
    for part in ("Training with teacher forcing", "Composing", "Tuning hyper-parameters", "Evaluating features"):
        assert f"## {part}" in source(small_paper)
    abstract = source(small_paper).split("abstract: |")[1].split("---")[0]
    assert "ABC notation" in abstract
    assert len(abstract) > 500


def test_what_is_cited_and_what_is_listed_are_the_same(small_paper):
    cited = set(re.findall(r"@([a-z]+\d{4}[a-z]+)", source(small_paper)))
    listed = set(
        re.findall(r"^@\w+\{(.+),$", (small_paper / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert cited == listed
    assert len(cited) > 12


def asset_folder() -> Path:
    import tunewright.report

    return Path(tunewright.report.__file__).parent / "assets"


def test_every_picture_exists_in_every_form_and_is_referred_to(small_paper):
    names = re.findall(r"\]\(figures/([\w-]+)\)\{#fig-([\w-]+)", source(small_paper))
    assert len(names) > 10
    for file, name in names:
        assert file == name
        for form in FORMS:
            assert (small_paper / "figures" / f"{file}.{form}").stat().st_size > 500
            assert (small_paper / "hand-in" / "figures" / f"{file}.{form}").exists()
    figures = {name for _, name in names}
    referred = set(re.findall(r"\[\]\(#fig-([\w-]+)\)", source(small_paper)))
    assert referred <= figures
    assert figures - referred == {"unit-score"}  # which its caption explains
    tables = set(re.findall(r"\{#tbl-([\w-]+)", source(small_paper)))
    assert set(re.findall(r"\[\]\(#tbl-([\w-]+)\)", source(small_paper))) == tables


def test_no_number_is_typed_in_the_words():
    for path in sorted(asset_folder().glob("*.md")):
        words = path.read_text(encoding="utf-8")
        words = words.replace("$$", "$")
        for allowed in ("SHA-256", "At $T = 1$"):  # a name, and the temperature that changes nothing
            words = words.replace(allowed, "")
        words = re.sub(r"@[a-z]+\d{4}[a-z]+", "", words)
        words = re.sub(
            r"\$[^$]+\$", lambda formula: re.sub(r"t [-+] 1|t-1|t\+1|t=1|\{1\}|1 - u", "", formula[0]), words
        )
        assert re.findall(r".*\d.*", words) == [], path.name


def test_other_results_give_another_text(material, small_study, tmp_path):
    before = write_manuscript(material, tmp_path, "T", (), "")
    changed = shutil.copytree(small_study, tmp_path / "changed")
    for folder in changed.glob("runs/lstm-24-dropout-0-seed-*"):
        epochs = []

        def change(about, epochs=epochs):
            for epoch in about["history"]:
                epoch |= {"validation_cold_window": 1.2345, "validation_full_tune": 1.1111}
                epochs.append(EpochRecord(**epoch))

        rewrite(folder / "last" / "tunewright.json", change)
        (folder / "history.csv").write_text(history_as_csv(epochs), encoding="utf-8")
    results = read_results(changed)
    moved = replace(material, results=results, baseline=results.of(material.baseline.setting)[0])
    after = write_manuscript(moved, tmp_path, "T", (), "")
    assert "1.234 ± 0.000" in after.abstract
    assert "1.234" not in before.abstract + before.body
    assert "1.111 ± 0.000" in after.body
    old = re.search(r"reaches a loss of (\S+)", before.abstract)[1]
    assert old not in after.abstract


def test_the_losses_in_the_text_are_those_of_the_runs(small_paper, small_study):
    results = read_results(small_study)
    losses = [run.best.validation_cold_window for run in results.of("LSTM 24, dropout 0")]
    assert f"reaches a loss of {sum(losses) / 2:.3f} ± " in source(small_paper)
    ngram = results.baselines.ngram.cold_window.nats_per_char
    assert f"{ngram:.3f}" in source(small_paper).split("# Introduction")[0]
    for setting in results.settings:
        mean = sum(run.best.validation_full_tune for run in results.of(setting.name)) / 2
        assert f"{mean:.3f} ± " in source(small_paper)


def test_tunes_to_hand_in_are_what_the_paper_shows(small_paper):
    tunes = small_paper / "hand-in" / "tunes"
    for temperature in ("0.5", "1", "2"):
        text = (tunes / f"temperature-{temperature}.txt").read_text(encoding="utf-8")
        assert text.strip().splitlines()[-1][:60] in source(small_paper)
        assert (tunes / f"temperature-{temperature}.midi").read_bytes().startswith(b"MThd")
        abc = (tunes / f"temperature-{temperature}.abc").read_text(encoding="utf-8")
        assert f"% temperature: {temperature}" in abc
    assert (tunes / "dropout-0.2.txt").exists()
    seeds = json.loads((small_paper / "hand-in" / "seeds.json").read_text(encoding="utf-8"))
    assert seeds["tunes"]["temperature-2"]["temperature"] == "2"
    assert len(seeds["runs"]) == 6
    assert json.loads((small_paper / "hand-in" / "versions.json").read_text(encoding="utf-8"))["torch"]
    for name in ("README.txt", "plan.toml", "tables/runs.csv", "tables/epochs.csv"):
        assert (small_paper / "hand-in" / name).stat().st_size > 50


@pytest.mark.slow
def test_the_same_study_gives_the_same_paper_and_keeps_the_authors_words(small_paper, small_study, tmp_path):
    out = tmp_path / "again"
    write_paper(read_results(small_study), out, authors=["Ann O'Neill", "Ben Ryan"])
    files = sorted(path.relative_to(small_paper) for path in small_paper.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert [str(name) for name in files if (small_paper / name).read_bytes() != (out / name).read_bytes()] == []
    (out / "notes" / "discussion.md").write_text("We *heard* it.<!-- not this -->\n", encoding="utf-8")
    (out / "notes" / "contributions.md").write_text("Ann did it all.\n", encoding="utf-8")
    write_paper(read_results(small_study), out, title="Another", date="2 May")
    text = source(out)
    assert 'title: "Another"' in text
    assert "not this" not in text
    assert text.index("# Discussion") < text.index("We *heard* it.") < text.index("# Authors' contributions")
    assert text.index("# Authors' contributions") < text.index("Ann did it all.") < text.index("# References")
    assert "To be written by the authors" not in text
    assert (out / "notes" / "discussion.md").read_text(encoding="utf-8").startswith("We *heard*")
    assert {path.stem for path in (out / "notes").iterdir()} == set(NOTES)


@pytest.mark.slow
def test_an_unfinished_study_of_one_seed_is_reported_as_far_as_it_is(small_study, tmp_path, monkeypatch):
    part = shutil.copytree(small_study, tmp_path / "part")
    for path in part.glob("runs/*seed-1"):
        shutil.rmtree(path)
    failed = part / "runs" / "rnn-24-dropout-0-seed-0" / "run.json"
    failed.write_text('{"status": "failed", "error": "the loss is nan"}', encoding="utf-8")
    plan = part / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("tunes.abc", "gone.abc"), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "typst", None)
    written = write_paper(read_results(part), tmp_path / "out")
    text = source(tmp_path / "out")
    assert "2 of the 6 runs" in text
    assert "the loss is nan" in text
    assert "one seed only" in text
    assert "±" not in text
    assert "The units could not be studied: the tunes of the study cannot be read any more" in " ".join(text.split())
    assert "Whether it copies anything is not known" in " ".join(text.split())
    assert "tunewright[render]" in written.problems["paper.pdf"]
    assert not (tmp_path / "out" / "paper.pdf").exists()
    for name in ("paper.html", "paper.docx", "latex/paper.tex"):
        assert (tmp_path / "out" / name).stat().st_size > 10_000


def test_refusals(small_study, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(small_study / "plan.toml", empty)
    with pytest.raises(InputError, match="no run has finished"):
        write_paper(read_results(empty), tmp_path / "out")
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "thesis.doc").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="holds something already"):
        write_paper(read_results(small_study), tmp_path / "used")


@pytest.mark.slow
def test_names_of_the_training_tunes_are_known_by_their_pieces(untrained):
    known = frozenset(name_pieces("X:1\nT:The Made-up Reel\nM:4/4\nK:D\nDEFG|\n"))
    assert known == {"The Made-up ", "he Made-up R", "e Made-up Re", " Made-up Ree", "Made-up Reel"}
    assert known.isdisjoint(name_pieces("X:1\nT:A Made-up Jig\nK:D\nThe Made-up Reel|\n"))
    # Where every name is known, something is shown all the same: the paper never lacks a tune.
    model = untrained(cell="gru", units=8)
    everything = frozenset(piece for seed in range(3) for piece in name_pieces(f"X:1\nT:{'a' * 30}{seed}\nK:D\n"))
    tune = choose_tune(model, None, None, name="one", setting="s", run="r", temperature=1.0, known=everything)
    assert tune.text


def test_a_paper_that_was_interrupted_is_begun_again(small_study, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "gather", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            write_paper(read_results(small_study), tmp_path / "out")


def test_what_lay_in_a_folder_that_was_no_paper_stays(material, small_study, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "gather", lambda *_: material)
    monkeypatch.setattr(writing, "write_pictures", interrupted)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mine.png").write_text("", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        write_paper(read_results(small_study), tmp_path, force=True)
    assert (tmp_path / "figures" / "mine.png").exists()


def test_a_plain_study_has_no_word_of_looking_back(material, small_paper):
    assert material.looking is None
    assert looking_back(material) == ""
    assert "looking back" not in source(small_paper)


def test_what_looking_back_does_is_told_with_its_numbers(material, small_study, untrained):
    model = untrained(units=6, look_back=4)
    tunes = read_tunes(small_study / "tunes.abc").tunes
    sides = Sides.of(model, tunes[:40])
    tune = material.tunes[0]
    looked = look_at(load_network(model), model.vocabulary, tune.text)
    part = LookingPart(tune, looked, study_copying(model, sides), study_alone(model, sides, tunes=0))
    text = looking_back(replace(material, looking=part, widths={"copying": 90, "arcs-score": 70, "arcs-text": 60}))
    assert text.startswith("## What looking back does")
    assert f"the gate is {part.copying.overall.gate.value:.2f} on average" in text
    assert f"{part.alone.overall.looking:.3f}" in text
    assert f"{len(looked.from_before)} of {len(looked.bars)} bars" in text
    assert "return in their tune" not in text
    for name in ("copying", "arcs-score", "arcs-text"):
        assert f"[](#fig-{name})" in text
        assert f"](figures/{name}){{#fig-{name} width=" in text
    drawn = dict(pictures._pictures(replace(material, looking=part)))
    for name in ("copying", "arcs-score", "arcs-text"):
        assert b"<svg" in drawn[name]("svg")
