"""Files that Tunewright wrote, changed as somebody who knows their format could change them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tunewright.checksums import CHECKSUM, sealed_json


def rewrite(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Let `change` edit the JSON object in the file `path`, or return another, and write it with a right checksum."""
    values = json.loads(path.read_text(encoding="utf-8"))
    values = change(values) or values
    values.pop(CHECKSUM, None)
    path.write_bytes(sealed_json(values))
