"""Output paths that would meet, or leave the output root: refused before anything runs."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from motionloom.core.engine.bound import BoundStep, output_position
from motionloom.core.engine.items import Item
from motionloom.core.engine.outputs import OutputRoot, folded
from motionloom.core.errors import ExportError
from motionloom.core.graph.problems import Problems


def refuse_collisions(
    items: Sequence[Item],
    bound_items: Sequence[Sequence[BoundStep]],
    outputs: OutputRoot,
    report: Path,
    problems: Problems,
) -> None:
    """Report steps that would write one file, and output paths that leave the root.

    Args:
        items: of the batch.
        bound_items: their steps.
        outputs: the output root.
        report: where the manifest goes.
        problems: receives what is wrong, once a step of the graph.
    """
    writing = [
        (item, step)
        for item, steps in zip(items, bound_items, strict=True)
        for step in steps
        if step.output is not None
    ]
    writers: dict[str, tuple[Item, BoundStep]] = {}
    for item, step in writing:
        writers.setdefault(folded(str(step.output)), (item, step))
    reported: set[str] = set()
    for item, step in writing:
        wrong = _what_is_wrong(item, step, writers, outputs, report) if step.name not in reported else None
        if wrong is not None:
            reported.add(step.name)
            problems.add(step.step.scope.source, output_position(step.step), wrong.what, wrong.remedy)


def _what_is_wrong(
    item: Item, step: BoundStep, writers: dict[str, tuple[Item, BoundStep]], outputs: OutputRoot, report: Path
) -> ExportError | None:
    path = str(step.output)
    try:
        place = outputs.resolve(path)
    except ExportError as error:
        return error
    if place == report:
        return ExportError(f"{path} is where the manifest goes", remedy="choose another path, or move it with --report")
    other, first = writers[folded(path)]
    if (first.key, first.name) != (step.key, step.name):
        return _meeting(item, step, other, first, f"would both write {path}")
    for parent in PurePosixPath(path).parents:
        other, first = writers.get(folded(str(parent)), (item, step))
        if first is not step:
            return _meeting(item, step, other, first, f"would write {path} and {first.output}, a folder and a file")
    return None


def _meeting(item: Item, step: BoundStep, other: Item, first: BoundStep, what: str) -> ExportError:
    remedy = "put ${item} or another input that differs into the path"
    return ExportError(f"{item.name}: {step.name} and {other.name}: {first.name} {what}", remedy=remedy)
