"""The rest pose of a skeleton as a body: how far its limbs reach, how low they hang, which joints only end bones."""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, rest_pose
from motionloom.plugins.retarget.roles.words import NAMESPACE, WORD

UP = 1

END_WORDS = frozenset({"eff", "end", "leaf", "nub", "null", "site", "tip"})
"""Words of joints that only mark where a bone ends."""

CONTROL_WORDS = frozenset(
    {"aim", "attach", "control", "ctl", "ctrl", "effector", "fk", "handle", "helper", "ik", "jiggle", "mch", "pole"}
    | {"prop", "roll", "slot", "socket", "target", "twist", "volume", "weapon"}
)
"""Words of joints that steer a rig, carry something or help the skin: no part of the body."""


def name_words(name: str) -> tuple[str, ...]:
    """The words of a joint's name in lower case: `mixamorig:HeadTop_End` has head, top and end."""
    return tuple(word.lower() for word in WORD.findall(NAMESPACE.sub("", name)))


@dataclass(frozen=True)
class RestBody:
    """A rest pose, measured in double precision on the CPU.

    Args:
        skeleton: whose rest pose.
        rotations: (J, 4) world rotations of the joints, xyzw.
        positions: (J, 3) world positions of the joints, metres.
    """

    skeleton: Skeleton
    rotations: Float[Tensor, "joints 4"]
    positions: Float[Tensor, "joints 3"]

    @cached_property
    def tips(self) -> dict[int, Float[Tensor, "3"]]:
        """Where bones end that say so, in the world; of several tips of a joint, the first."""
        found: dict[int, Tensor] = {}
        for joint, offset in zip(self.skeleton.tip_joints, self.skeleton.tip_offsets, strict=True):
            tip = self.positions[joint] + quat_action(self.rotations[joint], offset.to(self.positions))
            found.setdefault(joint, tip)
        return found

    @cached_property
    def _farthest(self) -> tuple[tuple[float, Tensor], ...]:
        found = [(0.0, place) for place in self.positions]
        for joint in reversed(range(len(self.skeleton))):
            if joint in self.tips:
                found[joint] = max(found[joint], self._through(joint, (0.0, self.tips[joint])), key=_length)
            parent = self.skeleton.parents[joint]
            if parent >= 0:
                found[parent] = max(found[parent], self._through(parent, found[joint], joint), key=_length)
        return tuple(found)

    def _through(self, joint: int, beyond: tuple[float, Tensor], child: int | None = None) -> tuple[float, Tensor]:
        place = beyond[1] if child is None else self.positions[child]
        return beyond[0] + float((place - self.positions[joint]).norm()), beyond[1]

    def farthest(self, joint: int) -> Float[Tensor, "3"]:
        """The place that is the longest way from a joint along the bones that hang on it."""
        return self._farthest[joint][1]

    def reach(self, joint: int) -> float:
        """Metres along the bones from a joint to `farthest`."""
        return self._farthest[joint][0]

    def limb_length(self, joint: int) -> float:
        """Metres along the bones from the parent of a joint to `farthest`."""
        parent = self.skeleton.parents[joint]
        return self.reach(joint) + float((self.positions[joint] - self.positions[parent]).norm())

    @cached_property
    def lowest(self) -> tuple[float, ...]:
        """The lowest height that the bones below each joint come to, metres."""
        low = [float(place[UP]) for place in self.positions]
        for joint, tip in self.tips.items():
            low[joint] = min(low[joint], float(tip[UP]))
        for joint in reversed(range(1, len(low))):
            parent = self.skeleton.parents[joint]
            low[parent] = min(low[parent], low[joint])
        return tuple(low)

    @cached_property
    def controls(self) -> frozenset[int]:
        """Joints that, with all that hangs on them, are controls, props or helpers by name."""
        steering = [bool(CONTROL_WORDS.intersection(_endings(name))) for name in self.skeleton.names]
        for joint in reversed(range(1, len(steering))):
            if not steering[joint]:
                steering[self.skeleton.parents[joint]] = False
        return frozenset(joint for joint, steers in enumerate(steering) if steers)

    def limbs(self, joint: int) -> tuple[int, ...]:
        """The children of a joint that belong to the body."""
        return tuple(child for child in self.skeleton.children[joint] if child not in self.controls)

    def only_ends_a_bone(self, joint: int) -> bool:
        """Whether a joint turns nothing and is called an end."""
        bare = not self.skeleton.children[joint] and joint not in self.skeleton.tip_joints
        return bare and bool(END_WORDS.intersection(name_words(self.skeleton.names[joint])))


def measure_body(skeleton: Skeleton) -> RestBody:
    """Measure a skeleton's rest pose."""
    translations, rotations = (part.double().cpu() for part in (skeleton.rest_translations, skeleton.rest_rotations))
    exact = skeleton.with_rest(translations, rotations / rotations.norm(dim=-1, keepdim=True))
    return RestBody(skeleton, *rest_pose(exact))


def turned_positions(body: RestBody, turns: Float[Tensor, "joints 4"]) -> Float[Tensor, "joints 3"]:
    """Where the joints are when each is turned in the world from the rest pose, the root staying.

    Args:
        body: in its rest pose.
        turns: (J, 4) of every joint, in world axes, xyzw.
    """
    placed = [body.positions[0]]
    for joint, parent in enumerate(body.skeleton.parents[1:], start=1):
        placed.append(placed[parent] + quat_action(turns[parent], body.positions[joint] - body.positions[parent]))
    return torch.stack(placed)


def _endings(name: str) -> list[str]:
    """The words of a name, and `slot` and `socket` where a word ends in them: `handslot`."""
    words = name_words(name)
    return [*words, *(ending for word in words for ending in ("slot", "socket") if word.endswith(ending))]


def _length(way: tuple[float, Tensor]) -> float:
    return way[0]
