"""USD files as scenes; runs in a child process, since USD trusts what it reads.

`plugins/scene_graph/served.py` calls `extract`; nothing here imports torch.
"""

import gc
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

# Where else layers might come from, and what else might be loaded: nothing that a file needs.
for _variable in ("PXR_AR_DEFAULT_SEARCH_PATH", "PXR_PLUGINPATH_NAME"):
    os.environ.pop(_variable, None)

from pxr import Sdf, Tf, Usd, UsdGeom, UsdSkel  # noqa: E402

from motionloom.core.errors import ReadError  # noqa: E402
from motionloom.plugins.scene_graph.stored import StoredScene, StoredSpace  # noqa: E402
from motionloom.plugins.usd.animations import AnimationReader  # noqa: E402
from motionloom.plugins.usd.layers import open_stage, usd_message  # noqa: E402
from motionloom.plugins.usd.meshes import MeshReader  # noqa: E402
from motionloom.plugins.usd.node_table import NodeTable, add_transforms, prims_of  # noqa: E402
from motionloom.plugins.usd.skeletons import Joints, add_skeleton  # noqa: E402
from motionloom.plugins.usd.values import AGAIN  # noqa: E402

Warn = Callable[[str], None]


def extract(request: Mapping[str, Any], warn: Warn) -> StoredScene:
    """The scene of a USD file.

    Args:
        request: `path` of a layer, the real path of the `folder` below which everything must be, and
            the `name` of what is in it.
        warn: told of what is left out or done in another way.

    Raises:
        ReadError: it is no USD file that this reader or USD understands.
    """
    folder = Path(request["folder"])
    try:
        return _opened(Path(request["path"]), folder, request["name"], warn)
    except Tf.ErrorException as error:
        raise ReadError(f"USD cannot read it: {usd_message(error)}", remedy=AGAIN) from None
    except UnicodeDecodeError:
        raise ReadError("holds text that is no UTF-8", remedy="save it as UTF-8") from None
    finally:
        # A process that reads many files must not hold on to one: neither to its layers nor to its folder.
        gc.collect()
        os.chdir(folder.anchor)


def _opened(path: Path, folder: Path, name: str, warn: Warn) -> StoredScene:
    return scene_of_stage(open_stage(path, folder, warn), folder, name, warn)


def scene_of_stage(stage: Usd.Stage, folder: Path, name: str, warn: Warn) -> StoredScene:
    """What a take can hold of a stage, in the stage's own axes and unit.

    Args:
        stage: composed.
        folder: where pictures may be.
        name: of the scene.
        warn: told of what is left out or done in another way.

    Raises:
        ReadError: the stage contradicts itself.
    """
    table = NodeTable()
    prims = prims_of(stage)
    skeletons: dict[Sdf.Path, Joints] = {}
    for prim in prims:
        add_transforms(table, prim, warn)
        if prim.IsA(UsdSkel.Skeleton):
            skeletons[prim.GetPath()] = add_skeleton(table, prim, warn)
    meshes = MeshReader(table, skeletons, folder, warn)
    for prim in prims:
        meshes.add(prim)
    space = _space(stage)
    animations = AnimationReader(stage, table, skeletons, meshes.shaped, warn).read(name)
    return {
        "name": name,
        "space": space,
        "nodes": table.stored(),
        "meshes": meshes.meshes,
        "materials": meshes.materials.stored,
        "animations": animations,
    }


def _space(stage: Usd.Stage) -> StoredSpace:
    metres = UsdGeom.GetStageMetersPerUnit(stage)
    if not 1e-9 <= metres <= 1e9:
        raise ReadError(f"has units of {metres:g} metres", remedy="set metersPerUnit, 0.01 for centimetres")
    up = UsdGeom.GetStageUpAxis(stage)
    if up not in (UsdGeom.Tokens.y, UsdGeom.Tokens.z):
        raise ReadError(f"has the up axis {up}", remedy="set upAxis to Y or Z")
    upright = up == UsdGeom.Tokens.y
    forward = "+z" if upright else "-y"
    return {"metres_per_unit": metres, "up": "+y" if upright else "+z", "forward": forward, "right_handed": True}
