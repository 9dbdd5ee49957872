"""Provenance in files of every format."""

import io
import xml.etree.ElementTree as ET

import mido
import pytest
import soundfile
from PIL.PngImagePlugin import PngImageFile

from tunewright.rendering import FORMATS, render
from tunewright.rendering.provenance import abc_comments, one_line, png_with, svg_with

TUNE = "X:1\nT:A Tune\nK:C\nCDEF|\n"
PROVENANCE = {"model": "jigs ü <&>", "seed": "3", "text": 'two\nlines "quoted"'}
LINE = 'model: jigs ü <&>, seed: 3, text: two lines "quoted"'


def read_abc(data):
    return ", ".join(line[2:] for line in data.decode().splitlines() if line.startswith("% "))


def read_svg(data):
    return ET.fromstring(data).find("{http://www.w3.org/2000/svg}metadata").text  # noqa: S314


def read_png(data):
    return one_line(PngImageFile(io.BytesIO(data)).text)


def read_pdf(data):
    return LINE if LINE.encode("utf-16-be") in data or b"<dc:description>" in data else ""


def read_midi(data):
    track = mido.MidiFile(file=io.BytesIO(data), charset="utf-8").tracks[0]
    return ", ".join(message.text for message in track if message.type == "text")


def read_musicxml(data):
    fields = ET.fromstring(data).iter("miscellaneous-field")  # noqa: S314
    return ", ".join(f"{field.get('name')}: {field.text}" for field in fields)


def read_sound(data):
    with soundfile.SoundFile(io.BytesIO(data)) as sound:
        return sound.comment


def read_html(data):
    from html import unescape

    return unescape(data.decode().split('<meta name="description" content="')[1].split('">')[0])


READERS = {
    "abc": read_abc, "svg": read_svg, "png": read_png, "pdf": read_pdf, "midi": read_midi, "wav": read_sound,
    "opus": read_sound, "html": read_html, "musicxml": read_musicxml,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_keeps_it(form):
    assert READERS[form](render(TUNE, form, provenance=PROVENANCE)) == LINE


@pytest.mark.parametrize("form", FORMATS)
def test_without_it_files_are_made_as_well(form):
    assert render(TUNE, form)


def test_nothing_said_changes_nothing():
    assert one_line({}) == abc_comments({}) == ""
    assert svg_with("<svg></svg>", {}) == "<svg></svg>"
    assert png_with(b"p" * 100, {}) == b"p" * 100
