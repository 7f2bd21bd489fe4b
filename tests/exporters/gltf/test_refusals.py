"""What cannot be written is refused, with its place, and leaves no file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic
import torch
from gltf_takes import dressed_take

from motionloom.core.data import FaceMotion, FaceRig, Take, bare_character
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Buffer
from motionloom.exporters.gltf.container import LARGEST, write_glb
from motionloom.exporters.gltf.document import Contents
from motionloom.exporters.gltf.nodes import export_gltf

NAN, INF = float("nan"), float("inf")


def spoilt_motion(field: str, index: tuple[int, ...], value: float) -> Take:
    take = synthetic.take(frames=8, sliding=True)
    spoilt = getattr(take.motion, field).clone()
    spoilt[index] = value
    return replace(take, motion=replace(take.motion, **{field: spoilt}))


def spoilt_rest(field: str, index: tuple[int, ...], value: float) -> Take:
    take = synthetic.still()
    spoilt = getattr(take.character.skeleton, field).clone()
    spoilt[index] = value
    skeleton = replace(take.character.skeleton, **{field: spoilt})
    return replace(take, character=replace(take.character, skeleton=skeleton))


def spoilt_mesh(**changes: torch.Tensor) -> Take:
    take = synthetic.still()
    return replace(take, character=replace(take.character, mesh=replace(take.character.mesh, **changes)))


def with_value(values: torch.Tensor, index: tuple[int, ...], value: float) -> torch.Tensor:
    values = values.clone()
    values[index] = value
    return values


def spoilt_shape() -> Take:
    take = synthetic.still()
    rig = take.character.face_rig
    deltas = with_value(rig.deltas, (1, 5, 0), INF)
    return replace(take, character=replace(take.character, face_rig=replace(rig, deltas=deltas)))


def with_face(face: FaceMotion, **changes: None) -> Take:
    take = synthetic.take(frames=len(face))
    return replace(take, face=face, character=replace(take.character, **changes))


def spoilt_skin() -> Take:
    take = synthetic.still()
    skin = take.character.skin
    spoilt = replace(skin, weights=with_value(skin.weights, (17, 2), -1.0))
    return replace(take, character=replace(take.character, skin=spoilt))


def at_rate(fps: float) -> Take:
    take = synthetic.take(frames=3)
    return replace(take, motion=replace(take.motion, fps=fps), face=replace(take.face, fps=fps))


VERTICES = synthetic.mesh().vertices

REFUSED: list[tuple[Callable[[], Take], str]] = [
    (lambda: spoilt_motion("rotations", (3, 2, 1), NAN), r"joint 'head', frame 3: the rotation .* length nan"),
    (lambda: spoilt_motion("rotations", (7, 4), 0.0), r"joint 'hand.L', frame 7: the rotation .* length 0;"),
    (lambda: spoilt_motion("rotations", (1, 0), 1.0), r"joint 'hips', frame 1: the rotation .* length 2;"),
    (lambda: spoilt_motion("root_translation", (5, 1), INF), r"joint 'hips', frame 5: the translation .* is inf"),
    (lambda: spoilt_motion("joint_translations", (2, 6, 0), NAN), r"joint 'foot.L', frame 2: the translation is nan"),
    (lambda: spoilt_rest("rest_rotations", (1,), 0.0), r"joint 'spine', rest pose: the rotation .* length 0;"),
    (lambda: spoilt_rest("rest_translations", (2, 2), NAN), r"joint 'head', rest pose: the translation is nan"),
    (lambda: spoilt_mesh(vertices=with_value(VERTICES, (9, 0), NAN)), r"vertex 9: a position is nan"),
    (lambda: spoilt_mesh(uv=with_value(VERTICES[:, :2], (8, 1), INF)), r"vertex 8: a texture coordinate is inf"),
    (lambda: spoilt_mesh(normals=with_value(VERTICES + 1, (4,), 0.0)), r"vertex 4: the normal has length 0"),
    (lambda: spoilt_mesh(normals=with_value(VERTICES + 1, (4, 1), NAN)), r"vertex 4: the normal has length nan"),
    (lambda: spoilt_mesh(faces=torch.zeros(0, 3, dtype=torch.long)), r"the mesh has vertices but no faces"),
    (spoilt_shape, r"shape 'eyeBlinkLeft', vertex 5: the offset is inf"),
    (spoilt_skin, r"vertex 17: a skin weight is -1"),
    (
        lambda: with_face(FaceMotion(("cheekPuff",), torch.tensor([[0.0], [NAN]]), 30.0)),
        r"shape 'cheekPuff', frame 1: the weight of a face shape is nan",
    ),
    (
        lambda: with_face(FaceMotion(("browInnerUp",), torch.zeros(4, 1), 30.0)),
        r"shape 'browInnerUp', which the character does not have; use take.perform",
    ),
    (
        lambda: with_face(FaceMotion(("jawOpen",), torch.zeros(4, 1), 30.0), face_rig=None),
        r"shape 'jawOpen', which the character does not have",
    ),
    (lambda: at_rate(1e-40), r"single precision cannot tell apart the times of 3 frames at 1e-40"),
    (lambda: at_rate(1e60), r"single precision cannot tell apart the times of 3 frames at 1e\+60"),
]


@pytest.mark.parametrize(("make", "complaint"), REFUSED)
@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_what_no_reader_could_use_is_refused_and_nothing_is_written(
    make: Callable[[], Take], complaint: str, suffix: str, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=complaint):
        export_gltf([make()], path=tmp_path / f"take{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_is_refused_with_the_two_that_work(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"take.fbx: .fbx is not a glTF file; use .glb or .gltf"):
        export_gltf([synthetic.still()], path=tmp_path / "take.fbx")


def test_more_bytes_than_a_glb_can_count_are_refused(tmp_path: Path) -> None:
    buffer = Buffer()
    buffer.length = LARGEST
    with pytest.raises(ExportError, match=r"4.0 GiB, and a GLB file holds at most 4; write .gltf instead"):
        write_glb(tmp_path / "take.glb", Contents({}, buffer, ()))
    assert list(tmp_path.iterdir()) == []


def test_a_texture_without_texture_coordinates_is_refused(tmp_path: Path) -> None:
    take = dressed_take()
    plain = replace(take.character, mesh=replace(take.character.mesh, uv=None))
    with pytest.raises(ExportError, match=r"material 'skin' has a texture, and the mesh no texture coordinates"):
        export_gltf([replace(take, character=plain)], path=tmp_path / "take.glb")


def test_a_face_that_no_mesh_could_show_is_refused(tmp_path: Path) -> None:
    who = bare_character("bare", synthetic.skeleton())
    shapes = FaceRig(("jawOpen",), torch.zeros(1, 0, 3))
    take = Take("talk", replace(who, face_rig=shapes), face=FaceMotion(("jawOpen",), torch.zeros(4, 1), 30.0))
    with pytest.raises(ExportError, match=r"the face of the take 'talk' moves, and the character has no mesh"):
        export_gltf([take], path=tmp_path / "take.glb")


@pytest.mark.parametrize(("takes", "complaint"), [(0, "there is no take to write"), (2, "two takes are called 'wave'")])
def test_no_take_and_two_of_one_name_are_refused(takes: int, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=complaint):
        export_gltf([synthetic.take()] * takes, path=tmp_path / "take.glb")
