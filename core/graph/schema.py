"""The JSON Schema of the graph language with the installed nodes, for editors (draft-07).

A node's arguments hang on `if: node is X, then: ...`: a discriminated union would make editors
report the first branch instead of the wrong word.
"""

from typing import Any

from motionloom.core.data.storage import type_name
from motionloom.core.graph.loader import VALUE_TYPES
from motionloom.core.graph.model import FORMAT
from motionloom.core.node import NodeSpec, Parameter, Port
from motionloom.core.registry import Registry

VARIABLE = {"type": "string", "pattern": r"\$\{[^{}]+\}"}
REFERENCE = {"type": "string", "pattern": r"^[A-Za-z_][\w-]*(\.\w+)*$"}
DEFINITIONS = "#/definitions/{model}"


def json_schema(registry: Registry) -> dict[str, Any]:
    """The schema of graphs that may use the registry's nodes."""
    definitions: dict[str, Any] = {}
    specs = sorted((entry.spec for entry in registry.nodes.values()), key=lambda spec: spec.name)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "motionloom graph",
        "type": "object",
        "required": ["motionloom", "nodes"],
        "additionalProperties": False,
        "properties": {
            "motionloom": {"const": FORMAT, "description": "version of the graph language"},
            "help": {"type": "string"},
            "inputs": {"type": "object", "additionalProperties": _input()},
            "each": {"type": ["object", "string"], "description": "the graph's own batch: {input: glob}, or a CSV"},
            "nodes": {"type": "object", "additionalProperties": _call(specs, definitions)},
            "outputs": {"type": "object", "additionalProperties": REFERENCE},
        },
        "definitions": definitions,
    }


def _input() -> dict[str, Any]:
    declared = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "type": {"anyOf": [{"enum": list(VALUE_TYPES)}, {"type": "string", "pattern": "^[A-Z]"}]},
            "default": {},
            "help": {"type": "string"},
            "choices": {"type": "array"},
        },
    }
    return {"if": {"type": "object"}, "then": declared}


def _call(specs: list[NodeSpec], definitions: dict[str, Any]) -> dict[str, Any]:
    branches = [
        {
            "if": {"properties": {"node": {"const": spec.name}}, "required": ["node"]},
            "then": _arguments(spec, definitions),
        }
        for spec in specs
    ]
    properties = {
        "node": {"enum": [spec.name for spec in specs]},
        "use": {"type": "string", "description": "another graph, relative to this one"},
    }
    return {"type": "object", "properties": properties, "allOf": branches}


def _arguments(spec: NodeSpec, definitions: dict[str, Any]) -> dict[str, Any]:
    ports = {port.name: _port(port) for port in spec.ports}
    parameters = {parameter.name: _parameter(parameter, definitions) for parameter in spec.parameters}
    required = [port.name for port in spec.ports if not port.optional]
    required += [parameter.name for parameter in spec.parameters if parameter.required]
    return {
        "description": spec.doc.summary,
        "properties": {"node": {"description": spec.doc.summary}, **ports, **parameters},
        "required": required,
        "additionalProperties": False,
    }


def _port(port: Port) -> dict[str, Any]:
    described = {"description": f"{type_name(port.type)}: {port.help}" if port.help else type_name(port.type)}
    return {"type": "array", "items": REFERENCE, **described} if port.many else {**REFERENCE, **described}


def _parameter(parameter: Parameter, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _draft7(parameter.adapter.json_schema(ref_template=DEFINITIONS))
    definitions.update(schema.pop("$defs", {}))
    described: dict[str, Any] = {"description": parameter.help} if parameter.help else {}
    if not parameter.required:
        described["default"] = parameter.plain_default
    return {"anyOf": [schema, VARIABLE], **described}


def _draft7(schema: Any) -> Any:
    """Rename what later drafts call otherwise."""
    if isinstance(schema, list):
        return [_draft7(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {("items" if key == "prefixItems" else key): _draft7(value) for key, value in schema.items()}
