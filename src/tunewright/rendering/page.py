"""HTML pages of tunes with score, player and text, each in one self-contained file.

abcjs engraves in the browser, the sound is embedded as Opus, and score and text show what is sounding. A page opens
from disk. Its content security policy forbids every network request, and every script but those of the page itself,
which it names by their hashes: escaping, which is done here, is not the only barrier. Its templates are in ``assets``.
"""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from tunewright.corpus.tune import HasText
from tunewright.errors import MissingExtraError, RenderError
from tunewright.notation.fields import plain_string
from tunewright.rendering.audio import opus_file
from tunewright.rendering.engine import abcjs_licence, abcjs_script
from tunewright.rendering.midi import midi_file
from tunewright.rendering.performance import Performance, perform
from tunewright.rendering.provenance import entries, one_line
from tunewright.rendering.score import FONTS, engrave
from tunewright.rendering.source import abc_text, title_of
from tunewright.rendering.tempo import metronome_mark
from tunewright.rendering.texts.engraving_text import engraving_text

LONGEST_NAME = 120
"""Bytes of a title in a file name; file systems allow 255 for all of it."""

MANY_TUNES = 3
"""From this many tunes on, the page begins with a list of them."""


@dataclass(frozen=True)
class PageTune:
    """A tune for a page."""

    tune: str
    """ABC notation."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Its provenance; written into its files, and shown at a click."""
    caption: str = ""
    """A line below its title, such as ``temperature 0.5, seed 3``."""
    folded: Mapping[str, str] = field(default_factory=dict)
    """Texts by their titles; each opens at a click on its title."""
    more: str = ""
    """More HTML below its texts, used unchanged: escape what comes from users."""


@dataclass(frozen=True)
class PageSection:
    """A section of a page, below the tunes."""

    title: str
    html: str
    """Used unchanged: escape what comes from users. Pictures must be inline SVG or ``data:`` URLs."""
    folded: bool = False
    """Whether it is closed until a click."""


@dataclass(frozen=True)
class _Read:
    """A tune as far as it could be engraved and played."""

    abc: str
    title: str
    engraved: bool
    performance: Performance | None
    problem: str


def tune_page(
    tunes: Sequence[PageTune],
    *,
    title: str,
    introduction: str = "",
    sections: Sequence[PageSection] = (),
    soundfont: Path | None = None,
) -> str:
    """Return a page of tunes with score, player and text, as one self-contained HTML file.

    A tune that cannot be engraved or played is shown with the reason and its text; the page is made all the same.

    Parameters
    ----------
    tunes
        What the page shows, in this order.
    title
        Its heading.
    introduction
        HTML below the heading, used unchanged: escape what comes from users.
    sections
        Sections below the tunes.
    soundfont
        An SF2 file to play them with; the one that is installed if None.

    Raises
    ------
    InputError
        If `soundfont` cannot be used.
    MissingExtraError
        If a package that rendering needs is not installed.
    """
    parts = page_parts(tunes, soundfont)
    return _template("page.html").substitute(
        description=escape("; ".join(filter(None, (one_line(tune.provenance) for tune in tunes)))),
        title=escape(title),
        alone=' class="alone"' if parts.titles == (title,) else "",  # its title stands at the top
        introduction=introduction,
        contents=_contents(parts.titles),
        tunes="\n".join(parts.articles),
        sections="\n".join(_section(section) for section in sections),
        data=parts.data,
        style=parts.style,
        abcjs=parts.abcjs,
        script=parts.script,
        allowed=allowed_scripts(parts.abcjs, parts.script),
    )


@dataclass(frozen=True)
class PageParts:
    """The parts that make tunes play on a page, to be put into a page of any design."""

    titles: tuple[str, ...]
    articles: tuple[str, ...]
    """HTML of each tune, numbered from 1. Nothing else on the page may have the class ``tune``."""
    data: str
    """JSON for the element ``<script type="application/json" id="tunes">``."""
    style: str
    """CSS."""
    abcjs: str
    """JavaScript to run first, below the tunes."""
    script: str
    """JavaScript to run next."""


def page_parts(tunes: Sequence[PageTune], soundfont: Path | None = None) -> PageParts:
    """Return the parts that make `tunes` play on a page of your own; errors as for `tune_page`."""
    read = [_read(tune) for tune in tunes]
    articles = (_article(number, *pair, soundfont) for number, pair in enumerate(zip(tunes, read, strict=True), 1))
    return PageParts(
        titles=tuple(tune.title for tune in read),
        articles=tuple(articles),
        data=script_safe_json([_data(tune) for tune in read]),
        style=_asset("page.css"),
        abcjs=f"/*\n{abcjs_licence()}\n*/\n{abcjs_script()}".replace("</script", "<\\/script").replace("\r\n", "\n"),
        script=_asset("page.js"),
    )


def _read(tune: PageTune) -> _Read:
    abc, title = tune.tune, title_of(tune.tune) or "Untitled"
    try:
        abc = engraving_text(abc_text(tune.tune, tune.provenance)).text
        title = engrave(abc).title or title
    except RenderError as error:
        return _Read(abc, title, False, None, f"This tune cannot be shown as a score: {error}.")
    try:
        return _Read(abc, title, True, perform(abc), "")
    except RenderError as error:
        return _Read(abc, title, True, None, f"This tune cannot be played: {error}.")


def _article(number: int, tune: PageTune, read: _Read, soundfont: Path | None) -> str:
    made = {"How it was made": "\n".join(entries(tune.provenance))} if tune.provenance else {}
    downloads = [_download("abc", "ABC", read.title, "text/vnd.abc", read.abc.encode())]
    player = ""
    if read.performance:
        sound = _data_address("audio/ogg", opus_file(read.performance, tune.provenance, soundfont))
        midi = midi_file(read.performance, tune.provenance)
        downloads.append(_download("mid", "MIDI", read.title, "audio/midi", midi))
        downloads.append(f'<a class="download-audio" download="{file_name(read.title)}.opus">Sound (Opus)</a>')
        mark, beats = metronome_mark(read.performance.tempo, read.performance.meter)
        player = _template("player.html").substitute(
            title=escape(read.title),
            audio=sound,
            length=f"{read.performance.length_seconds:.2f}",
            tempo=f"{mark} = {beats:.0f}",
        )
    return _template("tune.html").substitute(
        number=number,
        title=escape(read.title),
        caption=f'<p class="caption">{escape(tune.caption)}</p>' if tune.caption else "",
        problem=f'<p class="problem" role="note">{escape(read.problem)}</p>' if read.problem else "",
        player=player,
        open="" if read.engraved else " open",
        abc=escape(read.abc),
        folded="\n".join([*(_folded(*text) for text in {**made, **tune.folded}.items()), *filter(None, [tune.more])]),
        downloads="\n".join(downloads),
    )


def _data(read: _Read) -> dict[str, Any]:
    """The data of a tune for the script on the page."""
    data: dict[str, Any] = {"abc": read.abc, "title": read.title, "engraved": read.engraved, "fonts": FONTS}
    if read.performance:
        mark, beats = metronome_mark(read.performance.tempo, read.performance.meter)
        length = round(read.performance.length_seconds, 2)
        data |= {"length": length, "beat": mark, "beatsPerMinute": beats, "steps": steps(read.performance)}
    return data


def steps(performance: Performance) -> list[list[Any]]:
    """Return ``[start, end, [first character, character after the last], ...]`` for each moment at which notes start.

    Times are in seconds; a step ends where the longest of its notes does.
    """
    moments = groupby(performance.written_notes, key=lambda note: round(performance.seconds(note.start), 3))
    found = []
    for start, group in moments:
        notes = list(group)
        end = performance.seconds(max(note.start + note.duration for note in notes))
        places = sorted({note.characters for note in notes if note.characters})
        found.append([start, round(end, 3), *[list(place) for place in places]])
    return found


def file_name(title: str) -> str:
    """Return a title as part of a file name: its letters and digits of any script, in small letters, with hyphens.

    It has at most 60 characters and 120 bytes; ``untitled`` if none is left.
    """
    letters = unicodedata.normalize("NFC", plain_string(title)).lower().replace("'", "").replace("\u2019", "")
    plain = "".join(letter if unicodedata.category(letter)[0] in "LMN" else "-" for letter in letters)
    plain = re.sub("-+", "-", plain).strip("-")[:60]
    while len(plain.encode("utf-8", "replace")) > LONGEST_NAME:
        plain = plain[:-1]
    return plain.strip("-") or "untitled"


def _contents(titles: Sequence[str]) -> str:
    if len(titles) < MANY_TUNES:
        return ""
    links = (f'<li><a href="#tune-{number}">{escape(title)}</a></li>' for number, title in enumerate(titles, 1))
    return f'<nav aria-label="Tunes"><ul class="contents">{"".join(links)}</ul></nav>'


def _section(section: PageSection) -> str:
    if section.folded:
        heading = f"<summary><h2>{escape(section.title)}</h2></summary>"
        return f'<section class="section"><details>\n{heading}\n{section.html}\n</details></section>'
    return f'<section class="section">\n<h2>{escape(section.title)}</h2>\n{section.html}\n</section>'


def _folded(summary: str, text: str) -> str:
    label = f' tabindex="0" aria-label="{escape(summary)}"'
    return f'<details class="source"><summary>{escape(summary)}</summary>\n<pre{label}>{escape(text)}</pre>\n</details>'


def _download(suffix: str, label: str, title: str, kind: str, content: bytes) -> str:
    return f'<a download="{file_name(title)}.{suffix}" href="{_data_address(kind, content)}">{label}</a>'


def _data_address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def allowed_scripts(*scripts: str) -> str:
    """Sources of a content security policy that allow these scripts alone, each on lines of its own in its element."""
    hashes = (hashlib.sha256(f"\n{script}\n".encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes)


def script_safe_json(value: object) -> str:
    """JSON that is safe inside a script element, whatever texts it holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _asset(name: str) -> str:
    return (files("tunewright.rendering") / "assets" / name).read_text(encoding="utf-8")


def _template(name: str) -> Template:
    return Template(_asset(name))


def tune_html(tune: HasText) -> str:
    """A tune for a notebook: its score, a player below it, both embedded, and its text, which opens at a click.

    What cannot be engraved or played is shown as text with the reason.
    """
    source = f"<pre>{escape(tune.text)}</pre>"
    try:
        abc = abc_text(tune.text, {})
        score = _embedded("image/svg+xml", engrave(abc).svg.encode())
    except (RenderError, MissingExtraError) as error:
        return f"{source}<p>{escape(str(error))}</p>"
    parts = [f'<img alt="Score" style="max-width: 100%; background: white" src="{score}">']
    try:
        sound = _embedded("audio/ogg", opus_file(perform(abc), {}))
        parts.append(f'<audio controls style="display: block" src="{sound}"></audio>')
    except (RenderError, MissingExtraError) as error:
        parts.append(f"<p>{escape(str(error))}</p>")
    return "".join([*parts, f"<details><summary>ABC</summary>{source}</details>"])


def _embedded(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
