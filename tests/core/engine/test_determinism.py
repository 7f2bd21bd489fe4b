"""The same graph, inputs and seed give the same bytes."""

from engine_studio import Shell, Studio

NODES = """
    clip: {node: probe.read, path: "${clip}"}
    dice: {node: probe.noise, count: 1000}
    more_dice: {node: probe.noise, count: 1000}
    a: {node: probe.save, a: clip, path: "${item}/a.txt"}
    b: {node: probe.save, a: dice, path: "${item}/b.txt"}
    c: {node: probe.save, a: more_dice, path: "${item}/c.txt"}
"""
HEAD = "inputs: {clip: {type: path}}\n"


def contents(studio: Studio, out: str, **options: object) -> dict[str, bytes]:
    studio.run(each=["clip=clips/*.txt"], out=out, **options)
    root = studio.path / out
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.txt"))}


def test_the_same_seed_gives_the_same_bytes(studio: Studio) -> None:
    studio.clips(x=1, y=2)
    studio.graph(NODES, HEAD)
    first = contents(studio, "one", cache="off", seed=3)
    assert first == contents(studio, "two", cache="off", seed=3)
    assert first == contents(studio, "three", seed=3) == contents(studio, "four", seed=3)


def test_another_seed_changes_what_is_drawn_and_nothing_else(studio: Studio) -> None:
    studio.clips(x=1)
    studio.graph(NODES, HEAD)
    first, second = contents(studio, "one", seed=3), contents(studio, "two", seed=4)
    assert {name for name in first if first[name] != second[name]} == {"x/b.txt", "x/c.txt"}


def test_two_nodes_draw_different_numbers_and_each_the_same_whatever_is_in_the_cache(studio: Studio) -> None:
    studio.clips(x=1)
    studio.graph(NODES, HEAD)
    both = contents(studio, "one", cache="off")
    assert both["x/b.txt"] != both["x/c.txt"]
    studio.graph(NODES.replace("    dice:", "    # dice:").replace("    b:", "    # b:"), HEAD)
    alone = contents(studio, "two")
    assert alone["x/c.txt"] == both["x/c.txt"]
    studio.graph(NODES, HEAD)
    assert contents(studio, "three") == both


def test_another_process_gives_the_same_bytes(shell: Shell) -> None:
    shell.clips(x=1)
    shell.graph(NODES, HEAD)
    here = contents(shell, "one", cache="off", seed=5)
    for hash_seed in ("1", "2"):
        ended = shell.command(
            *("run", "graph.yaml", "--each", "clip=clips/*.txt", "--out", f"out{hash_seed}", "--cache", "off"),
            *("--seed", "5", "--device", "cpu"),
            PYTHONHASHSEED=hash_seed,
        )
        assert ended.code == 0
        root = shell.path / f"out{hash_seed}"
        assert here == {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.txt"))}
