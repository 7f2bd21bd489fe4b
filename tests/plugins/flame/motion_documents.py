"""Made-up archives of FLAME parameters."""

from typing import Any

import numpy as np


def motion_arrays(frames: int = 7, expressions: int = 10, seed: int = 0) -> dict[str, Any]:
    random = np.random.default_rng(seed)

    def vectors(width: int) -> Any:
        return 0.3 * random.standard_normal((frames, width))

    return {
        "betas": random.standard_normal(4),
        "expression": vectors(expressions),
        "jaw_pose": vectors(3),
        "neck_pose": vectors(3),
        "leye_pose": vectors(3),
        "reye_pose": vectors(3),
        "global_orient": vectors(3),
        "transl": vectors(3),
        "fps": np.array(30.0),
    }
