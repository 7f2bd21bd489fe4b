"""The regions of the face, on ICT-FaceKit."""

import pytest
import torch

from motionloom.plugins.nfs.segments import SEGMENTS


@pytest.fixture
def head(people):
    return people.model, people.model.landmarks


@pytest.fixture
def labels(people):
    return people.segments


def test_every_vertex_has_a_region_and_every_region_vertices(head, labels):
    assert labels.shape == (len(head[0].neutral),)
    assert torch.equal(labels.unique(), torch.arange(len(SEGMENTS)))
    assert labels.bincount().min() > 100


@pytest.mark.parametrize(
    ("landmark", "region"),
    [(30, "nose"), (33, "nose"), (8, "jaw"), (62, "lips"), (66, "lips"), (37, "eye_right"), (46, "eye_left")],
)
def test_landmarks_lie_in_their_region(head, labels, landmark, region):
    assert SEGMENTS[labels[head[1][landmark]]] == region


def test_left_is_the_characters_own(head, labels):
    for number, name in enumerate(SEGMENTS):
        across = float(head[0].neutral[labels == number, 0].mean())
        if name.endswith("_left"):
            assert across > 0.02
        elif name.endswith("_right"):
            assert across < -0.02
        else:
            assert abs(across) < 0.005


def test_both_sides_are_alike(labels):
    counts = labels.bincount()
    for number, name in enumerate(SEGMENTS):
        if name.endswith("_left"):
            other = SEGMENTS.index(name.replace("_left", "_right"))
            assert int(counts[number]) == pytest.approx(int(counts[other]), rel=0.05)


def test_every_region_is_one_piece(head, labels):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    faces = head[0].faces
    sides = torch.stack((faces, faces.roll(-1, 1)), -1).reshape(-1, 2)
    inside = sides[labels[sides[:, 0]] == labels[sides[:, 1]]].numpy()
    graph = coo_array((torch.ones(len(inside)).numpy(), (inside[:, 0], inside[:, 1])), shape=(len(labels),) * 2)
    _, piece = connected_components(graph, directed=False)
    for number in range(len(SEGMENTS)):
        sizes = torch.from_numpy(piece)[labels == number].bincount()
        assert sizes.max() > 0.9 * sizes.sum(), SEGMENTS[number]
