"""The takes that a scene holds: one a animation, of the character that all of them move."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float64
from torch import Tensor

from motionloom.core.data import Character, Motion, Skeleton, Space, Take, bare_character
from motionloom.plugins.scene_graph.bind_pose import BindPose, bind_pose, world_of
from motionloom.plugins.scene_graph.blend_shapes import Shapes, face_motion, face_rig, joined_shapes
from motionloom.plugins.scene_graph.checks import check_finite, check_scene
from motionloom.plugins.scene_graph.joint_choice import ADDED, chosen_joints
from motionloom.plugins.scene_graph.local_transforms import resting
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation
from motionloom.plugins.scene_graph.performance import AT_REST, performed
from motionloom.plugins.scene_graph.placed_mesh import PlacedMesh, placed_mesh
from motionloom.plugins.scene_graph.rigid_frames import RigidFrame, as_matrices, rigid_frames
from motionloom.plugins.scene_graph.stretches import constant_stretches, warn_of_stretching
from motionloom.plugins.scene_graph.surface import surface_of
from motionloom.plugins.scene_graph.transforms import inverse_of_rigid, rotations_of
from motionloom.plugins.scene_graph.unique_names import unique_names

Local = tuple[Float64[Tensor, "joints 4"], Float64[Tensor, "joints 3"]]
"""Rotations and positions of joints relative to their parents, in the file's unit."""


def takes_of(scene: Scene, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """The takes in a scene, in metres, Y up, +Z forward: one an animation, one still one where there is none.

    Joints are what skins name and what hangs on it; the skeleton's rest pose is the pose in which the
    meshes are bound, not the file's rest pose nor its first frame. What holds the skeleton is folded
    into the root, constant scales into offsets and surface. All meshes become one, a part each.

    Args:
        scene: what a reader found in a file.
        warn: told in one sentence of everything that was mended, guessed or left out.

    Raises:
        ReadError: with the node, mesh, vertex or frame that makes no sense.
    """
    check_scene(scene)
    choice = chosen_joints(scene, warn)
    names = unique_names([scene.nodes[n].name if n != ADDED else "root" for n in choice.nodes], "joints", warn)
    at_rest = rigid_frames(choice, lambda node: resting(scene.nodes[node]))
    rest = world_of(at_rest, choice.parents)
    performances = [performed(scene, animation, choice) for animation in scene.animations]
    own = torch.cat([as_matrices(frame.stretch) for frame in at_rest])
    stretches = constant_stretches(own, performances)
    warn_of_stretching(names, stretches, performances, warn)
    bind = bind_pose(scene, choice, rest, stretches)
    skeleton = _skeleton(names, choice.parents, _local(bind, at_rest, choice.parents), scene.space)
    placed = [placed_mesh(mesh, scene, choice, bind, warn) for mesh in scene.meshes]
    shapes = joined_shapes(placed, scene.animations, warn)
    character = _character(scene, skeleton, placed, shapes, warn)
    check_finite(character, "the bind pose")
    if not performances:
        shown = torch.cat([one.rotation for one in at_rest]), torch.cat([one.position for one in at_rest])
        posed = _skeleton(names, choice.parents, shown, scene.space)
        return (Take(scene.name, character, None if bind.at_rest else _held(skeleton, posed)),)
    motions = [one.motion(skeleton) for one in performances]
    return _takes(character, motions, shapes, scene.animations, warn)


def _takes(
    character: Character,
    motions: Sequence[Motion],
    shapes: Shapes,
    animations: Sequence[SceneAnimation],
    warn: Callable[[str], None],
) -> tuple[Take, ...]:
    names = unique_names([animation.name for animation in animations], "animations", warn)
    for name, motion in zip(names, motions, strict=True):
        check_finite(motion, f"animation {name!r}")
    return tuple(
        Take(name, character, motion, face_motion(shapes, animation))
        for name, motion, animation in zip(names, motions, animations, strict=True)
    )


def _character(
    scene: Scene, skeleton: Skeleton, placed: Sequence[PlacedMesh], shapes: Shapes, warn: Callable[[str], None]
) -> Character:
    if not placed:
        return bare_character(scene.name, skeleton)
    mesh, skin, materials = surface_of(placed, scene.space, scene.materials, warn)
    return Character(scene.name, skeleton, mesh, skin, face_rig(placed, shapes, scene.space), materials)


def _local(bind: BindPose, at_rest: Sequence[RigidFrame], parents: Sequence[int]) -> Local:
    """Rotations and positions of joints relative to their parents in the bind pose, signed as in the rest pose."""
    rest = torch.cat([frame.rotation for frame in at_rest])
    if bind.at_rest:
        return rest, torch.cat([frame.position for frame in at_rest])
    world = bind.rigid()
    local = world.clone()
    local[1:] = inverse_of_rigid(world[list(parents[1:])]) @ world[1:]
    rotations = rotations_of(local[:, :3, :3])
    signs = torch.where((rotations * rest).sum(-1, keepdim=True) < 0, -1.0, 1.0)
    return rotations * signs, local[:, :3, 3]


def _skeleton(names: tuple[str, ...], parents: tuple[int, ...], local: Local, space: Space) -> Skeleton:
    rotations, positions = space.rotations_to_ours(local[0]), space.points_to_ours(local[1])
    return Skeleton(names, parents, positions.float(), rotations.float())


def _held(skeleton: Skeleton, posed: Skeleton) -> Motion | None:
    """The pose in which the file shows a character that nothing animates; None where that is the bind pose."""
    turned = (skeleton.rest_rotations * posed.rest_rotations).sum(-1).abs() < 1 - 1e-6
    slid = (skeleton.rest_translations - posed.rest_translations).norm(dim=-1) > 10 * AT_REST
    if not bool(turned.any() or slid.any()):
        return None
    slides = posed.rest_translations.unsqueeze(0) if bool(slid[1:].any()) else None
    return Motion(skeleton, posed.rest_translations[:1], posed.rest_rotations.unsqueeze(0), 30.0, slides)
