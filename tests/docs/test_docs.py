"""What the documentation shows is what the program does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from motionloom.core import check
from motionloom.core.cli.nodes import reference
from motionloom.core.registry import installed_registry

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
YAML_BLOCK = re.compile(r"```yaml\n(motionloom: 1\n.*?)```", re.DOTALL)
SHELL_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^motionloom ([a-z-]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def graphs() -> list[tuple[str, str]]:
    return [(page.name, block) for page in PAGES for block in YAML_BLOCK.findall(page.read_text())]


@pytest.mark.parametrize(("page", "text"), graphs(), ids=lambda value: value if value.endswith(".md") else "")
def test_every_graph_that_is_shown_is_right(page: str, text: str, tmp_path: Path) -> None:
    graph = tmp_path / "shown.yaml"
    graph.write_text(text)
    assert check(graph).steps, page


def test_the_node_reference_is_what_the_nodes_say() -> None:
    nodes = installed_registry().nodes
    ours = [nodes[name] for name in sorted(nodes) if nodes[name].provider.distribution == "motionloom"]
    assert (ROOT / "docs" / "nodes.md").read_text() == reference(ours), "run `make docs`"


def test_every_command_that_is_shown_exists() -> None:
    blocks = [block for page in PAGES for block in SHELL_BLOCK.findall(page.read_text())]
    shown = {name for block in blocks for name in COMMAND.findall(block)}
    listed = subprocess.run(
        [sys.executable, "-m", "motionloom.core.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert shown
    assert all(re.search(rf"\b{name}\b", listed.stdout) for name in shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target
