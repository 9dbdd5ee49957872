"""What the page uses from npm: bundled from what is pinned, with every licence, nothing that reaches out."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tunewright.studio.page_files import FOLDER

WEB = Path(__file__).parents[2] / "web"
BUNDLES = FOLDER / "third_party"


def test_the_bundles_are_those_of_the_pinned_versions():
    made_from = json.loads((BUNDLES / "built.json").read_text(encoding="utf-8"))
    assert set(made_from) == {"package-lock.json", "bundle.mjs"}
    for name, digest in made_from.items():
        assert hashlib.sha256((WEB / name).read_bytes()).hexdigest() == digest, f"run the bundler again: {name} changed"


def test_every_package_is_pinned_by_version_and_checksum():
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        for name, version in package[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
    locked = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    unchecked = [name for name, about in locked.items() if name and not about.get("integrity")]
    assert unchecked == []


def test_the_licence_of_each_package_that_is_shipped_comes_along():
    licences = (BUNDLES / "LICENCES.txt").read_text(encoding="utf-8")
    parts = {part.split()[0]: part for part in re.split(r"\n-{80}\n\n", licences)}
    shipped = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name in shipped:
        assert name in parts, f"no licence of {name}"
    for name, text in parts.items():
        assert len(text) > 500, f"the licence of {name} is no licence: {text}"


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.js")), ids=lambda file: file.name)
def test_no_script_names_a_place_to_load_from(file):
    text = file.read_text(encoding="utf-8")
    asked = re.findall(r"""(?:import\(|from\s*|fetch\(|importScripts\()\s*["'`](https?:[^"'`]+)""", text)
    assert asked == []
    assert "sourceMappingURL=http" not in text
