"""Animation stacks through Autodesk's FBX SDK."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from motionloom.exporters.fbx.animation import last_tick
from motionloom.exporters.fbx.frame_rate import FrameRate
from motionloom.exporters.fbx.scene import Curve, FbxScene, Stack


def add_stacks(
    sdk: ModuleType, document: Any, scene: FbxScene, nodes: Sequence[Any], channels: Sequence[Sequence[Any]]
) -> None:
    """Add a stack a take.

    Args:
        sdk: the module.
        document: its scene.
        scene: whose stacks.
        nodes: the joints' nodes.
        channels: the blend shape channels of each mesh.
    """
    for stack in scene.stacks:
        layer = _add_stack(sdk, document, stack, scene.rate)
        for track in stack.joints:
            node = nodes[track.joint]
            for target, curves in ((node.LclTranslation, track.translation), (node.LclRotation, track.rotation)):
                for axis, curve in zip("XYZ", curves or (), strict=False):
                    _add_keys(sdk, target.GetCurve(layer, axis, True), curve, scene.rate)
        for shape in stack.shapes:
            percent = channels[shape.mesh][shape.shape].DeformPercent
            _add_keys(sdk, percent.GetCurve(layer, True), shape.curve, scene.rate)


def _add_stack(sdk: ModuleType, document: Any, stack: Stack, rate: FrameRate) -> Any:
    added = sdk.FbxAnimStack.Create(document, stack.name)
    layer = sdk.FbxAnimLayer.Create(document, "BaseLayer")
    added.AddMember(layer)
    added.SetLocalTimeSpan(sdk.FbxTimeSpan(_time(sdk, 0), _time(sdk, last_tick(stack, rate))))
    return layer


def _add_keys(sdk: ModuleType, target: Any, curve: Curve, rate: FrameRate) -> None:
    definition = sdk.FbxAnimCurveDef
    linear = getattr(definition, "EInterpolationType", definition).eInterpolationLinear
    target.KeyModifyBegin()
    for ticks, value in zip(rate.ticks(curve.frames).tolist(), curve.values.tolist(), strict=True):
        time = _time(sdk, ticks)
        target.KeySet(target.KeyAdd(time)[0], time, value, linear)
    target.KeyModifyEnd()


def _time(sdk: ModuleType, ticks: int) -> Any:
    return sdk.FbxTime(ticks)
