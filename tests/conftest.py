"""What every test has: shapes that are checked, a cache of its own, and the data folder where there is one."""

import dataclasses
import functools
import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import beartype
import hypothesis
import jaxtyping
import pytest

CHECKED = ("motionloom.core.data", "motionloom.plugins", "motionloom.exporters")
"""Packages whose functions and dataclasses check their annotations, shapes included, while tests run."""

check_shapes = jaxtyping.jaxtyped
check_types = beartype.beartype(
    conf=beartype.BeartypeConf(is_pep484_tower=True, violation_type=jaxtyping.TypeCheckError)
)
"""An int where a float is declared is fine, as for type checkers."""


def names_shapes(function: Callable[..., Any]) -> bool:
    """Whether jaxtyping has dimensions to compare among arguments and result, or that cannot be known."""

    def named_in(hint: Any) -> bool:
        array = inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray)
        return array or any(map(named_in, get_args(hint)))

    try:
        return any(map(named_in, get_type_hints(function).values()))
    except Exception:
        return True


def checked_when_called(function: Callable[..., Any], typechecker: Any) -> Callable[..., Any]:
    """A function that checks its annotations, which is prepared at its first call: most are never called.

    jaxtyping's own check takes many times as long as beartype's, and does more only where shapes are named.
    """
    checked: Callable[..., Any] | None = None

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal checked
        if jaxtyping.config.jaxtyping_disable:
            return function(*args, **kwargs)
        if checked is None:
            shaped = names_shapes(function)
            checked = check_shapes(function, typechecker=typechecker) if shaped else check_types(function)
        return checked(*args, **kwargs)

    return call


def check(*, typechecker: Any) -> Callable[[Any], Any]:
    """In place of `jaxtyping.jaxtyped`, which jaxtyping's import hook puts on every function and class."""

    def decorate(item: Any) -> Any:
        if typechecker is None:
            return check_shapes(item, typechecker=None)
        if inspect.isfunction(item):
            return checked_when_called(item, typechecker)
        if dataclasses.is_dataclass(item) and inspect.isfunction(vars(item).get("__init__")):
            item.__init__ = checked_when_called(item.__init__, typechecker)
            return item
        return check_shapes(item, typechecker=typechecker)

    return decorate


jaxtyping.jaxtyped = check
# Before anything imports them.
jaxtyping.install_import_hook(CHECKED, "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")


def pytest_configure(config: pytest.Config) -> None:
    """Lets values be built inside hypothesis strategies: beartype picks at random which item of a tuple it checks."""
    config.addinivalue_line("filterwarnings", "ignore:Do not use the `random` module inside strategies")
    # How long an example takes says more about the machine than about the code.
    hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
    hypothesis.settings.register_profile("thorough", deadline=None, max_examples=300)
    hypothesis.settings.load_profile("thorough" if "MOTIONLOOM_THOROUGH" in os.environ else "quick")


DATA = Path(os.environ.get("MOTIONLOOM_DATA", Path(__file__).parents[1] / "../shared/data"))


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the user's cache, in this process or in one that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTIONLOOM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("MOTIONLOOM_PLUGINS", raising=False)
        # Else every process that a test starts compiles all sources again.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
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
