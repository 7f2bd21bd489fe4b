"""One performance by several characters, each a person and a rig: the truth that retargets are held against.

How a truth is made:

1. A recorded clip is carried over to the rig `anny` in the body of an adult, once. Whoever did that and
   how well does not matter from here on: the posed surface is the truth, whatever moved it.
2. The same person, another rig (other joints, other structure): joints and turns are read off the same
   posed surface, as `motionloom.plugins.evaluation.truth.reading` does. Nothing is retargeted. The rig
   `anny` itself is not read but taken as it moved the surface.
3. Another person, the same rig (other proportions): every joint of `anny` turns by as much from the
   rest pose, in world axes; the path of the root is scaled by the height of the hips over the soles; the
   clip as a whole is lifted or lowered until the surface meets the floor as the adult's did. Other rigs
   are then read off that person's surface.

What that favours. The bodies of 3 perform like people who copy turns, not like people who care where
their hands and feet end up: feet slide a little where proportions differ, and a method that plants
feet or keeps hands in contact is counted as wrong where it leaves such a pose. Copying rotations is
favoured there, most of all on `anny`. In 1 the spine of `anny` was turned by our own solver, which
shares rotation out by arc length; a truth that is read for `anny` from other rigs favours that.
Twist: a rig with one joint where `anny` has two has a truth half way between them. Rest poses differ
as they do in the wild: rigs named in `T_POSED` rest with arms out, the others as MakeHuman draws them.
A root that moves no vertex (`game_engine`) is left out, since no surface says where it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, local_rotations
from motionloom.plugins.anny.rig import RigName
from motionloom.plugins.evaluation.body_points import rest_points
from motionloom.plugins.evaluation.truth.body import body_of, rig_of, skeleton_in
from motionloom.plugins.evaluation.truth.people import ADULT, PEOPLE
from motionloom.plugins.evaluation.truth.performance import Performance, Posed, perform, performance_of
from motionloom.plugins.evaluation.truth.reading import read_rig_motion
from motionloom.plugins.retarget.rest_pose.alignment import reference_pose
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.transfer.solve import retarget

RIGS: tuple[RigName, ...] = ("anny", "mixamo", "cmu_mb", "game_engine")
"""The rigs of the adult."""

BODIES_RIG: RigName = "mixamo"
"""The rig of all people."""

T_POSED = frozenset({"mixamo", "cmu_mb"})
"""Rigs whose rest pose has the arms straight out and the legs straight down."""


@dataclass(frozen=True)
class Truth:
    """What one character does in one clip.

    Args:
        character: `person_rig`.
        motion: on the character's skeleton.
        distance: (T, J) metres between the motion's joints and where the surface has them; zero for
            the rig that moved it.
    """

    character: str
    motion: Motion
    distance: Float[Tensor, "frames joints"]


def performed(clip: Motion) -> Performance:
    """A clip on any human skeleton as a performance that anybody can do.

    Raises:
        NodeError: the hips or legs of the clip's skeleton were not found.
    """
    adult = body_of(PEOPLE[ADULT])
    mapping = find_mapping(clip.skeleton, adult.skeleton)
    return performance_of(retarget(clip, adult.skeleton, mapping), adult)


def truths(performance: Performance, person: str, rigs: Sequence[RigName]) -> Iterator[Truth]:
    """The performance by one of `PEOPLE`, on each of the rigs."""
    posed = perform(performance, body_of(PEOPLE[person]))
    for name in rigs:
        yield _driven(person, name, posed) if name == "anny" else _read(person, name, posed)


def _driven(person: str, name: RigName, posed: Posed) -> Truth:
    motion = posed.motion
    return Truth(f"{person}_{name}", motion, motion.rotations.new_zeros(motion.rotations.shape[:2]))


def _read(person: str, name: RigName, posed: Posed) -> Truth:
    body, rig = body_of(PEOPLE[person]), rig_of(name)
    reading = read_rig_motion(rig, skeleton_in(body, rig), body.vertices, posed.vertices, posed.motion.fps)
    motion = reading.motion
    if name in T_POSED:
        rest = t_posed(motion.skeleton)
        motion = Motion(rest, motion.root_translation, motion.rotations, motion.fps)
    return Truth(f"{person}_{name}", motion, reading.distance)


def t_posed(skeleton: Skeleton) -> Skeleton:
    """The same bones, at rest with the arms straight out and the legs straight down.

    The lowest joint or tip stays as high as it was: so thick is the sole below it.
    Local rotations are counted from the parent, not from the rest pose, so motions stay as they are.
    """
    pose = reference_pose(measure_rest(skeleton, find_roles(skeleton, "the rig")))
    turns = local_rotations(skeleton, pose.rotations).to(skeleton.rest_rotations)
    straight = skeleton.with_rest(skeleton.rest_translations, turns)
    places = straight.rest_translations.clone()
    places[0, 1] += rest_points(skeleton)[:, 1].min() - rest_points(straight)[:, 1].min()
    return straight.with_rest(places, torch.nn.functional.normalize(turns, dim=-1))
