"""Oracle: the same functions as plain Python."""

import ctypes
import importlib
import os
import sys

import pytest

from tunewright.sampling.compiled import machine_code
from tunewright.sampling.compiled.machine_code import CompilingError, Part, Program, is_cached, load

FUNCTIONS = """
import math

FACTOR = {factor}


class Place:
    FIRST = {first}


{more}

def placeholder(x):
    return x


def inner(numbers, index):
    return FACTOR * numbers[index + Place.FIRST] + len(numbers)


def length_of(numbers):
    return numbers[-1]


def outer(numbers):
    total = 0
    for index in range(3):
        total += placeholder(inner(numbers, index))
    return total{wrong}


def doubled(x):
    return 2 * x
"""
ENTRIES = """
from numba import carray, types
from functions_of_test import outer

LONGS = types.CPointer(types.int64)


def entry(numbers, add):
    return outer(numbers) + add


NATIVE = {}
ENTRIES = {"entry": (entry, types.int64(LONGS, types.int64))}


def type_of(function):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return types.int64(*(LONGS if name == "numbers" else types.int64 for name in names))
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A function that makes a small program, and has it compiled into a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file may change twice in one second

    def make(factor=3, more="", wrong="", first=0):
        (tmp_path / "functions_of_test.py").write_text(
            FUNCTIONS.format(factor=factor, more=more, wrong=wrong, first=first)
        )
        (tmp_path / "entries_of_test.py").write_text(ENTRIES)
        forget()
        functions = importlib.import_module("functions_of_test")
        stand_ins = {len: functions.length_of, functions.placeholder: functions.doubled}
        return Program(
            Part([functions.length_of, functions.inner, functions.doubled, functions.outer], stand_ins),
            Part([], {}),
            "entries_of_test",
            {"entry": (ctypes.c_void_p, ctypes.c_int64)},
        )

    yield make
    forget()


def forget():
    """Have the modules of the program read anew."""
    for name in ("functions_of_test", "entries_of_test"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()


def answer(entries, add=0):
    """What the program makes of 10, 20, 30 with the length 7 before them."""
    numbers = (ctypes.c_int64 * 4)(7, 10, 20, 30)
    return entries["entry"](ctypes.addressof(numbers) + 8, add)


def files(tmp_path):
    return sorted((tmp_path / "cache").rglob("*.o"))


def no_compiling(monkeypatch):
    def fail(_program):
        raise AssertionError("compiled again")

    monkeypatch.setattr(machine_code, "_compile", fail)


def test_compiled_once_it_is_there_ever_after(program, tmp_path, monkeypatch):
    small = program()
    assert not is_cached(small)
    expected = 2 * (3 * (10 + 20 + 30) + 3 * 7)
    assert answer(load(small), 5) == expected + 5
    assert is_cached(small)
    no_compiling(monkeypatch)
    assert answer(load(small)) == expected
    assert answer(load(program(more="# another comment")), 1) == expected + 1
    assert len(files(tmp_path)) == 1


def test_a_changed_constant_makes_another_program(program, tmp_path):
    first, second = (answer(load(program(factor=factor))) for factor in (3, 4))
    assert second - first == 2 * (10 + 20 + 30)
    assert len(files(tmp_path)) == 2


def test_a_changed_constant_of_a_class_makes_another_program(program, tmp_path):
    first, second = (answer(load(program(first=first))) for first in (0, -1))
    assert first - second == 2 * 3 * (30 - 7)
    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_a_damaged_file_is_made_anew(program, tmp_path, damage):
    small = program()
    load(small)
    (file,) = files(tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[:-1] if damage is None else damage)
    assert not is_cached(small)
    assert answer(load(small)) == 402
    assert files(tmp_path)[0].read_bytes()[:32] != damage
    assert is_cached(small)


def test_a_cache_that_cannot_be_written_stops_nothing(program, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    small = program()
    assert answer(load(small)) == 402
    assert not is_cached(small)


def test_old_programs_go(program, tmp_path, monkeypatch):
    monkeypatch.setattr(machine_code, "KEPT", 2)
    folder = tmp_path / "cache" / "tunewright" / "code"
    folder.mkdir(parents=True)
    for age in (1, 2, 3):
        (folder / f"{age}.o").write_bytes(b"")
        os.utime(folder / f"{age}.o", (1e9 - age, 1e9 - age))
    load(program())
    assert [path.name for path in files(tmp_path) if len(path.name) < 9] == ["1.o"]
    assert len(files(tmp_path)) == 2


def test_what_would_need_python_is_refused(program, tmp_path):
    with pytest.raises(CompilingError, match="NRT"):
        load(program(wrong=" + [total][0]"))
    assert files(tmp_path) == []


def test_an_infinite_constant_counts_too(program):
    assert machine_code._file_of(program(factor="math.inf")) != machine_code._file_of(program(factor=1e9))
