"""Rendering of tunes as scores (SVG, PNG, PDF), MIDI files, audio (WAV, Opus) and HTML pages that play."""

from tunewright.rendering.formats import FORMATS, render
from tunewright.rendering.page import PageSection, PageTune, tune_page

__all__ = ["FORMATS", "PageSection", "PageTune", "render", "tune_page"]
