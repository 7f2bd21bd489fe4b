"""Learning on surfaces."""

from dataclasses import replace

import pytest
import torch

from motionloom.plugins.nfs.diffusion_net import Diffusion, DiffusionNet, GradientFeatures
from motionloom.plugins.surface.operators import surface_operators


@pytest.fixture
def full(mesh):
    return surface_operators(mesh.vertices * 10, mesh.faces, len(mesh.vertices))


def test_diffusion_leaves_a_constant_as_it_is(full):
    constant = torch.full((len(full), 4), 3.0)
    assert torch.allclose(Diffusion(4)(constant, full), constant, atol=1e-4)


def test_diffusion_keeps_the_mean_over_the_surface(full):
    torch.manual_seed(1)
    values = torch.randn(len(full), 4)
    spread = Diffusion(4)(values, full)
    assert torch.allclose(full.mass @ spread, full.mass @ values, atol=1e-4)


def test_no_time_is_no_diffusion_and_much_time_leaves_the_mean(full):
    torch.manual_seed(1)
    values, diffusion = torch.randn(len(full), 1), Diffusion(1)
    diffusion.log_times.data.fill_(-40.0)
    assert torch.allclose(diffusion(values, full), values, atol=1e-3)
    diffusion.log_times.data.fill_(10.0)
    mean = (full.mass @ values / full.mass.sum()).expand(len(full), 1)
    assert torch.allclose(diffusion(values, full), mean, atol=1e-3)


def test_gradient_features_do_not_depend_on_the_tangent_frames(operators):
    torch.manual_seed(2)
    angle = torch.rand(len(operators)) * 6.28
    sine, cosine = angle.sin()[operators.rows], angle.cos()[operators.rows]
    turned = replace(
        operators,
        along_x=cosine * operators.along_x + sine * operators.along_y,
        along_y=cosine * operators.along_y - sine * operators.along_x,
    )
    features, values = GradientFeatures(5), torch.randn(len(operators), 5) * 0.01
    assert torch.allclose(features(values, turned), features(values, operators), atol=1e-5)


def test_the_order_of_the_vertices_does_not_matter(mesh, operators):
    torch.manual_seed(3)
    network, values = DiffusionNet(3, 2, 8, 2), torch.randn(len(operators), 3)
    order = torch.randperm(len(operators))
    numbers = order.argsort()
    moved = surface_operators(mesh.vertices[order], numbers[mesh.faces], 16)
    assert torch.allclose(network(values[order], moved), network(values, operators)[order], atol=1e-3)
