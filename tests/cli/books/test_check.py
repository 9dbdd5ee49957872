"""`tunewright check`: findings in words and in JSON, and exit statuses."""

import json

import pytest
from command_line import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tunewright.cli.books.check import check
from tunewright.cli.ending import FINDINGS, MISTAKE
from tunewright.errors import CorpusError

GOOD = "X:1\nT:One\nM:2/4\nL:1/8\nK:D\nABcd|\n"
BROKEN = GOOD.replace("ABcd", "ABcde")


@pytest.fixture
def write(tmp_path):
    def path_of(content, name="book.abc"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return path_of


def test_nothing_wrong(write, capsys):
    assert check(write(GOOD)) == 0
    assert capsys.readouterr().out == "nothing wrong in 1 file\n"


def test_each_finding_is_a_line(write, capsys):
    path = write(GOOD + "\n" + BROKEN.replace("T:One\n", "").replace("ABcde|", "ABcd|ABcdA|"))
    assert check(path) == FINDINGS
    assert capsys.readouterr().out.splitlines() == [
        f"{path}:8:1: note: the tune has no title (a T: line after X:)",
        f"{path}:12:6: bar 2: the bar holds 5/8, too long (2/4)",
        "1 error and 1 note in 1 file",
    ]


def test_notes_alone_are_nothing_wrong(write, capsys):
    assert check(write(GOOD.replace("T:One\n", ""))) == 0
    assert capsys.readouterr().out.endswith("1 note in 1 file\n")


def test_json_is_a_list_of_objects(write, capsys):
    path = write(GOOD + "A;B|\n")
    assert check(path, json=True) == FINDINGS
    shown = json.loads(capsys.readouterr().out)
    assert shown[-1] == {
        "path": path, "line": 7, "column": 2, "bar": 2, "code": "unknown-character", "severity": "error",
        "what": "; has no meaning in music", "right": "a note, rest, bar line or other sign of ABC",
    }  # fmt: skip
    check(write(GOOD), json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_folders_are_checked_file_by_file(write, tmp_path, capsys):
    write(GOOD, "a.abc")
    write(GOOD + ";\n", "b.txt")
    assert check(str(tmp_path)) == FINDINGS
    assert capsys.readouterr().out.endswith("in 2 files\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.json", json.dumps([{"abc": GOOD}, {"abc": GOOD + ";|\n"}])),
        ("rows.csv", 'name,mode,meter,abc\nOne,Dmajor,2/4,"ABcd|"\nTwo,Dmajor,2/4,"ABcd|;|"\n'),
        ("tokens.txt", "M:2/4 K:Cmaj " + "A B c d | " * 20 + "; |\n"),
    ],
)
def test_tunes_in_tables_are_checked_too(write, capsys, name, content):
    assert check(write(content, name)) == FINDINGS
    assert "of the tune: ; has no meaning in music" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_a_mistake_and_stops_no_other(write, capsys):
    assert check(write(bytes(range(256)) * 20, "noise.abc"), write(GOOD)) == MISTAKE
    output = capsys.readouterr()
    assert "noise.abc: is binary" in output.err
    assert output.out == "nothing wrong in 1 file\n"


def test_what_does_not_exist_is_a_mistake(tmp_path):
    with pytest.raises(CorpusError, match="does not exist"):
        check(str(tmp_path / "none.abc"))
    with pytest.raises(CorpusError, match="no file or folder was named"):
        check()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | st.text().map(lambda text: ("X:1\nK:C\n" + text).encode("utf-8", "surrogatepass")))
def test_any_bytes_can_be_checked(write, capsys, data):
    assert check(write(data)) in (0, FINDINGS, MISTAKE)
    capsys.readouterr()


def test_a_folder_without_tunes_is_told(capsys, tmp_path):
    status, out, err = run(capsys, "check", tmp_path)
    assert (status, out) == (2, "")
    assert err == f"tunewright: no file in {tmp_path} may hold tunes\n"
