"""What every test has: shapes that are checked, a cache of its own, and the data folder where there is one."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import jaxtyping
import pytest

CHECKED = ("motionloom.core.data", "motionloom.plugins", "motionloom.exporters")
"""Packages whose functions and dataclasses check their annotations, shapes included, while tests run."""

# Before anything imports them. An int where a float is declared is fine, as for type checkers.
jaxtyping.install_import_hook(CHECKED, "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")


def pytest_configure(config: pytest.Config) -> None:
    """Lets values be built inside hypothesis strategies: beartype picks at random which item of a tuple it checks."""
    config.addinivalue_line("filterwarnings", "ignore:Do not use the `random` module inside strategies")
    # How long an example takes says more about the machine than about the code.
    hypothesis.settings.register_profile("quick", deadline=None, max_examples=30)
    hypothesis.settings.register_profile("thorough", deadline=None, max_examples=300)
    hypothesis.settings.load_profile("thorough" if "MOTIONLOOM_THOROUGH" in os.environ else "quick")


DATA = Path(os.environ.get("MOTIONLOOM_DATA", Path(__file__).parents[1] / "../shared/data"))


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the user's cache, in this process or in one that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTIONLOOM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("MOTIONLOOM_PLUGINS", raising=False)
        yield


@pytest.fixture
def shapes_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotations are not checked, as outside tests: for what a value says itself about a wrong shape."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Recordings that do not ship with the project."""
    if not DATA.is_dir():
        pytest.skip(f"MOTIONLOOM_DATA names no folder ({DATA})")
    return DATA.resolve()


@pytest.fixture(scope="session")
def ict_file(data_folder: Path) -> Path:
    """ICT-FaceKit, packed."""
    path = data_folder / "ict_facekit" / "ict_facekit.npz"
    if not path.is_file():
        pytest.skip(f"ICT-FaceKit is not in the data folder ({path})")
    return path
