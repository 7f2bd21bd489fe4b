"""The autoencoder: its size is the paper's, and skeletons of different sizes share a batch."""

import torch
from moving import BIPED, swaying

from motionloom.plugins.same.features import OUTPUTS, pose_features, skeleton_features
from motionloom.plugins.same.infer import decoded, encoded
from motionloom.plugins.same.network import Same, Size
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.stored import model_of, state_of
from motionloom.plugins.same.tree import forest

SMALL = Size(embedding=6, heads=2, width=4, layers=2)

LEGS = SkeletonGraph(BIPED.parents[:10], BIPED.offsets[:10], BIPED.ends[:10])


def model(size: Size = SMALL) -> Same:
    torch.manual_seed(1)
    return Same(size)


def test_the_default_has_as_many_weights_as_the_paper() -> None:
    published = 298_947
    assert abs(sum(part.numel() for part in Same(Size()).parameters()) - published) < 0.001 * published


def test_a_ragged_batch_gives_what_each_skeleton_gives_alone() -> None:
    same, motions = model(), [swaying(BIPED, 7), swaying(LEGS, 7, seed=1)]
    skeletons = [skeleton_features(motion.graph) for motion in motions]
    poses = [pose_features(motion, 30.0) for motion in motions]
    tree = forest([motion.graph.parents for motion in motions])
    codes = same.encode(torch.cat(skeletons), torch.cat(poses), tree)
    assert codes.shape == (2, 7, 6)
    outputs = same.decode(codes, torch.cat(skeletons), tree)
    for number, (motion, part) in enumerate(zip(motions, outputs.split(tree.sizes), strict=True)):
        alone = forest([motion.graph.parents])
        code = same.encode(skeletons[number], poses[number], alone)
        assert torch.allclose(codes[number], code[0], atol=1e-5)
        assert torch.allclose(part, same.decode(code, skeletons[number], alone), atol=1e-5)
        assert part.shape == (len(motion.graph), 7, OUTPUTS)


def test_the_order_of_the_nodes_does_not_matter() -> None:
    same, motion = model(), swaying(LEGS, 5)
    order = [0, 7, 8, 9, 4, 5, 6, 1, 2, 3]
    parents = tuple(-1 if LEGS.parents[old] < 0 else order.index(LEGS.parents[old]) for old in order)
    other = SkeletonGraph(parents, LEGS.offsets[order], LEGS.ends[order])
    shuffled = GraphMotion(other, motion.root, motion.rotations[:, order])
    assert torch.allclose(encoded(same, shuffled, 30.0), encoded(same, motion, 30.0), atol=1e-5)


def test_long_clips_in_parts_give_what_they_give_at_once() -> None:
    same, motion = model(), swaying(BIPED, 2500)
    codes = encoded(same, motion, 30.0)
    tree, skeleton = forest([BIPED.parents]), skeleton_features(BIPED)
    assert torch.allclose(codes, same.encode(skeleton, pose_features(motion, 30.0), tree)[0], atol=1e-5)
    assert decoded(same, codes, LEGS, 30.0, None).root.shape == (2500, 3)


def test_stored_weights_make_the_same_network() -> None:
    same, motion = model(), swaying(BIPED, 4)
    again = model_of(state_of(same))
    assert again.size == same.size
    assert torch.equal(encoded(again, motion, 30.0), encoded(same, motion, 30.0))
