"""The command `tunewright doctor`: what is installed, where things are kept, what is slow and why."""

import importlib.metadata
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tunewright import __version__
from tunewright.cli.console import say
from tunewright.cores import cores, quota
from tunewright.errors import install_command
from tunewright.files import cache_folder

SEED = 1
"""Of the tune that is composed to measure the speed."""
WIDTH = 14
"""Of the column of names, in characters."""
FEATURES = ("avx2", "fma", "avx512f", "neon", "asimd", "ospke")
"""What of a processor's features matters here: vectors, and memory protection keys, which the score's engine meets."""
NEEDED_BY = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")


def doctor() -> None:
    """Say what is installed, where things are kept, what the processor offers, and what is slow and why.

    Copy the text into a report of a fault.
    """
    for name, value in (*_system(), *_processor(), *_extras(), *_places(), *_composing(), *_training()):
        say(f"{name:{WIDTH}} {value}".rstrip())


def _system() -> Iterator[tuple[str, str]]:
    yield "Tunewright", f"{__version__} in {Path(__file__).parents[1]}"
    yield "Python", f"{platform.python_version()} ({platform.python_implementation()}) in {sys.prefix}"
    yield "system", platform.platform()
    terminal = "a terminal" if sys.stdout.isatty() else "no terminal"
    yield "output", f"{terminal}, {sys.stdout.encoding}" + (", NO_COLOR is set" if os.environ.get("NO_COLOR") else "")


def _processor() -> Iterator[tuple[str, str]]:
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        about = ""
    model = re.search(r"^model name\s*:\s*(.+)$", about, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", about, re.MULTILINE)
    known = [name for name in FEATURES if flags and name in flags[1].split()]
    yield "processor", f"{model[1] if model else platform.processor() or platform.machine()} ({' '.join(known) or '-'})"
    limit = quota()
    yield "cores", f"{cores()} of {os.cpu_count()}" + (f", quota {limit:g}" if limit is not None else "")
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        yield "load", f"{load:.1f}"
        if load > cores():
            yield "", f"-> {load:.1f} processes want {cores()} cores: everything takes as much longer"


def _extras() -> Iterator[tuple[str, str]]:
    """Each extra with the versions of what it brings, and how to add what is missing."""
    try:
        wanted = importlib.metadata.requires("tunewright") or []
    except importlib.metadata.PackageNotFoundError:
        yield "packages", "unknown: Tunewright itself is not installed as a package"
        return
    groups: dict[str, list[str]] = {}
    for line in wanted:
        found = NEEDED_BY.search(line)
        name = re.match(r"[\w.-]+", line)
        if name and name[0] != "tunewright":
            groups.setdefault(found[1] if found else "core", []).append(name[0])
    for extra, names in groups.items():
        if extra in ("dev", "test", "all"):
            continue
        versions = {name: _version(name) for name in names}
        yield extra, ", ".join(f"{name} {version or '(missing)'}" for name, version in versions.items())
        if not all(versions.values()) and extra != "core":
            yield "", f"-> {install_command(extra)}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _places() -> Iterator[tuple[str, str]]:
    cache = cache_folder("")
    files = [path for path in cache.rglob("*") if path.is_file()] if cache.is_dir() else []
    size = sum(path.stat().st_size for path in files) / 1e6
    yield "cache", f"{cache} ({len(files)} files, {size:.0f} MB; all of it can be deleted)"
    if not os.access(next(path for path in (cache, *cache.parents) if path.exists()), os.W_OK):
        yield "", "-> it cannot be written: what is compiled and indexed is made anew each time; set XDG_CACHE_HOME"


def _composing() -> Iterator[tuple[str, str]]:
    from tunewright.sampling.compiled import kernel
    from tunewright.sampling.compose import compose

    ready = kernel.is_ready()
    start = time.perf_counter()
    tune = compose("oneills", seed=SEED, accept=1, bars=8)
    seconds = time.perf_counter() - start
    how = "compiled" if ready else "plain numpy"
    yield "composing", f"{how}; one tune of {len(tune.text)} characters took {seconds:.2f} s"
    if not ready and not kernel.can_compile():
        yield "", f"-> numba would make it some twenty times faster: {install_command('fast')}"
    elif not ready:
        yield "", "-> it is compiled once, in the background, when 20 tunes or more are composed"


def _training() -> Iterator[tuple[str, str]]:
    try:
        import torch
    except ModuleNotFoundError:
        yield "training", "not installed"
        return
    gpus = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    yield "training", f"torch {torch.__version__}; GPUs: {', '.join(gpus) or 'none'}"
