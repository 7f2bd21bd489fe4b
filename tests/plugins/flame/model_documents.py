"""Made-up models, and the files that hold such models: archives and pickles of every age."""

import io
import pickle
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from motionloom.core.data import ParametricModel
from motionloom.plugins.flame.model_file import FLAME, Family

Arrays = dict[str, Any]


def model_arrays(
    family: Family = FLAME, vertices: int = 60, shapes: int = 400, seed: int = 1, kind: str = "<f8"
) -> Arrays:
    """A model's arrays with random numbers in them: any number of vertices forms a legal one."""
    random = np.random.default_rng(seed)
    joints = len(family.joint_names)
    regressor = random.random((joints, vertices)) * (random.random((joints, vertices)) < 0.2)
    regressor[:, :joints] += np.eye(joints)
    weights = random.random((vertices, joints)) ** 4
    parents = np.array(family.parents, dtype=np.int64)
    arrays: Arrays = {
        "v_template": 0.1 * random.standard_normal((vertices, 3)),
        "shapedirs": 0.01 * random.standard_normal((vertices, 3, shapes)),
        "posedirs": 0.01 * random.standard_normal((vertices, 3, 9 * (joints - 1))),
        "J_regressor": regressor / regressor.sum(1, keepdims=True),
        "weights": weights / weights.sum(1, keepdims=True),
    }
    arrays = {name: values.astype(kind) for name, values in arrays.items()}
    arrays["f"] = random.integers(0, vertices, (2 * vertices, 3)).astype(np.uint32)
    arrays["kintree_table"] = np.stack((parents % 2**32, np.arange(joints))).astype(np.uint32)
    return arrays


def random_model(vertices: int = 60, identities: int = 4, expressions: int = 6, seed: int = 0) -> ParametricModel:
    """A model with FLAME's joints."""
    arrays = model_arrays(vertices=vertices, shapes=identities + expressions, seed=seed, kind="<f4")
    directions = torch.from_numpy(arrays["shapedirs"]).permute(2, 0, 1).contiguous()
    return ParametricModel(
        name="random",
        template=torch.from_numpy(arrays["v_template"]),
        faces=torch.from_numpy(arrays["f"].astype(np.int64)),
        shape_basis=directions[:identities],
        expression_basis=directions[identities:],
        pose_basis=torch.from_numpy(arrays["posedirs"]).permute(2, 0, 1).contiguous(),
        joint_regressor=torch.from_numpy(arrays["J_regressor"]),
        joint_names=FLAME.joint_names,
        parents=FLAME.parents,
        weights=torch.from_numpy(arrays["weights"]),
    )


def save_archive(path: Path, arrays: Arrays, compressed: bool = False) -> Path:
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path


def save_pickle(path: Path, content: Any, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(content, protocol))
    return path


class _Ch:
    """Holds what chumpy's own class holds when it is pickled."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.x = array
        self._dirty_vars = {"x"}
        self._itr = None
        self._make_dense = False
        self._depends_on_deps: dict[str, Any] = {}


class _Select:
    def __init__(self, array: Any, entries: NDArray[Any], shape: tuple[int, ...]) -> None:
        self.a = array
        self.idxs = entries
        self.preferred_shape = shape
        self._dirty_vars: set[str] = set()


@contextmanager
def chumpy() -> Iterator[tuple[type[_Ch], type[_Select]]]:
    """Stand-ins for chumpy's classes, there for as long as something is pickled."""
    package = ModuleType("chumpy")
    modules = {"chumpy": package}
    for name, kind in (("ch", _Ch), ("reordering", _Select)):
        module = ModuleType(f"chumpy.{name}")
        kind.__module__, kind.__qualname__ = module.__name__, kind.__name__.lstrip("_")
        setattr(module, kind.__qualname__, kind)
        setattr(package, name, module)
        modules[module.__name__] = module
    sys.modules.update(modules)
    try:
        yield _Ch, _Select
    finally:
        for name in modules:
            del sys.modules[name]


class _Python2Pickler(pickle._Pickler):  # type: ignore[misc]
    """Writes bytes and text as Python 2 wrote its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value: bytes | str) -> None:
        data = value.encode("latin-1") if isinstance(value, str) else value
        short = len(data) < 256
        self.write((b"U" + bytes([len(data)]) if short else b"T" + struct.pack("<i", len(data))) + data)
        self.memoize(value)

    dispatch[bytes] = dispatch[str] = save_string


def python2_pickle(content: Any) -> bytes:
    """The bytes that Python 2 would have written, with protocol 2, for the modules of its time."""
    file = io.BytesIO()
    _Python2Pickler(file, 2).dump(content)
    renamed = file.getvalue().replace(b"cnumpy._core.", b"cnumpy.core.")
    return renamed.replace(b"cscipy.sparse._csc\n", b"cscipy.sparse.csc\n")


def licensed_like(arrays: Arrays, plain: type[_Ch], select: type[_Select]) -> Arrays:
    """The arrays as FLAME's old files wrap them: chumpy's objects, a sparse regressor, and words beside them."""
    directions = arrays["shapedirs"]
    return arrays | {
        "shapedirs": select(plain(directions), np.arange(directions.size), directions.shape),
        "posedirs": plain(arrays["posedirs"]),
        "weights": plain(arrays["weights"]),
        "J_regressor": sparse.csc_matrix(arrays["J_regressor"]),
        "bs_style": "lbs",
        "bs_type": "lrotmin",
        "joint2num": {"jaw": 2, 3: None},
    }


def save_python2(path: Path, arrays: Arrays) -> Path:
    with chumpy() as classes:
        path.write_bytes(python2_pickle(licensed_like(arrays, *classes)))
    return path
