from numba import types

from tunewright.acceptor import machine
from tunewright.sampling.compiled import kernel
from tunewright.sampling.compiled.entries import ENTRIES, LONGS, STATE, TABLES, type_of


def gives(tables, state, symbol):
    if tables[0][symbol]:
        return None
    return state


def does(out, count):
    for _ in range(count):
        if out:
            return
    out[0] = 1


def test_the_type_of_a_function_comes_from_its_parameters_names_and_what_it_returns():
    assert type_of(gives) == types.int64(TABLES, STATE, types.int64)
    assert type_of(does) == types.void(LONGS, types.int64)
    assert type_of(machine.mask) == types.void(TABLES, STATE, STATE, STATE, LONGS)
    assert type_of(machine.advance) == types.int64(TABLES, STATE, STATE, STATE, types.int64)


def test_python_calls_every_entry_with_as_many_arguments_as_it_takes():
    assert {name: len(kind.args) for name, (_, kind) in ENTRIES.items()} == {
        name: len(arguments) for name, arguments in kernel.ARGUMENTS.items()
    }
