"""Cache of machine code: Python functions that numba compiles once and llvmlite loads in milliseconds ever after.

Compiling takes seconds, and importing numba alone takes as long as composing many tunes. So the result is kept as a
file of plain object code in the user's cache folder, and llvmlite, a small part of numba, loads it. The file is named
by a checksum of all that the code depends on: the functions and the constants that they name, this file, the versions
of numba and llvmlite, the processor. If one of them changes, another file is made; nothing becomes stale. The file
begins with a checksum of its content. It is not a pickle, and running it needs neither numba nor the Python functions.
"""

import builtins
import contextlib
import ctypes
import hashlib
import importlib.metadata
import importlib.util
import numbers
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tunewright.errors import OutputError, TunewrightError
from tunewright.files import cache_folder, write_file

KEPT = 8
"""Most programs in the cache; the oldest are removed."""
DIGEST_BYTES = 32
C_LIBRARY = {"log", "memcpy", "memmove", "memset"}
"""C functions that code in the cache may call: every process has them."""

FLAGS = {"error_model": "numpy"}
"""Division by zero does not raise an exception."""
UNCOUNTED = "\n".join(
    f"define void @{name}(ptr %of) {{ ret void }}" for name in ("NRT_incref", "NRT_decref", "NRT_MemInfo_call_dtor")
)
"""Replace numba's reference counting: our arrays belong to Python. Code that allocates calls NRT_Allocate besides."""

Plain = Callable[..., Any]
Entries = Mapping[str, Callable[..., int]]
"""Compiled functions by name. They release the interpreter's lock while they run, and are stateless."""


class CompilingError(TunewrightError):
    """The compiled program cannot be cached, because it calls other functions than `C_LIBRARY`."""


@dataclass(frozen=True)
class Part:
    """Plain Python functions."""

    functions: Sequence[Plain]
    stand_ins: Mapping[Plain, Plain]
    """Functions that they name, built-in ones too, and their replacements."""


@dataclass(frozen=True)
class Program:
    """A program to compile."""

    apart: Part
    """Functions that take only numbers and addresses. Each is compiled separately and linked at the end, which is quick
    for any number of functions that call each other."""
    together: Part
    """Functions of arrays, each after those that it calls. numba compiles a function with all that it calls."""
    entries: str
    """A module that is imported only to compile, so that it may import numba. Its `ENTRIES` are the functions to be
    called from Python, by name, each with its numba type; its `type_of` gives the type of a function of `apart`; its
    `NATIVE` holds what stands, compiled, for functions that are in neither part."""
    arguments: Mapping[str, tuple[Any, ...]]
    """ctypes of the arguments of each entry; all return 64 bits."""
    records: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The fields of classes that the functions take as records of 64-bit integers, by the class's name."""


def is_cached(program: Program) -> bool:
    """Return true if `program` is in the cache."""
    return _read(_file_of(program)) is not None


def load(program: Program) -> Entries:
    """Return the entries of `program`, from the cache or compiled now, which takes seconds."""
    file = _file_of(program)
    code = _read(file)
    if code is None:
        code = _freestanding(_compile(program), program)
        _keep(file, code)
    return _link(code, program)


def _binding() -> ModuleType:
    """Return llvmlite, imported late because that takes longer than all else here."""
    return importlib.import_module("llvmlite.binding")


def _file_of(program: Program) -> Path:
    llvm = _binding()
    entries = importlib.util.find_spec(program.entries)
    own = [Path(__file__), *([Path(entries.origin)] if entries and entries.origin else [])]
    about: list[object] = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own]
    about += [importlib.metadata.version(name) for name in ("numba", "llvmlite")]
    about += [llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    about += sorted(program.records.items())
    for part in (program.apart, program.together):
        about += [(named.__name__, called.__name__) for named, called in part.stand_ins.items()]
        for function in part.functions:
            about += _substance(function.__code__, function.__globals__)
    digest = hashlib.sha256("\n".join(map(repr, about)).encode()).hexdigest()
    return cache_folder("code") / f"{digest[:32]}.o"


def _substance(code: CodeType, names: Mapping[str, object]) -> Iterator[object]:
    """Yield all that decides what a function does, whatever its place in a file."""
    yield from (code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_consts)
    yield from (names[name] for name in code.co_names if isinstance(names.get(name), numbers.Number))
    for name in code.co_names:
        value = names.get(name)
        if isinstance(value, type):
            yield sorted(_constants(value).items())


def _constants(of: type) -> dict[str, Any]:
    """The numbers that a class holds."""
    return {name: value for name, value in vars(of).items() if isinstance(value, numbers.Number)}


def _read(file: Path) -> bytes | None:
    """The code in `file`, None if it is not there whole."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, code = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    return code if hashlib.sha256(code).digest() == digest else None


def _keep(file: Path, code: bytes) -> None:
    """Write `code` to the cache, if that can be written."""
    with contextlib.suppress(OSError, OutputError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, hashlib.sha256(code).digest() + code)
        for old in sorted(file.parent.glob("*.o"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()


def _compile(program: Program) -> Mapping[str, Any]:
    """numba's callbacks for all functions compiled apart and for the entries, by the names that they are called by."""
    numba = importlib.import_module("numba")
    entries = importlib.import_module(program.entries)
    compiled: dict[Plain, Any] = dict(entries.NATIVE)
    types = {function: entries.type_of(function) for function in program.apart.functions}
    for function, kind in types.items():
        compiled[function] = numba.types.ExternalFunction(_symbol(function), kind)
        # numba needs an address. Nothing is called before linking, which sets the right one.
        _binding().add_symbol(_symbol(function), id(program))
    for function in program.together.functions:
        flags = {**FLAGS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        compiled[function] = numba.njit(**flags)(_rebound(function, compiled, program.together.stand_ins))
    callbacks = {
        _symbol(function): numba.cfunc(kind, **FLAGS)(_rebound(function, compiled, program.apart.stand_ins))
        for function, kind in types.items()
    }
    for name, (function, kind) in entries.ENTRIES.items():
        callbacks[name] = numba.cfunc(kind, **FLAGS)(_rebound(function, compiled, {}))
    return callbacks


def _symbol(function: Plain) -> str:
    """Return the symbol name of a function that is compiled separately."""
    return f"apart.{function.__name__}"


def _rebound(function: Plain, compiled: Mapping[Plain, Any], stand_ins: Mapping[Plain, Plain]) -> Plain:
    """Return the function with the functions that it calls replaced by compiled ones."""
    code, names = function.__code__, dict(function.__globals__)
    called = {name: names.get(name, getattr(builtins, name, None)) for name in code.co_names}
    replaced = {name: stand_ins[value] for name, value in called.items() if callable(value) and value in stand_ins}
    for name, value in called.items():
        if isinstance(value, FunctionType) and value in compiled:
            names[name] = compiled[value]
        elif isinstance(value, type) and value.__module__ != "builtins":
            constants = _constants(value)
            names[name] = namedtuple(name, constants)(**constants)
    names |= {value.__name__: compiled[value] for value in replaced.values()}
    renamed = [replaced[name].__name__ if name in replaced else name for name in code.co_names]
    return FunctionType(code.replace(co_names=tuple(renamed)), names, function.__name__)


def _freestanding(callbacks: Mapping[str, Any], program: Program) -> bytes:
    """Object code of all `callbacks` together that calls nothing but `C_LIBRARY`.

    Each could report a Python exception. Our functions raise none, which the optimiser can prove if it sees all of them
    as one program that is called only by its entries.
    """
    llvm = _binding()
    whole = llvm.parse_assembly(UNCOUNTED)
    for name, callback in callbacks.items():
        module = llvm.parse_assembly(callback.inspect_llvm())
        module.get_function(callback.native_name).name = name
        whole.link_in(module)
    for function in whole.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name in program.arguments else "internal"
    machine = _machine()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(whole, builder)
    outside = {part.name for part in (*whole.functions, *whole.global_variables) if part.is_declaration}
    unknown = sorted(name for name in outside if name not in C_LIBRARY and not name.startswith("llvm."))
    if unknown:
        raise CompilingError(f"the compiled loop cannot be cached: it calls {', '.join(unknown)}")
    return bytes(machine.emit_object(whole))


def _machine() -> Any:
    """Return LLVM's target for this processor."""
    llvm = _binding()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    return target.create_target_machine(cpu=cpu, features=features, opt=3, codemodel="jitdefault", jit=True)


def _link(code: bytes, program: Program) -> Entries:
    """Load `code` into memory for the lifetime of the process."""
    llvm = _binding()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return {
        name: ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(engine.get_function_address(name))
        for name, arguments in program.arguments.items()
    }


_engines: list[Any] = []
