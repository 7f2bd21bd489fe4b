"""Runs every benchmark of this folder, one after the other: `python benchmarks/run_all.py`."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them all; the exit code says whether each of them ran to its end."""
    here = Path(__file__)
    failed = []
    for script in sorted(here.parent.glob("*.py")):
        # What starts with blender_ runs inside Blender, started by the others.
        if script == here or script.stem.startswith("blender_"):
            continue
        print(f"\n== {script.stem}", flush=True)
        if subprocess.run([sys.executable, str(script)], check=False).returncode:
            failed.append(script.stem)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall ran to their end")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
