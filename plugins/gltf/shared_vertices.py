"""Primitives that show parts of the same vertices, as exporters write a surface of several materials."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.primitives import Primitive


def sharing(entries: Sequence[Entry], primitives: Sequence[Primitive], uv_sets: Sequence[int]) -> list[list[Primitive]]:
    """Primitives by the arrays that their vertices are, in the order of their first.

    Args:
        entries: of the document, one a primitive.
        primitives: what was read from them.
        uv_sets: the set of texture coordinates that each material's picture uses.
    """
    groups: dict[str, list[Primitive]] = {}
    for entry, primitive in zip(entries, primitives, strict=True):
        uv_set = 0 if primitive.material is None else uv_sets[primitive.material]
        arrays = [entry.values.get("attributes"), entry.values.get("targets"), uv_set]
        groups.setdefault(json.dumps(arrays, sort_keys=True), []).append(primitive)
    return list(groups.values())


def joined(group: Sequence[Primitive]) -> Primitive:
    """Primitives of the same vertices as one, with the first one's material."""
    if len(group) == 1:
        return group[0]
    return replace(group[0], faces=np.concatenate([one.faces for one in group]))
