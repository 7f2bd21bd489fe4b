"""Where the NumPy exporter meets the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from motionloom.core.data import Artifact, FaceMotion, FlameMotion, Motion
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.npz.flame import write_flame
from motionloom.exporters.npz.writer import write_npz


@node("export.npz", version=1)
def export_npz(
    motion: Motion, face: FaceMotion | None = None, *, path: Annotated[OutputFile, suffixes(".npz")], ctx: Context
) -> Artifact:
    """Write a motion, with a face if you like, as a NumPy archive: AMASS's arrays and our own.

    For every skeleton, in metres, Y up, +Z forward, float32: `joint_names` (J), `parents` (J),
    `rest_translations` (J, 3) and `rest_rotations` (J, 4) local, `tip_joints` (E), `tip_offsets`
    (E, 3), `root_translation` (T, 3), `rotations` (T, J, 4) local, `joint_translations` (T, J, 3) where
    joints slide, `fps`; of a face `face_names` (S), `face_weights` (T, S), `face_head`,
    `face_left_eye`, `face_right_eye` (T, 4); `layout` is "motionloom 1". Quaternions are xyzw. `read.npz`
    gives them back number for number.

    Where the joints are SMPL's, SMPL-H's or SMPL-X's by name and hierarchy, also AMASS's arrays, Z up,
    float64: `poses` (T, 3 J) rotation vectors counted from the rest pose, which is taken for the
    model's zero pose, `trans` (T, 3), `betas` (16) zero, `gender` neutral, `mocap_framerate`, and
    `rest_joints` (J, 3), to which `trans` is relative. `read.amass` reads these.

    The same motion gives the same bytes. Nothing in the file needs pickle.

    Args:
        motion: what to write.
        face: in step with it; take.perform brings both together.
        path: the file, .npz.
        ctx: warnings.

    Raises:
        ExportError: motion and face differ in length or rate, a value is not finite, or a rotation is no
            unit quaternion; with its joint and frame.
    """
    write_npz(motion, face, path, ctx.warn)
    return Artifact((path,))


@node("export.flame_npz", version=1)
def export_flame_npz(motion: FlameMotion, *, path: Annotated[OutputFile, suffixes(".npz")]) -> Artifact:
    """Write FLAME parameters as a NumPy archive, under the names of the library smplx.

    `betas` (B), `expression` (T, E), `neck_pose`, `jaw_pose`, `leye_pose`, `reye_pose` and, where the head
    as a whole moves, `global_orient` (T, 3) rotation vectors in radians, `transl` (T, 3) metres, `fps`; all
    but the rate float32. The same motion gives the same bytes. `read.flame` reads these.

    Args:
        motion: what to write.
        path: the file, .npz.

    Raises:
        ExportError: a value is not finite, or a rotation is no unit quaternion; with its frame.
    """
    write_flame(motion, path)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_npz, export_flame_npz]
