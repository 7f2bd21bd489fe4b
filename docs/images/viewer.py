"""Takes the picture of the viewer: `python docs/images/viewer.py PICTURE.png FILE [OTHER]`.

Needs Node, Chromium and `npm ci --prefix tests/conformance`, as the viewer's tests do.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from motionloom.plugins.viewer.models import prepare_file
from motionloom.plugins.viewer.server import ViewerServer
from motionloom.plugins.viewer.site import site_of

TESTS = Path(__file__).parents[2] / "tests"
FRAME = 40


def main(picture: Path, files: list[Path]) -> None:
    """Serve the files, and have a browser that nobody sees look at them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or sys.exit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = [prepare_file(path, folder / f"model{number}.glb", None) for number, path in enumerate(files)]
        jobs, report = folder / "jobs.json", folder / "report.json"
        with ViewerServer(site_of(models), 0) as server:
            job = {"url": f"{server.url}?frame={FRAME}", "steps": [{"wait": 500}, {"shot": str(picture)}]}
            jobs.write_text(json.dumps([job]))
            look = ["node", TESTS / "plugins/viewer/look.mjs", TESTS / "conformance", chromium, jobs, report]
            subprocess.run([str(part) for part in look], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), [Path(argument) for argument in sys.argv[2:]])
