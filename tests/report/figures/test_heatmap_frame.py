"""Is what stands around a heatmap whole, whatever the words?"""

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.report.figures.heatmap_frame import Body, framed, wrapped

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=30))
def test_any_words_make_a_document(title, quantity):
    drawing = framed(Body("", 500, 100), title=title, caption="c", quantity=quantity, low=-1, high=1)
    root = ET.fromstring(drawing.svg)  # noqa: S314
    assert float(root.get("height")) == round(drawing.height, 4)
    assert all(0 <= float(text.get("y")) <= drawing.height for text in root.iter(f"{SVG}text"))


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=300), st.integers(100, 800))
def test_no_word_is_lost_where_lines_are_wrapped(words, width):
    assert "".join(wrapped(words, width, 16)).replace(" ", "") == "".join(words.split())


def test_a_picture_is_no_narrower_than_its_scale():
    assert framed(Body("", 10, 10), title="", caption="", quantity="", low=0, high=1).width > 400
