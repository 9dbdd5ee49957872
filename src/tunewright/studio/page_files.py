"""The files of the page: which there are, their types, and their compressed form.

No path that a client sends is ever looked up on disk: it is a key of the table of files that the folder holds.
"""

import gzip
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Media types by suffix; other files are not served."""
COMPRESSED_ALREADY = {".png", ".woff2"}
LISTING_SECONDS = 1.0
"""Least time between two looks at the folder, for a file that was not there."""


@dataclass(frozen=True)
class PageFile:
    """A file as it is sent."""

    content: bytes
    compressed: bytes
    """Empty if compressing does not help."""
    media_type: str
    tag: str


class PageFiles:
    """The files below a folder, read when they are asked for and kept until they change."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self._read: dict[str, tuple[tuple[int, int], PageFile]] = {}
        self._listed = 0.0
        self._lock = Lock()

    def find(self, name: str) -> PageFile | None:
        """The file with this name, such as ``pages/compose.js``; None if there is none."""
        with self._lock:
            if name not in self._paths and time.monotonic() - self._listed >= LISTING_SECONDS:
                found = (path for path in self._folder.rglob("*") if path.suffix in TYPES and path.is_file())
                self._paths = {path.relative_to(self._folder).as_posix(): path for path in found}
                self._listed = time.monotonic()
            path = self._paths.get(name)
            if path is None:
                return None
            try:
                stat = path.stat()
            except OSError:
                return None
            stamp = stat.st_mtime_ns, stat.st_size
            if name not in self._read or self._read[name][0] != stamp:
                self._read[name] = stamp, _read(path)
            return self._read[name][1]

    def response(self, name: str, request: Request) -> Response | None:
        """The answer with this file, or that the browser has it already; None if there is no such file."""
        file = self.find(name)
        if file is None:
            return None
        headers = {"ETag": file.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = file.content
        if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers | {"Content-Type": file.media_type})


def _read(path: Path) -> PageFile:
    content = path.read_bytes()
    compressed = b"" if path.suffix in COMPRESSED_ALREADY else gzip.compress(content, 9, mtime=0)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return PageFile(content, compressed if len(compressed) < len(content) else b"", TYPES[path.suffix], tag)
