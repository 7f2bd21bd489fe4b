"""ICT-FaceKit's 53 expressions, in the order in which it lists them."""

from typing import Final

from motionloom.plugins.face.ict_names import ICT_PARTS

ICT_SHAPES: Final[tuple[str, ...]] = tuple(sorted(part for parts in ICT_PARTS.values() for part in parts))
