import json
import struct
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roma
import torch

from motionloom.core.data import (
    ARKIT_SHAPES,
    Character,
    FaceMotion,
    FaceRig,
    Motion,
    Skeleton,
    Take,
    bare_character,
    quat_action,
    quat_product,
    rest_pose,
    unroll,
)
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.core.testing import check_node, sample_take
from motionloom.exporters.vrma.bones import CHAINS, REQUIRED, parent_bone
from motionloom.exporters.vrma.humanoid import bone_motion, humanoid_of
from motionloom.exporters.vrma.nodes import export_vrma
from motionloom.plugins.amass.body_models import MODELS
from motionloom.plugins.amass.proportions import average_joints
from motionloom.plugins.amass.reader import skeleton_at
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.retarget.nodes import solve

BONES = {bone for chain in CHAINS for bone in chain}


@lru_cache
def rig(name: str) -> Skeleton:
    if name == "smplx":
        return skeleton_at(MODELS[55].names, MODELS[55].parents, average_joints(MODELS[55]))
    return character(rig=name, face_shapes=False, ctx=Context()).skeleton


def swaying(skeleton: Skeleton, frames: int = 5, amount: float = 0.4) -> Motion:
    random = torch.Generator().manual_seed(3)
    turns = roma.rotvec_to_unitquat(amount * torch.randn(frames, len(skeleton), 3, generator=random))
    rotations = unroll(quat_product(skeleton.rest_rotations.expand_as(turns), turns))
    return Motion(skeleton, torch.randn(frames, 3, generator=random), rotations, 30.0)


def face(names: tuple[str, ...] = ARKIT_SHAPES, frames: int = 5) -> FaceMotion:
    return FaceMotion(names, torch.rand(frames, len(names), generator=torch.Generator().manual_seed(1)), 30.0)


def speaking(who: Character, names: tuple[str, ...]) -> Character:
    return replace(who, face_rig=FaceRig(names, torch.zeros(len(names), 0, 3)))


def smplx_take(names: tuple[str, ...] = ARKIT_SHAPES) -> Take:
    who = speaking(bare_character("smplx", rig("smplx")), names)
    return Take("sway", who, swaying(who.skeleton), face(names))


def read(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length]), data[20 + length + 8 :]


def written(take: Take, folder: Path, **options: Any) -> tuple[dict[str, Any], bytes, list[str]]:
    warnings: list[str] = []
    path = export_vrma([take], path=folder / "take.vrma", ctx=Context(report_warning=warnings.append), **options).path
    return *read(path), warnings


def values_of(document: dict[str, Any], binary: bytes, node: int, path: str) -> np.ndarray[Any, Any]:
    animation = document["animations"][0]
    (channel,) = [c for c in animation["channels"] if c["target"] == {"node": node, "path": path}]
    accessor = document["accessors"][animation["samplers"][channel["sampler"]]["output"]]
    view = document["bufferViews"][accessor["bufferView"]]
    size = {"VEC3": 3, "VEC4": 4}[accessor["type"]]
    start = view["byteOffset"] + accessor.get("byteOffset", 0)
    return np.frombuffer(binary, "<f4", accessor["count"] * size, start).reshape(-1, size)


def test_the_node_keeps_the_contract(tmp_path: Path) -> None:
    check_node(export_vrma, (smplx_take(),), path=tmp_path / "take.vrma")


def test_the_document_is_what_the_specification_asks_for(tmp_path: Path) -> None:
    document, _, warnings = written(smplx_take(), tmp_path)
    extension = document["extensions"]["VRMC_vrm_animation"]
    bones = extension["humanoid"]["humanBones"]
    assert warnings == [] and document["extensionsUsed"] == ["VRMC_vrm_animation"]
    assert extension["specVersion"] == "1.0" and set(REQUIRED) <= set(bones) <= BONES
    assert len(bones) == 52 and "leftEye" not in bones
    expressions = extension["expressions"]
    assert tuple(expressions["custom"]) == ARKIT_SHAPES and set(expressions["preset"]) == {"blinkLeft", "blinkRight"}
    nodes = [entry["node"] for group in (bones, *expressions.values()) for entry in group.values()]
    assert sorted(nodes) == list(range(len(document["nodes"])))
    assert all("rotation" not in node and "scale" not in node for node in document["nodes"])
    targets = [channel["target"] for channel in document["animations"][0]["channels"]]
    assert {t["node"] for t in targets if t["path"] == "translation"} & set(range(len(bones))) == {0}
    assert {target["path"] for target in targets} == {"translation", "rotation"}
    assert document["animations"][0]["extras"] == {"fps": 30.0, "frames": 5} and len(document["animations"]) == 1


@pytest.mark.parametrize("name", ["smplx", "mixamo", "anny"])
def test_the_rest_pose_is_a_t_pose_on_the_floor(name: str) -> None:
    humanoid = humanoid_of(rig(name))
    at = dict(zip(humanoid.names, humanoid.positions, strict=True))
    for side, sign in (("left", 1), ("right", -1)):
        arm = at[f"{side}Hand"] - at[f"{side}UpperArm"]
        leg = at[f"{side}Foot"] - at[f"{side}UpperLeg"]
        assert float(sign * arm[0] / arm.norm()) > 0.9999 and float(-leg[1] / leg.norm()) > 0.9999
        assert 0.0 < float(at[f"{side}Foot"][1]) < 0.15
        assert at[f"{side}Toes"][2] > at[f"{side}Foot"][2] if f"{side}Toes" in at else True
    assert at["head"][1] > at["chest"][1] > at["hips"][1] > 0.5
    assert abs(float(at["hips"][0])) + abs(float(at["hips"][2])) < 1e-6


@pytest.mark.parametrize("name", ["smplx", "anny"])
def test_turns_put_together_give_the_joints_world_rotations(name: str) -> None:
    skeleton = rig(name)
    humanoid, motion = humanoid_of(skeleton), swaying(rig(name))
    _, local = bone_motion(humanoid, motion)
    world = [local[:, 0]]
    for bone, parent in enumerate(humanoid.parents[1:], start=1):
        world.append(quat_product(world[parent], local[:, bone]))
    rotations = motion.world()[0].double()
    for bone, joints in enumerate(humanoid.joints):
        if len(joints) == 1 and humanoid.names[bone] in ("hips", "head", "leftHand", "rightFoot"):
            expected = rotations[:, joints[0]]
            found = quat_product(world[bone], humanoid.rotations[joints[0]].expand_as(expected))
            torch.testing.assert_close((found * expected).sum(-1).abs(), torch.ones(5).double(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["smplx", "anny"])
def test_every_bone_points_at_the_next_as_on_the_rig(name: str) -> None:
    """Also where the rig splits the bone, and each of its joints turns by itself."""
    humanoid, motion = humanoid_of(rig(name)), swaying(rig(name))
    _, local = bone_motion(humanoid, motion)
    world = [local[:, 0]]
    for bone, parent in enumerate(humanoid.parents[1:], start=1):
        world.append(quat_product(world[parent], local[:, bone]))
    positions = motion.world()[1].double()
    for one, other in (("leftUpperArm", "leftLowerArm"), ("rightLowerArm", "rightHand"), ("spine", "chest")):
        start, end = humanoid.names.index(one), humanoid.names.index(other)
        still = humanoid.positions[end] - humanoid.positions[start]
        posed = roma.quat_action(world[start], still.expand(5, 3))
        actual = positions[:, humanoid.joints[end][0]] - positions[:, humanoid.joints[start][0]]
        cosine = torch.nn.functional.cosine_similarity(posed, actual)
        torch.testing.assert_close(cosine, torch.ones(5).double(), atol=1e-6, rtol=0)


def test_the_hips_are_where_they_are(tmp_path: Path) -> None:
    take = smplx_take()
    document, binary, _ = written(take, tmp_path)
    found = values_of(document, binary, 0, "translation")
    np.testing.assert_allclose(found, take.motion.root_translation.numpy(), atol=1e-6)


def test_weights_are_translations_along_x_and_end_at_zero_and_one(tmp_path: Path) -> None:
    take = smplx_take()
    take.face.weights[2, 17], take.face.weights[3, 17] = 1.5, -0.5
    document, binary, warnings = written(take, tmp_path)
    node = document["extensions"]["VRMC_vrm_animation"]["expressions"]["custom"]["jawOpen"]["node"]
    values = values_of(document, binary, node, "translation")
    expected = take.face.weights[:, 17].clamp(0, 1).numpy()
    np.testing.assert_allclose(values, np.stack((expected, 0 * expected, 0 * expected), 1))
    assert warnings == ["weights of expressions end at 0 and 1; those of jawOpen are cut there"]


def test_presets_are_the_models_choice(tmp_path: Path) -> None:
    names = ("happy", "lookUp", "eyeBlinkLeft", "Fcl_ALL_Joy", "blink")
    for presets, expected in ((True, {"blinkLeft", "happy", "blink"}), (False, {"happy", "blink"})):
        document, _, warnings = written(smplx_take(names), tmp_path, presets=presets)
        expressions = document["extensions"]["VRMC_vrm_animation"]["expressions"]
        assert set(expressions["preset"]) == expected
        assert list(expressions["custom"]) == ["eyeBlinkLeft", "Fcl_ALL_Joy"]
        assert warnings == ["an animation must not move lookUp; they are left out"]


def test_a_bone_that_keeps_its_pose_has_two_keys(tmp_path: Path) -> None:
    who = bare_character("still", rig("smplx"))
    motion = Motion(who.skeleton, torch.zeros(5, 3), who.skeleton.rest_rotations.expand(5, -1, -1), 30.0)
    document, _, _ = written(Take("still", who, motion), tmp_path)
    assert {sampler["input"] for sampler in document["animations"][0]["samplers"]} == {1}
    assert document["accessors"][1]["count"] == 2


def test_the_same_take_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (
        export_vrma([smplx_take()], path=tmp_path / name, ctx=Context()).path.read_bytes()
        for name in ("one.vrma", "other.vrma")
    )
    assert one == other


@pytest.mark.parametrize("bone", sorted(BONES))
def test_every_bone_hangs_on_the_hips(bone: str) -> None:
    everything = dict.fromkeys(BONES, (0,))
    for present in (everything, dict.fromkeys((*REQUIRED, bone), (0,))):
        way = [bone]
        while (parent := parent_bone(way[-1], present)) is not None:
            way.append(parent)
        assert way[-1] == "hips" and len(way) <= 11


def test_missing_bones_are_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"has no legs: .* no upper legs, lower legs; name the joints as VRM"):
        export_vrma([sample_take()], path=tmp_path / "take.vrma", ctx=Context())
    full = rig("smplx")
    kept = [joint for joint, name in enumerate(full.names) if "wrist" not in name and joint < 22]
    names = tuple(full.names[joint] for joint in kept)
    parents = tuple(kept.index(full.parents[joint]) if joint else -1 for joint in kept)
    handless = Skeleton(names, parents, full.rest_translations[kept], full.rest_rotations[kept])
    take = Take("sway", bare_character("handless", handless), swaying(handless))
    with pytest.raises(ExportError, match="the bone leftHand, rightHand, which VRM requires"):
        export_vrma([take], path=tmp_path / "take.vrma", ctx=Context())


def test_what_is_no_single_moving_take_is_refused(tmp_path: Path) -> None:
    take = smplx_take()
    other = replace(take, name="other")
    still = replace(take, motion=None, face=None)
    for takes, name, message in (
        ([take, other], "a.vrma", "one take, and there are 2: 'sway', 'other'"),
        ([still], "a.vrma", "nothing moves"),
        ([take], "a.glb", "use the suffix .vrma"),
        ([], "a.vrma", "no take"),
    ):
        with pytest.raises(ExportError, match=message):
            export_vrma(takes, path=tmp_path / name, ctx=Context())


def test_the_floor_stays_where_it_was() -> None:
    """A character at rest on y = 0 has its hips as high in the T-pose as at rest, give or take its legs' lean."""
    humanoid, skeleton = humanoid_of(rig("mixamo")), rig("mixamo")
    hips = rest_pose(skeleton)[1][humanoid.joints[0][0]]
    assert abs(float(humanoid.positions[0, 1] - hips[1])) < 0.03


def bone_errors(motion: Motion) -> dict[str, float]:
    """How far each bone starts from its joint when VRM's stiff bones are put together, metres."""
    humanoid = humanoid_of(motion.skeleton)
    hips, local = bone_motion(humanoid, motion)
    turned, placed = [local[:, 0]], [hips]
    for bone, parent in enumerate(humanoid.parents[1:], start=1):
        offset = humanoid.offsets[bone].expand(len(motion), 3)
        placed.append(placed[parent] + quat_action(turned[parent], offset))
        turned.append(quat_product(turned[parent], local[:, bone]))
    actual = motion.world()[1].double()[:, [joints[0] for joints in humanoid.joints]]
    apart = (torch.stack(placed, dim=1) - actual).norm(dim=-1).amax(0)
    return dict(zip(humanoid.names, apart.tolist(), strict=True))


@pytest.mark.parametrize("clip", ["cmu_12_01_walk", "cmu_jumping_jacks"])
def test_a_recording_stays_within_millimetres_on_rigs_that_split_bones(clip: str, data_folder: Path) -> None:
    recorded = read_bvh(path=data_folder / "bvh" / f"{clip}.bvh", ctx=Context())
    person = bare_character("anny", rig("anny"))
    for motion in (recorded, solve(recorded, person, ctx=Context())):
        errors = bone_errors(motion.at(slice(None, None, 10)))
        assert max(errors.values()) < 6e-3 and errors["leftFoot"] < 5e-4 and errors["rightFoot"] < 5e-4
