"""What is installed is what lies here: packages, data files, entry points, and nothing else."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = ("core", "exporters", "pipelines", "plugins")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WORKED_OUT = ("__pycache__", "*.pyc")
NOT_SOURCES = (".*", "build", "dist", "out", "node_modules", "*.egg-info", *WORKED_OUT)


def shipped() -> set[str]:
    """Every file below the packages, as the wheel should have it."""
    files = (path for top in TOP for path in (ROOT / top).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {f"motionloom/{path.relative_to(ROOT).as_posix()}" for path in files}


def packages() -> list[str]:
    """Every folder that is a package, as it is imported."""
    folders = (path.parent.relative_to(ROOT) for top in TOP for path in (ROOT / top).rglob("__init__.py"))
    return sorted(".".join(("motionloom", *folder.parts)) for folder in folders)


def test_every_package_is_listed_and_nothing_else() -> None:
    assert PROJECT["tool"]["setuptools"]["packages"] == packages()


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for top in TOP for path in (ROOT / top).rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_module_that_meets_the_engine_has_an_entry_point() -> None:
    declared = set(PROJECT["project"]["entry-points"]["motionloom.plugins"].values())
    folders = [
        path.parent.relative_to(ROOT) for top in ("exporters", "plugins") for path in (ROOT / top).rglob("nodes.py")
    ]
    assert declared == {".".join(("motionloom", *folder.parts, "nodes")) for folder in folders} | {
        "motionloom.pipelines.plugin"
    }


@pytest.mark.parametrize("point", entry_points(group="motionloom.plugins"), ids=lambda point: point.name)
def test_every_entry_point_can_be_imported(point) -> None:
    assert point.load()


def test_the_script_is_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name="motionloom")
    assert script.value == PROJECT["project"]["scripts"]["motionloom"] == "motionloom.core.cli.main:main"
    assert callable(script.load())


def test_the_licence_is_there() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert [(ROOT / name).is_file() for name in PROJECT["project"]["license-files"]] == [True]
    assert "Apache License" in (ROOT / "LICENSE").read_text()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: building leaves folders beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    sources = shutil.copytree(ROOT, folder / "sources", ignore=shutil.ignore_patterns(*NOT_SOURCES))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command = [*pip, "--no-build-isolation", "--wheel-dir", str(folder), str(sources)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    information = {name for name in inside if name.split("/")[0].endswith(".dist-info")}
    assert inside - information == shipped()
    assert any(name.endswith("licenses/LICENSE") for name in information)


def test_the_wheel_is_pure_python(wheel: Path) -> None:
    assert wheel.name == f"motionloom-{PROJECT['project']['version']}-py3-none-any.whl"


def test_the_wheel_works_on_its_own(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    code = (
        "import sys, motionloom.core.cli.main as m; print(m.__file__); sys.argv = ['motionloom', 'pipelines']; m.main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))
    assert "bvh_to_glb: A BVH clip" in done.stdout
    assert "BROKEN" not in done.stdout
