"""Nonsense values of every option of every command, from the commands' own signatures: one line, no traceback.

Numbers that no option allows must be refused, and before anything is done.
"""

import itertools
import os
import random
import typing
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from command_line import run

from tunewright.cli.main import app
from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.sampling.compose import compose, compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.training.config import AdaptConfig, DynamicConfig, TrainingConfig

COMMANDS = [
    ("demo",), ("corpus",), ("corpus", "build"), ("check",), ("train",), ("evaluate",), ("compare",), ("adapt",),
    ("compose",), ("export",), ("musicality",), ("originality",), ("neurons",), ("study", "show"), ("study", "run"),
    ("study", "results"), ("report",), ("transpose",), ("render",),
]  # fmt: skip
HUGE = [str(2**63), str(2**64), str(-(2**63) - 1), str(10**30), "9" * 5000]
NO_NUMBER = ["", " ", "nan", "inf", "-inf", "1e400", "x", "1,5", "0x10", "1_0_", "--", "\N{ARABIC-INDIC DIGIT FIVE}x"]
NUMBERS = ["-1", "0", "1e-320", "-0.0", "1e308", "1.5", str(2**31), str(2**62)]
TEXTS = ["", " ", "\x1b[31m", "\u202e", "\x00", "nothing", "/", ".", "..", "a/b/c", "é" * 300, "%s{}", "*", "~", "-"]
NEGATIVE = {"--semitones"}
"""Options of whole numbers below 0."""
TINY = ["--units", "3", "--embedding", "2", "--epochs", "1", "--batch-size", "8", "--device", "cpu", "--threads", "1"]


@pytest.fixture(scope="module")
def place(tiny_tunes, tiny_corpus, tmp_path_factory) -> Path:
    """A folder with a network, tunes, a plan, and what else commands read."""
    from tunewright.corpus.readers import read_tunes
    from tunewright.training.training_run import train

    folder = tmp_path_factory.mktemp("place")
    (folder / "tune.abc").write_text(tiny_tunes[0])
    (folder / "tunes.txt").write_bytes(tiny_corpus.read_bytes())
    network, recipe = NetworkConfig(units=3, embedding=2), TrainingConfig(epochs=1, batch_size=8, device="cpu")
    train(read_tunes(tiny_corpus).tunes, out=folder / "run", network=network, config=recipe).finish()
    (folder / "plan.toml").write_text(
        'title = "A"\ndata = ["tunes.txt"]\npreset = "small"\nseeds = [0]\n'
        "[base]\nunits = 2\nembedding = 2\nepochs = 1\n"
        '[[question]]\ntitle = "B?"\nunits = [2, 3]\n'
    )
    return folder


def base(command: tuple[str, ...], place: Path, out: Path) -> list[str]:
    """A command that would work, quickly."""
    run_, tune, tunes, plan = (str(place / name) for name in ("run", "tune.abc", "tunes.txt", "plan.toml"))
    return {
        ("demo",): ["--corpus", tunes, "--out", str(out), "--minutes", "0.001"],
        ("corpus",): [tunes],
        ("corpus", "build"): [tunes, "--out", str(out), "--processes", "1"],
        ("check",): [tune],
        ("train",): [tunes, "--out", str(out), "--no-discriminator", *TINY],
        ("evaluate",): [run_, tune, "--dynamic", "--corpus", tunes],
        ("compare",): [run_, str(place / "run" / "best")],
        ("adapt",): [run_, tune, "--out", str(out), "--epochs", "1", "--corpus", tunes],
        ("compose",): [run_, "--raw", "--max-length", "20", "--no-originality"],
        ("export",): [run_, "--onnx", str(out)],
        ("musicality",): [tunes, "--corpus", tunes],
        ("originality",): [tune, "--corpus", tunes],
        ("neurons",): [run_, "--data", tunes, "--out", str(out), "--characters", "1000"],
        ("study", "show"): [plan, "--workers", "1"],
        ("study", "run"): [plan, "--out", str(out), "--workers", "1"],
        ("study", "results"): [str(place)],
        ("report",): [str(place), "--out", str(out)],
        ("transpose",): [tune, "--semitones", "2", "--out", str(out)],
        ("render",): [tune, "--to", "abc", "--out", str(out)],
    }[command]


def options_of(command: tuple[str, ...]) -> Iterator[tuple[str, set[type]]]:
    """The flags of a command with the plain types of their values, but for those that are on or off."""
    part = app
    for name in command:
        part = part[name]
    for argument in part.assemble_argument_collection():
        kinds = plain_types(argument.hint)
        if argument.name.startswith("--") and kinds and bool not in kinds:
            yield argument.name, kinds


def plain_types(hint: typing.Any) -> set[type]:
    """The types of a value among whole numbers, numbers, texts, paths, and on or off."""
    if typing.get_origin(hint) is typing.Literal:
        return {str}
    inner = typing.get_args(hint)
    if not inner:
        return {hint} & {int, float, str, bool, Path}
    return set().union(*map(plain_types, inner))


def without(arguments: list[str], flag: str) -> list[str]:
    """`arguments` without `flag` and its value, so that it is not given twice."""
    if flag not in arguments:
        return arguments
    place = arguments.index(flag)
    return arguments[:place] + arguments[place + 2 :]


CASES = [
    (command, flag, value, kinds)
    for command in COMMANDS
    for flag, kinds in options_of(command)
    for value in [
        *(HUGE + NO_NUMBER + NUMBERS if kinds & {int, float} else []),
        *(TEXTS if kinds & {str, Path} else []),
    ]
]
SAMPLE = 25
MANY = int(os.environ.get("TUNEWRIGHT_NONSENSE", "150"))
SLOW_VALUES = {str(2**31), "1e308", "1.5", "/"}
"""Values that some options allow, which then do what they are asked for: a corpus of all files of the machine."""


def forbidden(flag: str, value: str, kinds: set[type]) -> bool:
    """Whether no option may take this value."""
    whole = int in kinds and (value in HUGE or (value == "-1" and flag not in NEGATIVE) or value in (str(2**62), "1.5"))
    number = bool(kinds & {int, float}) and value in NO_NUMBER
    return number or (whole and not (flag in ("--seed", "--replay-seed") and value == str(2**62)))


def status_of(capsys, monkeypatch, case, place, out):
    command, flag, value, _ = case
    monkeypatch.chdir(place)
    arguments = without(base(command, place, out), flag)
    status, _, err = run(capsys, *command, *arguments, f"{flag}={value}")
    assert status in (0, 1, 2), (case, err)
    assert "Traceback" not in err
    return status, err


def test_every_command_is_tried():
    assert {command for command, *_ in CASES} == {command for command in COMMANDS if list(options_of(command))}
    assert len(CASES) > 1000
    for command in COMMANDS:
        assert base(command, Path(), Path())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_no_option_allows_is_refused_before_anything_is_done(capsys, monkeypatch, command, place, tmp_path):
    """A sample of them; the slow test has all."""
    wrong, cases = [], [case for case in CASES if case[0] == command and forbidden(*case[1:])]
    for number, case in enumerate(random.Random(" ".join(command)).sample(cases, min(SAMPLE, len(cases)))):
        out = tmp_path / f"out-{number}"
        status, err = status_of(capsys, monkeypatch, case, place, out)
        if status != 2 or err.count("\n") != 1 or not err.startswith("tunewright: ") or out.exists():
            wrong.append((case[1], case[2][:30], status, err))
    assert wrong == []


@pytest.mark.parametrize("options", [CompositionConfig, NetworkConfig, TrainingConfig, AdaptConfig, DynamicConfig])
def test_the_library_has_the_same_ranges(options):
    hints = typing.get_type_hints(options)
    for each in fields(options):
        values: list[object] = [None, "x", [], 2**64, -(2**64), 10**5000]
        values += [float("nan"), float("inf"), 1.5] if hints[each.name] is int else []
        if hints[each.name] is float:
            values = [None, "x", [], float("nan"), float("inf"), -1.0, -(10**400)]
        for value in values:
            if hints[each.name] is bool and isinstance(value, int):
                continue
            with pytest.raises(OptionError, match=each.name):
                options(**{each.name: value})


@pytest.mark.parametrize("options", [{"top_k": 2**63}, {"max_length": 2**63}, {"seed": 2**63}, {"bars": 2**63}])
def test_nothing_that_is_too_large_reaches_machine_code(options, place):
    with pytest.raises(Exception, match=f"{next(iter(options))} is"):
        compose(place / "run", **options)
    with pytest.raises(OptionError, match="count is"):
        compose_many(place / "run", 2**63)
    with pytest.raises(OptionError, match="seed"):
        compose_many(place / "run", 2, seed=2**63 - 1)


@pytest.mark.slow
def test_many_nonsense_values_end_without_a_traceback(capsys, monkeypatch, place, tmp_path):
    """Some of them two at a time, so that they also meet one another; `TUNEWRIGHT_NONSENSE` says how many."""
    chance, wrong = random.Random(3000), []
    numbers = itertools.count()
    cases = [case for case in CASES if case[2] not in SLOW_VALUES]
    by_command = {command: [case for case in cases if case[0] == command] for command in COMMANDS}
    cases += [chance.choice(cases) for _ in range(MANY - len(cases))]
    for case in chance.sample(cases, MANY):
        monkeypatch.chdir(place)
        other = chance.choice(by_command[case[0]])
        out = tmp_path / f"out-{next(numbers)}"
        arguments = without(without(base(case[0], place, out), case[1]), other[1])
        more = [f"{other[1]}={other[2]}"] if other[1] != case[1] and chance.random() < 0.3 else []
        try:
            status, _, err = run(capsys, *case[0], *arguments, f"{case[1]}={case[2]}", *more)
        except BaseException as error:  # noqa: BLE001 - all are told together
            wrong.append((*case[:3], *more, repr(error)))
            continue
        if status not in (0, 1, 2) or "Traceback" in err:
            wrong.append((*case[:3], *more, status, err))
    assert wrong == []
