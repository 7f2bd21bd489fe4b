"""What a trained network reaches on the people kept for the end, as a page of tables and a picture."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import torch

from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.nfs.training.expressions import Sampler
from motionloom.plugins.nfs.training.heads import whole_head
from motionloom.plugins.nfs.training.heat_map import heat_map
from motionloom.plugins.nfs.training.measure import FRAMES, Score, scores
from motionloom.plugins.nfs.training.people import People

REPORT, PICTURE = "report.md", "errors.png"
"""Their names in the folder of a run."""

COLUMNS = {
    "self-retargeting": "retargeting",
    "with fit": "retargeting_refined",
    "inverse rigging": "rigging",
    "with fit ": "rigging_refined",
    "true weights": "decoding",
    "neutral": "neutral",
    "weights, RMS": "weights",
    "with fit  ": "weights_refined",
}
"""Headings, and the scores beneath them."""

TITLES: Mapping[Sampler, str] = {"one_hot": "one-hot", "few": "1 to 5 at U(0,1)", "all": "all 53 at U(0,1)"}


def report(model: Nfs, people: People, folder: Path, watch: Callable[[str], None]) -> Path:
    """Measure, and write both.

    Args:
        model: trained.
        people: ICT-FaceKit.
        folder: for the page and the picture.
        watch: told who is measured.
    """
    heads = []
    for person in people.kept:
        watch(f"measuring person {person}")
        heads.append(whole_head(person, people, model.size.eigenpairs))
    found = scores(model, heads)
    heat_map(model, heads[0]).save(folder / PICTURE)
    (folder / REPORT).write_text(page(found), encoding="utf-8")
    return folder / REPORT


def page(found: Mapping[Sampler, Sequence[Score]]) -> str:
    """The tables in Markdown.

    Args:
        found: scores of the heads by sampler.
    """
    people = len(next(iter(found.values())))
    heading = f"{people} unseen identities, 11,248 vertices, {FRAMES} frames a sampler, 1e-4 dm^2, mean (deviation)."
    rows = [(TITLES[sampler], *(_spread(each, name) for name in COLUMNS.values())) for sampler, each in found.items()]
    parts = [heading, _table(("expressions", *COLUMNS), rows), "Self-retargeting with fit, by region:", _regions(found)]
    return "\n\n".join(parts) + "\n"


def _spread(found: Sequence[Score], name: str) -> str:
    values = torch.tensor([getattr(one, name) for one in found])
    return f"{values.mean():.4f} ({values.std(correction=0):.4f})"


def _regions(found: Mapping[Sampler, Sequence[Score]]) -> str:
    means = {sampler: torch.stack([one.segments for one in each]).mean(0) for sampler, each in found.items()}
    rows = [(name, *(f"{means[sampler][row]:.4f}" for sampler in found)) for row, name in enumerate(SEGMENTS)]
    average = ("mean of regions", *(f"{means[sampler].mean():.4f}" for sampler in found))
    return _table(("region", *(TITLES[sampler] for sampler in found)), [*rows, average])


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.strip() for cell in line)} |" for line in lines)
