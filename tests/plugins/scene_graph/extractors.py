"""An extractor whose files say what shall happen to the process that reads them."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.stored import StoredScene


def extract(request: Mapping[str, Any], warn: Callable[[str], None]) -> StoredScene:
    """A scene of one node, or whatever the file's text asks for."""
    what = Path(request["path"]).read_text()
    print("noise that is no answer", flush=True)
    warn(f"told of {what}")
    warn(f"told of {what}")
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "leave":
        os._exit(3)
    if what == "sleep":
        time.sleep(60)
    if what == "starve":
        np.ones(2**36)
    if what == "refuse":
        raise ReadError("is odd", where="/Prim", remedy="mend it")
    if what == "stumble":
        raise KeyError(what)
    return scene(what)


def scene(name: str) -> StoredScene:
    """One joint that moves, and a picture that two materials share."""
    picture = {"name": "skin", "media_type": "image/png", "data": np.arange(5, dtype=np.uint8)}
    material = {"base_color": [1.0, 0.5, 0.25, 1.0], "metallic": 0.0, "roughness": 1.0, "texture": picture}
    return {
        "name": name,
        "space": {"metres_per_unit": 0.01, "up": "+z", "forward": "-y", "right_handed": True},
        "nodes": {
            "names": ["root"],
            "parents": np.array([-1]),
            "joints": np.array([True]),
            "translations": np.zeros((1, 3)),
            "rotations": np.array([[0.0, 0.0, 0.0, 1.0]]),
            "scales": np.ones((1, 3)),
        },
        "meshes": [
            {
                "name": "skin",
                "node": 0,
                "vertices": np.eye(3),
                "faces": np.array([[0, 1, 2]]),
                "normals": None,
                "uv": None,
                "face_materials": np.array([1]),
                "skin": None,
                "shapes": {"array": np.ones((3, 3)), "items": np.zeros((3, 3))},
            }
        ],
        "materials": [{"name": "a", **material}, {"name": "b", **material}],  # type: ignore[typeddict-item]
        "animations": [
            {
                "name": "walk",
                "fps": 30.0,
                "frames": 2,
                "translations": {0: np.arange(6.0).reshape(2, 3)},
                "rotations": {},
                "scales": {},
                "weights": {0: {"array": np.array([0.0, 1.0])}},
            }
        ],
    }
