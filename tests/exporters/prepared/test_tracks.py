"""Motions and faces become arrays by joint and by shape without losing anything."""

from dataclasses import replace

import numpy as np
import pytest
import synthetic
import torch

from motionloom.core.data import FaceMotion
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.tracks import body_tracks, by_joint, shape_weights


def test_rotations_come_joint_by_joint_with_continuous_signs() -> None:
    take = synthetic.take(40)
    tracks = body_tracks(take.motion)
    turned = take.motion.rotations.transpose(0, 1).numpy()
    assert np.allclose(abs((tracks.rotations * turned).sum(-1)), 1, atol=1e-6)
    assert ((tracks.rotations[:, 1:] * tracks.rotations[:, :-1]).sum(-1) >= 0).all()


def test_the_first_frame_is_on_the_side_of_the_rest_pose() -> None:
    take = synthetic.take(2)
    rest = take.character.skeleton.rest_rotations.numpy()
    assert ((body_tracks(take.motion).rotations[:, 0] * rest).sum(-1) >= 0).all()


def test_only_the_root_is_moved_where_no_joint_slides() -> None:
    motion = synthetic.take(9).motion
    assert np.array_equal(body_tracks(motion).translations, motion.root_translation[None])


def test_sliding_joints_are_moved_but_the_root_goes_its_own_way() -> None:
    motion = synthetic.take(9, sliding=True).motion
    translations = body_tracks(motion).translations
    assert np.array_equal(translations[0], motion.root_translation)
    assert np.array_equal(translations[1:], motion.joint_translations.transpose(0, 1)[1:])


def test_tracks_are_copies() -> None:
    motion = synthetic.take(9, sliding=True).motion
    before = motion.joint_translations.clone()
    by_joint(motion.joint_translations)[:] = 0
    body_tracks(motion).translations[:] = 0
    assert torch.equal(motion.joint_translations, before)


def test_weights_come_in_the_order_of_the_rig_and_silent_shapes_are_zero() -> None:
    take = synthetic.take(9)
    weights = shape_weights(take.face, take.character.face_rig)
    assert np.array_equal(weights[:, 3], take.face.weights[:, 0])
    assert np.array_equal(weights[:, 0], take.face.weights[:, 1])
    assert not weights[:, 1:3].any()


@pytest.mark.parametrize("rig", [True, False])
def test_a_shape_that_the_character_lacks_is_refused_by_name(rig: bool) -> None:
    face = FaceMotion(("browInnerUp",), torch.zeros(3, 1), 30.0)
    with pytest.raises(ExportError, match="moves shape 'browInnerUp', which the character does not have"):
        shape_weights(face, synthetic.character().face_rig if rig else None)


def test_a_face_that_moves_nothing_fits_every_character() -> None:
    silent = replace(synthetic.take(3).face, names=(), weights=torch.zeros(3, 0))
    assert shape_weights(silent, None).shape == (3, 0)
