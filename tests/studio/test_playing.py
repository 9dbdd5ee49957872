"""What sounds when bars are practised, against abc2midi playing the same bars written out, and read by mido."""

import io
import subprocess

import mido
import pytest

from tunewright.errors import OptionError, RenderError
from tunewright.rendering.midi import midi_file
from tunewright.studio.tunes.clicks import HIGH, LOW, count_in, metronome, with_clicks
from tunewright.studio.tunes.playing import Playing, play_bars

HEAD = "X:1\nT:Try\nM:4/4\nL:1/8\nQ:1/4=120\nK:D\n"
REEL = HEAD + "A2|:d2fd Adfd|e2ge cege|ABcd A2B2|1 f2d2 d2A2:|2 f2d2 d4|]\n"
JIG = "X:1\nT:Jig\nM:6/8\nL:1/8\nQ:3/8=120\nK:G\n|:GAB c2d|e3 dBG|GAB A2F|G3 G3:|\n"


def notes_of(midi: bytes, channel: int = 0) -> list[tuple[float, int]]:
    """Onset in quarter notes, to a hundredth (abc2midi begins a tick late), and pitch of every note of a channel."""
    file = mido.MidiFile(file=io.BytesIO(midi))
    found = []
    for track in file.tracks:
        time = 0
        for message in track:
            time += message.time
            if message.type == "note_on" and message.velocity and message.channel == channel:
                found.append((round(time / file.ticks_per_beat, 2), message.note))
    return sorted(found)


def played(playing: Playing, channel: int = 0) -> list[tuple[float, int]]:
    return notes_of(midi_file(playing.performance), channel)


@pytest.fixture
def abc2midi(require_program, tmp_path):
    program = require_program("abc2midi")

    def play(text: str) -> list[tuple[float, int]]:
        source, target = tmp_path / "tune.abc", tmp_path / "tune.mid"
        source.write_text(text)
        subprocess.run([program, source, "-o", target, "-NGUI"], check=True, capture_output=True)
        return notes_of(target.read_bytes())

    return play


WRITTEN_OUT = [
    # text, first and last bar, repeats, the same bars written out
    (REEL, None, None, True, "A2|d2fd Adfd|e2ge cege|ABcd A2B2|f2d2 d2A2|d2fd Adfd|e2ge cege|ABcd A2B2|f2d2 d4|]"),
    (REEL, None, None, False, "A2|d2fd Adfd|e2ge cege|ABcd A2B2|f2d2 d4|]"),
    (REEL, 2, 3, False, "e2ge cege|ABcd A2B2|]"),
    (REEL, 2, 3, True, "e2ge cege|ABcd A2B2|e2ge cege|ABcd A2B2|]"),
    (REEL, 3, 4, False, "ABcd A2B2|f2d2 d2A2|]"),
    (REEL, 3, 5, False, "ABcd A2B2|f2d2 d4|]"),
    (REEL, 3, 5, True, "ABcd A2B2|f2d2 d2A2|ABcd A2B2|f2d2 d4|]"),
    (REEL, 0, 1, False, "A2|d2fd Adfd|]"),
    (JIG, 2, 2, False, "e3 dBG|]"),
    (JIG, None, None, True, "GAB c2d|e3 dBG|GAB A2F|G3 G3|GAB c2d|e3 dBG|GAB A2F|G3 G3|]"),
    (HEAD + "A4-A4|A2 B6-|B8|c8|]", 2, 3, False, "A2B6-|B8|]"),
    (HEAD + "A8|z8|B8|]", 2, 3, False, "z8|B8|]"),
]


@pytest.mark.parametrize(("text", "first", "last", "repeats", "written"), WRITTEN_OUT)
def test_bars_sound_as_abc2midi_plays_them_written_out(abc2midi, text, first, last, repeats, written):
    playing = play_bars(text, first, last, repeats=repeats)
    head = text[: text.index("\n", text.index("K:")) + 1]
    assert played(playing) == abc2midi(head + written + "\n")


def test_bars_follow_one_another_and_have_their_numbers():
    playing = play_bars(REEL)
    assert [bar.number for bar in playing.bars] == [0, 1, 2, 3, 4, 1, 2, 3, 5]
    assert [(bar.start, bar.end) for bar in playing.bars[:3]] == [(0, 0.25), (0.25, 1.25), (1.25, 2.25)]
    assert playing.length == 8.25


def test_bars_of_rests_are_played_too_at_the_end_as_well():
    playing = play_bars(HEAD + "z8|A8|z8|B8|z8|z8|]")
    assert [(bar.number, bar.start, bar.end) for bar in playing.bars] == [(n + 1, n, n + 1) for n in range(6)]


def test_notes_know_their_characters_in_the_text_as_it_was_given():
    text = "T:𝄞 no number\n\nM:4/4\nL:1/8\nK:D\nd2fd Adfd|\n"
    units = text.encode("utf-16-le")
    found = [
        units[2 * note.characters[0] : 2 * note.characters[1]].decode("utf-16-le").strip()
        for note in play_bars(text).performance.written_notes
    ]
    assert found == ["d2", "f", "d", "A", "d", "f", "d"]


def test_graces_do_not_delay_a_bar():
    playing = play_bars(HEAD + "d8|{g}e8|{fg}d8|]")
    assert [bar.start for bar in playing.bars] == [0, 1, 2]


@pytest.mark.parametrize(("swing", "second"), [(0.0, 0.5), (2 / 3, 2 / 3), (1.0, 0.75)])
def test_swing_moves_the_second_of_two_eighths(swing, second):
    onsets = [time for time, _ in played(play_bars(HEAD + "ABcd e2f2|(3ABc d2 A>B d2|", swing=swing))]
    assert onsets == pytest.approx([0, second, 1, 1 + second, 2, 3, 4, 4 + 1 / 3, 4 + 2 / 3, 5, 6, 6.75, 7], abs=0.01)


def test_swing_counts_from_the_bar_and_leaves_compound_metres_alone():
    pick_up = [time for time, _ in played(play_bars(HEAD + "A|BcdA|]", swing=1.0))]
    assert pick_up[:3] == pytest.approx([0, 0.5, 1.25], abs=0.01)
    assert played(play_bars(JIG, swing=1.0)) == played(play_bars(JIG))


def test_the_metronome_clicks_on_every_beat_and_higher_on_the_first():
    clicks = played(with_clicks(play_bars(REEL, repeats=False), counted=False, beaten=True), channel=9)
    assert [time for time, _ in clicks] == list(range(17))
    assert [time for time, pitch in clicks if pitch == HIGH] == [1, 5, 9, 13]
    jig = played(with_clicks(play_bars(JIG, 1, 2, repeats=False), counted=False, beaten=True), channel=9)
    assert jig == [(0, HIGH), (1.5, LOW), (3, HIGH), (4.5, LOW)]


@pytest.mark.parametrize(
    ("text", "times", "firsts"),
    [
        (HEAD + "d8|d8|]", [-1, -0.75, -0.5, -0.25], [-1]),
        (REEL, [-1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25], [-1.75, -0.75]),
        (HEAD + "A|d8|d8|]", [-1.875, -1.625, -1.375, -1.125, -0.875, -0.625, -0.375, -0.125], [-1.875, -0.875]),
        (JIG, [-1.5, -1.125, -0.75, -0.375], [-1.5, -0.75]),
        ("X:1\nT:a\nM:none\nL:1/8\nK:D\nABc|\n", [-1, -0.75, -0.5, -0.25], [-1]),
    ],
)
def test_a_count_in_ends_where_the_music_begins(text, times, firsts):
    clicks = count_in(play_bars(text))
    assert [click.time for click in clicks] == pytest.approx(times)
    assert [click.time for click in clicks if click.first] == pytest.approx(firsts)


def test_a_count_in_delays_everything():
    plain, counted = play_bars(JIG), with_clicks(play_bars(JIG), counted=True, beaten=False)
    assert played(counted) == [(time + 6, pitch) for time, pitch in played(plain)]
    assert played(counted, channel=9) == [(0, HIGH), (1.5, LOW), (3, HIGH), (4.5, LOW)]
    assert counted.bars[0].start == 1.5


def test_a_tune_without_metre_has_no_metronome():
    assert metronome(play_bars("X:1\nT:a\nM:none\nL:1/8\nK:D\nABc|\n")) == ()


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 2), (2, 9)])
def test_bars_that_are_not_there(first, last):
    with pytest.raises(OptionError, match="allowed: from bar 0 up to bar 5"):
        play_bars(REEL, first, last)


@pytest.mark.parametrize("text", ["", "X:1\nT:a\nK:D\n", "X:1\nT:a\nM:4/4\nK:D\nz8|\n"])
def test_a_text_without_notes_cannot_be_played(text):
    with pytest.raises(RenderError):
        play_bars(text)
