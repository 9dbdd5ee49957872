"""PNG and PDF files of SVG drawings, made by typst.

typst needs no browser and includes fonts: Libertinus Serif and DejaVu Sans Mono. Sizes are CSS pixels, 96 to the inch;
PNG pictures have 192 dots to the inch, on white.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tunewright.errors import MissingExtraError, OptionError, RenderError

PNG_DOTS_PER_INCH = 192

LARGEST_SIDE = 20_000
"""CSS pixels; a larger drawing can be written as SVG and PDF only."""

POINTS_PER_PIXEL = 0.75

FORMS = ("svg", "png", "pdf")

PLACED = '#image(bytes(sys.inputs.svg), format: "svg", width: {width:.2f}pt, height: {height:.2f}pt)'
"""The typst expression for a drawing of a size in points."""


@dataclass(frozen=True)
class Drawing:
    """A vector drawing."""

    svg: str
    """The whole as an SVG document."""
    width: float
    """CSS pixels."""
    height: float
    """CSS pixels."""

    def file(self, form: str) -> bytes:
        """Return it as a file: svg, png, or pdf on a page of its own size.

        Raises
        ------
        OptionError
            If `form` is something else.
        RenderError
            If a PNG picture would be larger than `LARGEST_SIDE`.
        MissingExtraError
            If typst is needed and not installed.
        """
        if form == "svg":
            return self.svg.encode()
        if form not in ("png", "pdf"):
            raise OptionError(f"form is {form!r}; allowed: {', '.join(FORMS)}")
        if form == "png":
            require_size(self.width, self.height)
        width, height = self.width * POINTS_PER_PIXEL, self.height * POINTS_PER_PIXEL
        document = (
            "#set document(date: none)\n"
            f"#set page(width: {width:.2f}pt, height: {height:.2f}pt, margin: 0pt, fill: white)\n"
            + PLACED.format(width=width, height=height)
        )
        return typeset(document, "png" if form == "png" else "pdf", {"svg": self.svg})


def require_size(width: float, height: float) -> None:
    """Raise RenderError if a drawing is too large for a PNG picture."""
    if max(width, height) > LARGEST_SIDE:
        size = f"{width:.0f} x {height:.0f}"
        raise RenderError(f"the picture measures {size} pixels; at most {LARGEST_SIDE} a side fit into a PNG picture")


def typeset(document: str, form: Literal["png", "pdf"], texts: Mapping[str, str]) -> bytes:
    """Compile a typst document to one file.

    Parameters
    ----------
    document
        The document, in typst's language.
    texts
        Its ``sys.inputs``.

    Raises
    ------
    RenderError
        If typst cannot compile it.
    MissingExtraError
        If typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingExtraError("Making PNG and PDF files", "render") from None

    try:
        made = typst.compile(document.encode(), format=form, ppi=PNG_DOTS_PER_INCH, sys_inputs=dict(texts))
    except typst.TypstError as error:
        raise RenderError(f"typst cannot make the picture ({error})") from None
    if not isinstance(made, bytes):
        raise RenderError("typst made several pages of the picture; one was expected")
    return made
