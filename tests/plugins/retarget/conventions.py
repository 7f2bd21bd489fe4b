"""Joint lists of the naming conventions, with the role of every joint, from `roles/conventions/*.txt`.

Indentation is the hierarchy, `= role` the part that a joint plays. `*` stands for Left and Right, `#` for L and R,
`%` for l and r, `+` for left and right, `?` for LEFT and RIGHT, `@` for 左 and 右; `[1-3]` for a chain of three joints.
"""

import re
from functools import cache
from pathlib import Path

import torch

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.parts import CENTRAL_PARTS, Part, Role, Side, role_of

FOLDER = Path(__file__).parent / "roles" / "conventions"
CONVENTIONS = tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))
MARKS = {"*": "Left Right", "#": "L R", "%": "l r", "+": "left right", "?": "LEFT RIGHT", "@": "左 右"}
LINE = re.compile(r"(?P<indent> *)(?P<name>.+?)(?: = (?P<part>\w+))?")
CHAIN = re.compile(r"\[(\d)-(\d)\]")


@cache
def convention(name: str) -> tuple[Skeleton, dict[Role, list[str]]]:
    """A skeleton in no particular pose, and the joints of each role."""
    joints: dict[str, str | None] = {}
    roles: dict[Role, list[str]] = {}
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    for side, word in ((Side.LEFT, 0), (Side.RIGHT, 1)):
        above: list[tuple[int, str]] = []
        for line in lines:
            match = LINE.fullmatch(line)
            assert match is not None
            indent = len(match["indent"])
            above = [entry for entry in above if entry[0] < indent]
            for step, joint in enumerate(_chain(_sided(match["name"], word))):
                is_new = joint not in joints
                joints.setdefault(joint, above[-1][1] if above else None)
                above.append((indent + step, joint))
                if match["part"] and is_new:
                    part = Part(match["part"])
                    roles.setdefault(role_of(part, None if part in CENTRAL_PARTS else side), []).append(joint)
    return _skeleton(joints), roles


def _sided(name: str, word: int) -> str:
    for mark, words in MARKS.items():
        name = name.replace(mark, words.split()[word])
    return name


def _chain(name: str) -> list[str]:
    numbers = CHAIN.search(name)
    if numbers is None:
        return [name]
    return [CHAIN.sub(str(number), name) for number in range(int(numbers[1]), int(numbers[2]) + 1)]


def _skeleton(joints: dict[str, str | None]) -> Skeleton:
    names = tuple(joints)
    rotations = torch.zeros(len(names), 4)
    rotations[:, 3] = 1.0
    parents = tuple(-1 if above is None else names.index(above) for above in joints.values())
    generator = torch.Generator().manual_seed(len(names))
    return Skeleton(names, parents, torch.rand(len(names), 3, generator=generator), rotations)
