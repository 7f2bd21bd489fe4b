"""How ICT-FaceKit's mesh is laid out: regions, parts and how many of each (its README, "Face Model Topology")."""

from typing import Final, Literal

Region = Literal["all", "head", "face", "narrow"]

VERTICES: Final = 26_719
REGIONS: Final[dict[Region, int]] = {"all": VERTICES, "head": 11_248, "face": 9_409, "narrow": 6_706}
"""How many vertices a region has, counted from the first: each holds the next."""

RANGES: Final[dict[str, range]] = {
    "face": range(0, 9_409),
    "head_and_neck": range(9_409, 11_248),
    "mouth_socket": range(11_248, 13_294),
    "left_eye_socket": range(13_294, 13_678),
    "right_eye_socket": range(13_678, 14_062),
    "gums_and_tongue": range(14_062, 17_039),
    "teeth": range(17_039, 21_451),
    "left_eye": range(21_451, 23_021),
    "right_eye": range(23_021, 24_591),
    "left_lacrimal_fluid": range(24_591, 24_795),
    "right_lacrimal_fluid": range(24_795, 24_999),
    "left_eye_blend": range(24_999, 25_023),
    "right_eye_blend": range(25_023, 25_047),
    "left_eye_occlusion": range(25_047, 25_199),
    "right_eye_occlusion": range(25_199, 25_351),
    "left_eyelashes": range(25_351, 26_035),
    "right_eyelashes": range(26_035, 26_719),
}
"""The vertices of every geometry that ICT names."""

SKIN: Final = ("face", "head_and_neck", "mouth_socket", "left_eye_socket", "right_eye_socket")
"""Geometries that share edges: one surface, and so one part of a mesh."""

EYE_PARTS: Final = {
    "left_eye": (range(21_451, 22_221), range(22_221, 23_021)),
    "right_eye": (range(23_021, 23_791), range(23_791, 24_591)),
}
"""The outer shell of each eyeball, sclera and cornea, and the inner one with the iris."""
