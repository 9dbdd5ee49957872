"""Scores as SVG, PNG and PDF."""

import io
import subprocess
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from tunewright.errors import RenderError
from tunewright.rendering.score import Score, engrave, pdf_file, png_file, svg_file
from tunewright.rendering.source import abc_text

TUNE = 'X:1\nT:Żółw & <b>Sons</b>\nC:Trad.\nM:4/4\nL:1/4\nK:G\n"G"GABc|d2 d2|\nw:one two\nGABc|G4|]\n'
SVG = "{http://www.w3.org/2000/svg}"


def shades(picture: Image.Image) -> tuple[int, int]:
    """The darkest and the lightest grey of a picture, 0 to 255."""
    values = picture.convert("L").tobytes()
    return min(values), max(values)


@pytest.fixture(scope="module")
def score():
    return engrave(abc_text(TUNE))


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def test_svg_holds_title_composer_chord_and_notes(score):
    root = ET.fromstring(svg_file(score))  # noqa: S314
    assert {"Żółw & <b>Sons</b>", "Trad.", "G", "one", "two"} <= set(texts(root))
    assert len([group for group in root.iter(f"{SVG}g") if "abcjs-note" in group.get("class", "").split()]) == 11
    assert score.title == "Żółw & <b>Sons</b>"


def test_every_text_lies_inside(score):
    for element in ET.fromstring(score.svg).iter(f"{SVG}text"):  # noqa: S314
        assert 0 <= float(element.get("x")) <= score.width
        assert 0 <= float(element.get("y")) <= score.height


def test_a_line_with_much_music_widens_the_score():
    assert engrave(abc_text("X:1\nL:1/16\nK:C\n" + "cdef gfed|" * 24)).width > 1500


def test_each_line_of_music_has_its_place(score):
    assert len(score.systems) == 2
    assert 0 < score.systems[0] < score.systems[1] < score.height


def test_control_characters_never_reach_the_svg():
    ET.fromstring(engrave(abc_text("X:1\nT:a\x0bb\ufffe\nK:C\nC|\n")).svg)  # noqa: S314


def test_png_has_the_size_of_the_score(score):
    picture = Image.open(io.BytesIO(png_file(score, {"seed": "3ü"})))
    assert picture.size == pytest.approx((score.width * 2, score.height * 2), abs=2)
    assert isinstance(picture, PngImageFile)
    assert picture.text == {"seed": "3ü"}
    darkest, lightest = shades(picture)
    assert darkest < 30
    assert lightest == 255


def test_a_score_too_large_for_a_picture_is_refused(score):
    with pytest.raises(RenderError, match="30000 x 10 pixels"):
        png_file(Score("", score.svg, 30_000, 10, ()))


def test_a_long_tune_takes_several_pdf_pages(require_program, tmp_path):
    program = require_program("pdftoppm")
    path = tmp_path / "long.pdf"
    long = engrave(abc_text("X:1\nT:Long\nK:C\n" + "CDEF GABc|cBAG FEDC|\n" * 30))
    path.write_bytes(pdf_file(long, {"seed": "3"}))
    subprocess.run([program, "-r", "20", "-png", path, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) > 2
    for page in pages:
        assert shades(Image.open(page))[0] < 200, f"{page.name} is empty"


@pytest.mark.parametrize("music", ["", "T:Another title\n"])
def test_nothing_to_engrave_is_an_error(music):
    with pytest.raises(RenderError, match="no note"):
        engrave(abc_text("X:1\nT:Title\n" + music))


def test_a_score_without_places_is_an_error():
    with pytest.raises(RenderError, match="abcjs cannot place its notes"):
        engrave(abc_text("X:1\nK:C\nLX CD|\n"))
