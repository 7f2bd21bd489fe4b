"""Takes made of a scene put every vertex where the scene's own definition draws it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import at, character, farthest, loose, node, rotation, skinned, worlds

from motionloom.core.data import SPACES, Material, rest_pose
from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.choice import chosen_take
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation, SceneMesh
from motionloom.plugins.scene_graph.takes import takes_of

EXACT = 1e-5

UNIFORM = st.floats(0.01, 100.0).map(lambda factor: (factor,) * 3)
ONE = (1.0, 1.0, 1.0)


@given(seed=st.integers(0, 999), space=st.sampled_from(sorted(SPACES)), holder=UNIFORM, joint=UNIFORM)
@settings(max_examples=20, deadline=None)
def test_a_skinned_mesh_moves_as_the_file_draws_it(seed: int, space: str, holder: tuple, joint: tuple) -> None:
    scene = character(seed, SPACES[space], (holder, ONE, joint, ONE))
    takes = takes_of(scene, pytest.fail)
    assert farthest(scene, takes) < EXACT
    assert takes[0].character.skeleton.names == ("hips", "spine", "hand")


@pytest.mark.parametrize("scale", [(2, 0.5, 3), (-1, -1, -1), (-1, 1, 1), (1, -2, 3)])
def test_a_constant_scale_of_a_leaf_goes_into_the_surface(scale: tuple[float, ...]) -> None:
    scene = character(1, scales=(ONE, ONE, ONE, scale))
    takes = takes_of(scene, pytest.fail)
    assert farthest(scene, takes) < EXACT
    assert takes[0].motion is not None
    assert takes[0].motion.joint_translations is None


def test_a_mirrored_skeleton_does_not_turn_its_mesh_inside_out() -> None:
    scene = character(1, scales=((-1, 1, 1), ONE, ONE, ONE))
    (take,) = takes_of(scene, pytest.fail)
    assert farthest(scene, (take,)) < EXACT
    assert torch.equal(take.character.mesh.faces, torch.from_numpy(scene.meshes[0].faces))


def test_the_rest_pose_is_the_bind_pose_and_stands_where_the_file_has_its_root() -> None:
    scene = character(2)
    (take,) = takes_of(scene, pytest.fail)
    rest = worlds(scene.nodes, [(one.translation, one.rotation, one.scale) for one in scene.nodes])
    positions = rest_pose(take.character.skeleton)[1]
    assert np.allclose(positions[0], rest[1][:3, 3], atol=EXACT)
    # The spine was bound turned: what hangs on it is elsewhere than in the file's rest pose.
    assert not np.allclose(positions[2], rest[3][:3, 3], atol=0.1)


def test_a_still_character_is_shown_in_the_pose_of_its_file() -> None:
    scene = replace(character(2), animations=())
    (take,) = takes_of(scene, pytest.fail)
    held = SceneAnimation("held", 30.0, 1)
    assert take.motion is not None
    assert farthest(replace(scene, animations=(held,)), (take,)) < EXACT


def test_a_scale_that_is_animated_is_left_out_by_name() -> None:
    scene, heard = character(3), []
    scales = np.ones((5, 3)) * np.linspace(1, 2, 5)[:, None]
    clip = replace(scene.animations[0], scales={3: scales})
    takes_of(replace(scene, animations=(clip,)), heard.append)
    assert len(heard) == 1
    assert "'walk' scales or shears 1 joints (hand) by 1 to 2" in heard[0]


def test_a_joint_that_a_stretched_parent_carries_still_is_where_it_was() -> None:
    scene, heard = character(3), []
    clip = replace(scene.animations[0], scales={2: np.linspace(1, 2, 5)[:, None] * np.ones(3)})
    scene = replace(scene, animations=(clip,))
    (take,) = takes_of(scene, heard.append)
    assert heard
    assert take.motion is not None
    hand = take.motion.world()[1][-1, 2]
    world = worlds(scene.nodes, at(scene, clip, 4))[3]
    assert np.allclose(hand, world[:3, 3], atol=EXACT)


def test_meshes_bound_in_spaces_of_their_own_come_together() -> None:
    scene, random = character(4), np.random.default_rng(0)
    bound = [np.linalg.inv(m) for m in scene.meshes[0].skin.inverse_bind]
    placed = [np.eye(4), *bound]
    hat = skinned("hat", 0, (3, 2), placed, random)
    scene = replace(scene, meshes=(*scene.meshes, hat))
    takes = takes_of(scene, pytest.fail)
    assert farthest(scene, takes) < EXACT
    assert [part.name for part in takes[0].character.mesh.parts] == ["body", "hat"]


def test_a_mesh_bound_in_another_pose_is_moved_with_a_warning() -> None:
    scene, random, heard = character(4), np.random.default_rng(0), []
    bound = [np.linalg.inv(m) for m in scene.meshes[0].skin.inverse_bind]
    bound[2] = bound[2] @ np.diag([1.0, -1.0, -1.0, 1.0])
    hat = skinned("hat", 0, (2, 3), [np.eye(4), *bound], random)
    alone = np.eye(2)[random.integers(0, 2, 30)]
    hat = replace(hat, skin=replace(hat.skin, weights=alone))
    scene = replace(scene, meshes=(*scene.meshes, hat))
    # Vertices that one joint moves alone are exact even so.
    assert farthest(scene, takes_of(scene, heard.append)) < EXACT
    assert len(heard) == 1
    assert "'hat'" in heard[0]


def test_a_sword_follows_its_hand_and_a_sign_outside_stays_where_it_is() -> None:
    scene, random, heard = character(5), np.random.default_rng(0), []
    nodes = (*scene.nodes, node("socket", 3, random), node("sword", 4, random, (2, 2, 2)), node("sign", 0, random))
    scene = replace(scene, nodes=nodes, meshes=(*scene.meshes, loose("sword", 5, random)))
    (take,) = takes_of(scene, pytest.fail)
    assert farthest(scene, (take,)) < EXACT
    assert take.character.skeleton.names == ("hips", "spine", "hand", "socket")
    scene = replace(scene, meshes=(*scene.meshes, loose("sign", 6, random)))
    (take,) = takes_of(scene, heard.append)
    assert farthest(scene, (take,)) < EXACT
    assert take.character.skeleton.names == ("Armature", "hips", "spine", "hand", "socket", "sign")
    assert "'sign'" in heard[0]


def test_a_sword_that_is_drawn_gets_a_joint() -> None:
    scene, random = character(5), np.random.default_rng(0)
    clip = replace(scene.animations[0], rotations={**scene.animations[0].rotations, 4: rotation(random, 5)})
    sword = node("sword", 3, random)
    meshes = (*scene.meshes, loose("sword", 4, random))
    scene = replace(scene, nodes=(*scene.nodes, sword), meshes=meshes, animations=(clip,))
    (take,) = takes_of(scene, pytest.fail)
    assert farthest(scene, (take,)) < EXACT
    assert take.character.skeleton.names[-1] == "sword"


def test_joints_without_a_common_root_get_one() -> None:
    random, heard = np.random.default_rng(0), []
    nodes = tuple(node(name, -1, random, joint=True) for name in ("left", "right", "left"))
    (take,) = takes_of(Scene("pair", SPACES["gltf"], nodes), heard.append)
    assert take.character.skeleton.names == ("root", "left", "right", "left_2")
    assert len(heard) == 2
    assert not len(take.character.mesh.vertices)


def test_without_any_joint_all_nodes_are() -> None:
    random = np.random.default_rng(0)
    nodes = (node("table", -1, random, (3, 3, 3)), node("cup", 0, random))
    clip = SceneAnimation("slide", 25.0, 3, {1: random.normal(size=(3, 3))})
    meshes = loose("table", 0, random), loose("cup", 1, random)
    scene = Scene("rigid", SPACES["blender"], nodes, meshes, (), (clip,))
    (take,) = takes_of(scene, pytest.fail)
    assert farthest(scene, (take,)) < EXACT
    assert take.motion is not None
    assert take.motion.joint_translations is not None


def shaped(name: str, shapes: tuple[str, ...]) -> SceneMesh:
    random = np.random.default_rng(1)
    return replace(loose(name, 0, random), shapes={shape: random.normal(size=(30, 3)) for shape in shapes})


def test_shapes_of_one_name_are_one_while_they_move_alike() -> None:
    random, heard = np.random.default_rng(0), []
    nodes, opening = (node("head", -1, random),), np.linspace(0, 1, 4)
    meshes = shaped("face", ("open", "smile")), shaped("teeth", ("open",))
    together = SceneAnimation("say", 30.0, 4, weights={(0, "open"): opening, (1, "open"): opening})
    scene = Scene("head", SPACES["gltf"], nodes, meshes, (), (together,))
    (take,) = takes_of(scene, pytest.fail)
    assert take.face is not None
    assert (take.face.names, take.character.face_rig.names) == (("open",), ("open", "smile"))
    assert take.character.face_rig.deltas[0, 30:].any()
    apart = replace(together, weights={(0, "open"): opening})
    (take,) = takes_of(replace(scene, animations=(apart,)), heard.append)
    assert take.character.face_rig.names == ("face.open", "teeth.open", "smile")
    assert "'open'" in heard[0]


def test_weights_are_mended_with_a_warning() -> None:
    scene, heard = character(6), []
    weights = scene.meshes[0].skin.weights.copy()
    weights[3] *= 2
    weights[4] = 0
    mesh = replace(scene.meshes[0], skin=replace(scene.meshes[0].skin, weights=weights))
    (take,) = takes_of(replace(scene, meshes=(mesh,)), heard.append)
    assert torch.allclose(take.character.skin.weights.sum(1), torch.ones(30))
    assert take.character.skin.joint_indices[4][take.character.skin.weights[4] > 0].tolist() == [0]
    assert len(heard) == 2


def test_materials_and_texture_coordinates_are_filled_up() -> None:
    random = np.random.default_rng(0)
    red = replace(loose("red", 0, random), face_materials=np.zeros(20, int), uv=np.ones((30, 2)))
    scene = Scene("x", SPACES["gltf"], (node("a", -1, random),), (loose("plain", 0, random), red), (Material("red"),))
    (take,) = takes_of(scene, pytest.fail)
    assert [material.name for material in take.character.materials] == ["red", "default"]
    assert take.character.mesh.face_materials.tolist() == [1] * 20 + [0] * 20
    assert take.character.mesh.uv.sum(1).tolist() == [0] * 30 + [2] * 30


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"weights": np.full((30, 3), -1.0)}, "mesh 'body', vertex 0: a skin weight is -1"),
        ({"joints": np.full((30, 3), 9)}, "mesh 'body', vertex 0: its skin names joint 9"),
        ({"inverse_bind": np.zeros((3, 4, 4))}, "no inverse"),
        ({"inverse_bind": np.full((3, 4, 4), np.nan)}, "not finite"),
    ],
)
def test_a_skin_that_makes_no_sense_is_refused(change: dict, match: str) -> None:
    scene = character(7)
    mesh = replace(scene.meshes[0], skin=replace(scene.meshes[0].skin, **change))
    with pytest.raises(ReadError, match=match):
        takes_of(replace(scene, meshes=(mesh,)), lambda message: None)


def test_a_zero_rotation_is_refused_with_its_frame() -> None:
    scene = character(7)
    turns = scene.animations[0].rotations[2].copy()
    turns[3] = 0
    clip = replace(scene.animations[0], rotations={2: turns})
    with pytest.raises(ReadError, match=r"'spine', frame 3: .*length zero"):
        takes_of(replace(scene, animations=(clip,)), pytest.fail)


def test_a_take_is_chosen_by_name() -> None:
    scene, heard = character(8), []
    scene = replace(scene, animations=(*scene.animations, replace(scene.animations[0], name="run")))
    takes = takes_of(scene, pytest.fail)
    assert chosen_take(takes, "run", pytest.fail).name == "run"
    assert chosen_take(takes, None, heard.append).name == "walk"
    assert "run" in heard[0]
    with pytest.raises(ReadError, match="walk, run"):
        chosen_take(takes, "jump", pytest.fail)
