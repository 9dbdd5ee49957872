"""abc2midi as an oracle."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import mido
import pytest

Notes = list[tuple[float, int]]


@pytest.fixture
def abc2midi_notes(require_program: Callable[[str], str], tmp_path: Path) -> Callable[[str], Notes]:
    """A function from a tune to onset in quarter notes, and pitch, of the notes that abc2midi plays in its first voice.

    abc2midi begins all notes some ticks late; onsets are rounded to a hundredth.
    """
    program = require_program("abc2midi")

    def notes(text: str) -> Notes:
        source, target = tmp_path / "tune.abc", tmp_path / "tune.mid"
        source.write_text(text, encoding="utf-8")
        target.unlink(missing_ok=True)
        subprocess.run([program, source, "-o", target], capture_output=True, check=False)
        file = mido.MidiFile(file=io.BytesIO(target.read_bytes()))
        for track in file.tracks:
            now, found = 0, []
            for message in track:
                now += message.time
                if message.type == "note_on" and message.velocity:
                    found.append((now / file.ticks_per_beat, message.note))
            if found:
                first = min(onset % 1 for onset, _ in found)
                return sorted((round(onset - first, 2), pitch) for onset, pitch in found)
        return []

    return notes
