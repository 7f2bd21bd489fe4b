"""The people of the truth pairs, from child to tall adult."""

from collections.abc import Mapping
from types import MappingProxyType

from motionloom.plugins.anny.phenotype import Phenotype

ADULT = "adult"
"""The person that clips are brought onto first."""

PEOPLE: Mapping[str, Phenotype] = MappingProxyType(
    {
        ADULT: Phenotype(gender=0.5, age=2 / 3, muscle=0.5, weight=0.5, height=0.35, proportions=0.5),
        "small_child": Phenotype(gender=1.0, age=0.25, muscle=0.5, weight=0.5, height=0.4, proportions=0.5),
        "child": Phenotype(gender=0.0, age=1 / 3, muscle=0.5, weight=0.5, height=0.3, proportions=0.5),
        "teenager": Phenotype(gender=1.0, age=0.5, muscle=0.4, weight=0.4, height=0.4, proportions=0.5),
        "short_woman": Phenotype(gender=1.0, age=2 / 3, muscle=0.5, weight=0.6, height=0.25, proportions=0.5),
        "tall_woman": Phenotype(gender=1.0, age=2 / 3, muscle=0.6, weight=0.3, height=0.5, proportions=0.2),
        "short_heavy_man": Phenotype(gender=0.0, age=2 / 3, muscle=0.4, weight=1.0, height=0.25, proportions=0.7),
        "strong_man": Phenotype(gender=0.0, age=2 / 3, muscle=1.0, weight=0.7, height=0.4, proportions=0.0),
        "tall_man": Phenotype(gender=0.0, age=2 / 3, muscle=0.5, weight=0.3, height=0.57, proportions=0.5),
        "old_woman": Phenotype(gender=1.0, age=1.0, muscle=0.2, weight=0.6, height=0.35, proportions=0.8),
    }
)
"""Ten builds by name, 1.1 to 2.0 m tall."""
