"""ICT-FaceKit as a node."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import torch
from pydantic import Field

from motionloom.core.data import Character, to_device
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, InputFile, InputFolder, hookimpl, node
from motionloom.plugins.face.translation import Missing, arkit_rig
from motionloom.plugins.ict.character import Person, build_character
from motionloom.plugins.ict.reader import read_ict
from motionloom.plugins.ict.topology import Region
from motionloom.plugins.ict.where import REMEDY

COEFFICIENTS = 100
"""ICT-FaceKit's identities."""

Coefficients = Annotated[list[Annotated[float, Field(ge=-10.0, le=10.0)]], Field(max_length=COEFFICIENTS)]
Degrees = Annotated[float, Field(ge=0.0, le=60.0)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


@node("rig.ict", version=1)
def rig_ict(
    *,
    file: InputFile | None = None,
    folder: InputFolder | None = None,
    region: Region = "all",
    identity: Coefficients | None = None,
    identity_seed: Seed | None = None,
    shapes: Literal["arkit", "ict"] = "arkit",
    missing: Missing = "leave_out",
    eye_turn: Degrees = 30.0,
    name: str = "ict",
    ctx: Context,
) -> Character:
    """A person of ICT-FaceKit (MIT): a head with face shapes, of any of its identities.

    Vertices keep ICT's order and number, whatever the region: `all` has 26,719 (with sockets, teeth,
    tongue, eyes and lashes, each a part of the mesh, but for the sockets, which share edges with the face),
    `head` the first 11,248, `face` 9,409 and `narrow` 6,706. Quads become two triangles, split from the
    first corner to the third. The mesh carries no texture coordinates: ICT's have seams, and a vertex on
    a seam would have to be doubled. Units are metres; the head is around the origin, as ICT has it.

    ICT's shapes do not turn the eyeballs. Here eyeLookUp, Down, In and Out turn them, by `eye_turn` at weight
    one. The skeleton, which ICT has not either, is chest, neck, head and the eyes at the eyeballs' centres,
    and no jaw: the shapes open the mouth, teeth and tongue included.

    Args:
        file: the kit packed in one .npz. Give this or `folder`.
        folder: the published folder of OBJ files, FaceXModel.
        region: how much of the surface.
        identity: up to 100 coefficients, the rest 0; people are N(0, 1). The mean face where not given.
        identity_seed: draws all 100 from N(0, 1) instead.
        shapes: `arkit` merges the halves of browInnerUp and cheekPuff; `ict` keeps the 53 as published.
        missing: whether tongueOut, which ICT lacks, is left out or put in as a shape that moves nothing.
        eye_turn: degrees; 0 leaves the shapes as published.
        name: what files call the character.

    Raises:
        NodeError: both or neither of `file` and `folder`, or both of `identity` and `identity_seed` are given.
        ReadError: the kit is incomplete or damaged; with the place.
    """
    path = folder if file is None else file
    if path is None or (file is not None and folder is not None):
        raise NodeError("rig.ict needs file or folder, one of the two", remedy=REMEDY)
    if identity is not None and identity_seed is not None:
        raise NodeError("rig.ict takes identity or identity_seed, not both", remedy="leave one out")
    person = Person(name, _coefficients(identity, identity_seed), region, eye_turn)
    character = build_character(read_ict(path), person)
    if shapes == "arkit" and character.face_rig is not None:
        character = replace(character, face_rig=arkit_rig(character.face_rig, "ict", missing, "keep", ctx.warn))
    return to_device(character, ctx.device)


def _coefficients(identity: list[float] | None, seed: int | None) -> torch.Tensor:
    if seed is None:
        return torch.tensor(identity or [0.0])
    # On the CPU, whatever the device: a seed is the same person everywhere.
    return torch.randn(COEFFICIENTS, generator=torch.Generator().manual_seed(seed))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [rig_ict]
