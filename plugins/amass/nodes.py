"""Where AMASS and the archives of `export.npz` meet the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Motion, Take, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.amass.own_layout import read_own_layout
from motionloom.plugins.amass.reader import UpAxis, read_amass_file

Rate = Annotated[float, Field(gt=0.0, le=1000.0)]


@node("read.amass", version=1)
def read_amass(
    *, path: InputFile, model: InputFile | None = None, fps: Rate | None = None, up: UpAxis = "z", ctx: Context
) -> Motion:
    """Read a motion of SMPL, SMPL-H or SMPL-X as the AMASS collection stores it (Mahmood et al. 2019).

    The archive holds `poses` (66 numbers a frame without hands, 72 SMPL, 156 SMPL-H, 165 SMPL-X) or
    their parts (`root_orient`, `pose_body`, `pose_hand`, `pose_jaw`, `pose_eye`), `trans`, `betas`,
    `gender` and `mocap_framerate` or `mocap_frame_rate`. Joints get SMPL's names. In the rest pose,
    which is the models' zero pose, the body stands in a T-pose and faces +Z, and no joint is turned.

    Without a body model the bones are an average adult's, measured on MakeHuman's body (CC0): the
    rotations are the subject's, the bone lengths are not, and the pelvis is where `trans` says, though
    SMPL has it some 25 cm away in a fixed direction along the floor. With one they are the subject's.
    Pickles are never read.

    Args:
        path: the motion, .npz.
        model: the body model that the motion was made with, .npz, from its licensed download: its
            `v_template`, `J_regressor`, `shapedirs` and `kintree_table` give the joints of the
            subject's `betas`.
        fps: frames a second, for files that do not say, or wrongly.
        up: the world's up axis: `z` in AMASS, `y` in what most video methods write.
        ctx: device and warnings.

    Raises:
        ReadError: with the array, joint and frame, where the file is not such a motion; or the model is
            another than the motion's.
    """
    return to_device(read_amass_file(path, model=model, fps=fps, up=up, warn=ctx.warn), ctx.device)


@node("read.npz", version=1)
def read_npz(*, path: InputFile, ctx: Context) -> Take:
    """Read an archive of `export.npz`: any skeleton's motion and the face's, number for number.

    Args:
        path: the file, .npz.
        ctx: device.

    Raises:
        ReadError: with the array, where the file is another's or was damaged.
    """
    return to_device(read_own_layout(path), ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_amass, read_npz]
