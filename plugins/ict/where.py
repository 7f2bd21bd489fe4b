"""What ICT-FaceKit is measured in, and where it is had."""

from typing import Final

METRES: Final = 0.01
"""A centimetre, ICT's unit."""

REMEDY: Final = "ICT-FaceKit (MIT) is at github.com/ICT-VGL/ICT-FaceKit; its folder FaceXModel holds the OBJ files"
