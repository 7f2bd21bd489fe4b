"""The default character's rigs on people of several builds, as skeletons of the training."""

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.anny.rig import RigName
from motionloom.plugins.same.training.performer import Performer
from motionloom.plugins.same.training.rig_performers import rig_performer

RIG_NAMES: tuple[RigName, ...] = ("mixamo", "cmu_mb", "game_engine", "anny")
"""Mixamo's is for the evaluation alone."""

PEOPLE: dict[str, Phenotype] = {
    "man": Phenotype(0.0, 2 / 3, 0.5, 0.5, 0.35, 0.5),
    "woman": Phenotype(1.0, 2 / 3, 0.5, 0.5, 0.35, 0.5),
    "child": Phenotype(0.5, 1 / 3, 0.5, 0.5, 0.3, 0.5),
    "tall man": Phenotype(0.0, 0.7, 0.8, 0.5, 0.9, 0.3),
    "old woman held out": Phenotype(0.9, 1.0, 0.3, 0.7, 0.2, 0.6),
    "toddler held out": Phenotype(0.4, 0.18, 0.5, 0.5, 0.4, 0.5),
}
"""Whom the rigs are put into."""


def character_rigs() -> dict[str, Performer]:
    """Performers by rig and person: `cmu_mb woman`."""
    return {f"{rig} {name}": _performer(rig, person) for rig in RIG_NAMES for name, person in PEOPLE.items()}


def _performer(rig: RigName, person: Phenotype) -> Performer:
    return rig_performer(build_character(assets_folder(), person, rig, False, rig).skeleton)
