"""The node contract: a node is a typed function."""

from motionloom.core.node.cache_folder import default_cache_folder
from motionloom.core.node.context import Context
from motionloom.core.node.contract import node
from motionloom.core.node.files import InputFile, InputFolder, OutputFile, suffixes
from motionloom.core.node.hooks import hookimpl
from motionloom.core.node.signature import spec_of
from motionloom.core.node.spec import NodeSpec, Output, Parameter, Port

__all__ = [
    "Context",
    "InputFile",
    "InputFolder",
    "NodeSpec",
    "Output",
    "OutputFile",
    "Parameter",
    "Port",
    "default_cache_folder",
    "hookimpl",
    "node",
    "spec_of",
    "suffixes",
]
