from pathlib import Path

import pytest
import torch

from motionloom.core.errors import ReadError
from motionloom.plugins.same.training import rigs
from motionloom.plugins.same.training.corpus import Corpus, is_held_out_rig, load_corpus
from motionloom.plugins.same.training.sources import HELD_OUT_CLIPS, is_held_out, recording_files

FEW = (
    *("cmu/03/03.asf", "cmu/03/03_01.amc", "poses/sit01.bvh"),
    *("glb/mesh2motion/human-bow.glb", "glb/mesh2motion/human-crawl.glb", "glb/mesh2motion/fox-bark.glb"),
)


@pytest.fixture
def few(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with some of the recordings; of the default character's rigs there is one."""
    for name in FEW:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).symlink_to(data_folder / name)
    monkeypatch.setattr(rigs, "RIG_NAMES", ("mixamo",))
    monkeypatch.setattr(rigs, "PEOPLE", {"man": rigs.PEOPLE["man"]})
    return tmp_path / "data"


def same(one: Corpus, other: Corpus) -> bool:
    return [clip.name for clip in one.clips] == [clip.name for clip in other.clips] and all(
        torch.equal(a.rotations, b.rotations) for a, b in zip(one.clips, other.clips, strict=True)
    )


def test_a_corpus_is_split_by_subject_and_comes_back_from_its_cache(few: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "corpus.safetensors"
    corpus = load_corpus(few, cache)
    train, held_out = corpus.split(held_out=False), corpus.split(held_out=True)
    assert {clip.name for clip in train.clips} == {"sit01", "human-crawl"}
    assert {clip.subject for clip in held_out.clips} == {"cmu 03", "human"}
    assert set(train.rigs) == {"makehuman", "human"}
    assert set(held_out.rigs) == {"cmu 03", "mixamo man"}
    assert [clip.name for clip in corpus.creatures] == ["fox-bark"]
    sitting = next(clip for clip in corpus.clips if clip.name == "sit01")
    assert abs(float(sitting.lowest.amin())) < 1e-5
    written = cache.stat().st_mtime_ns
    assert same(load_corpus(few, cache), corpus)
    assert cache.stat().st_mtime_ns == written


def test_a_changed_folder_makes_the_corpus_anew(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rigs, "PEOPLE", {})
    for name in ("cmu/03/03_01.amc", "glb/mesh2motion/fox-bark.glb", "glb/mesh2motion/human-bow.glb"):
        (few / name).unlink()
    cache = tmp_path / "corpus.safetensors"
    assert {clip.name for clip in load_corpus(few, cache).clips} == {"sit01", "human-crawl"}
    before = cache.read_bytes()
    (few / "glb/mesh2motion/human-crawl.glb").unlink()
    assert {clip.name for clip in load_corpus(few, cache).clips} == {"sit01"}
    assert cache.read_bytes() != before


def test_a_damaged_cache_is_made_anew(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rigs, "PEOPLE", {})
    for name in ("cmu/03/03_01.amc", "glb/mesh2motion/fox-bark.glb", "glb/mesh2motion/human-bow.glb"):
        (few / name).unlink()
    cache = tmp_path / "corpus.safetensors"
    cache.write_bytes(b"half a file")
    assert len(load_corpus(few, cache).clips) == 2
    assert cache.stat().st_size > 1000


def test_a_folder_without_recordings_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no recordings"):
        load_corpus(tmp_path, tmp_path / "corpus.safetensors")


def test_no_recording_is_in_the_corpus_twice(data_folder: Path) -> None:
    names = [path.stem for path in recording_files(data_folder)]
    assert "cmu_01_01" not in names
    assert "01_01" in names


def test_every_held_out_clip_exists(data_folder: Path) -> None:
    assert {path.stem for path in recording_files(data_folder)} >= HELD_OUT_CLIPS


def test_a_part_of_a_held_out_clip_is_held_out() -> None:
    assert is_held_out("human-victory, part 2", "human")
    assert not is_held_out("human-angry", "human")
    assert is_held_out("03_04", "cmu 03")


def test_mixamo_rigs_and_held_out_people_are_never_trained_on() -> None:
    assert is_held_out_rig("mixamo man")
    assert is_held_out_rig("anny toddler held out")
    assert not is_held_out_rig("anny woman")
    assert not is_held_out_rig("cmu 01")
