"""The graph autoencoder of SAME: a pose on any skeleton to 32 numbers, and back onto any skeleton.

Lee et al., "SAME: Skeleton-Agnostic Motion Embedding for Character Animation", SIGGRAPH Asia 2023.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from motionloom.plugins.same.attention import GraphAttention
from motionloom.plugins.same.features import OUTPUTS, POSE_FEATURES, SKELETON_FEATURES
from motionloom.plugins.same.tree import Tree


@dataclass(frozen=True)
class Size:
    """The size of the network; the defaults are the paper's, but for `residual`.

    Args:
        embedding: numbers a frame.
        heads: attention heads of every layer.
        width: channels of each head.
        layers: of the encoder, and of the decoder.
        residual: whether what enters a layer is added to what leaves it; the paper's network does not.
    """

    embedding: int = 32
    heads: int = 16
    width: int = 16
    layers: int = 3
    residual: bool = True


class Same(nn.Module):
    """Encoder, decoder and the statistics that their inputs and outputs are scaled by.

    Args:
        size: of the network.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        channels = size.heads * size.width
        inputs = [SKELETON_FEATURES + POSE_FEATURES, *[channels] * (size.layers - 1)]
        self.encoder = nn.ModuleList(GraphAttention(count, size.heads, size.width) for count in inputs)
        self.to_embedding = nn.Linear(channels, size.embedding)
        inputs = [size.embedding, *[channels] * (size.layers - 1)]
        self.decoder = nn.ModuleList(
            GraphAttention(count + SKELETON_FEATURES, size.heads, size.width) for count in inputs
        )
        self.to_pose = nn.Linear(channels + SKELETON_FEATURES, OUTPUTS)
        for name, count in (("input", SKELETON_FEATURES + POSE_FEATURES), ("output", OUTPUTS)):
            self.register_buffer(f"{name}_mean", torch.zeros(count))
            self.register_buffer(f"{name}_deviation", torch.ones(count))

    input_mean: Tensor
    input_deviation: Tensor
    output_mean: Tensor
    output_deviation: Tensor

    def encode(
        self,
        skeleton: Float[Tensor, "nodes skeleton"],
        pose: Float[Tensor, "nodes frames pose"],
        tree: Tree,
    ) -> Float[Tensor, "skeletons frames embedding"]:
        """The embedding of every frame.

        Args:
            skeleton: (N, 6) of each node, from `skeleton_features`.
            pose: (N, B, 26) of each node in each frame, from `pose_features`.
            tree: which nodes are joined, and which belong to one skeleton.
        """
        spread = skeleton.unsqueeze(1).expand(-1, pose.shape[1], -1)
        x = ((torch.cat((spread, pose), -1) - self.input_mean) / self.input_deviation).transpose(1, 2).contiguous()
        for layer in self.encoder:
            x = self._stacked(layer(x, tree), x)
        codes = _linear(self.to_embedding, x)
        return torch.stack([nodes.amax(0).T for nodes in codes.split(tree.sizes)])

    def decode(
        self,
        embedding: Float[Tensor, "skeletons frames embedding"],
        skeleton: Float[Tensor, "nodes skeleton"],
        tree: Tree,
    ) -> Float[Tensor, "nodes frames outputs"]:
        """The pose of every frame on a skeleton: for each node, root motion, rotation and contact (see `features`)."""
        count = skeleton.shape[-1]
        skeleton = (skeleton - self.input_mean[:count]) / self.input_deviation[:count]
        spread = skeleton.unsqueeze(-1).expand(-1, -1, embedding.shape[1])
        codes = embedding.transpose(1, 2)[tree.skeleton_of(embedding.device)]
        x = torch.cat((codes, spread), 1)
        for layer in self.decoder:
            x = torch.cat((self._stacked(layer(x, tree), x), spread), 1)
        return _linear(self.to_pose, x).transpose(1, 2) * self.output_deviation + self.output_mean

    def _stacked(self, y: Tensor, x: Tensor) -> Tensor:
        y = nn.functional.elu(y)
        # The decoder's input carries the skeleton's features behind the channels that a layer gives.
        return y + x[:, : y.shape[1]] if self.size.residual and x.shape[1] >= y.shape[1] else y


def _linear(layer: nn.Linear, x: Float[Tensor, "nodes inputs frames"]) -> Float[Tensor, "nodes outputs frames"]:
    return torch.matmul(layer.weight, x) + layer.bias.unsqueeze(-1)
