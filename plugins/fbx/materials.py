"""Materials of ufbx in metallic-roughness terms."""

from typing import Any, Final

from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.pictures import Pictures
from motionloom.plugins.scene_graph.stored import StoredMaterial

PLAIN_ROUGHNESS: Final = 0.8
"""For materials that say nothing of it."""

PLAIN_GREY: Final = 0.8
"""For materials without a colour."""


def read_materials(held: Held, scene: Any, pictures: Pictures) -> list[StoredMaterial]:
    """The materials of a scene, in ufbx's order.

    Args:
        held: keeps what is touched.
        scene: ufbx's scene.
        pictures: finds those of the textures.
    """
    return [_material(held, material, pictures) for material in held.each(scene.materials)]


def _material(held: Held, material: Any, pictures: Pictures) -> StoredMaterial:
    maps = held(material.pbr)
    texture = held(held(maps.base_color).texture)
    picture = pictures.of(texture) if texture is not None else None
    # A connected texture takes the place of the colour: what the file keeps there is a leftover.
    color = [1.0, 1.0, 1.0] if picture is not None else _color(held, maps)
    return {
        "name": str(material.name),
        "base_color": [*color, _opacity(held, material, maps)],
        "metallic": _unit(_number(held, maps.metalness, 0.0)),
        "roughness": _unit(_number(held, maps.roughness, PLAIN_ROUGHNESS)),
        "texture": picture,
    }


def _opacity(held: Held, material: Any, maps: Any) -> float:
    if held(maps.opacity).has_value:
        return _unit(_number(held, maps.opacity, 1.0))
    # Lambert and Phong say how much shines through instead: a colour, and a factor for it.
    maps = held(material.fbx)
    color = held(maps.transparency_color)
    through = sum(color.value_vec4[:3]) / 3 if color.has_value else 0.0
    return 1.0 - _unit(through * _number(held, maps.transparency_factor, 1.0))


def _color(held: Held, maps: Any) -> list[float]:
    base = held(maps.base_color)
    factor = _number(held, maps.base_factor, 1.0)
    parts = base.value_vec4[:3] if base.has_value else [PLAIN_GREY] * 3
    return [_unit(factor * part) for part in parts]


def _number(held: Held, value: Any, otherwise: float) -> float:
    return float(value.value_vec4[0]) if held(value).has_value else otherwise


def _unit(value: float) -> float:
    """Within 0 to 1, as materials want it; what is no number is 0."""
    return min(max(value, 0.0), 1.0) if value == value else 0.0
