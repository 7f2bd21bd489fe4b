"""The public test kit for plugin authors.

Three lines check a node against the whole contract:

    from motionloom.core.testing import check_node

    def test_wave_keeps_the_contract():
        check_node(wave, motion, strength=0.5)
"""

from motionloom.core.testing.agreement import assert_same
from motionloom.core.testing.check import check_node
from motionloom.core.testing.registry import registry_of
from motionloom.core.testing.samples import sample_character, sample_motion, sample_take

__all__ = ["assert_same", "check_node", "registry_of", "sample_character", "sample_motion", "sample_take"]
