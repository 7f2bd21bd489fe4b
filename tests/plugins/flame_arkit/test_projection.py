import torch
from faces import anny, seeded
from hypothesis import given, settings
from hypothesis import strategies as st
from test_identity import random_motion

from motionloom.plugins.flame_arkit import projection
from motionloom.plugins.flame_arkit.identity import displacements, pose_of
from motionloom.plugins.flame_arkit.projection import projected, projection_of


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_a_projection_is_the_sum_over_the_posed_vertices(seed: int) -> None:
    identity = anny().fit.identity
    pose = pose_of(random_motion(4, 50, seed), identity)
    fields = torch.randn(7, len(identity.neutral), 3, generator=seeded(seed))
    expected = displacements(identity, pose).flatten(1) @ fields.flatten(1).T
    found = projected(projection_of(identity, fields), pose)
    torch.testing.assert_close(found, expected, atol=2e-5 * float(expected.abs().max()), rtol=1e-4)


def test_a_long_clip_is_projected_piece_by_piece(monkeypatch) -> None:
    identity = anny().fit.identity
    pose = pose_of(random_motion(10, 20, 0), identity)
    prepared = anny().fit.along
    whole = projected(prepared, pose)
    monkeypatch.setattr(projection, "FRAMES_AT_ONCE", 3)
    torch.testing.assert_close(projected(prepared, pose), whole)
