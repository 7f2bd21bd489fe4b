"""Makes the modules beside this file importable; people of the default character, made once."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from bulge import SMALL
from made_up import recipe

from motionloom.plugins.nfs.training.made_heads import made_heads


@pytest.fixture(scope="session")
def made_folder(people, tmp_path_factory) -> Path:
    """Of a run whose people are made: one to train on."""
    folder = tmp_path_factory.mktemp("made")
    made_heads(recipe(SMALL, made_people=1), people, folder)
    return folder
