"""Whether a body's and a face's motion are made for a character."""

from motionloom.core.data import Character, FaceMotion, Motion, Skeleton
from motionloom.core.errors import NodeError

SAME_PLACE = 1e-3
"""Metres between two rest translations that files and rounding may put there."""

SAME_TURN = 1e-6
"""One less the dot product of two rest rotations: a sixth of a degree."""

RETARGET = "carry it over with retarget.solve"


def check_motion(motion: Motion, character: Character) -> None:
    """Refuse a motion of another skeleton than the character's, in names, hierarchy or rest pose.

    Raises:
        NodeError: it names the first joint that differs.
    """
    theirs, own = motion.skeleton, character.skeleton
    for joint, (name, expected) in enumerate(zip(theirs.names, own.names, strict=False)):
        if name != expected:
            raise _foreign(f"its joint {joint} is {name!r}, the character's is {expected!r}")
        if theirs.parents[joint] != own.parents[joint]:
            raise _foreign(f"its joint {name!r} hangs from {_parent(theirs, joint)}, not from {_parent(own, joint)}")
    if len(theirs) != len(own):
        longer, owner = (theirs, "the character") if len(theirs) > len(own) else (own, "the motion")
        raise _foreign(f"{owner} has no joint {longer.names[min(len(theirs), len(own))]!r}")
    _check_rest(theirs, own)


def check_face(face: FaceMotion, character: Character) -> None:
    """Refuse a face motion with shapes that the character's face rig lacks.

    Raises:
        NodeError: it names them.
    """
    if character.face_rig is None:
        raise NodeError(f"the character {character.name!r} has no face shapes", remedy="leave the face out")
    missing = [name for name in face.names if name not in character.face_rig.names]
    if missing:
        remedy = "put them in as shapes that move nothing (`missing: zero` of rig.arkit and rig.ict), or leave them out"
        raise NodeError(f"the face rig of {character.name!r} lacks {', '.join(missing)}", remedy=remedy)


def _check_rest(theirs: Skeleton, own: Skeleton) -> None:
    # The root's rest translation is only where the character waits; its motion replaces it.
    apart = (theirs.rest_translations - own.rest_translations.to(theirs.rest_translations))[1:].norm(dim=-1)
    if len(apart) and float(apart.max()) > SAME_PLACE:
        joint = int((apart > SAME_PLACE).nonzero()[0]) + 1
        raise _foreign(f"its joint {own.names[joint]!r} rests {float(apart[joint - 1]) * 100:.1f} cm elsewhere")
    turned = 1 - (theirs.rest_rotations * own.rest_rotations.to(theirs.rest_rotations)).sum(-1).abs()
    if float(turned.max()) > SAME_TURN:
        raise _foreign(f"its joint {own.names[int((turned > SAME_TURN).nonzero()[0])]!r} rests turned otherwise")


def _parent(skeleton: Skeleton, joint: int) -> str:
    parent = skeleton.parents[joint]
    return repr(skeleton.names[parent]) if parent >= 0 else "nothing"


def _foreign(difference: str) -> NodeError:
    return NodeError(f"the motion is on another skeleton than the character's: {difference}", remedy=RETARGET)
