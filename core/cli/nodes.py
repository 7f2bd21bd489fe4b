"""`motionloom nodes`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motionloom.core.cli import options

if TYPE_CHECKING:
    from motionloom.core.node import NodeSpec
    from motionloom.core.registry import Entry

Markdown = Annotated[bool, typer.Option("--markdown", help="Print the whole reference as Markdown.")]
Name = Annotated[str | None, typer.Argument(help="One node, to see what it takes and gives.")]


def nodes(name: Name = None, json_: options.Json = False, markdown: Markdown = False) -> None:
    """List the installed nodes, or show one.

    Example: motionloom nodes retarget.solve
    """
    from motionloom.core.registry import installed_registry

    registry = installed_registry()
    entries = [registry.node(name)] if name else [registry.nodes[known] for known in sorted(registry.nodes)]
    if json_:
        described = [describe(entry) for entry in entries]
        typer.echo(json.dumps(described[0] if name else described, indent=2))
    elif markdown:
        typer.echo(reference(entries), nl=False)
    elif name:
        typer.echo(_page(entries[0]))
    else:
        width = max((len(entry.spec.name) for entry in entries), default=0)
        for entry in entries:
            typer.echo(f"{entry.spec.name:{width}}  {entry.spec.doc.summary}")


def describe(entry: "Entry") -> dict[str, Any]:
    """A node as plain data."""
    from motionloom.core.data.storage import type_name

    spec = entry.spec
    return {
        "name": spec.name,
        "version": spec.version,
        "plugin": entry.provider.distribution,
        "summary": spec.doc.summary,
        "description": spec.doc.body,
        "ports": [
            {"name": p.name, "type": type_name(p.type), "optional": p.optional, "many": p.many, "help": p.help}
            for p in spec.ports
        ],
        "parameters": [
            {
                "name": p.name,
                "type": type_name(p.annotation),
                "required": p.required,
                "default": p.plain_default,
                "help": p.help,
            }
            for p in spec.parameters
        ],
        "outputs": [{"name": output.name, "type": type_name(output.type)} for output in spec.outputs],
    }


def _page(entry: "Entry") -> str:
    described = describe(entry)
    lines = [f"{described['name']} (version {described['version']}, from {described['plugin']})", ""]
    lines += [described["summary"], ""]
    lines += [described["description"], ""] if described["description"] else []
    lines += [*_section("ports", map(_port_line, described["ports"]))]
    lines += [*_section("parameters", map(_parameter_line, described["parameters"]))]
    lines += [*_section("gives", (_output_line(output) for output in described["outputs"]))]
    return "\n".join([*lines, "example:", f"  {example_call(entry.spec)}"])


def reference(entries: list["Entry"]) -> str:
    """The nodes as a Markdown page."""
    head = "# Node reference\n\nWritten by `motionloom nodes --markdown`; `motionloom nodes NAME` shows one of them.\n"
    return "\n".join([head, *(_chapter(entry) for entry in entries)])


def _chapter(entry: "Entry") -> str:
    described = describe(entry)
    lines = [f"## {described['name']}", "", described["summary"], ""]
    lines += [described["description"], ""] if described["description"] else []
    rows = [(p["name"], _port_type(p), "optional" if p["optional"] else "port", p["help"]) for p in described["ports"]]
    rows += [(p["name"], p["type"], _default(p), p["help"]) for p in described["parameters"]]
    if rows:
        lines += ["| takes | type | default | |", "| --- | --- | --- | --- |"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows] + [""]
    gives = ", ".join(_output_line(output) for output in described["outputs"])
    return "\n".join([*lines, f"Gives {gives}. Version {described['version']}.", ""])


def _port_type(port: dict[str, Any]) -> str:
    return f"list of {port['type']}" if port["many"] else str(port["type"])


def _default(parameter: dict[str, Any]) -> str:
    return "required" if parameter["required"] else f"`{json.dumps(parameter['default'])}`"


def _section(title: str, rows: Any) -> list[str]:
    listed = [f"  {row}" for row in rows]
    return [f"{title}:", *listed, ""] if listed else []


def _port_line(port: dict[str, Any]) -> str:
    optional = ", optional" if port["optional"] else ""
    return _explained(f"{port['name']} ({_port_type(port)}{optional})", port["help"])


def _parameter_line(parameter: dict[str, Any]) -> str:
    default = "required" if parameter["required"] else f"default {json.dumps(parameter['default'])}"
    return _explained(f"{parameter['name']} ({parameter['type']}, {default})", parameter["help"])


def _explained(what: str, text: str) -> str:
    return f"{what}: {text}" if text else what


def _output_line(output: dict[str, Any]) -> str:
    return f"{output['name']} ({output['type']})" if output["name"] else output["type"]


def example_call(spec: "NodeSpec") -> str:
    """A call of the node with what it cannot do without, as a graph spells it."""
    arguments = [f"node: {spec.name}"]
    arguments += [f"{p.name}: {'[A_NODE]' if p.many else 'A_NODE'}" for p in spec.ports if not p.optional]
    arguments += [f"{p.name}: ..." for p in spec.parameters if p.required]
    return f"{spec.name.split('.')[0]}: {{{', '.join(arguments)}}}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(nodes)
