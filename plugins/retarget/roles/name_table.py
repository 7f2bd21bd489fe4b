"""The table of joint names, in the conventions of the rigs that people use.

Mixamo, CMU and Acclaim, 3ds Max Biped, HumanIK, Unreal, Rigify, SMPL, VRM and Unity, MakeHuman, Rokoko, Xsens,
Character Creator, Source, OptiTrack, MikuMikuDance, Second Life, DAZ, Auto-Rig Pro, Advanced Skeleton, Kinect.
"""

from motionloom.plugins.retarget.roles.parts import Part, Side

SIDES = {
    **dict.fromkeys(("l", "left", "lft", "左"), Side.LEFT),
    **dict.fromkeys(("r", "right", "rgt", "右"), Side.RIGHT),
}
"""Words that name a side."""

TWISTS = frozenset({"roll", "twist", "捩", "捩り"})
"""Words of joints that only turn about a bone: beside it, or inside it between its start and its end."""

HELPERS = frozenset(
    {"adj", "aim", "collision", "control", "corrective", "ctl", "ctrl", "dummy", "dyn", "eff", "effector", "end"}
    | {"fk", "gizmo", "handle", "helper", "ik", "jiggle", "leaf", "locator", "marker", "master", "mch", "muscle"}
    | {"nub", "null", "offset", "phys", "pole", "prop", "sec", "share", "site", "slot", "socket", "target", "tip"}
    | {"tweak", "volume", "weapon", "ダミー", "先"}
)
"""Words of joints that no bone hangs on: ends, controls, correctives. They keep their rest pose."""

NOISE = frozenset({"bend", "bind", "bn", "bone", "jnt", "m", "sk", "skin", "stretch", "x"})
"""Words that say nothing about the part: DAZ and Auto-Rig Pro say that a bone bends or stretches, Advanced
Skeleton and Auto-Rig Pro mark the middle by M and x, others say that a joint is one."""

CHAIN = r"[\d_]*"
"""The numbers of joints that follow each other."""


def _finger(words: str, phalanges: str = "proximal|medial|intermediate|distal") -> str:
    return rf"(?:hand|f)?(?:finger)?(?:{words})(?:finger)?(?:\d*|{phalanges})"


def _xsens_finger(ordinal: str) -> str:
    return rf"{ordinal}(?:pp|mp|dp|mcp|pip|dip)"


PATTERNS: tuple[tuple[Part, str], ...] = (
    (Part.HIPS, r"hips|pelvis|hips?center|hiporigin|hip|center|センター|グルーブ|腰"),
    (Part.SPINE, rf"spine{CHAIN}[a-e]?|spine(?:mid|navel|chest|low|middle|up|top)|(?:lower|upper|mid)back|back\d*"),
    (Part.SPINE, r"thorax|(?:upper|lower)?chest\d*|chest(?:upper|lower)|torso\d*|waist|lumbar"),
    (Part.SPINE, r"abdomen\d*|abdomen(?:lower|upper)|ab|upperbody\d*|[lt]\d\d?(?:[lts]\d\d?)?|上半身\d*"),
    (Part.NECK, rf"neck{CHAIN}|neck(?:lower|upper)|(?:lower|upper)neck|necktwist\d*|t1c7|首\d*"),
    (Part.HEAD, r"head1?|c1head|頭"),
    (Part.CLAVICLE, r"clavicle\d*|clav|collar|collarbone|scapula|t4shoulder|肩"),
    (Part.UPPER_ARM, rf"upperarm{CHAIN}|uparm|uarm|humerus|bicep|shldr|腕"),
    (Part.FOREARM, rf"forearm{CHAIN}|(?:lower|low|f)arm{CHAIN}|radius|elbow|ひじ|肘"),
    (Part.HAND, r"hand|wrist|fingerbase|palm|手首"),
    (
        Part.THUMB,
        rf"{_finger('thumb', 'metacarpal|proximal|intermediate|distal')}|first(?:mc|pp|dp|cmc|mcp)|ip|親指\d*",
    ),
    (Part.INDEX, rf"{_finger('index')}|{_xsens_finger('second')}|人差?指\d*"),
    (Part.MIDDLE, rf"{_finger('mid|middle')}|{_xsens_finger('third')}|中指\d*"),
    (Part.RING, rf"{_finger('ring')}|{_xsens_finger('fourth')}|薬指\d*"),
    (Part.PINKY, rf"{_finger('pinky|little')}|{_xsens_finger('fifth')}|小指\d*"),
    (Part.FINGERS, r"(?:hand)?fingers\d*|finger"),
    (Part.UPPER_LEG, rf"(?:upper|up)leg{CHAIN}|thigh{CHAIN}|femur|足"),
    (Part.LOWER_LEG, rf"(?:lower|low)leg{CHAIN}|calf|shin{CHAIN}|tibia|knee|ひざ|膝"),
    (Part.FOOT, r"ankle|足首"),
    (Part.TOES, rf"(?:big|index|mid|middle|ring|pinky|small|little)?toes?(?:base)?{CHAIN}|ball(?:foot)?|つま先"),
    (Part.TOES, r"foot(?:thumb|index|middle|ring|pinky)\d*"),
)
"""The one table of names: lower case, without prefix, side and punctuation; numbers beside each other joined by `_`."""

AMBIGUOUS: tuple[tuple[str, Part, Part | None], ...] = (
    ("arm", Part.UPPER_ARM, Part.FOREARM),
    (r"shoulder\d*", Part.UPPER_ARM, Part.CLAVICLE),
    ("hip", Part.UPPER_LEG, None),
    ("leg", Part.UPPER_LEG, Part.LOWER_LEG),
    ("foot", Part.FOOT, Part.TOES),
)
"""Names that mean the first part, or the second where that side has the first under a plainer name."""

NUMBERED_FINGER = r"(?:hand)?finger(?P<finger>\d)(?:_?(?P<joint>\d)|(?P<bone>metacarpal|proximal|medial|distal))?"
"""Biped, Rokoko and MakeHuman count the fingers, from 0 or from 1."""
