"""Where the VRM animation exporter meets the engine."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from motionloom.core.data import Artifact, Take
from motionloom.core.errors import ExportError
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.gltf.container import write_glb
from motionloom.exporters.prepared.takes import only_take
from motionloom.exporters.vrma.document import vrma_contents


@node("export.vrma", version=1)
def export_vrma(
    take: Sequence[Take], *, path: Annotated[OutputFile, suffixes(".vrma")], presets: bool = True, ctx: Context
) -> Artifact:
    """Write a take as a VRM animation (VRMC_vrm_animation 1.0), which plays on any VRM model.

    The humanoid's bones are found by the joints' names, or by the rest pose, as retarget.solve finds
    them. The file's rest pose is VRM's T-pose, made from the character's own by turning its bones, and
    rotations are counted from it. VRM has at most three bones of spine and one of neck, upper arm and
    so on: where a rig has more joints, the bone starts at the first, turns as the last, and points at
    the next bone, which leaves a bent spine a few millimetres too long. The hips move; scale, eyes,
    jaw and joints that slide are not the format's.

    Every face shape is a custom expression by its own name, so a model made for ARKit's 52 shapes
    plays them all. Eye directions are in the eyeLook shapes; the format's own look-at is not written.

    Args:
        take: who performs what; one take.
        path: the file, .vrma.
        presets: whether eyeBlinkLeft and eyeBlinkRight also move VRM's presets blinkLeft and
            blinkRight, for models without ARKit's shapes. A model that has both would close its eyes
            twice: turn it off for such.
        ctx: warnings.

    Raises:
        ExportError: there are several takes, nothing moves, a bone that VRM requires has no joint
            (they are named), or the take holds what no reader could use.
    """
    write_vrma(take, path, presets, ctx.warn)
    return Artifact((path,))


def write_vrma(takes: Sequence[Take], path: Path, presets: bool, warn: Callable[[str], None]) -> None:
    """Write one take; see the node `export.vrma`.

    Args:
        takes: one.
        path: the file, .vrma.
        presets: whether blinks move VRM's presets as well.
        warn: told of what is cut or left out.

    Raises:
        ExportError: the takes are not one, or it cannot be written.
    """
    take = only_take(takes, path.name)
    if path.suffix.lower() != ".vrma":
        raise ExportError("a VRM animation is a .vrma file", where=path.name, remedy="use the suffix .vrma")
    write_glb(path, vrma_contents(take, presets, warn))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_vrma]
