"""Drawings as files of their size."""

import io

import pytest
from PIL import Image

from tunewright.errors import OptionError, RenderError
from tunewright.rendering.typesetting import Drawing

SQUARE = Drawing(
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20"/></svg>', 40, 20
)


def test_forms():
    assert SQUARE.file("svg") == SQUARE.svg.encode()
    picture = Image.open(io.BytesIO(SQUARE.file("png"))).convert("L")
    assert picture.size == (80, 40)
    assert [picture.getpixel((x, 20)) for x in (20, 60)] == [0, 255]
    assert SQUARE.file("pdf").startswith(b"%PDF")


def test_mistakes():
    with pytest.raises(OptionError, match="form is 'gif'; allowed: svg, png, pdf"):
        SQUARE.file("gif")
    with pytest.raises(RenderError, match="30000 x 10 pixels"):
        Drawing(SQUARE.svg, 30_000, 10).file("png")
    with pytest.raises(RenderError, match="typst cannot make the picture"):
        Drawing("no svg", 10, 10).file("png")
