"""Training runs of a few steps."""

import pytest
import torch
from bulge import SMALL
from made_up import recipe
from safetensors.torch import load_file

from motionloom.core.errors import ReadError
from motionloom.plugins.nfs.stored import load_weights
from motionloom.plugins.nfs.training.config import SHIPPED, Recipe
from motionloom.plugins.nfs.training.families import FAMILIES
from motionloom.plugins.nfs.training.train import train
from motionloom.plugins.training.checkpoint import CHECKPOINT
from motionloom.plugins.training.history import HISTORY, read_history
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import Watch

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def whole_run(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    train(recipe(SMALL), people, folder, CPU, Watch())
    return folder


def test_the_recipe_of_the_package_is_one():
    assert read_recipe(SHIPPED, Recipe, SHIPPED).steps > 1000


def test_people_to_report_on_are_none_that_are_trained_on(people):
    trained, watched, kept = set(people.trained), set(people.watched), set(people.kept)
    assert (len(trained), len(watched), len(kept)) == (100, 1, 10)
    assert len(trained | watched | kept) == len(people.coefficients) == 111


def test_a_run_leaves_weights_a_history_and_scores(whole_run):
    told = read_history(whole_run / HISTORY)
    assert [line.step for line in told] == [2, 4]
    assert told[-1].scores["neutral_all"] == pytest.approx(25, abs=2)
    assert load_weights(whole_run / "nfs.safetensors").size == SMALL


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(people, whole_run, tmp_path):
    class Stop(Exception):
        pass

    def stop(told):
        raise Stop

    (tmp_path / FAMILIES).write_bytes((whole_run / FAMILIES).read_bytes())
    with pytest.raises(Stop):
        train(recipe(SMALL), people, tmp_path, CPU, Watch(told=stop))
    train(recipe(SMALL), people, tmp_path, CPU, Watch())
    once, twice = load_file(whole_run / CHECKPOINT), load_file(tmp_path / CHECKPOINT)
    assert all(torch.equal(once[name], twice[name]) for name in once)


def test_people_of_the_default_character_are_trained_on_and_scored_where_the_recipe_says_so(
    people, whole_run, made_folder
):
    train(recipe(SMALL, made_people=1, made_share=1.0), people, made_folder, CPU, Watch())
    without, told = read_history(whole_run / HISTORY)[-1], read_history(made_folder / HISTORY)[-1]
    assert not any(name.startswith("made_") for name in without.scores)
    assert set(told.scores) == {*without.scores, *(f"made_{name}" for name in without.scores)}
    assert all(torch.tensor(each).isfinite() for each in (*told.losses.values(), *told.scores.values()))
    assert all(line.losses["identity"] == 0 < line.losses["range"] for line in read_history(made_folder / HISTORY))


def test_a_checkpoint_of_another_recipe_is_refused(people, whole_run):
    with pytest.raises(ReadError, match="frames"):
        train(recipe(SMALL, frames=9), people, whole_run, CPU, Watch())
