"""The picture that the image encoder sees."""

import torch

from motionloom.plugins.nfs.picture import front_picture, standardised


def seen(mesh):
    return front_picture(mesh.vertices * 10, mesh.faces)


def test_the_middle_of_the_picture_is_the_face_and_its_corner_is_nothing(mesh):
    picture = seen(mesh)
    assert picture.shape == (256, 256)
    assert picture[128, 128] > 0
    assert picture[0, 0] == 0


def test_a_triangle_that_faces_the_lamp_is_darkest_because_the_picture_is_inverted(mesh):
    picture = seen(mesh)
    assert picture[picture > 0].min() >= 0.5
    assert picture[picture > 0].max() <= 1.0
    assert picture[128, 128] < picture[128, 75:181].max()


def test_flipped_triangles_look_the_same(mesh):
    flipped = front_picture(mesh.vertices * 10, mesh.faces.flip(-1))
    assert torch.allclose(flipped, seen(mesh), atol=1e-5)


def test_brightness_and_contrast_do_not_matter(mesh):
    picture = seen(mesh)
    assert torch.allclose(standardised(picture), standardised(picture * 3 + 2), atol=1e-4)


def test_an_empty_picture_has_no_contrast_and_stays_finite():
    assert torch.equal(standardised(torch.zeros(256, 256)), torch.zeros(256, 256))
