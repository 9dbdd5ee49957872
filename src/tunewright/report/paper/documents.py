"""Typesetting of a paper: PDF, LaTeX source, an HTML page that plays, and DOCX, from one Markdown source.

pandoc reads the source; ``assets/paper.lua`` adds numbers of figures and references to them. typst sets the PDF, so
that no TeX is needed. The LaTeX source is for BibTeX and pdflatex, with pictures as PDF. On the page abcjs engraves and
plays each tune; the page makes no network request.

Nothing depends on the date: the same source gives the same bytes.
"""

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from tunewright.errors import MissingExtraError, RenderError
from tunewright.files import write_file
from tunewright.rendering.page import PageTune, allowed_scripts, page_parts
from tunewright.report.paper.text import asset_text, plain

SOURCE, REFERENCES = "paper.md", "references.bib"
SOUND = "sound"
"""Key of the problem that tunes cannot play on the page."""

Problems = dict[str, str]
"""Reasons why something is missing, by its name."""

READ_AS = "markdown-raw_html-raw_tex"
"""Text from users may contain no raw HTML or TeX."""

UNCHANGING = {"SOURCE_DATE_EPOCH": "0"}
"""Environment that keeps programs from writing the time into a file."""

_COLUMNS = "--columns=10000"  # so wide that pandoc never gives tables relative column widths
_PICTURE = re.compile(r'src="(figures/[\w.-]+\.svg)"')
_TUNE = re.compile(r"<!--tune (\d+)-->")


@dataclass(frozen=True)
class Manuscript:
    """A paper before it is typeset."""

    title: str
    authors: tuple[str, ...]
    date: str
    """Empty for none."""
    abstract: str
    """Markdown."""
    body: str
    """Markdown; its pictures are in ``figures``, each as SVG, PDF and PNG."""
    tunes: tuple[PageTune, ...]
    """Tunes that play on the page: a division ``piece`` with ``tune=N`` is number N, from 0."""

    def markdown(self) -> str:
        """The paper as one source."""
        about: dict[str, str | list[str]] = {
            "title": plain(self.title),
            "author": [plain(name) for name in self.authors],
        }
        about |= {"date": plain(self.date), "lang": "en-GB", "link-citations": "true"}
        lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in about.items() if value]
        abstract = "\n".join(f"  {line}".rstrip() for line in self.abstract.splitlines())
        return "\n".join(["---", *lines, "abstract: |", abstract, "---", "", self.body, ""])


def typeset(manuscript: Manuscript, folder: Path, kept: Collection[str] = ()) -> dict[str, str]:
    """Write the paper in every form into `folder`, which contains its ``figures`` and ``references.bib``.

    A form that cannot be made is removed if an earlier paper left it there, unless it is one of `kept`.

    Returns
    -------
    dict
        Reasons why something is missing: a form, by the name of its file, or ``sound``.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    write_file(folder / SOURCE, manuscript.markdown())
    problems: dict[str, str] = {}

    def make(name: str) -> None:
        try:
            (folder / name).parent.mkdir(exist_ok=True)
            write_file(folder / name, FORMS[name](manuscript, folder, problems))
        except (MissingExtraError, RenderError) as error:
            problems[name] = str(error)
            if name not in kept:
                (folder / name).unlink(missing_ok=True)  # so that an earlier paper is not taken for this one

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(make, name) for name in FORMS]:
            done.result()
    return {name: problems[name] for name in (*FORMS, SOUND) if name in problems}


def _latex(_: Manuscript, folder: Path, _problems: Problems) -> bytes:
    """The LaTeX source; pictures and references are copied beside it, so that its folder is complete."""
    latex = folder / "latex"
    (latex / "figures").mkdir(parents=True, exist_ok=True)
    write_file(latex / REFERENCES, (folder / REFERENCES).read_bytes())
    for picture in sorted((folder / "figures").glob("*.pdf")):
        write_file(latex / "figures" / picture.name, picture.read_bytes())
    return _pandoc(folder, "latex", "--natbib", "--default-image-extension=pdf", template="paper.tex")


def _pdf(manuscript: Manuscript, folder: Path, _problems: Problems) -> bytes:
    try:
        import typst
    except ImportError:
        raise MissingExtraError("Setting the PDF", "render") from None
    text = _pandoc(folder, "typst", "--citeproc", "--default-image-extension=svg", template="paper.typ")
    about = {"title": manuscript.title, "authors": json.dumps(manuscript.authors)}
    try:
        made = typst.compile(  # type: ignore[call-overload]  # its types want the root to be bytes where the text is
            text, root=str(folder), ignore_system_fonts=True, format="pdf", sys_inputs=about
        )
    except typst.TypstError as error:
        raise RenderError(f"typst cannot set the paper ({error})") from error
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file however many pages it has
    return made


def _docx(_: Manuscript, folder: Path, _problems: Problems) -> bytes:
    return _pandoc(folder, "docx", "--citeproc", "--number-sections", "--default-image-extension=png")


def _page(manuscript: Manuscript, folder: Path, problems: Problems) -> bytes:
    """The HTML page; without sound it has scores and texts as the other forms do."""
    options = ["--citeproc", "--number-sections", "--mathml", "--default-image-extension=svg", "--section-divs"]
    try:
        parts = page_parts(manuscript.tunes)
    except MissingExtraError as error:
        parts, problems[SOUND] = page_parts(()), str(error)
        options.append("--metadata=still:true")
    text = _pandoc(folder, "html5", *options, template="paper.html").decode()
    text = _PICTURE.sub(lambda found: f'src="{_data_address(folder / found[1])}"', text)
    text = _TUNE.sub(lambda found: parts.articles[int(found[1])], text)
    pieces = {
        "allowed": allowed_scripts(parts.abcjs, parts.script),
        "style": f"{parts.style}\n{asset_text('paper.css')}",
        "data": parts.data,
        "abcjs": parts.abcjs,
        "script": parts.script,
    }
    for name, piece in pieces.items():
        text = text.replace(f"<!--{name}-->", piece, 1)
    return text.encode()


FORMS: Mapping[str, Callable[[Manuscript, Path, Problems], bytes]] = {
    "paper.pdf": _pdf,
    "latex/paper.tex": _latex,
    "paper.html": _page,
    "paper.docx": _docx,
}
"""Functions that make each file of the paper."""


def _data_address(picture: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _pandoc(folder: Path, to: str, *options: str, template: str = "") -> bytes:
    """Convert the source in `folder` with pandoc."""
    try:
        from pypandoc import get_pandoc_path
    except ImportError:
        raise MissingExtraError("Typesetting a paper", "report") from None
    with as_file(files("tunewright.report") / "assets") as assets:
        command = [get_pandoc_path(), SOURCE, f"--from={READ_AS}", f"--to={to}", "--output=-", _COLUMNS, "--standalone"]
        command += [f"--lua-filter={assets / 'paper.lua'}", f"--bibliography={REFERENCES}", *options]
        command += [f"--template={assets / template}"] if template else []
        done = subprocess.run(  # noqa: S603 - the program is the package's own, and a user's text is no argument of it
            command, cwd=folder, capture_output=True, check=False, env={**os.environ, **UNCHANGING}
        )
    if done.returncode:
        raise RenderError(f"pandoc cannot make {to} of {SOURCE}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


_ENTRY = re.compile(r"^@\w+\{([^,\s]+),.*?^\}[^\S\n]*$", re.MULTILINE | re.DOTALL)
_CITED = re.compile(r"(?<!\\)@([\w:-]+)")
_AT = re.compile(r"(?<!\\)@(?=[\w{*])")


def works(notes: Path) -> dict[str, str]:
    """BibTeX entries of all works that can be cited, by key; those in the folder `notes` come last."""
    own = notes / REFERENCES
    texts = [asset_text(REFERENCES), own.read_text(encoding="utf-8-sig") if own.is_file() else ""]
    return {entry[1]: f"{entry[0]}\n" for text in texts for entry in _ENTRY.finditer(text)}


def references(text: str, known: Mapping[str, str]) -> str:
    """The entries that a text cites, in the order of `known`."""
    cited = {key.rstrip(":-") for key in _CITED.findall(text)}
    return "\n".join(entry for key, entry in known.items() if key in cited)


def with_known_citations(text: str, known: Collection[str]) -> str:
    """Markdown that cites only works that are `known`: every other ``@`` is escaped."""

    def kept(at: re.Match[str]) -> str:
        cited = _CITED.match(text, at.start())
        return "@" if cited and cited[1].rstrip(":-") in known else r"\@"

    return _AT.sub(kept, text)
