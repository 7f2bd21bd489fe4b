"""Where what can be worked out again is kept."""

import os
import sys
from pathlib import Path


def default_cache_folder() -> Path:
    """`MOTIONLOOM_CACHE`, else the place for caches on this system."""
    named = os.environ.get("MOTIONLOOM_CACHE")
    if named:
        return Path(named)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "motionloom" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/motionloom"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "motionloom"
