"""A patch of surface and a small network on it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
import torch
from bulge import SMALL, patch

from motionloom.core.data import Mesh
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.surface_input import surface_of
from motionloom.plugins.nfs.training.people import People, read_people
from motionloom.plugins.surface.operators import SurfaceOperators, surface_operators


@pytest.fixture(scope="session")
def people(ict_file: Path) -> People:
    return read_people(ict_file)


@pytest.fixture(scope="session")
def mesh() -> Mesh:
    return patch()


@pytest.fixture(scope="session")
def operators(mesh: Mesh) -> SurfaceOperators:
    return surface_operators(mesh.vertices, mesh.faces, 16)


@pytest.fixture
def model() -> Nfs:
    torch.manual_seed(0)
    return Nfs(SMALL).eval()


@pytest.fixture
def surface(mesh, operators):
    return surface_of(mesh.vertices, mesh.faces, operators, SMALL.eigenpairs)
