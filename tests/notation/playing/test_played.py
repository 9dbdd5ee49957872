"""What sounds when: the values of the standard, and of abc2midi where it follows it."""

import pytest

from tunewright.notation.playing.played import play_tune, quarters

HEADER = "X:1\nT:t\nM:4/4\nL:1/4\nQ:1/4=120\n"


def tracks(body, key="C", header=HEADER):
    """Onset in quarter notes, and pitch, of the notes of each track."""
    return [
        [(round(quarters(note.onset_ticks), 3), note.pitch) for note in track]
        for track in play_tune(f"{header}K:{key}\n{body}\n").tracks()
    ]


def pitches(body, key="C"):
    return [pitch for _, pitch in tracks(body, key)[0]]


@pytest.mark.parametrize(
    ("body", "layers"),
    [
        ("C4 & E4|D4|", [[(0, 64)]]),
        ("C4 & E4 & G4|D4|", [[(0, 64)], [(0, 67)]]),
        ("|:G3 & E3|1 A3 & F3:|2 B3 & D3|]", [[(0, 64), (3, 65), (6, 64), (9, 62)]]),
        ("g2 f2|e3 e|\n&& d4|c3 c|\nG4|]", [[(0, 74), (4, 72), (7, 72)]]),
        ("g2 f2|e3 e && d4|c3 c|G4|]", [[(0, 74), (4, 72), (7, 72)]]),
        ("C4|(& D2 D2|E4 & F4|G4 &)|A4|]", [[(4, 65), (8, 67)]]),
        ("C4|D4 & E2-E2|F4|]", [[(4, 64)]]),
    ],
)
def test_overlays_keep_their_places(body, layers):
    assert tracks(body)[1:] == layers


def test_the_base_goes_on_after_overlays():
    assert tracks("g2 f2|e3 e|\n&& d4|c3 c|\nG4|]")[0] == [(0, 79), (2, 77), (4, 76), (7, 76), (8, 67)]


@pytest.mark.parametrize(
    ("body", "onsets"),
    [
        ("(3:2:1G3/2 A B c|d4|", [0, 1, 2, 3, 4]),
        ("(3:2:4CDEFG|", [0, 0.667, 1.333, 2, 2.667]),
        ("A3/2>B3/2 {g}A<a|", [0, 2.25, 3, 3.5]),
        ("C4|[Q:1/4=60]D2E2|", [0, 4, 6]),
        ("C2-|C2 D2|", [0, 4]),
        ("[CE]2-[CG]2|", [0, 0, 2]),
        ("[C-E]2[CE]2|", [0, 0, 2]),
        ("Z2|C4|", [8]),
    ],
)
def test_onsets(body, onsets):
    assert [onset for onset, _ in tracks(body)[0]] == onsets


def test_a_tempo_within_the_tune_is_an_event():
    played = play_tune(f"{HEADER}K:C\nCDEF|[Q:1/4=60]GABc|]")
    assert [(quarters(onset), tempo.quarters_per_minute) for onset, tempo in played.tempos] == [(4, 60)]
    assert played.events.tempo.quarters_per_minute == 120


@pytest.mark.parametrize(
    ("key", "sounding"),
    [
        ("D exp _e ^f", [62, 63, 66, 67, 72]),
        ("B♭", [62, 63, 65, 67, 72]),
        ("Bb", [62, 63, 65, 67, 72]),
        ("C clef=treble-8", [50, 52, 53, 55, 60]),
        ("C bass+8", [74, 76, 77, 79, 84]),
        ("C octave=-1", [50, 52, 53, 55, 60]),
        ("C transpose=2", [64, 66, 67, 69, 74]),
        ("Bn", [63, 64, 66, 68, 73]),  # the mode is unknown: major, as to abc2midi and abcjs
    ],
)
def test_keys_and_what_moves_the_sound(key, sounding):
    assert pitches("DEFGc", key) == sounding


def test_voices_have_their_own_octaves():
    header = "X:1\nL:1/4\nM:4/4\nV:1\nV:2 clef=bass-8\nK:C\n"
    played = play_tune(f"{header}V:1\nC4|\nV:2 octave=1\nC4|\n")
    assert [track[0].pitch for track in played.tracks()] == [60, 60]
    played = play_tune(f"{header}V:1\nC4|\nV:2\nC4|\n")
    assert [track[0].pitch for track in played.tracks()] == [60, 48]


def test_accidentals_reach_as_far_as_the_tune_says():
    assert pitches("^Cc|c|") == [61, 73, 72]
    assert pitches("%%propagate-accidentals octave\n^CcC|") == [61, 72, 61]
    assert pitches("%%propagate-accidentals not\n^CC|") == [61, 60]
    assert pitches("♯C♭D♮F𝄪G𝄫A|") == [61, 61, 65, 69, 67]


def test_an_exclamation_mark_may_break_lines_only():
    assert pitches("!cBAG! DE|") == [62, 64]
    header = "X:1\nI:linebreak !\nL:1/4\nM:none\n"
    assert [pitch for _, pitch in tracks("!cB|AG|! DE|", header=header)[0]] == [72, 71, 69, 67, 62, 64]


@pytest.mark.parametrize(
    "music",
    [
        "H:history\n+:a bad bag|\nK:C\nCD|", "a:abc|\nK:C\nCD|", "%%beginps\n/x { cd } def |\n%%endps\nK:C\nCD|",
        "K:C\nC[N:abc|]D|", "K:C\nC\nG:ab|\nD|", "K:C\nC[r:ab]D|", "%%begintext\nabc|\n%%endtext\nK:C\nCD|",
    ],
)  # fmt: skip
def test_only_music_is_music(music):
    assert [note.pitch for track in play_tune(f"X:1\nL:1/4\n{music}\n").tracks() for note in track] == [60, 62]


@pytest.mark.parametrize(
    "key", ["C", "D ^g", "D exp _b", "Bb", "F#m", "Ador", "HP", "Em clef=bass", "C treble-8", "none"]
)
def test_abc2midi_reads_the_same_keys(key, abc2midi_notes):
    text = f"{HEADER}K:{key}\nCDEF|GABc|\n"
    assert [(float(onset), pitch) for onset, pitch in tracks("CDEF|GABc|", key)[0]] == abc2midi_notes(text)
