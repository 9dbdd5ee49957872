"""Hostile input for everything that reads: no exception but ours, and no more time than its size allows.

Tunewright reads no MIDI and no SVG: it writes them, from tunes of anybody, through an engine that is not ours. What is
written of a hostile tune is read by the parsers of others, and holds nothing that a program would run.

``TUNEWRIGHT_FUZZ=100000`` in the environment tries so many inputs for each reader (`make fuzz`); without it, a few.
"""

import gzip
import io
import json
import os
import time
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tunewright.acceptor.grammar import Grammar
from tunewright.corpus.readers import read_passages, read_source
from tunewright.corpus.sources import Source, find_sources
from tunewright.errors import RenderError, TunewrightError
from tunewright.model.checkpoint import ABOUT, read_about
from tunewright.notation.check import check
from tunewright.notation.melody import read_melody
from tunewright.notation.transpose import transpose_book
from tunewright.rendering.formats import FORMATS, Rendering
from tunewright.study.plans.plan import read_plan

EXAMPLES = int(os.environ.get("TUNEWRIGHT_FUZZ", "60"))
SECONDS_AT_ONCE, BYTES_AT_ONCE = 1.0, 10_000
"""An input may take so long for so many bytes, and a short one as long; ten times that beside other work."""
WORDS = [
    "X:1\n", "T:A\n", "M:6/8\n", "M:C|\n", "L:1/8\n", "K:Dmix\n", "K:HP\n", "Q:1/4=120\n", "V:1\n", "w:a-b*c_|\n",
    "P:AB\n", "%%MIDI program 1\n", "%%begintext\n", "%%endtext\n", "<start>", "<end>", "|:", ":|", "::", "|1", "|2",
    "[1", "||", "(3", "(5:4:3", "{cd}", "[CEG]", '"Am"', "!trill!", "d2", "^f/", "_B3/2", "=c'", "C,,", "z4", "Z2", "x",
    "a>b", "&", "-", "(", ")", "\\", "$", "\n", "\n\n", " ", "[K:G]", "[M:3/4]", "+:", "s:", "r:", "\x00", "\x1b",
    "\u202e", "é", "9" * 400, "/" * 50, ">" * 50, "{" * 50, "[" * 50, "(" * 50, '"', '{"abc": [', "]}", "a,b,c\n",
]  # fmt: skip
LINES = [
    'title = "A"\n', 'data = ["ryans"]\n', "seeds = [0]\n", "[base]\n", "units = 8\n", "units = -1\n", "[[question]]\n",
    'cell = ["lstm"]\n', "units = [1, 2]\n", "dropout = [0.1, nan]\n", "[search]\n", "trials = 3\n",
    "[search.options]\n", "units = { low = 1, high = 9 }\n", "[[where]]\n", "then = { units = 3 }\n", "[", "]", "=",
    '"', "9" * 5000, "[[" * 200, "checksum = 1\n", "epochs = 1e400\n", "preset = 7\n",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=60).map("".join)
TUNES = st.one_of(TEXTS, TEXTS.map("X:1\nL:1/8\nK:C\nCDEF|{}".format))
PLANS = st.lists(st.sampled_from(LINES), max_size=20).map("".join)
KEYS = st.sampled_from(["format", "network", "sha256", "checksum", "x"])
JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
).map(lambda value: json.dumps(value).encode())
BYTES = st.one_of(TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=600))

fuzz = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def tried(read: Callable[[], Any], size: int) -> None:
    """Read an input; an error of ours is an answer, and any other is a fault."""
    began = time.process_time()
    try:
        read()
    except TunewrightError as error:
        assert str(error)
    seconds = time.process_time() - began
    assert seconds < 10 * SECONDS_AT_ONCE * max(1.0, size / BYTES_AT_ONCE), f"{seconds:.1f} s for {size} bytes"


@fuzz
@given(BYTES, st.integers(0, 6))
def test_readers(data, kind):
    suffix = (".abc", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".gz")[kind]
    source = Source(Path(f"book{suffix}"), data)
    tried(lambda: list(read_source(source, None)), len(data))
    tried(lambda: list(read_passages(source)), len(data))


@fuzz
@given(st.sampled_from([".zip", ".gz"]), BYTES, st.integers(0, 400), st.binary(max_size=4))
def test_archives(tmp_path_factory, suffix, content, place, damage):
    packed = io.BytesIO()
    if suffix == ".zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("book.abc", content)
    else:
        packed.write(gzip.compress(content))
    data = packed.getvalue()
    path = tmp_path_factory.mktemp("archive") / f"book{suffix}"
    path.write_bytes(data[:place] + damage + data[place + len(damage) :])
    tried(lambda: [list(read_source(source, None)) for source in find_sources(path)], len(data))


@fuzz
@given(TEXTS)
def test_checker(text):
    tried(lambda: check(text), len(text))
    tried(lambda: read_melody(text), len(text))


@fuzz
@given(TEXTS, st.one_of(st.integers(-200, 200), st.sampled_from(["Bb", "F#", "H", ""])))
def test_transposer(text, by):
    tried(lambda: transpose_book(text, by), len(text))


@fuzz
@given(TEXTS)
def test_acceptor(text):
    grammar = Grammar("".join(sorted({*"\x02\x03", *"".join(WORDS), *text} - {"\x00"})))
    tried(lambda: grammar.refusal(text), len(text))


@fuzz
@given(PLANS)
def test_plans(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(text, encoding="utf-8")
    tried(lambda: read_plan(path), len(text))


@fuzz
@given(st.one_of(BYTES, JSON))
def test_checkpoints(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("model")
    (folder / ABOUT).write_bytes(content)
    tried(lambda: read_about(folder), len(content))


@fuzz
@given(TUNES, TEXTS)
def test_scores(text, name):
    def draw() -> None:
        for name_of_format in ("svg", "musicxml"):
            try:
                written = FORMATS[name_of_format](Rendering(text, {"model": name}))
            except RenderError:
                continue
            for element in ET.fromstring(written).iter():  # noqa: S314
                assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "a", "use", "iframe")
                assert not [key for key in element.attrib if key.startswith("on") or key.endswith("href")]

    tried(draw, len(text))


@fuzz
@given(TUNES, TEXTS)
def test_midi_files(text, name):
    def play() -> None:
        file = mido.MidiFile(file=io.BytesIO(FORMATS["midi"](Rendering(text, {"model": name}))))
        sounding: set[tuple[int, int, int]] = set()
        for number, track in enumerate(file.tracks):
            for message in track:
                if message.type in ("note_on", "note_off"):
                    note = (number, message.channel, message.note)
                    assert (note in sounding) is (message.type == "note_off")
                    sounding ^= {note}
        assert not sounding

    tried(play, len(text))
