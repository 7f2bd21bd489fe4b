"""Somebody's face, found in a mesh and looked at by the network."""

from collections.abc import Callable
from dataclasses import dataclass

from motionloom.core.data import Character, Mesh, to_device
from motionloom.core.errors import DataError
from motionloom.plugins.nfs.infer import Prepared, prepare
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.surface.operator_cache import cached_operators
from motionloom.plugins.surface.standard_head import StandardHead
from motionloom.plugins.surface.standardize import standardize

MOST_VERTICES = 60_000
"""Of a head's skin: the operators of more take minutes and gigabytes."""


@dataclass(frozen=True)
class Hearer:
    """Whom the work on a face is told to.

    Args:
        warn: what was repaired.
        progress: from 0 to 1, with a text.
    """

    warn: Callable[[str], None]
    progress: Callable[[float, str], None]


@dataclass(frozen=True)
class Subject:
    """A mesh with a face in it.

    Args:
        mesh: all of it, as it came.
        head: the skin of its head in the standard frame.
        prepared: what the network made of that skin.
    """

    mesh: Mesh
    head: StandardHead
    prepared: Prepared


def looked_at(model: Nfs, shown: Character | Mesh, head: StandardHead | None, hearer: Hearer) -> Subject:
    """Find the face in a mesh and let the network look at it; on the device of the network.

    Args:
        model: the network.
        shown: a character in its bind pose, or a mesh.
        head: its head, where it has been standardised before.
        hearer: whom it is told to.

    Raises:
        DataError: there is no head, several, or one with too many vertices; the mesh is not finite; or `head`
            is another mesh's.
    """
    mesh = shown.mesh if isinstance(shown, Character) else shown
    if head is None:
        hearer.progress(0.0, "looking for the head")
        head = standardize(shown, None, None, False, False, hearer.warn)
    if len(head.targets) != len(mesh.vertices):
        what = f"the standardised head is of a mesh of {len(head.targets)} vertices, this one has {len(mesh.vertices)}"
        raise DataError(what, remedy="give the head that mesh.standardize makes of this mesh")
    skin = head.mesh
    if len(skin.vertices) > MOST_VERTICES:
        what = f"the skin of the head has {len(skin.vertices)} vertices, more than {MOST_VERTICES}"
        raise DataError(what, remedy="decimate it, and bring the shapes back with rig.transfer")
    hearer.progress(0.3, f"operators of {len(skin.vertices)} vertices")
    operators = cached_operators(skin.vertices.cpu(), skin.faces.cpu(), model.size.eigenpairs)
    hearer.progress(0.9, "looking at the face")
    device = model.shape_scale.device
    return Subject(to_device(mesh, device), to_device(head, device), prepare(model, skin, operators))
