"""No command lets a terminal obey what stands in names of files and folders, in titles, plans and tunes.

A terminal obeys ESC; U+202E turns the direction of what follows it. Everything here is called after `EVIL`, which has
both, and brackets that a console may take for markup.
"""

import contextlib
import io
import shutil
import sys
import warnings

import pytest
from command_line import TINY
from study_runs import TINY_PLAN

from tunewright.cli.console import _HARMFUL, prepare_streams, say, say_tune, warn
from tunewright.cli.main import app, run
from tunewright.cli.progress import progress_bar
from tunewright.cli.safe_console import SafeConsole
from tunewright.notation.check import check

EVIL = "a\x1b[31m\u202e[bold]"


@pytest.fixture(scope="module")
def place(tmp_path_factory, tiny_tunes, trained_run):
    """A folder with tunes, a network and a plan, all of them called after `EVIL`."""
    folder = tmp_path_factory.mktemp("evil") / EVIL
    folder.mkdir()
    tunes = [tune.replace("T:Made-up", f"T:{EVIL}").replace("K:", f"N:{EVIL}\nK:") for tune in tiny_tunes]
    (folder / f"{EVIL}.abc").write_text("\n".join(tunes), encoding="utf-8")
    (folder / f"bad-{EVIL}.abc").write_text(f"X:1\nT:{EVIL}\nK:{EVIL}\nabc {EVIL}|def!{EVIL}!|\n", encoding="utf-8")
    (folder / f"none-{EVIL}.txt").write_text(f"no tune {EVIL}\n", encoding="utf-8")
    (folder / f"chord-{EVIL}.abc").write_text('X:1\nT:A\nK:C\n"zz\x1b\u202e"CDEF|GABc|\n', encoding="utf-8")
    (folder / "one").mkdir()
    (folder / "one" / f"{EVIL}.abc").write_text("X:1\nT:A\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|c4|]\n", encoding="utf-8")
    shutil.copytree(trained_run, folder / "model")
    shutil.copytree(trained_run, folder / f"other-{EVIL}")
    told = {"title": EVIL, "question": EVIL, "data": str(folder / f"{EVIL}.abc")}
    told = {name: text.replace("\x1b", "\\u001b").replace("\u202e", "\\u202e") for name, text in told.items()}
    (folder / "plan.toml").write_text(TINY_PLAN.format(**told, epochs=1), encoding="utf-8")
    return folder


COMMANDS = {
    "corpus": ["corpus", "PLACE/"],
    "corpus, left out": ["corpus", "PLACE/", "--left-out"],
    "corpus, JSON": ["corpus", "PLACE/", "--json"],
    "corpus build": ["corpus", "build", "PLACE/EVIL.abc", "PLACE/none-EVIL.txt", "--processes", "1", "--out", "NEW"],
    "check": ["check", "PLACE/"],
    "check, JSON": ["check", "PLACE/", "--json"],
    "train": ["train", "PLACE/EVIL.abc", "--out", "NEW", "--epochs", "1", *TINY],
    "evaluate": ["evaluate", "PLACE/model", "PLACE/EVIL.abc"],
    "compare": ["compare", "PLACE/model", "PLACE/other-EVIL"],
    "adapt": ["adapt", "PLACE/model", "PLACE/one", "--out", "NEW", "--epochs", "1", "--corpus", "PLACE/EVIL.abc"],
    "compose": ["compose", "PLACE/model", "--out", "NEW", "--format", "abc", "--corpus", "PLACE/EVIL.abc"],
    "compose, variants": ["compose", "PLACE/model", "--vary", "PLACE/one/EVIL.abc", "--bars", "2", "--out", "NEW"],
    "export": ["export", "PLACE/model", "--onnx", "NEW"],
    "musicality": ["musicality", "PLACE/EVIL.abc", "--corpus", "PLACE/EVIL.abc"],
    "originality": ["originality", "PLACE/one", "PLACE/EVIL.abc", "--corpus", "PLACE/EVIL.abc"],
    "originality, JSON": ["originality", "PLACE/EVIL.abc", "--corpus", "PLACE/EVIL.abc", "--json"],
    "study show": ["study", "show", "PLACE/plan.toml"],
    "study run": ["study", "run", "PLACE/plan.toml", "--executor", "stacked", "--out", "NEW"],
    "transpose": ["transpose", "PLACE/", "--semitones", "2", "--out", "NEW"],
    "render": ["render", "PLACE/", "--to", "abc,midi", "--out", "NEW"],
    "doctor": ["doctor"],
    "no such command": [EVIL],
    "no such flag": ["check", f"--{EVIL}"],
    "no such file": ["check", "PLACE/missing-EVIL"],
}
"""The commands; the slowest are left to `test_structure`, which finds all that prints in another way."""
ELSEWHERE = {"demo", "studio", "neurons", "report"}
SLOW = {"study run"}


def printed(*words):
    """Exit status and everything that a command printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = run([str(word) for word in words])
    return status, out.getvalue() + err.getvalue()


def harmless(text):
    return _HARMFUL.search(text) is None


def test_every_command_is_tried():
    names = {name for name in app if not name.startswith("-")}
    assert names <= {words[0] for words in COMMANDS.values()} | ELSEWHERE


@pytest.mark.parametrize(
    "command", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in COMMANDS]
)
def test_names_and_titles_are_printed_harmlessly(command, place, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / EVIL))
    new = tmp_path / f"new-{EVIL}"
    words = [
        word.replace("PLACE", str(place)).replace("EVIL", EVIL).replace("NEW", str(new)) for word in COMMANDS[command]
    ]
    status, text = printed(*words)
    assert status in (0, 1, 2)
    assert harmless(text), _HARMFUL.findall(text)
    assert text


def test_a_tune_is_printed_as_it_is_unless_it_goes_to_a_terminal(capsys, monkeypatch):
    say_tune(EVIL)
    assert capsys.readouterr().out == f"{EVIL}\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    say_tune(EVIL)
    say(EVIL)
    warn(EVIL)
    told = capsys.readouterr()
    assert told.out == "a\\x1b[31m\\u202e[bold]\n" * 2
    assert told.err == "a\\x1b[31m\\u202e[bold]\n"


def test_a_warning_is_printed_harmlessly(capsys, monkeypatch):
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # put back at the end
    prepare_streams()
    warnings.showwarning(UserWarning(f"no letter in {EVIL}"), UserWarning, "figure.py", 3)
    assert capsys.readouterr().err == "figure.py:3: UserWarning: no letter in a\\x1b[31m\\u202e[bold]\n"


def test_a_terminal_gets_the_codes_of_the_console_alone():
    shown = io.StringIO()
    console = SafeConsole(file=shown, force_terminal=True, color_system="standard", width=80)
    console.print(f"{EVIL} [/bold] :smile:", style="bold")
    assert shown.getvalue() == "\x1b[1ma\\x1b[31m\\u202e[bold] [/bold] :smile:\x1b[0m\n"


def test_a_progress_bar_takes_no_name_for_markup(monkeypatch):
    shown = io.StringIO()
    console = SafeConsole(file=shown, force_terminal=True, color_system=None, width=120)
    monkeypatch.setattr("tunewright.cli.progress.error_console", lambda: console)
    with progress_bar() as tell:
        tell(f"unpacking [/bold]{EVIL}.zip", 0.5)
    assert "unpacking [/bold]a\\x1b[31m\\u202e[bold].zip" in shown.getvalue()


def test_what_a_finding_shows_of_a_tune_is_harmless():
    """`check` names the sign that it found, in lines that the studio shows too."""
    evil = "".join(filter(_HARMFUL.match, map(chr, range(0x10000))))
    for character in evil:
        for finding in check(f"X:1\nT:A\nK:C\nabc !{character}! {character}|\n"):
            assert harmless(str(finding)), ascii(character)
