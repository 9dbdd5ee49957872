"""A tune as score, MIDI file, sound and page."""

from tunewright.rendering.formats import FORMATS, render
from tunewright.rendering.page import PageSection, PageTune, tune_page

__all__ = ["FORMATS", "PageSection", "PageTune", "render", "tune_page"]
