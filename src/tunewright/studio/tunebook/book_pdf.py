"""A tunebook as a PDF: a title, contents with page numbers, and the scores, as many on a page as fit.

Scores are engraved by abcjs, several at once, and set by typst, on A4. A score that fits on a page is never divided; a
longer one is divided between its lines of music. Titles and texts reach typst as data, so that they are never markup.
"""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from tunewright.errors import RenderError
from tunewright.rendering.engine import most_engines
from tunewright.rendering.provenance import one_line
from tunewright.rendering.score import engrave
from tunewright.rendering.source import abc_text, title_of
from tunewright.rendering.typesetting import typeset

_DOCUMENT = """
#let book = json(bytes(sys.inputs.book))
#let number = context counter(page).display()
#let page-height = 762pt
#let width = 505pt
#set document(title: book.title, date: none)
#set page(width: 595pt, height: 842pt, margin: (x: 45pt, y: 40pt), footer: align(center, text(9pt, number)))
#set text(font: "Libertinus Serif", size: 11pt)
#show heading.where(level: 2): none
#align(center, block(above: 24pt, below: 24pt, text(24pt, book.title)))
#show outline.entry: it => text(10pt, it)
#columns(if book.tunes.len() > 20 { 2 } else { 1 }, gutter: 24pt, outline(title: none, target: heading.where(level: 2)))
#pagebreak()
#for (index, tune) in book.tunes.enumerate() {
  let fits = true
  let shown = if tune.problem == "" {
    let scale = width / tune.width
    let height = tune.height * scale
    let score = image(bytes(sys.inputs.at(str(index))), format: "svg", width: width, height: height)
    let staff(window) = block(
      breakable: false, clip: true, above: 0pt, below: 0pt, width: 100%, height: (window.at(1) - window.at(0)) * scale,
      place(top, dy: -window.at(0) * scale, score),
    )
    fits = height <= page-height - 12pt
    if fits { score } else { tune.windows.map(staff).join() }
  } else {
    text(14pt, tune.title)
    linebreak()
    text(9pt, emph(tune.problem))
    raw(block: true, tune.text)
  }
  block(breakable: not fits, above: 0pt, below: 14pt, width: 100%)[
    #heading(level: 2, tune.title)
    #shown
    #if tune.provenance != "" { text(7.5pt, fill: luma(90), tune.provenance) }
  ]
}
"""


def book_pdf(tunes: Sequence[tuple[str, Mapping[str, str]]], title: str) -> bytes:
    """The book as a file.

    Parameters
    ----------
    tunes
        ABC and provenance of each.
    title
        Stands above the contents.

    Raises
    ------
    RenderError
        If typst cannot make it.
    MissingExtraError
        If a package that engraving or typst needs is not installed.
    """
    with ThreadPoolExecutor(most_engines()) as pool:
        drawn = list(pool.map(lambda tune: _drawn(*tune), tunes))
    book = {"title": title, "tunes": [tune for tune, _ in drawn]}
    scores = {str(place): svg for place, (_, svg) in enumerate(drawn)}
    return typeset(_DOCUMENT, "pdf", {"book": json.dumps(book), **scores})


def _drawn(text: str, provenance: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """What typst is told of a tune, and its score as SVG."""
    told = {"title": title_of(text) or "Untitled", "provenance": one_line(provenance), "text": text, "problem": ""}
    try:
        score = engrave(abc_text(text))
    except RenderError as error:
        return told | {"problem": f"This tune cannot be shown as a score: {error}."}, ""
    tops = [0.0, *score.systems[1:], score.height]
    windows = [pair for pair in pairwise(tops) if pair[1] > pair[0]]
    return told | {"width": score.width, "height": score.height, "windows": windows}, score.svg
