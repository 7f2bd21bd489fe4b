"""The JSON Schema of the graph language with the installed nodes, for editors (draft-07).

A node's arguments hang on `if: node is X, then: ...`: a discriminated union would make editors
report the first branch instead of the wrong word.
"""

from typing import Any

from motionloom.core.data.storage import type_name
from motionloom.core.graph.model import FORMAT, VALUE_TYPES
from motionloom.core.node import NodeSpec, Parameter, Port
from motionloom.core.registry import Registry

WORD = r"[A-Za-z_][A-Za-z0-9_-]*"
NAMES = {"pattern": f"^{WORD}$"}
VARIABLE = {"type": "string", "pattern": r"\$\{[^{}]+\}"}
REFERENCE = {"type": "string", "pattern": rf"^{WORD}(\.{WORD})*$"}


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
            "inputs": {"type": ["object", "null"], "propertyNames": NAMES, "additionalProperties": _input()},
            "each": _each(),
            "nodes": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": NAMES,
                "additionalProperties": _call(specs, definitions),
            },
            "outputs": {"type": ["object", "null"], "propertyNames": NAMES, "additionalProperties": REFERENCE},
        },
        "definitions": definitions,
    }


def _each() -> dict[str, Any]:
    return {
        "description": "the graph's own batch: {input: glob}, or the path of a CSV",
        "type": ["object", "string"],
        "minLength": 1,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": {"type": "string"},
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
    return {"type": ["object", "array", "string", "number", "boolean"], "if": {"type": "object"}, "then": declared}


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
    either = [{"required": ["node"]}, {"required": ["use"]}]
    return {"type": "object", "properties": properties, "oneOf": either, "allOf": branches}


def _arguments(spec: NodeSpec, definitions: dict[str, Any]) -> dict[str, Any]:
    ports = {port.name: _port(port) for port in spec.ports}
    parameters = {parameter.name: _parameter(spec, parameter, definitions) for parameter in spec.parameters}
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
    # One schema rather than alternatives, so that an editor marks the wrong word and not the whole list.
    accepted = {**REFERENCE, "type": ["string", "array"], "items": REFERENCE} if port.many else REFERENCE
    return {**(_or(accepted, {"type": "null"}) if port.optional else accepted), **described}


def _parameter(spec: NodeSpec, parameter: Parameter, definitions: dict[str, Any]) -> dict[str, Any]:
    # Two plugins may each have a model called Options.
    schema = parameter.adapter.json_schema(ref_template=f"#/definitions/{spec.name}.{{model}}")
    models = schema.pop("$defs", {})
    definitions.update({f"{spec.name}.{name}": _draft7(model) for name, model in models.items()})
    described: dict[str, Any] = {"description": parameter.help} if parameter.help else {}
    if not parameter.required:
        described["default"] = parameter.plain_default
    return {**_or(_draft7(schema), VARIABLE), **described}


def _or(*schemas: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(schemas)}


def _draft7(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of pydantic's in the words of draft-07, with `${...}` allowed in place of nested values."""
    found = dict(schema)
    for key, value in schema.items():
        if key in ("anyOf", "oneOf", "allOf"):
            found[key] = [_draft7(one) for one in value]
        elif key == "prefixItems":
            found["items"] = [_nested(one) for one in found.pop(key)]
        elif key == "properties":
            found[key] = {name: _nested(one) for name, one in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            found[key] = _nested(value)
    return found


def _nested(schema: dict[str, Any]) -> dict[str, Any]:
    return _or(_draft7(schema), VARIABLE)
