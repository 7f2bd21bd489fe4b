"""The retargeting methods that a comparison knows by name."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from motionloom.core.data import Motion, Skeleton, bare_character
from motionloom.core.errors import MotionloomError, NodeError, PluginError
from motionloom.core.node import Context, spec_of
from motionloom.plugins.retarget.roles.find import find_roles

Method = Callable[[Motion, Skeleton], Motion]
"""Carries a motion over to a skeleton."""


def _copy() -> Method:
    """Local rotations copied between T-poses, the path scaled by hip height."""
    from motionloom.plugins.retarget.transfer.copy_rotation import copy_rotation

    def run(motion: Motion, skeleton: Skeleton) -> Motion:
        roles = find_roles(motion.skeleton, "the source"), find_roles(skeleton, "the target")
        return copy_rotation(motion, skeleton, *roles)

    return run


def _transfer() -> Method:
    """The analytic solver without refinement: no foot is planted."""
    from motionloom.plugins.retarget.roles.mapping import find_mapping
    from motionloom.plugins.retarget.transfer.solve import retarget

    return lambda motion, skeleton: retarget(motion, skeleton, find_mapping(motion.skeleton, skeleton))


def _solve() -> Method:
    """The node retarget.solve as it is by default."""
    from motionloom.plugins.retarget.nodes import solve

    return by_node(solve)


def _same() -> Method:
    """The node retarget.same as it is by default: learned, without a mapping of joints."""
    from motionloom.plugins.same.nodes import retarget_same

    return by_node(retarget_same)


METHODS: Final[dict[str, Callable[[], Method]]] = {
    "copy": _copy,
    "transfer": _transfer,
    "solve": _solve,
    "same": _same,
}
"""What makes each method; its docstring says what it does."""


def method(name: str) -> Method:
    """The method of a name, or of any node with a motion and a target, as MODULE:FUNCTION.

    Raises:
        PluginError: there is none, or what it needs cannot be imported.
    """
    module, colon, function = name.partition(":")
    if not colon and name not in METHODS:
        remedy = f"known are {', '.join(METHODS)}, and MODULE:FUNCTION of a node's function"
        raise PluginError(f"there is no method {name!r}", remedy=remedy)
    try:
        return by_node(getattr(import_module(module), function)) if colon else METHODS[name]()
    except (ImportError, AttributeError) as error:
        raise PluginError(
            f"the method {name!r} is not available: {error}", remedy="leave it out of --methods"
        ) from error


def by_node(function: Callable[..., Any]) -> Method:
    """A node that takes a motion and a character, with its parameters at their defaults."""
    spec = spec_of(function)
    context = {} if spec.context is None else {spec.context: Context(weights_file=spec.weights)}
    return lambda motion, skeleton: function(motion, bare_character("target", skeleton), **context)


def carried(run: Method, motion: Motion, skeleton: Skeleton) -> Motion:
    """What a method makes of a motion.

    Raises:
        MotionloomError: the method refuses the motion or the skeleton, or fails on them.
    """
    try:
        return run(motion, skeleton)
    except MotionloomError:
        raise
    # A method under comparison may fail in any way, and must take only its own row with it.
    except Exception as error:
        raise NodeError(f"{type(error).__name__}: {error}") from error
