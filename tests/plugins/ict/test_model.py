import pytest
import torch

from motionloom.core.errors import DataError
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.topology import RANGES, REGIONS, VERTICES


def small(vertices: int = 6, **changes: object) -> IctModel:
    generator = torch.Generator().manual_seed(2)
    parts: dict[str, object] = {
        "neutral": torch.randn(vertices, 3, generator=generator),
        "faces": torch.tensor([[0, 1, 2], [3, 4, 5]]),
        "expression_names": ("jawOpen", "mouthClose"),
        "expressions": torch.randn(2, vertices, 3, generator=generator),
        "identities": torch.randn(4, vertices, 3, generator=generator),
    }
    return IctModel(**(parts | changes))


def test_the_neutral_face_is_what_nothing_moves() -> None:
    model = small()
    assert torch.equal(model.surface(), model.neutral)
    assert torch.equal(model.surface(torch.zeros(4), torch.zeros(2)), model.neutral)


def test_one_coefficient_adds_one_basis() -> None:
    model = small()
    assert torch.allclose(model.surface(torch.tensor([0.0, 2.0])), model.neutral + 2 * model.identities[1])
    jaw = model.surface(weights=torch.tensor([1.0, 0.0]))
    assert torch.allclose(jaw, model.neutral + model.expression("jawOpen"))


def test_identities_and_weights_broadcast_against_each_other() -> None:
    model = small()
    people, poses = torch.randn(5, 1, 4), torch.rand(1, 3, 2)
    surfaces = model.surface(people, poses)
    assert surfaces.shape == (5, 3, 6, 3)
    assert torch.allclose(surfaces[4, 1], model.surface(people[4, 0], poses[0, 1]), atol=1e-6)


def test_more_coefficients_than_there_are_bases_are_refused() -> None:
    with pytest.raises(DataError, match="identity has 5 coefficients, the model 4"):
        small().surface(torch.zeros(5))


def test_an_expression_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="has no expression 'tongueOut'; expressions: jawOpen, mouthClose"):
        small().expression("tongueOut")


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expression_names": ("jawOpen",)}, "2 expressions need as many names"),
        ({"expression_names": ("jawOpen", "jawOpen")}, "names that differ"),
        ({"identities": torch.zeros(1, 5, 3)}, "the identities move 5 vertices, the neutral face has 6"),
        ({"faces": torch.tensor([[0, 1, 6]])}, "a face names a vertex outside 0 to 5"),
        (
            {"uv": torch.zeros(2, 2), "face_uv": torch.tensor([[0, 1, 2], [0, 1, 1]])},
            "a face names a texture coordinate outside 0 to 1",
        ),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        small(**changes)


def test_a_region_beyond_a_cropped_model_is_refused() -> None:
    with pytest.raises(DataError, match="the region 'head' has 11248 vertices, the model was cropped to 6"):
        small().surface(region="head")


def test_geometries_cover_the_mesh_once_in_order() -> None:
    covered = [vertex for run in RANGES.values() for vertex in run]
    assert covered == list(range(VERTICES))
    assert REGIONS["face"] == len(RANGES["face"])
    assert REGIONS["head"] == len(RANGES["face"]) + len(RANGES["head_and_neck"])


def test_the_kit_is_a_head_in_metres_that_faces_forward(kit: IctModel) -> None:
    low, high = kit.neutral[: REGIONS["head"]].aminmax(dim=0)
    assert 0.3 < float(high[1] - low[1]) < 0.4
    # The nose is in front, the left eye at +X.
    nose = kit.neutral[: REGIONS["face"], 2].argmax()
    assert abs(float(kit.neutral[nose, 0])) < 0.01
    assert float(kit.neutral[list(RANGES["left_eye"]), 0].mean()) > 0.02
    blink = kit.expression("eyeBlink_L")[: REGIONS["face"]].norm(dim=-1)
    assert float(kit.neutral[blink.argmax(), 0]) > 0.02
    assert len(kit.landmarks) == 68


def test_the_kit_s_triangles_are_wound_outwards(kit: IctModel) -> None:
    faces = kit.region_faces("head")
    a, b, c = (kit.neutral[faces[:, corner]] for corner in range(3))
    normals = torch.linalg.cross(b - a, c - a)
    outward = (normals * ((a + b + c) / 3 - kit.neutral.mean(0))).sum(-1) > 0
    assert float(outward.float().mean()) > 0.8


@pytest.mark.parametrize(("region", "faces"), [("all", 52_220), ("head", 22_288), ("narrow", 13_120)])
def test_cropping_the_kit_changes_no_vertex(kit: IctModel, region: str, faces: int) -> None:
    generator = torch.Generator().manual_seed(4)
    people, poses = torch.randn(2, 100, generator=generator), torch.rand(2, 53, generator=generator)
    cropped = kit.cropped(region)
    assert len(cropped.faces) == faces
    assert len(cropped.faces.unique()) == REGIONS[region]
    assert torch.allclose(cropped.surface(people, poses), kit.surface(people, poses, region), atol=1e-6)
    assert torch.equal(cropped.region_faces("narrow"), kit.region_faces("narrow"))
