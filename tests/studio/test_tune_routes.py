"""The routes about one tune: what comes back, as other programs read it, and what is refused."""

import io
import wave
import xml.etree.ElementTree as ElementTree

import mido
import pytest
from starlette.testclient import TestClient

from tunewright.studio.application import application
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

REEL = "X:1\nT:Try\nM:4/4\nL:1/8\nR:reel\nQ:1/4=120\nK:D\nA2|:d2fd Adfd|e2ge cege|ABcd A2B2|1 f2d2 d2A2:|2 f2d2 d4|]\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    studio = Studio(Settings(folder=tmp_path_factory.mktemp("studio"), warm=False))
    yield TestClient(application(studio), base_url="http://127.0.0.1:8044")
    studio.close()


@pytest.fixture
def ask(client):
    def asked(path, status=200, **body):
        answer = client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer if answer.headers["content-type"] != "application/json" else answer.json()

    return asked


def test_check(ask):
    assert ask("/api/check", text=REEL) == {"findings": []}
    (found,) = ask("/api/check", text=REEL.replace("ABcd A2B2", "ABcd @A2B2"))["findings"]
    assert (found["code"], found["bar"], found["severity"]) == ("unknown-character", 3, "error")
    assert found["repair"]["text"] == ""


def test_bars(ask):
    answer = ask("/api/bars", text=REEL)
    assert [bar["number"] for bar in answer["bars"]] == [0, 1, 2, 3, 4, 5]
    assert (answer["title"], answer["key"], answer["meter"], answer["rhythm"]) == ("Try", "D", "4/4", "reel")


def test_playing(ask):
    answer = ask("/api/playing", text=REEL, first_bar=1, last_bar=2, repeats=False)
    assert answer["length"] == 4
    assert [(note["start"], note["pitch"]) for note in answer["notes"]][:4] == [(0, 74), (0.5, 78), (0.75, 74), (1, 69)]
    assert [click["time"] for click in answer["clicks"]] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    assert [click["time"] for click in answer["count_in"]] == [-2, -1.5, -1, -0.5]
    assert answer["bars"] == [{"start": 0, "number": 1}, {"start": 2, "number": 2}]
    assert (answer["beat"], answer["beats_per_minute"]) == ("♩", 120)
    start, end = answer["steps"][0]["ranges"][0]
    assert REEL[start:end].strip() == "d2"


@pytest.mark.parametrize("text", ["", "X:1\nK:D\n", "<script>alert(1)</script>", REEL[:30]])
def test_a_text_that_cannot_be_played_is_silent(ask, text):
    answer = ask("/api/playing", text=text)
    assert (answer["notes"], answer["length"]) == ([], 0)
    assert answer["problem"]


def test_a_midi_file_to_practise_with(ask):
    made = ask("/api/midi", text=REEL, tempo=90, count_in=True, metronome=True, instrument=73, repeats=False)
    assert made.headers["content-disposition"] == 'attachment; filename="try.mid"'
    file = mido.MidiFile(file=io.BytesIO(made.content))
    messages = [message for track in file.tracks for message in track]
    assert [round(mido.tempo2bpm(message.tempo)) for message in messages if message.type == "set_tempo"] == [90]
    assert {message.program for message in messages if message.type == "program_change"} == {73}
    clicks = [message for message in messages if message.type == "note_on" and message.channel == 9]
    assert len([message for message in clicks if message.velocity]) == 7 + 17


@pytest.mark.parametrize(
    "option",
    [
        {"tempo": 60},
        {"count_in": True},
        {"metronome": True},
        {"instrument": 40},
        {"swing": 1},
        {"repeats": False},
        {"first_bar": 2},
        {"last_bar": 2},
    ],
)
def test_every_option_of_the_midi_file_changes_it(ask, option):
    assert ask("/api/midi", text=REEL, **option).content != ask("/api/midi", text=REEL).content


def test_variations(ask):
    answer = ask("/api/variations", network="oneills", text=REEL, first=2, last=2, candidates=6, seed=3)
    assert answer["variations"]
    assert answer == ask("/api/variations", network="oneills", text=REEL, first=2, last=2, candidates=6, seed=3)
    for varied in answer["variations"]:
        before, after = REEL.split("e2ge cege")
        assert varied["text"].startswith(before) and varied["text"].endswith(after)
        assert varied["text"] == before + varied["bars"] + after
    likelihoods = [varied["likelihood"] for varied in answer["variations"]]
    assert likelihoods == sorted(likelihoods, reverse=True)


def test_a_network_says_what_it_does_not_know(ask):
    text = REEL.replace("T:Try", "T:Tr%\u2603")
    answer = ask("/api/variations", 400, network="oneills", text=text.replace("%", ""), first=2, last=2)
    assert "\u2603" in answer["error"] and "take it out of the tune" in answer["error"]
    assert "--" not in answer["error"]


def test_transpose(ask):
    up = ask("/api/transpose", text=REEL, semitones=5)["text"]
    assert "K:G" in up
    assert ask("/api/transpose", text=REEL, key="G")["text"] == up
    assert ask("/api/transpose", text=up, semitones=-5)["text"] == REEL
    assert "give one of" in ask("/api/transpose", 400, text=REEL)["error"]


def test_every_format_is_what_it_says(ask):
    made = {
        name: ask("/api/render", text=REEL, format=name).content for name in ("abc", "svg", "png", "pdf", "midi", "wav")
    }
    assert REEL.split("K:D")[1] in made["abc"].decode()
    assert ElementTree.fromstring(made["svg"]).tag.endswith("svg")  # noqa: S314 - our own
    assert made["png"].startswith(b"\x89PNG") and made["pdf"].startswith(b"%PDF")
    assert mido.MidiFile(file=io.BytesIO(made["midi"])).length == pytest.approx(16.5, abs=0.1)
    with wave.open(io.BytesIO(made["wav"])) as sound:
        assert sound.getnframes() / sound.getframerate() >= 16.5
        assert any(sound.readframes(48_000))


def test_provenance_is_written_into_the_file(ask):
    made = ask("/api/render", text=REEL, format="abc", provenance={"network": "oneills", "seed": "4"})
    assert "% network: oneills" in made.text and "% seed: 4" in made.text


def test_the_soundfont_is_one_and_may_be_kept(client):
    answer = client.get("/api/soundfont")
    assert answer.content[:4] == b"RIFF" and answer.content[8:12] == b"sfbk"
    assert "max-age=2592000" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/midi", 422, {"text": ""}),
        ("/api/playing", 400, {"text": REEL, "first_bar": 9}),
        ("/api/playing", 400, {"text": REEL, "swing": 2}),
        ("/api/playing", 400, {"text": REEL, "tempo": 100}),
        ("/api/midi", 400, {"text": REEL, "tempo": 1}),
        ("/api/variations", 404, {"network": "nobody", "text": REEL, "first": 1, "last": 1}),
        ("/api/variations", 400, {"network": "oneills", "text": REEL, "first": 2, "last": 1}),
        ("/api/variations", 400, {"network": "oneills", "text": "no tune", "first": 2, "last": 2}),
        ("/api/variations", 413, {"network": "oneills", "text": REEL + "%" * 20_000, "first": 2, "last": 2}),
        ("/api/originality", 400, {"text": REEL, "corpus": "../../etc/passwd"}),
        ("/api/render", 400, {"text": REEL, "format": "exe"}),
        ("/api/render", 422, {"text": "", "format": "svg"}),
        ("/api/render", 422, {"text": REEL.replace("Q:1/4=120", "Q:1/4=20") + "d8|" * 60, "format": "wav"}),
        ("/api/transpose", 400, {"text": REEL, "key": "H"}),
    ],
)
def test_what_is_refused(ask, path, status, body):
    assert ask(path, status, **body)["error"]
