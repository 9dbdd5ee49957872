"""Files of an originality index, mapped into memory when it is opened, and the cache of indices.

An index is a folder: one file of plain little-endian numbers for each array, and `index.json`, which lists them with
their checksums and has one of its own. All are checked when the index is opened. Nothing is unpickled. The cache has
one folder for each corpus, named by its checksum, in the user's cache folder. When there are more than `KEPT`, the
least recently opened ones are removed.
"""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.checksums import digest, parse_object, require_sealed, sealed_json
from tunewright.errors import IndexFolderError
from tunewright.files import as_written, remove_folder, write_folder

FORMAT = 3
"""Version of the format: higher whenever an older folder would be misread or give other results."""

KEPT = 8
"""Most indices in the cache."""

HEADER_FILE, KEYS = "index.json", ("format", "header", "arrays")

UNREADABLE = "is damaged and cannot be read as an originality index ({error}); delete the folder and build it again"


def write_index(folder: Path, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an index as `folder`, and replace an earlier one.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    little = {name: array.astype(array.dtype.newbyteorder("<"), copy=False) for name, array in arrays.items()}
    files = {name: array.tobytes() for name, array in little.items()}
    listed = {
        name: {"dtype": array.dtype.str, "length": len(array), "sha256": digest(files[name])}
        for name, array in little.items()
    }
    described = sealed_json({"format": FORMAT, "header": header, "arrays": listed}, indent=1, ensure_ascii=False)
    write_folder(folder, {**files, HEADER_FILE: described}, _written_files)


def _written_files(folder: Path) -> set[str]:
    """Names of the files in `folder` that `write_index` wrote there; none if it holds no index."""
    try:
        listed = set(parse_object((folder / HEADER_FILE).read_bytes())["arrays"])
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError):
        listed = set()
    return {HEADER_FILE, *(name for name in listed if Path(str(name)).name == name)}


def read_index(folder: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays of an index; the arrays are mapped into memory.

    Raises
    ------
    IndexFolderError
        If there is no index, or if it has changed since it was written, or is of another format.
    """
    folder = as_written(folder)
    path = folder / HEADER_FILE
    try:
        content = path.read_bytes()
        about = parse_object(content)
        if about["format"] != FORMAT:
            found = f"is of format {about['format']}; this version of Tunewright reads {FORMAT}: build the index again"
            raise IndexFolderError(found, path=path)
        require_sealed(content, about, KEYS, unsealed=False)
        arrays = {name: _map(folder / name, entry) for name, entry in about["arrays"].items()}
    except FileNotFoundError as error:
        raise IndexFolderError("is missing; the folder is no originality index", path=error.filename) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexFolderError(UNREADABLE.format(error=error), path=folder) from error
    return about["header"], arrays


def _map(path: Path, entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype, length = np.dtype(entry["dtype"]), entry["length"]
    if path.stat().st_size != length * dtype.itemsize:
        sizes = f"it has {path.stat().st_size} bytes, not {length * dtype.itemsize}"
        raise IndexFolderError(f"is damaged: {sizes}; delete the folder and build the index again", path=path)
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
            problem = "is damaged: its checksum is not that of the index; delete the folder and build the index again"
            raise IndexFolderError(problem, path=path)
    return np.memmap(path, dtype, mode="r", shape=(length,)) if length else np.empty(0, dtype)


def prune_cache(cache: Path, keep: int = KEPT) -> None:
    """Remove the least recently opened indices in `cache` until `keep` are left; ignores what cannot be removed."""
    with contextlib.suppress(OSError):
        headers = sorted(cache.glob(f"*/{HEADER_FILE}"), key=lambda path: path.stat().st_mtime)
        for header in headers[: max(0, len(headers) - keep)]:
            remove_folder(header.parent, _written_files)


def mark_opened(folder: Path) -> None:
    """Record that the index `folder` is used now, if it can be written."""
    with contextlib.suppress(OSError):
        (folder / HEADER_FILE).touch()
