"""The columns of Live Link Face: 52 shapes of ARKit's and nine angles."""

from typing import Final

from motionloom.core.data import ARKIT_SHAPES

TIMECODE: Final = "Timecode"
COUNT: Final = "BlendShapeCount"

_SWAPPED = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}

APP_SHAPES: Final[tuple[str, ...]] = tuple(_SWAPPED.get(name, name) for name in ARKIT_SHAPES)
"""The shapes in the order of the app's columns: ARKit's, but for the jaw and the mouth, which go right first."""

PARTS: Final = ("Head", "LeftEye", "RightEye")
"""What has a rotation, in the order of the columns."""

ANGLES: Final = ("Yaw", "Pitch", "Roll")

ROTATIONS: Final[tuple[str, ...]] = tuple(part + angle for part in PARTS for angle in ANGLES)
"""The nine columns of rotations."""


def column_name(shape: str) -> str:
    """A shape's name with a capital, as the app writes it."""
    return shape[0].upper() + shape[1:]


HEADER: Final[tuple[str, ...]] = (TIMECODE, COUNT, *map(column_name, APP_SHAPES), *ROTATIONS)
"""All 63 columns."""
