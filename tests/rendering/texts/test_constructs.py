"""Every construct in the table of docs/abc.md: read, checked, played, engraved, transposed, exported, accepted.

Notes are onsets in quarter notes and MIDI numbers, worked out from the standard by hand.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

import mido
import pytest
from musicxml_reading import read_document, struck

from tunewright import Conditions, Grammar
from tunewright.errors import RenderError, TranspositionError
from tunewright.notation.check import check
from tunewright.notation.lexer import Sign, tokens
from tunewright.notation.playing.played import play_tune, quarters
from tunewright.notation.transpose import transpose
from tunewright.rendering import render
from tunewright.rendering.midi import midi_file
from tunewright.rendering.performance import perform
from tunewright.rendering.score import engrave
from tunewright.rendering.source import abc_text

TABLE = (Path(__file__).parents[3] / "docs" / "abc.md").read_text(encoding="utf-8")
GRAMMAR = Grammar("\x02\x03\n♯♭" + "".join(map(chr, range(32, 127))), Conditions())


@dataclass(frozen=True)
class Construct:
    """A construct of ABC, a tune with it, and what becomes of that."""

    name: str
    """As in the table."""
    tune: str
    onsets: str
    pitches: str
    codes: str
    """Of the checker's findings."""
    played: bool
    moved: bool
    accepted: bool


CONSTRUCTS = (
    Construct(
        "text fields",
        "X:1\nT:t\nC:somebody\nN:a note\nZ:me\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "r: remark",
        "X:1\nT:t\nr:cdef|\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "unknown field",
        "X:1\nT:t\na:cdef|\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "field-unknown",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "+: continued",
        "X:1\nT:t\nH:one\n+:abc|\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K tonic mode",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:Ador\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 66",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "K accidentals",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:D =c\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 66",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "K exp",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:D exp _e\nCDEF|\n",
        "0 1 2 3",
        "60 62 63 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K HP",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:HP\nCDEF|\n",
        "0 1 2 3",
        "61 62 64 66",
        "",
        played=True,
        moved=False,
        accepted=True,
    ),
    Construct(
        "K unicode",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:B♭\nCDEF|\n",
        "0 1 2 3",
        "60 62 63 65",
        "key-foreign",
        played=True,
        moved=False,
        accepted=False,
    ),
    Construct(
        "K clef",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C clef=bass\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K treble-8",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C treble-8\nCDEF|\n",
        "0 1 2 3",
        "48 50 52 53",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K octave transpose",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C octave=-1 transpose=2\nCDEF|\n",
        "0 1 2 3",
        "50 52 54 55",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K shift= score= sound=",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C shift=CD\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "key-in-part",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "K unknown mode",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:Cblue\nCDEF|\n",
        "0 1 2 3",
        "59 61 63 64",
        "key-unknown",
        played=True,
        moved=False,
        accepted=False,
    ),
    Construct(
        "K change",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|[K:G]F4|\n",
        "0 1 2 3 4",
        "60 62 64 65 66",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "L M change",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|[L:1/8][M:3/4]CDEFGA|\n",
        "0 1 2 3 4 4.5 5 5.5 6 6.5",
        "60 62 64 65 60 62 64 65 67 69",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "M compound sums",
        "X:1\nT:t\nM:2+3/8\nL:1/8\nK:C\nCDEFG|\n",
        "0 0.5 1 1.5 2",
        "60 62 64 65 67",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "M none",
        "X:1\nT:t\nM:none\nL:1/4\nK:C\nCDE|\n",
        "0 1 2",
        "60 62 64",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "Q new",
        'X:1\nT:t\nQ:"Allegro" 1/4=100\nM:4/4\nL:1/4\nK:C\nCDEF|\n',
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "Q old",
        "X:1\nT:t\nQ:C=100\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "Q within",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|[Q:1/4=60]C4|\n",
        "0 1 2 3 4",
        "60 62 64 65 60",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "Q words",
        'X:1\nT:t\nQ:"Allegro"\nM:4/4\nL:1/4\nK:C\nCDEF|\n',
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "P order",
        "X:1\nT:t\nP:AB2\nM:4/4\nL:1/4\nK:C\nP:A\nC4|\nP:B\nD4|\n",
        "0 4 8",
        "60 62 62",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "U",
        "X:1\nT:t\nU:T=!staccato!\nM:4/4\nL:1/4\nK:C\nTCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "m",
        "X:1\nT:t\nm:~G2={A}GF\nM:4/4\nL:1/4\nK:C\n~G2EF|\n",
        "0 2 3",
        "67 64 65",
        "macro-unread",
        played=False,
        moved=False,
        accepted=False,
    ),
    Construct(
        "I:linebreak",
        "X:1\nT:t\nI:linebreak !\nM:4/4\nL:1/4\nK:C\nCDEF|!GABc|! c4|\n",
        "0 1 2 3 4 5 6 7 8",
        "60 62 64 65 67 69 71 72 72",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "V",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nV:1\nCDEF|\nV:2\nC4|\n",
        "0 1 2 3 0",
        "60 62 64 65 60",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "w",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|\nw:a-b c_\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "w lines",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|\nGABc|\nw:a b c d e f g h\n",
        "0 1 2 3 4 5 6 7",
        "60 62 64 65 67 69 71 72",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "w escapes",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDE2|\nw:o\\-be\\-di e *\n",
        "0 1 2",
        "60 62 64",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "W",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|\nW:words\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "s",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|\ns:!trill! * * *\n",
        "0 1 2 3",
        "60 62 64 65",
        "symbols-unread",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "accidentals",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n^C_D=E^^F|\n",
        "0 1 2 3",
        "61 61 64 67",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "accidental all octaves",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n^Ccz2|\n",
        "0 1",
        "61 73",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "propagate",
        "X:1\nT:t\nM:4/4\nL:1/4\n%%propagate-accidentals octave\nK:C\n^Ccz2|\n",
        "0 1",
        "61 72",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "unicode acc",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n♯CDEF|\n",
        "0 1 2 3",
        "61 62 64 65",
        "accidental-foreign",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "microtone",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n^/CDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "microtone",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "lengths",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC/D/E//F//G/c3/2|\n",
        "0 0.5 1 1.25 1.5 2",
        "60 62 64 65 67 72",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "broken",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC>D E<<F|\n",
        "0 1.5 2 2.25",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "broken grace",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{g}A<a A>{g}a|\n",
        "0 0.5 2 3.5",
        "69 81 69 81",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "tuplets",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n(3CDE F2|\n",
        "0 0.67 1.33 2",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "tuplet pqr",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n(3:2:2C2D EF|\n",
        "0 1.33 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "tuplet unequal",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n(3:2:1C3/2 DEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct("ties", "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC2-C2|\n", "0", "60", "", played=True, moved=True, accepted=True),
    Construct(
        "slurs",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n(CD) (EF)|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "chords",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n[CEG]4|\n",
        "0 0 0",
        "60 64 67",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "chords unequal",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n[C2E]2|\n",
        "0 0",
        "60 64",
        "chord-lengths-differ",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "grace",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{ab}CDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "rests", "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nz2x2|Z|C4|\n", "8", "60", "", played=True, moved=True, accepted=False
    ),
    Construct(
        "y",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCyDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "bars",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF||CDEF|]\n",
        "0 1 2 3 4 5 6 7",
        "60 62 64 65 60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "repeats",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n|:C4::D4:|\n",
        "0 4 8 12",
        "60 60 62 62",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "counts",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n|::C4::|D4|\n",
        "0 4 8 12",
        "60 60 60 62",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "endings",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n|:C4|1D4:|2E4|]\n",
        "0 4 8 12",
        "60 62 60 64",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "third ending",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n|:C4|1D4:|2E4:|3F4|]\n",
        "0 4 8 12 16 20",
        "60 62 60 64 60 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "ending lists",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n|:C4|1,3D4:|2E4|]\n",
        "0 4 8 12 16 20",
        "60 62 60 64 60 62",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "missing start",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC4|D4:|\n",
        "0 4 8 12",
        "60 62 60 62",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "D.C.",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC4|!fine!D4|E4!D.C.!|]\n",
        "0 4 8 12 16",
        "60 62 64 60 62",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "segno",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC4|!segno!D4|E4!D.S.!|]\n",
        "0 4 8 12 16",
        "60 62 64 62 64",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "overlay", "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC4&E4|\n", "0 0", "60 64", "", played=True, moved=True, accepted=False
    ),
    Construct(
        "overlay &&",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC4|D4|\n&&E4|F4|\n",
        "0 4 0 4",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "overlay (&",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n(&C4&E4&)|\n",
        "0 0",
        "60 64",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "decorations",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n!trill!C.D~EF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "decorations +",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n+trill+CDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "unknown decoration",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n!foo!CDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "decoration-unknown",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "chord symbols",
        'X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"Am7/G"C"(G7)"D"F6/9"E"Bb maj7"F|\n',
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "other text",
        'X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"Hello"CDEF|\n',
        "0 1 2 3",
        "60 62 64 65",
        "chord-symbol-unknown",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "annotation",
        'X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"^text"CDEF|\n',
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "begintext",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n%%begintext\nabc|\n%%endtext\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "beginps",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n%%beginps\nabc|\n%%endps\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "score",
        "X:1\nT:t\nM:4/4\nL:1/4\n%%score (1 2)\nK:C\nV:1\nCDEF|\nV:2\nC4|\n",
        "0 1 2 3 0",
        "60 62 64 65 60",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "midi",
        "X:1\nT:t\nM:4/4\nL:1/4\n%%MIDI program 73\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "continuation",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCD\\\nEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "beam `",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nC`DEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "line break $",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|$CDEF|\n",
        "0 1 2 3 4 5 6 7",
        "60 62 64 65 60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "comment",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF| % abc\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
    Construct(
        "[r:]",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCD[r:abc]EF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "[N:]",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCD[N:abc]EF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "field only header",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDEF|\nG:abc\nC4|\n",
        "0 1 2 3 4",
        "60 62 64 65 60",
        "field-not-allowed",
        played=True,
        moved=True,
        accepted=False,
    ),
    Construct(
        "perc",
        "X:1\nT:t\nM:4/4\nL:1/4\nK:C perc\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=False,
        accepted=False,
    ),
    Construct(
        "accents",
        "X:1\nT:Caf\\u00e9 &eacute;\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
        "0 1 2 3",
        "60 62 64 65",
        "",
        played=True,
        moved=True,
        accepted=True,
    ),
)


def name_of(construct):
    return construct.name


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_it_is_read_as_it_is_written(construct):
    notes = [note for track in play_tune(construct.tune).tracks() for note in track]
    assert " ".join(f"{round(quarters(note.onset_ticks), 2):g}" for note in notes) == construct.onsets
    assert " ".join(str(note.pitch) for note in notes) == construct.pitches
    assert " ".join(finding.code for finding in check(construct.tune)) == construct.codes


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_it_is_played_and_engraved_or_refused_aloud(construct):
    abc = abc_text(construct.tune)
    if not construct.played:
        for make in (perform, engrave):
            with pytest.raises(RenderError):
                make(abc)
        return
    performance = perform(abc)
    assert performance.vouched
    file = mido.MidiFile(file=io.BytesIO(midi_file(performance)))
    written = sum(token.kind is Sign.NOTE for token in tokens(construct.tune))
    struck = sum(message.type == "note_on" and message.velocity > 0 for track in file.tracks for message in track)
    assert struck >= len(set(zip(construct.onsets.split(), construct.pitches.split(), strict=True))) > 0
    assert 0 < sum(element.kind == "note" for element in engrave(abc).elements) <= written


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_it_is_transposed_exactly_or_refused_aloud(construct):
    if not construct.moved:
        with pytest.raises(TranspositionError):
            transpose(construct.tune, 2)
        return
    moved = transpose(construct.tune, 2)
    assert transpose(moved, -2) == construct.tune
    before, after = (
        [(note.onset_ticks, note.pitch) for track in play_tune(text).tracks() for note in track]
        for text in (construct.tune, moved)
    )
    assert after == [(onset, pitch + 2) for onset, pitch in before]


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_it_is_exported_as_it_is_read_or_refused_aloud(construct):
    if not construct.played:
        with pytest.raises(RenderError):
            render(construct.tune, "musicxml")
        return
    parts = read_document(render(construct.tune, "musicxml"))
    found = sorted((4 * onset, pitch) for part in parts for onset, pitch in struck(part))
    onsets, pitches = map(float, construct.onsets.split()), map(int, construct.pitches.split())
    expected = sorted(zip(onsets, pitches, strict=True))
    if construct.name == "P order":  # each part stands once
        expected = expected[: len(found)]
    assert [(round(float(onset), 2), pitch) for onset, pitch in found] == expected


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_the_acceptor_takes_it_or_not(construct):
    assert (GRAMMAR.refusal(construct.tune) is None) is construct.accepted


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=name_of)
def test_the_table_says_so(construct):
    row = next((line for line in TABLE.splitlines() if line.startswith(f"| {construct.name} |")), "")
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    assert len(cells) == 9, f"no row, or not of nine cells: {construct.name}"
    _, _, read, checked, played, engraved, transposed, exported, accepted = cells
    assert all(cell.startswith(("yes", "in part", "no")) for cell in cells[2:])
    assert played.startswith("no") is (not construct.played) or "silent" in played
    assert engraved.startswith("no") is (not construct.played) or "silent" in played
    assert transposed.startswith("no") is (not construct.moved)
    assert ("refused" in exported) is (not construct.played)
    assert accepted.startswith("yes") is construct.accepted
    assert read
    assert checked
