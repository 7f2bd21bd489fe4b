"""Which input of a graph gives a node's parameter its value, however many graphs lie between."""

import re

from motionloom.core.graph.linked import Argument, Step
from motionloom.core.graph.template import whole_name

REMEDY = re.compile(r"\bset (\w+)\b")
"""How nodes name a parameter that mends something: `set unit: cm`."""


def feeding_input(argument: Argument) -> str | None:
    """The input of the outermost graph that a value is, unchanged; None for every other value.

    Args:
        argument: of a step.
    """
    while True:
        name = whole_name(argument.value)
        if name is None or name not in argument.scope.graph.inputs:
            return None
        if argument.scope.parent is None:
            return name
        if name not in argument.scope.bindings:
            return None
        argument = argument.scope.bindings[name]


def in_terms_of_inputs(message: str, step: Step) -> str:
    """What a node says, with the inputs that give the parameters that it asks to set, where they have other names.

    Args:
        message: a warning or an error of the node.
        step: the call.
    """
    asked = dict.fromkeys(name for name in REMEDY.findall(message) if name in step.arguments)
    fed = {name: feeding_input(step.arguments[name]) for name in asked}
    notes = [f"{name} of {step.name} is the input {given}" for name, given in fed.items() if given not in (None, name)]
    return f"{message} ({', '.join(notes)})" if notes else message
