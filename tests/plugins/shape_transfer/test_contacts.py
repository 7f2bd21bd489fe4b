"""Lids of an eye that is wider than the one that the shape was made for."""

import numpy as np
import pytest
from scipy import sparse

from motionloom.plugins.shape_transfer.contacts import Contacts
from motionloom.plugins.shape_transfer.openings import Rim
from motionloom.plugins.shape_transfer.skin import Skin

COUNT = 41
HALF = 0.006
"""Metres from the middle of the source's eye to either lid."""

steps = np.linspace(-0.06, 0.06, COUNT)
across, up = (values.reshape(-1) for values in np.meshgrid(steps, steps))


def plate(half: float) -> Skin:
    """A plate of 12 cm with an almond-shaped hole, 4 cm wide and twice `half` high in its middle."""
    almond = half * np.maximum(1 - (across / 0.02) ** 2, 0.0)
    height = np.where(np.abs(up) > 1e-9, up + np.sign(up) * almond * np.exp(-np.abs(up) / 0.02), 0.0)
    vertices = np.stack((across, height, np.zeros_like(height)), axis=1)
    corner = (np.arange(COUNT - 1) + COUNT * np.arange(COUNT - 1)[:, None]).reshape(-1)
    first = np.stack((corner, corner + 1, corner + COUNT + 1), axis=1)
    second = np.stack((corner, corner + COUNT + 1, corner + COUNT), axis=1)
    faces = np.concatenate((first, second))
    middle = (np.abs(up) < 1e-9) & (np.abs(across) < 0.02 - 1e-9)
    kept = ~middle[faces].any(axis=1)
    everywhere = np.ones(len(vertices), dtype=np.bool_)
    normals = np.tile([0.0, 0.0, 1.0], (len(vertices), 1))
    return Skin(vertices, faces[kept], normals, np.arange(len(vertices)), 0, everywhere, ~everywhere)


STEP = float(steps[1] - steps[0])
UPPER, LOWER = (np.flatnonzero((np.abs(up - side * STEP) < 1e-9) & (np.abs(across) < 0.015)) for side in (1.0, -1.0))
SOURCE, WIDER = plate(HALF), plate(1.6 * HALF)


def opening(skin: Skin, offsets: np.ndarray) -> np.ndarray:
    moved = skin.vertices + offsets
    return moved[UPPER, 1] - moved[LOWER, 1]


def lowered(share: float) -> np.ndarray:
    """Offsets of an upper lid that goes down by a share of the source's opening, and less above."""
    whole = np.zeros(len(across))
    rows = np.interp(across, across[UPPER], opening(SOURCE, np.zeros((len(across), 3))))
    whole[up > 0] = (rows * np.exp(-np.maximum(up - STEP, 0.0) / 0.01))[up > 0]
    return np.stack((np.zeros_like(whole), -share * whole * (np.abs(across) < 0.02), np.zeros_like(whole)), axis=1)


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    same = sparse.csr_array(sparse.eye_array(len(across)))
    return Contacts([Rim(UPPER, LOWER)], WIDER, same, SOURCE.vertices, 0.12)


def test_an_eye_that_closes_on_the_source_closes_on_a_wider_one(contacts: Contacts) -> None:
    blink = lowered(0.95)
    rest, ajar = opening(WIDER, np.zeros_like(blink)), opening(WIDER, blink)
    assert (ajar > 0.2 * rest).all()
    closed = contacts.mended(blink, blink)
    assert np.abs(opening(WIDER, closed)).max() < 0.03 * rest.max()


def test_the_lid_that_moves_does_the_rest_of_the_way(contacts: Contacts) -> None:
    blink = lowered(0.95)
    more = contacts.mended(blink, blink) - blink
    assert np.abs(more[LOWER]).max() < 0.1 * np.abs(more[UPPER]).max()
    assert np.abs(more[np.abs(up) > 0.05]).max() < 0.02 * np.abs(more[UPPER]).max()


def test_an_eye_that_narrows_is_left_as_it_is(contacts: Contacts) -> None:
    squint = lowered(0.6)
    assert np.array_equal(contacts.mended(squint, squint), squint)


def test_the_way_to_a_closed_eye_has_no_jump(contacts: Contacts) -> None:
    left = [
        opening(WIDER, contacts.mended(lowered(share), lowered(share))).max() for share in np.linspace(0.65, 0.95, 31)
    ]
    assert np.abs(np.diff(left)).max() < 0.15 * 3.2 * HALF


def test_lids_that_pass_each_other_are_not_drawn_back(contacts: Contacts) -> None:
    """The source's meet; what was carried over closes by more."""
    assert np.array_equal(contacts.mended(lowered(2.0), lowered(0.95)), lowered(2.0))
