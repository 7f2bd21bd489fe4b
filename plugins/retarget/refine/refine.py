"""A carried-over motion made to touch the world as its source did."""

from motionloom.core.data import Motion
from motionloom.plugins.retarget.refine.carried import as_long_as_moved
from motionloom.plugins.retarget.refine.contacts import FootContacts, detect_contacts
from motionloom.plugins.retarget.refine.feet import Warn, measure_legs
from motionloom.plugins.retarget.refine.hands import keep_hands
from motionloom.plugins.retarget.refine.limits import limit_joints
from motionloom.plugins.retarget.refine.options import RefineOptions
from motionloom.plugins.retarget.refine.plant import plant_feet
from motionloom.plugins.retarget.refine.smoothing import smoothed
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of


def refine(
    moved: Motion,
    target_roles: JointRoles,
    source: Motion,
    source_roles: JointRoles,
    scale: float,
    options: RefineOptions,
    warn: Warn,
) -> Motion:
    """Smooth a motion, limit its joints, plant its feet and keep its hands, in this order, as far as asked.

    Args:
        moved: the source's motion on the target's skeleton, with as many frames.
        target_roles: of the target's joints; hips and both legs at least.
        source: what was carried over.
        source_roles: of the source's joints.
        scale: of the target's body over the source's: the ratio of the hips' heights.
        options: what is done.
        warn: told by name of limbs that are left out.
    """
    refined = smoothed(moved, options.smooth)
    if options.limit_joints:
        refined = limit_joints(refined, target_roles, warn)
    if options.plant_feet:
        refined = plant_feet(refined, target_roles, source_contacts(source, source_roles, target_roles, warn), warn)
    if options.hands == "keep":
        refined = keep_hands(refined, target_roles, source, source_roles, scale, warn)
    return refined


def source_contacts(source: Motion, source_roles: JointRoles, target_roles: JointRoles, warn: Warn) -> FootContacts:
    """Where the source's feet rest, for those feet that both skeletons have."""
    contacts = detect_contacts(source, measure_legs(as_long_as_moved(source, source_roles), source_roles, _unsaid))
    for side in Side:
        if side not in contacts.sides and role_of(Part.FOOT, side) in target_roles:
            warn(
                f"the source's {side} leg has no foot joint, so nobody knows where it stands; that foot is not planted"
            )
    return contacts


def _unsaid(message: str) -> None:
    """What the caller says in its own words."""
