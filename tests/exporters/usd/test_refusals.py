"""What cannot be written is refused by name, and leaves no file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic
import torch
from usd_takes import parts_take

from motionloom.core.data import FaceMotion, Skin, Take, bare_character
from motionloom.core.errors import ExportError
from motionloom.exporters.usd.writer import write_usd


def refusal(takes: list[Take], path: Path, **options: Any) -> str:
    with pytest.raises(ExportError) as error:
        write_usd(takes, path, **options)
    assert list(path.parent.iterdir()) == []
    return str(error.value)


@pytest.mark.parametrize("name", ["take.fbx", "take", "take.usd.gz"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    assert "use .usd, .usda, .usdc or .usdz" in refusal([synthetic.still()], tmp_path / name)


@pytest.mark.parametrize(("option", "words"), [({"layers": "separate"}, "one layer"), ({"up": "z"}, "take Y for up")])
def test_a_package_is_one_layer_with_y_up(option: dict[str, Any], words: str, tmp_path: Path) -> None:
    assert words in refusal([synthetic.still()], tmp_path / "take.usdz", **option)


def test_takes_of_two_rates_are_refused_by_name(tmp_path: Path) -> None:
    one, other = synthetic.take(3, fps=30.0), replace(synthetic.take(3, fps=24.0), name="run")
    text = refusal([one, other], tmp_path / "take.usdc")
    assert text.startswith("take.usdc: the take 'wave' has 30 frames a second, 'run' has 24; resample")


def test_a_still_take_goes_with_any_rate(tmp_path: Path) -> None:
    still = replace(synthetic.still(), name="still")
    assert write_usd([still, synthetic.take(3, fps=24.0)], tmp_path / "take.usdc")[0].is_file()


def test_takes_of_two_characters_are_refused(tmp_path: Path) -> None:
    one, other = synthetic.take(3), replace(synthetic.take(3, influences=3), name="run")
    assert "different characters" in refusal([one, other], tmp_path / "take.usdc")


def test_no_take_is_refused(tmp_path: Path) -> None:
    assert "no take" in refusal([], tmp_path / "take.usdc")


def with_nan(take: Take) -> Take:
    rotations = take.motion.rotations.clone()
    rotations[2, 4] = float("nan")
    return replace(take, motion=replace(take.motion, rotations=rotations))


def with_zero_rotation(take: Take) -> Take:
    rotations = take.motion.rotations.clone()
    rotations[1, 6] = 0.0
    return replace(take, motion=replace(take.motion, rotations=rotations))


def with_weak_skin(take: Take) -> Take:
    skin = take.character.skin
    weights = skin.weights.clone()
    weights[9] *= 0.5
    return replace(take, character=replace(take.character, skin=Skin(skin.joint_indices, weights)))


def with_unknown_shape(take: Take) -> Take:
    return replace(take, face=FaceMotion(("wink",), torch.zeros(3, 1), 30.0))


def without_uv(take: Take) -> Take:
    who = take.character
    return replace(
        take, character=replace(who, mesh=replace(who.mesh, uv=None), materials=parts_take().character.materials)
    )


WRONGS = {
    with_nan: "joint 'hand.L', frame 2",
    with_zero_rotation: "joint 'foot.L', frame 1",
    with_weak_skin: "vertex 9",
    with_unknown_shape: "'wink'",
    without_uv: "'skin' has a texture",
}


@pytest.mark.parametrize("wrong", WRONGS)
@pytest.mark.parametrize("layers", ["one", "separate"])
def test_what_no_reader_could_use_is_refused_with_its_place(
    wrong: Callable[[Take], Take], layers: str, tmp_path: Path
) -> None:
    assert WRONGS[wrong] in refusal([wrong(synthetic.take(3))], tmp_path / "take.usda", layers=layers)


def test_a_face_on_a_bare_skeleton_is_refused(tmp_path: Path) -> None:
    take = synthetic.take(3)
    bare = replace(take, character=bare_character("bones", take.character.skeleton))
    assert "which the character does not have" in refusal([bare], tmp_path / "take.usdc")


def test_what_usd_itself_complains_of_is_an_error_of_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "take.usdc").mkdir()
    with pytest.raises(ExportError, match=r"^take.usdc: USD could not write the file: .*rename"):
        write_usd([synthetic.still()], tmp_path / "take.usdc")
    assert capfd.readouterr().err == ""
