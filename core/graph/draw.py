"""A graph as a picture: Mermaid for Markdown, DOT for Graphviz."""

from collections.abc import Mapping

from motionloom.core.graph.linked import LinkedGraph, Step

COLOURS = {"run": "#ffd27f", "cached": "#b7e1b0", "skipped": "#e4e4e4"}
"""What a plan does with a step: amber runs, green is up to date, grey is not needed."""


def mermaid(linked: LinkedGraph, statuses: Mapping[str, str] | None = None) -> str:
    """The graph as a Mermaid flowchart.

    Args:
        linked: the graph.
        statuses: run, cached or skipped by step, to colour what a plan would do.
    """
    ids = _ids(linked)
    lines = ["flowchart LR"]
    lines += [f'    {ids[name]}["{name}<br/>{step.entry.spec.name}"]' for name, step in linked.steps.items()]
    for source, target, port in _edges(linked):
        lines.append(f'    {ids[source]} -->|"{port}"| {ids[target]}')
    lines += [f"    classDef {status} fill:{colour}" for status, colour in COLOURS.items() if statuses]
    lines += [f"    class {ids[name]} {status}" for name, status in (statuses or {}).items()]
    return "\n".join(lines) + "\n"


def dot(linked: LinkedGraph, statuses: Mapping[str, str] | None = None) -> str:
    """The graph in Graphviz's language.

    Args:
        linked: the graph.
        statuses: run, cached or skipped by step, to colour what a plan would do.
    """
    lines = ["digraph motionloom {", '    rankdir=LR; node [shape=box, style="rounded,filled", fillcolor=white];']
    for name, step in linked.steps.items():
        colour = f', fillcolor="{COLOURS[statuses[name]]}"' if statuses else ""
        lines.append(f'    "{name}" [label="{name}\\n{step.entry.spec.name}"{colour}];')
    lines += [f'    "{source}" -> "{target}" [label="{port}"];' for source, target, port in _edges(linked)]
    return "\n".join([*lines, "}"]) + "\n"


def _ids(linked: LinkedGraph) -> dict[str, str]:
    # Mermaid reserves words such as `end`; a number cannot be one.
    return {name: f"n{index}" for index, name in enumerate(linked.steps)}


def _edges(linked: LinkedGraph) -> list[tuple[str, str, str]]:
    return [edge for step in linked.steps.values() for edge in _edges_into(step, linked)]


def _edges_into(step: Step, linked: LinkedGraph) -> list[tuple[str, str, str]]:
    pairs = [(link.step, step.name, port) for port, links in step.ports.items() for link in links]
    return [edge for edge in pairs if edge[0] in linked.steps]
