"""`render`: every format, errors, and any text as a tune."""

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.errors import InputError, MissingExtraError, OptionError, RenderError
from tunewright.rendering import FORMATS, render
from tunewright.rendering.engine import close_engines
from tunewright.rendering.formats import SUFFIXES, Rendering, check_format

TUNE = "X:1\nT:A Tune\nM:6/8\nK:D\n|:DFA dAF|GBG AFD:|\n"
BEGINNINGS = {
    "abc": b"X:1\n", "svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF-", "midi": b"MThd", "wav": b"RIFF",
    "musicxml": b"<?xml", "opus": b"OggS", "html": b"<!DOCTYPE html>",
}  # fmt: skip
ABC_LIKE = st.text(
    st.sampled_from("ABCDEFGabcdefgz0123456789/|:[](){}<>^_=-~.,'\"!&+%\\ \nXTMLKVwPQR\u00e9\U0001d15e"), max_size=300
)
SECONDS_ALLOWED = 25


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_begins_as_it_should(form):
    assert render(TUNE, form).startswith(BEGINNINGS[form])
    assert SUFFIXES[form] == {"midi": ".mid"}.get(form, f".{form}")


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "opus"])
def test_the_same_tune_gives_the_same_file(form):
    if form != "html":
        assert render(TUNE, form) == render(TUNE, form)


def test_an_unknown_format_is_an_error():
    with pytest.raises(OptionError, match="format is 'mp3'; allowed: abc, musicxml, svg"):
        check_format("mp3")
    with pytest.raises(OptionError):
        render(TUNE, "")


@pytest.mark.parametrize("form", ["musicxml", "svg", "png", "pdf", "midi", "wav", "opus"])
@pytest.mark.parametrize("tune", ["", "\n", "X:1\nT:No music\nK:C\n", "%%only a directive\n"])
def test_a_tune_without_a_note_is_an_error(form, tune):
    with pytest.raises(RenderError, match="no note"):
        render(tune, form)


def test_a_tune_is_read_once_for_all_formats():
    rendering = Rendering(TUNE)
    assert rendering.abc is rendering.abc
    assert rendering.score is rendering.score
    assert rendering.performance is rendering.performance
    assert rendering == Rendering(TUNE)


@pytest.mark.parametrize("form", ["midi", "musicxml", "svg"])
@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=200), ABC_LIKE, ABC_LIKE.map("X:1\nM:4/4\nL:1/8\nK:C\n".__add__)))
def test_any_text_is_rendered_or_refused_in_time(form, text):
    began = time.monotonic()
    try:
        render(text, form)
    except (RenderError, InputError) as error:
        assert str(error)
    assert time.monotonic() - began < SECONDS_ALLOWED


@pytest.mark.parametrize(
    "music",
    [
        "C1000000000|",
        "!trill!C100000000|",
        "~C99999999|",
        "C" + "/" * 500 + "|",
        "(99999:3:2CDE|",
        "[" * 3000,
        "{" * 3000,
        "C" + "&C" * 500,
        '"' + "A" * 5000 + '"C|',
        "[K:C#]" * 500 + "C|",
        "V:99\nC|\n" * 200,
        "%%MIDI drum d9999 999\n%%MIDI drumon\nC|",
    ],
)
@pytest.mark.parametrize("form", ["midi", "musicxml", "svg"])
def test_pathological_tunes_end(form, music):
    try:
        assert render(f"X:1\nL:1/8\nM:4/4\nK:C\n{music}\n", form)
    except RenderError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("package", "form"),
    [("py_mini_racer", "svg"), ("typst", "png"), ("typst", "pdf"), ("midirenderer", "wav"), ("soundfile", "opus")],
)
def test_a_missing_package_is_named_by_its_extra(package, form, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    close_engines()  # mini-racer is missed when an engine is started
    with pytest.raises(MissingExtraError, match=r"pip install 'tunewright\[render\]'"):
        render(TUNE, form)
