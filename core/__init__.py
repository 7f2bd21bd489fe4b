"""motionloom: motion pipelines as YAML graphs of typed nodes.

Everything public is importable from here; heavy parts load when first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionloom.core.engine.api import check, plan, run
    from motionloom.core.engine.manifest import RunResult
    from motionloom.core.errors import MotionloomError
    from motionloom.core.node import Context, InputFile, InputFolder, OutputFile, hookimpl

_HOME = {
    "Context": "motionloom.core.node",
    "InputFile": "motionloom.core.node",
    "InputFolder": "motionloom.core.node",
    "MotionloomError": "motionloom.core.errors",
    "OutputFile": "motionloom.core.node",
    "RunResult": "motionloom.core.engine.manifest",
    "check": "motionloom.core.engine.api",
    "hookimpl": "motionloom.core.node",
    "plan": "motionloom.core.engine.api",
    "run": "motionloom.core.engine.api",
}

__all__ = [
    "Context",
    "InputFile",
    "InputFolder",
    "MotionloomError",
    "OutputFile",
    "RunResult",
    "check",
    "hookimpl",
    "plan",
    "run",
]


def __getattr__(name: str) -> Any:
    # `motionloom --help` imports this package; torch must wait until something needs it.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
