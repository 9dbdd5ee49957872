"""Files of a run as bytes, to be sent between machines without a shared disk."""

from collections.abc import Mapping
from pathlib import Path

from tunewright.files import settle_folder, write_file, write_folder
from tunewright.model.checkpoint import BEST, LAST
from tunewright.study.running.study_folder import RUN
from tunewright.training.run import HISTORY

Files = Mapping[str, bytes]
"""Content by path relative to the run's folder, such as ``best/weights.safetensors``."""


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a run that exist; no process may be writing them."""
    for name in (BEST, LAST):
        settle_folder(folder / name)
    paths = [*folder.glob(f"{BEST}/*"), *folder.glob(f"{LAST}/*"), folder / HISTORY, folder / RUN]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def write_files(folder: Path, files: Files) -> None:
    """Write the files of a run in the order of its training, so that it can be resumed after a kill at any moment."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in (BEST, LAST):
        inside = {name.removeprefix(f"{part}/"): files[name] for name in files if name.startswith(f"{part}/")}
        if inside:
            write_folder(folder / part, inside)
    for name in (HISTORY, RUN):
        if name in files:
            write_file(folder / name, files[name])
