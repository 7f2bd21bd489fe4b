"""FLAME's and SMPL-X's files of every age, made up, read back."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from model_documents import Arrays, chumpy, licensed_like, model_arrays, save_archive, save_pickle, save_python2
from scipy import sparse

from motionloom.core.data import ParametricModel
from motionloom.core.errors import ReadError
from motionloom.plugins.flame.model_file import FLAME, SMPLX, Family, read_model


def read(path: Path, family: Family = FLAME, **given: Any) -> ParametricModel:
    return read_model(
        path,
        family,
        **{"identities": None, "expressions": None, "identity_directions": None, **given},
    )


def check(model: ParametricModel, arrays: Arrays, split: int = 300) -> None:
    directions = torch.from_numpy(arrays["shapedirs"]).permute(2, 0, 1).float()
    assert torch.equal(model.template, torch.from_numpy(arrays["v_template"]).float())
    assert torch.equal(model.shape_basis, directions[:split])
    assert torch.equal(model.expression_basis, directions[split:])
    assert torch.equal(model.pose_basis, torch.from_numpy(arrays["posedirs"]).permute(2, 0, 1).float())
    assert torch.equal(model.joint_regressor, torch.from_numpy(arrays["J_regressor"]).float())
    assert torch.equal(model.weights, torch.from_numpy(arrays["weights"]).float())
    assert model.faces.tolist() == arrays["f"].tolist()


@pytest.mark.parametrize("compressed", [False, True])
def test_an_archive_gives_its_numbers(tmp_path: Path, compressed: bool) -> None:
    arrays = model_arrays()
    model = read(save_archive(tmp_path / "FLAME_NEUTRAL.npz", arrays, compressed))
    assert (model.name, model.joint_names, model.parents) == ("FLAME_NEUTRAL", FLAME.joint_names, (-1, 0, 1, 1, 1))
    check(model, arrays)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", ["<f8", "<f4", ">f8"])
def test_a_pickle_of_plain_arrays_gives_its_numbers(tmp_path: Path, protocol: int, kind: str) -> None:
    arrays = model_arrays(kind=kind)
    check(read(save_pickle(tmp_path / "flame.pkl", arrays, protocol)), model_arrays(kind=kind.replace(">", "<")))


def test_a_pickle_of_arrays_stored_by_columns_gives_its_numbers(tmp_path: Path) -> None:
    arrays = model_arrays()
    turned = {name: np.asfortranarray(values) for name, values in arrays.items()}
    check(read(save_pickle(tmp_path / "flame.pkl", turned)), arrays)


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_pickle_of_chumpys_objects_and_a_sparse_regressor_gives_their_numbers(tmp_path: Path, protocol: int) -> None:
    arrays = model_arrays()
    with chumpy() as classes:
        path = save_pickle(tmp_path / "flame.pkl", licensed_like(arrays, *classes), protocol)
    check(read(path), arrays)


def test_a_pickle_of_python_2_gives_its_numbers(tmp_path: Path) -> None:
    arrays = model_arrays()
    path = save_python2(tmp_path / "generic_model.pkl", arrays)
    assert b"cscipy.sparse.csc\ncsc_matrix" in path.read_bytes()
    check(read(path), arrays)


def test_a_regressor_sparse_by_rows_gives_its_numbers(tmp_path: Path) -> None:
    arrays = model_arrays()
    wrapped = arrays | {"J_regressor": sparse.csr_matrix(arrays["J_regressor"])}
    check(read(save_pickle(tmp_path / "flame.pkl", wrapped)), arrays)


@pytest.mark.parametrize(("shapes", "split"), [(400, 300), (20, 10)])
def test_smplx_of_either_size_splits_into_identity_and_expression(tmp_path: Path, shapes: int, split: int) -> None:
    arrays = model_arrays(SMPLX, shapes=shapes)
    arrays["joint2num"] = np.array({"a": 1}, dtype=object)
    model = read(save_archive(tmp_path / "SMPLX_NEUTRAL.npz", arrays), SMPLX)
    check(model, arrays, split)
    assert model.joint_names[22:25] == ("jaw", "left_eye_smplhf", "right_eye_smplhf")


def test_only_the_wanted_coefficients_are_kept(tmp_path: Path) -> None:
    arrays = model_arrays()
    model = read(save_archive(tmp_path / "f.npz", arrays), identities=7, expressions=3)
    directions = torch.from_numpy(arrays["shapedirs"]).permute(2, 0, 1).float()
    assert torch.equal(model.shape_basis, directions[:7])
    assert torch.equal(model.expression_basis, directions[300:303])


def test_a_file_of_unusual_size_is_read_once_the_split_is_told(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "f.npz", model_arrays(shapes=35))
    with pytest.raises(ReadError, match=r"array 'shapedirs': there are 35 shape directions.*identity_directions"):
        read(path)
    assert len(read(path, identity_directions=25).expression_basis) == 10


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no template": ({"v_template": None}, "there is no array v_template; give an unchanged FLAME model"),
    "a flat template": ({"v_template": np.zeros(9)}, r"array 'v_template': float64 of shape \(9,\), expected numbers"),
    "no vertices": ({"v_template": np.zeros((0, 3))}, "array 'v_template': the model has no vertices"),
    "words": ({"v_template": np.full((60, 3), "a")}, "array 'v_template': (str32 of shape|values of the kind 'U1')"),
    "a regressor of other vertices": (
        {"J_regressor": np.zeros((5, 59))},
        r"array 'J_regressor': float64 of shape \(5, 59\), expected numbers of shape \(5, 60\)",
    ),
    "pose directions of other joints": (
        {"posedirs": np.zeros((60, 3, 207))},
        r"array 'posedirs': .*expected numbers of shape \(60, 3, 36\)",
    ),
    "a number that is none": (
        {"v_template": np.full((60, 3), np.nan)},
        r"array 'v_template': entry \[0, 0\] is no finite number",
    ),
    "a number too large for single precision": (
        {"posedirs": np.full((60, 3, 36), 1e300)},
        r"array 'posedirs': entry \[0, 0, 0\] is no finite number",
    ),
    "weights that do not sum to one": (
        {"weights": np.ones((60, 5))},
        "array 'weights': the skin weights of a vertex do not sum to one",
    ),
    "a face of a vertex that is not there": (
        {"f": np.array([[0, 1, 60]])},
        "face 0: it names vertex 60, the model has 60",
    ),
    "faces of four corners": ({"f": np.zeros((2, 4), np.int32)}, "array 'f': .*expected rows of three whole numbers"),
    "faces of fractions": ({"f": np.zeros((2, 3))}, "array 'f': float64 of shape"),
    "other joints": ({"kintree_table": np.zeros((2, 24))}, "the model has 24 joints, FLAME has 5"),
    "joints that hang otherwise": (
        {"kintree_table": np.array([[-1, 0, 1, 2, 3], [0, 1, 2, 3, 4]])},
        "array 'kintree_table': the joints hang together otherwise than FLAME's",
    ),
}


@pytest.mark.parametrize("suffix", ["npz", "pkl"])
@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_such_model_is_refused_with_its_array(
    tmp_path: Path, change: dict[str, Any], message: str, suffix: str
) -> None:
    arrays = {name: values for name, values in (model_arrays() | change).items() if values is not None}
    path = tmp_path / f"model.{suffix}"
    (save_archive if suffix == "npz" else save_pickle)(path, arrays)
    with pytest.raises(ReadError, match=message) as raised:
        read(path)
    assert str(raised.value).startswith(str(path))


SPARSE = sparse.csc_matrix(np.eye(5, 60))


def altered(**fields: Any) -> sparse.csc_matrix:
    """A sparse matrix whose parts do not fit."""
    matrix = SPARSE.copy()
    matrix.__dict__.update(fields)
    return matrix


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "the pickle holds a list, not a table of arrays"),
        ({"v_template": "words"}, "array 'v_template': it holds a str, not an array of numbers"),
        ({"v_template": np.array([None], dtype=object)}, "array 'v_template': values of the kind 'O8' are no numbers"),
        ({"v_template": np.array(["word"])}, "values of the kind 'U4' are no numbers"),
        ({"v_template": np.float64(3)}, "it holds a numpy._core.multiarray.scalar, not an array"),
        ({"J_regressor": altered(_shape=(10**9, 10**9))}, "a sparse matrix of shape .* out of all proportion"),
        ({"J_regressor": altered(indices=np.full(5, 60))}, "a sparse matrix with numbers outside of it"),
        ({"J_regressor": altered(indices=np.zeros(3, int))}, "indices do not fit its numbers"),
        ({"J_regressor": altered(indptr=np.zeros(61, int))}, "lines do not add up"),
        ({"J_regressor": altered(indptr=np.zeros(3, int))}, "lines do not add up"),
    ],
)
def test_a_pickle_that_holds_something_else_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    arrays = content if isinstance(content, list) else model_arrays() | content
    with pytest.raises(ReadError, match=message):
        read(save_pickle(tmp_path / "model.pkl", arrays))


@pytest.mark.parametrize(
    ("entries", "shape", "message"),
    [
        (np.array([0, 99]), (2,), "a choice of entries that are not there"),
        (np.array([0, -1]), (2,), "a choice of entries that are not there"),
        (np.array([0.0, 1.0]), (2,), "does not fit its shape"),
        (np.array([0, 1]), (3,), "does not fit its shape"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(tmp_path: Path, entries: Any, shape: Any, message: str) -> None:
    with chumpy() as (plain, select):
        content = model_arrays() | {"shapedirs": select(plain(np.zeros(5)), entries, shape)}
        path = save_pickle(tmp_path / "model.pkl", content)
    with pytest.raises(ReadError, match=message):
        read(path)


def test_chumpys_objects_wrapped_in_one_another_end(tmp_path: Path) -> None:
    with chumpy() as (plain, _):
        nested = plain(np.zeros(3))
        for _ in range(30):
            nested = plain(nested)  # type: ignore[arg-type]
        circle = plain(np.zeros(3))
        circle.x = circle  # type: ignore[assignment]
        for number, value in enumerate((nested, circle)):
            path = save_pickle(tmp_path / f"{number}.pkl", model_arrays() | {"posedirs": value})
            with pytest.raises(ReadError, match="array 'posedirs': it holds a Made, not an array of numbers"):
                read(path)


@pytest.mark.parametrize("name", ["empty.npz", "empty.pkl"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ReadError, match="the file is empty"):
        read(tmp_path / name)


def test_a_pickle_cut_short_is_refused_with_the_byte(tmp_path: Path) -> None:
    data = pickle.dumps(model_arrays(), 2)
    path = tmp_path / "model.pkl"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError, match=r"model.pkl, byte \d+: this is no whole pickle"):
        read(path)
