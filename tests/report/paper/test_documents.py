"""Does each form of a paper hold the whole of it: PDF, LaTeX that compiles, a page that plays, DOCX?"""

import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from PIL import Image

from tunewright.rendering.page import PageTune
from tunewright.report.paper.documents import FORMS, Manuscript, typeset
from tunewright.report.paper.text import code_block, picture, plain, refer, table
from tunewright.study.results.study_results import read_results

TUNE = "X:1\nT:Scale\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|dcBA GFED|\n"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'


def text_of(pdf, pdftotext):
    done = subprocess.run([pdftotext, "-layout", pdf, "-"], capture_output=True, check=True, text=True)
    return " ".join(done.stdout.split())


def pages_of(pdf, pdftoppm, folder):
    subprocess.run([pdftoppm, "-r", "30", "-gray", "-png", pdf, folder / "page"], check=True)
    return sorted(folder.glob("page*.png"))


def blank(picture):
    with Image.open(picture) as page:
        return page.convert("L").point(lambda shade: 255 * (shade < 200)).getbbox() is None


@pytest.fixture
def minimal(tmp_path):
    """A folder with all that a paper of one figure, one table and one tune reads, and that paper."""
    from tunewright.rendering.typesetting import Drawing

    (tmp_path / "figures").mkdir()
    for form in ("svg", "pdf", "png"):
        (tmp_path / "figures" / f"one.{form}").write_bytes(Drawing(PICTURE, 40, 20).file(form))
    (tmp_path / "references.bib").write_text("@misc{key1999a,\n author={Other, A},\n title={T},\n year={1999}\n}\n")
    body = "\n\n".join(
        [
            f"# First\n\nSee {refer('tbl-sizes')} and {refer('fig-one')}, after [@key1999a]. 5 − 3 ± 1, é, ♯, 你.",
            table("sizes", "Sizes.", ["name", ">size"], [["a", "1"], [plain("b|<b>"), "2"]]),
            f"::: {{.piece tune=0}}\n{code_block(TUNE)}\n\n{picture('one', 'A score.', 50)}\n:::",
            "![elsewhere](http://example.invalid/picture.png) <script>alert(1)</script> \\input{secret}",
            "# References {#references .unnumbered}\n\n::: {#refs}\n:::",
        ]
    )
    title = "A *title*: $5 & <b>50 %</b> #1 @key_2 \\x"
    return tmp_path, Manuscript(title, ("Ann O'Neill", "B_b @ c"), "", "In *short*.", body, (PageTune(TUNE),))


def test_numbers_references_and_strange_letters_come_out_in_every_form(minimal, require_program):
    folder, manuscript = minimal
    assert typeset(manuscript, folder) == {}
    page = (folder / "paper.html").read_text(encoding="utf-8")
    assert '<a href="#tbl-sizes">Table 1</a> and <a href="#fig-one">Figure 1</a>' in page
    assert "<strong>Figure 1.</strong> A score." in page
    assert "A *title*: $5 &amp; &lt;b&gt;50 %&lt;/b&gt; #1 @key_2 \\x</h1>" in page
    assert "<script>alert" not in page
    assert page.count('class="tune"') == 1
    assert "http://example.invalid/picture.png" not in re.findall(r'src="([^"]+)"', page)
    text = text_of(folder / "paper.pdf", require_program("pdftotext"))
    for words in (
        "See Table 1 and Figure 1, after (Other 1999)",
        "5 − 3 ± 1, é",
        "A *title*: $5 & <b>50 %</b>",
        "B_b @ c",
    ):
        assert words in text.replace("’", "'")
    assert "K:D DEFG ABcd|dcBA GFED|" in text
    with zipfile.ZipFile(folder / "paper.docx") as archive:
        words = re.sub(r"<[^>]*>", "", archive.read("word/document.xml").decode())
        assert [name for name in archive.namelist() if name.startswith("word/media/")]
    assert "Figure 1." in words
    assert "Table 1" in words
    latex = (folder / "latex" / "paper.tex").read_text(encoding="utf-8")
    assert "See Table~\\ref{tbl-sizes} and Figure~\\ref{fig-one}" in latex
    assert "\\citep{key1999a}" in latex
    assert (folder / "latex" / "figures" / "one.pdf").exists()


@pytest.mark.slow
def test_latex_of_strange_letters_compiles(minimal, require_program):
    folder, manuscript = minimal
    typeset(manuscript, folder)
    text = compiled(folder / "latex", require_program)
    assert "See Table 1 and Figure 1, after (Other, 1999)" in text
    assert "input{secret}" in text


def compiled(folder, require_program):
    """Compile the paper there; gives its text."""
    for program in ("pdflatex", "bibtex", "pdflatex", "pdflatex"):
        options = ["-interaction=nonstopmode", "-halt-on-error"] if program == "pdflatex" else []
        done = subprocess.run([require_program(program), *options, "paper"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:]
    log = (folder / "paper.log").read_text(encoding="latin-1")
    assert "undefined" not in log
    assert "multiply defined" not in log
    return text_of(folder / "paper.pdf", require_program("pdftotext"))


@pytest.mark.slow
def test_a_whole_paper_as_latex(small_paper, small_study, tmp_path, require_program):
    folder = shutil.copytree(small_paper / "latex", tmp_path / "latex")
    text = compiled(folder, require_program)
    loss = mean_loss(small_study)
    assert f"reaches a loss of {loss}" in text
    pages = pages_of(folder / "paper.pdf", require_program("pdftoppm"), tmp_path)
    assert 6 < len(pages) < 25
    assert not any(map(blank, pages))
    # LaTeX numbers figures itself, and must come to the numbers that the page has.
    html = (small_paper / "paper.html").read_text(encoding="utf-8")
    captions = re.findall(r"<strong>(Figure \d+)\.</strong> ([A-Z“][\w’ ]{8,40})", html)
    assert len(captions) > 6
    for number, caption in captions:
        assert f"{number}: {caption}"[:20] in text


def mean_loss(study):
    losses = [run.best.validation_cold_window for run in read_results(study).of("LSTM 24, dropout 0")]
    return f"{sum(losses) / len(losses):.3f}"


@pytest.mark.slow
def test_a_whole_paper_as_pdf(small_paper, small_study, tmp_path, require_program):
    text = text_of(small_paper / "paper.pdf", require_program("pdftotext"))
    assert f"reaches a loss of {mean_loss(small_study)}" in text
    assert "A paper's study: <b>#1</b> & more" in text.replace("’", "'")
    assert "Ann O'Neill" in text.replace("’", "'")
    assert "??" not in text
    for figure in range(1, 10):
        assert f"Figure {figure}. " in text
    pages = pages_of(small_paper / "paper.pdf", require_program("pdftoppm"), tmp_path)
    assert 6 < len(pages) < 25
    assert not any(map(blank, pages))
    assert (small_paper / "paper.pdf").stat().st_size < 2_000_000


@pytest.mark.slow
def test_the_page_plays(small_paper, browser_page):
    page, problems = browser_page
    page.goto((small_paper / "paper.html").as_uri())
    page.wait_for_selector(".score svg")
    tunes = page.locator("article.tune")
    assert tunes.count() == 4  # three temperatures and one more dropout
    assert page.locator(".score svg").count() == 4
    page.locator(".play").first.click()
    page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
    assert page.locator("section[id] h1").count() >= 7
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    links = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map(link => link.getAttribute('href'))")
    assert len(links) > 20
    assert [link for link in links if not page.evaluate("id => !!document.getElementById(id)", link[1:])] == []
    assert problems == []


def test_a_page_without_sound_shows_scores_and_texts(minimal, monkeypatch):
    folder, manuscript = minimal
    monkeypatch.setitem(sys.modules, "midirenderer", None)
    problems = typeset(manuscript, folder)
    assert list(problems) == ["sound"]
    assert "tunewright[render]" in problems["sound"]
    page = (folder / "paper.html").read_text(encoding="utf-8")
    assert '<article class="tune"' not in page
    assert "DEFG ABcd|dcBA GFED|" in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_what_is_missing_is_told_and_the_rest_comes(minimal, monkeypatch):
    folder, manuscript = minimal
    (folder / "paper.pdf").write_bytes(b"of a former paper")
    monkeypatch.setitem(sys.modules, "typst", None)
    problems = typeset(manuscript, folder)
    assert list(problems) == ["paper.pdf"]
    assert "tunewright[render]" in problems["paper.pdf"]
    assert not (folder / "paper.pdf").exists()
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    problems = typeset(manuscript, folder)
    assert set(problems) == set(FORMS)
    assert "tunewright[report]" in problems["paper.html"]
    assert (folder / "paper.md").read_text(encoding="utf-8") == manuscript.markdown()
