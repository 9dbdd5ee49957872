"""Tunewright learns from tunes in ABC notation, one character at a time, and composes new ones."""

__version__ = "0.1.0"
