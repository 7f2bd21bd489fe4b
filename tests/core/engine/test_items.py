"""The items of a batch: which there are, what they are called, and what is wrong with a table."""

from pathlib import Path
from typing import Any

import pytest
from engine_studio import Shell, Studio
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.engine.items import Item, item_names
from motionloom.core.errors import GraphError

HEAD = """inputs:
  clip: {type: path}
  by: {default: 1}
  times: {type: integer, default: 2}
  loud: false
  label: {type: string, default: none}
  cuts: {type: list, default: []}
"""
NODES = 'a: {node: probe.read, path: "${clip}"}\nb: {node: probe.save, a: a, path: "${item}.txt"}'


def items(studio: Studio, each: str, head: str = HEAD, **options: Any) -> list[Item]:
    studio.graph(NODES, head)
    return [plan.item for plan in studio.prepare(each=[each] if each else [], **options).plan.items]


def names(studio: Studio, each: str) -> list[str]:
    return [item.name for item in items(studio, each)]


def refusal(studio: Studio, each: str) -> str:
    with pytest.raises(GraphError) as caught:
        items(studio, each)
    return str(caught.value).replace(f"{studio.path}/", "")


def files(studio: Studio, *paths: str) -> None:
    for path in paths:
        studio.write(path, "1")


def test_a_glob_gives_an_item_a_file_in_order(studio: Studio) -> None:
    files(studio, "clips/b.txt", "clips/a.txt", "clips/c.bvh")
    found = items(studio, "clip=clips/*.txt")
    assert [item.name for item in found] == ["a", "b"]
    assert found[0].values == {"clip": studio.path / "clips/a.txt"}


def test_a_glob_may_go_deep_and_names_say_where(studio: Studio) -> None:
    files(studio, "clips/walk/a.txt", "clips/run/a.txt", "clips/b.txt")
    assert names(studio, "clip=clips/**/*.txt") == ["b", "run/a", "walk/a"]


def test_a_glob_may_be_absolute(studio: Studio) -> None:
    files(studio, "clips/a.txt", "clips/b.txt")
    assert names(studio, f"clip={studio.path}/clips/*.txt") == ["a", "b"]


def test_a_glob_may_start_in_the_home_folder(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    files(studio, "clips/a.txt")
    monkeypatch.setenv("HOME", str(studio.path))
    monkeypatch.setenv("USERPROFILE", str(studio.path))
    assert names(studio, "clip=~/clips/*.txt") == ["a"]


def test_a_glob_passes_over_folders(studio: Studio) -> None:
    files(studio, "clips/a.txt", "clips/b.txt/c")
    assert names(studio, "clip=clips/*") == ["a"]


def test_new_files_do_not_change_the_names_of_old_ones(studio: Studio) -> None:
    files(studio, "clips/walk/a.txt")
    assert names(studio, "clip=clips/**/*.txt") == ["walk/a"]
    files(studio, "clips/run/a.txt", "clips/b.txt")
    assert "walk/a" in names(studio, "clip=clips/**/*.txt")


def test_files_that_differ_by_suffix_only_keep_it(studio: Studio) -> None:
    files(studio, "clips/a.txt", "clips/a.csv", "clips/b.txt", "clips/c.v1.txt", "clips/c.v2.txt")
    assert names(studio, "clip=clips/*") == ["a.csv", "a.txt", "b", "c.v1", "c.v2"]


@given(st.lists(st.from_regex(r"([ab]/)?[ab](\.[xy]){0,3}", fullmatch=True), unique=True, min_size=1, max_size=12))
def test_names_of_different_files_differ(paths: list[str]) -> None:
    found = item_names(paths, Path())
    assert len(set(found)) == len(found)


def test_a_glob_without_a_match_is_refused(studio: Studio) -> None:
    assert "no file matches 'clips/*.txt' in " in refusal(studio, "clip=clips/*.txt")
    assert refusal(studio, "clip=clips/*.txt").endswith("quote the pattern, and check it with ls")


def test_a_batch_over_something_that_is_no_input_is_refused(studio: Studio) -> None:
    assert refusal(studio, "clips=*.txt") == (
        "the batch runs over 'clips', which is not an input of graph.yaml; did you mean 'clip'?"
    )


def test_two_batches_at_once_are_refused(studio: Studio) -> None:
    studio.graph(NODES, HEAD)
    with pytest.raises(GraphError, match="a batch runs over one thing; write the combinations to a CSV"):
        studio.prepare(each=["clip=a/*", "by=b/*"])


def test_without_a_batch_there_is_one_item_called_like_the_graph(studio: Studio) -> None:
    files(studio, "a.txt")
    studio.graph(NODES, HEAD)
    [plan] = studio.prepare({"clip": "a.txt"}).plan.items
    assert plan.item == Item("graph", {})


def test_the_graphs_own_batch_starts_from_the_graphs_folder(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    files(studio, "clips/a.txt", "elsewhere/x.txt")
    monkeypatch.chdir(studio.path / "elsewhere")
    head = HEAD + "each: {clip: clips/*.txt}\n"
    assert [item.name for item in items(studio, "", head, base=Path(), graph=studio.path / "graph.yaml")] == ["a"]
    found = items(studio, "clip=*.txt", head, base=Path(), graph=studio.path / "graph.yaml")
    assert [item.name for item in found] == ["x"]


def test_what_is_wrong_with_the_graphs_own_batch_is_reported_at_its_place(studio: Studio) -> None:
    studio.graph(NODES, HEAD + "each: {clip: clips/*.txt}\n")
    with pytest.raises(GraphError, match=r"graph\.yaml:9:7: no file matches"):
        studio.prepare()


def table(studio: Studio, text: str) -> str:
    studio.write("tables/batch.csv", text)
    files(studio, "tables/a.txt", "tables/b.txt")
    return "tables/batch.csv"


def test_a_table_gives_typed_values_and_names(studio: Studio) -> None:
    each = table(
        studio,
        'item,clip,by,times,loud,label,cuts\none,a.txt,1.5,3,true,0012,"[1, 2]"\ntwo,b.txt,-1e-2,4,false,no,[]\n',
    )
    one, two = items(studio, each)
    assert (one.name, two.name) == ("one", "two")
    assert one.values == {
        "clip": studio.path / "tables/a.txt",
        "by": 1.5,
        "times": 3,
        "loud": True,
        "label": "0012",
        "cuts": [1, 2],
    }
    assert (two.values["by"], two.values["label"]) == (-0.01, "no")


def test_rows_without_names_are_called_by_their_line(studio: Studio) -> None:
    assert names(studio, table(studio, "clip\na.txt\n\nb.txt\n")) == ["row1", "row3"]


def test_an_empty_cell_leaves_an_input_at_its_default(studio: Studio) -> None:
    one, two = items(studio, table(studio, "clip,times\na.txt,5\nb.txt,\n"))
    assert one.values["times"] == 5
    assert "times" not in two.values


def test_a_table_may_come_from_a_spreadsheet(studio: Studio) -> None:
    each = table(studio, '\ufeffitem,clip,label\r\n"one",a.txt,"two\r\nlines, and ""quotes"""\r\ntwo,b.txt,\u2028x\r\n')
    one, two = items(studio, each)
    assert one.values["label"] == 'two\nlines, and "quotes"'
    assert (two.name, two.values["label"]) == ("two", "\u2028x")


WRONG_TABLES = {
    "item,clip\none,a.txt\none,b.txt\n": "batch.csv:3: this row is called 'one' like line 2; make the item column",
    "clip,times\na.txt,2\nb.txt,many\n": "batch.csv:3: the value of input 'times' does not fit: 'many' is not a whole",
    "clip,times\na.txt,1.5\n": "batch.csv:2: the value of input 'times' does not fit: 1.5 is not a whole number",
    "clip,by\na.txt,yes\n": "batch.csv:2: the value of input 'by' does not fit: 'yes' is not a number",
    "clip,loud\na.txt,1\n": "batch.csv:2: the value of input 'loud' does not fit: 1 is not true or false",
    "clips\na.txt\n": "batch.csv:1: the batch runs over 'clips', which is not an input of graph.yaml; did you mean",
    "clip,clip\na.txt,b.txt\n": "batch.csv:1: the column 'clip' is there 2 times; keep one",
    "clip,times\na.txt\n": "batch.csv:2: 1 cells under 2 columns",
    "clip\na.txt,2\n": "batch.csv:2: 2 cells under 1 columns",
    'clip,label\na.txt,"x\ny"\nb.txt\n': "batch.csv:4: 1 cells under 2 columns",
    "": "batch.csv: the batch table is empty; give it a header line of input names",
    "\n\n": "batch.csv: the batch table is empty",
    "clip\n": "batch.csv: the batch table has no rows; give each item a line",
    'clip\n"a.txt': "batch.csv:2: this is not CSV: unexpected end of data",
    "item,clip\n,a.txt\n": "batch.csv:2: '' cannot name an item; fill the item column in, without line breaks",
    'item,clip\n"a\nb",a.txt\n': "batch.csv:2: 'a\\nb' cannot name an item",
    "times\n3\n4\n": "graph.yaml:3:3: input 'clip' has no value in item row1; give it: --set clip=...",
    "clip,times\na.txt,1\n,2\n": "graph.yaml:3:3: input 'clip' has no value in item row2",
    "clip\na.txt\nmissing.txt\n": "batch.csv:3: item row2, input clip: 'path' needs a file, but tables/missing.txt",
    "item,clip\none,a.txt\ntwo,.\n": "batch.csv:3: item two, input clip: 'path' needs a file, but tables is a folder",
}


@pytest.mark.parametrize("text", WRONG_TABLES)
def test_what_is_wrong_with_a_table_is_said_with_its_line(studio: Studio, text: str) -> None:
    assert WRONG_TABLES[text] in refusal(studio, table(studio, text))
    assert studio.calls() == []


def test_a_file_that_the_call_gives_is_named_as_the_call_gives_it(studio: Studio) -> None:
    studio.graph(NODES, HEAD)
    with pytest.raises(GraphError) as caught:
        studio.prepare({"clip": "hero.txt"})
    assert str(caught.value) == f"--set clip: 'path' needs a file, but {studio.path}/hero.txt is none; check the path"


def test_a_table_that_cannot_be_read_is_refused(studio: Studio) -> None:
    assert "nowhere.csv: the batch table cannot be read: [Errno 2]" in refusal(studio, "nowhere.csv")
    studio.write("binary.csv", b"clip\n\xff\xfe\n")
    assert "binary.csv: the batch table cannot be read: 'utf-8' codec" in refusal(studio, "binary.csv")


def test_a_file_that_is_missing_is_one_problem_not_two(studio: Studio) -> None:
    assert refusal(studio, table(studio, "clip\nmissing.txt\n")).count("missing.txt") == 1


def test_item_names_are_checked_like_any_output_path(studio: Studio) -> None:
    assert "the output path '../../a.txt' climbs out" in refusal(
        studio, table(studio, "item,clip\n../../a,a.txt\nb,b.txt\n")
    )


def test_a_batch_that_is_wrong_ends_with_exit_code_2(shell: Shell) -> None:
    shell.graph(NODES, HEAD)
    table(shell, "item,clip\none,a.txt\none,b.txt\n")
    ended = shell.command("run", "graph.yaml", "--each", "tables/batch.csv")
    assert ended.code == 2
    assert ended.last_line.endswith("batch.csv:3: this row is called 'one' like line 2; make the item column unique")
    assert not shell.out("").exists()
