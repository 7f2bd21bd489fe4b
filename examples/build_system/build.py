"""Builds a folder of BVH clips: `python build.py MOCAP_FOLDER OUTPUT_FOLDER`.

Only what is missing or changed is built, as with make. The exit code is motionloom's: 0 done,
1 everything failed, 2 the call is wrong, 3 some clips failed.
"""

import sys
from pathlib import Path

from motionloom.core import MotionloomError, run


def build(mocap: Path, out: Path) -> int:
    """Build every clip below a folder; the exit code."""
    try:
        result = run("batch_mocap", {"rig": "game_engine"}, each=[f"clip={mocap}/**/*.bvh"], out=out)
    except MotionloomError as error:
        print(error, file=sys.stderr)
        return 2
    for item in result.items:
        built = sum(node.status == "done" for node in item.nodes)
        print(f"{item.name}: {item.status}, {built} nodes run, {len(item.outputs)} files")
    for item in result.failures:
        print(f"{item.name}: {item.error}", file=sys.stderr)
    return result.exit_code


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]), Path(sys.argv[2])))
