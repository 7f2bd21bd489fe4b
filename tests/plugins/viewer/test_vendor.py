"""three.js is shipped as its authors made it."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from motionloom.plugins.viewer.site import PAGE

CONFORMANCE = Path(__file__).parents[2] / "conformance"
VENDORED = PAGE / "vendor/three"


# Folders called build are nobody's source, so git ignores them.
FOLDERS = {"library": "build", "addons": "examples/jsm"}
"""Where the package keeps what is vendored in each folder."""


def origin(path: Path, package: Path) -> Path:
    """Where a vendored file comes from in the npm package."""
    first, *rest = path.relative_to(VENDORED).parts
    return package / Path(FOLDERS.get(first, first), *rest)


def test_every_file_equals_that_of_the_pinned_npm_package() -> None:
    package = CONFORMANCE / "node_modules/three"
    if not package.is_dir():
        pytest.skip("three is not installed (npm ci --prefix tests/conformance)")
    pinned = json.loads((CONFORMANCE / "package.json").read_text())["dependencies"]["three"]
    assert json.loads((package / "package.json").read_text())["version"] == pinned
    files = [path for path in VENDORED.rglob("*") if path.is_file()]
    assert len(files) == 7
    for path in files:
        digests = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, origin(path, package))]
        assert digests[0] == digests[1], path


def test_the_pages_modules_import_nothing_that_is_not_shipped() -> None:
    index = (PAGE / "index.html").read_text()
    found = re.search(r'<script type="importmap">(.*?)</script>', index, re.DOTALL)
    assert found is not None
    mapped = json.loads(found.group(1))["imports"]
    for path in PAGE.rglob("*.js"):
        for name in re.findall(r"^(?:import|export|\})[^;]*?from '([^']+)'", path.read_text(), re.MULTILINE):
            if name.startswith("."):
                assert (path.parent / name).is_file(), (path, name)
            else:
                prefix = max((key for key in mapped if name.startswith(key)), key=len)
                assert (PAGE / (mapped[prefix] + name.removeprefix(prefix))).is_file(), (path, name)


def test_its_licence_is_shipped_with_it() -> None:
    assert "MIT License" in (VENDORED / "LICENSE").read_text()
