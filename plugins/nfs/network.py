"""The network of Neural Face Skinning: three encoders that look at a neutral face, and a decoder a vertex."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from motionloom.plugins.nfs.diffusion_net import DiffusionNet
from motionloom.plugins.nfs.image_encoder import ImageEncoder
from motionloom.plugins.surface.operators import SurfaceOperators

CODE = 128
"""Numbers in an identity, expression or image code."""

EXPRESSIONS, IDENTITIES, SEGMENTS = 53, 100, 20
"""Coefficients of ICT-FaceKit that the first numbers of the codes stand for, and regions of the face."""

TYPICAL = 0.02
"""Decimetres that an expression moves the vertices by which it moves, before a training run has measured it."""


@dataclass(frozen=True)
class Size:
    """How large the network is; stored with its weights.

    Args:
        width: channels of the DiffusionNets of expression and skinning encoder.
        identity_width: of that of the identity encoder.
        blocks: of each.
        eigenpairs: of the Laplacian, that they diffuse with.
        features: numbers a vertex that the skinning encoder hands on beside the segments.
        decoder_width: channels of the decoder.
        decoder_layers: hidden layers.
        bands: octaves of the vertex's place that the decoder reads.
        skinning: whether the code is made local by the skinning block.
    """

    width: int = 128
    identity_width: int = 64
    blocks: int = 4
    eigenpairs: int = 96
    features: int = 64
    decoder_width: int = 256
    decoder_layers: int = 5
    bands: int = 4
    skinning: bool = True


@dataclass(frozen=True)
class Surface:
    """A neutral face as the network reads it, in decimetres.

    Args:
        vertices: (V, 3) decimetres.
        normals: (V, 3) unit.
        operators: of the mesh, lengths in decimetres.
        picture: (256, 256) of `front_picture`.
    """

    vertices: Float[Tensor, "vertices 3"]
    normals: Float[Tensor, "vertices 3"]
    operators: SurfaceOperators
    picture: Float[Tensor, "256 256"]


@dataclass(frozen=True)
class Face:
    """What the encoders make of a neutral face.

    Args:
        identity: (128,) the first 100 stand for ICT's identity coefficients.
        segments: (V, 20) logits.
        measure: (V, 3, 128) what each vertex's displacement, a decimetre, adds to the expression code.
        basis: (V, 3, 128) what each number of the code moves a vertex by, decimetres.
    """

    identity: Float[Tensor, "128"]
    segments: Float[Tensor, "vertices 20"]
    measure: Float[Tensor, "vertices 3 128"]
    basis: Float[Tensor, "vertices 3 128"]


class SkinningBlock(nn.Module):
    """How much each number of the code counts at a vertex, from the logits of its segment."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(SEGMENTS, 256, bias=False),
            nn.ReLU(),
            nn.Linear(256, 256, bias=False),
            nn.ReLU(),
            nn.Linear(256, CODE, bias=False),
        )

    def forward(self, segments: Float[Tensor, "vertices 20"]) -> Float[Tensor, "vertices 128"]:
        """Factors of any sign; one where the logits say nothing."""
        factors: Tensor = 1.0 + self.layers(segments)
        return factors


class Decoder(nn.Module):
    """What a local code does at a vertex, from the vertex alone and what is known of the whole face.

    Args:
        size: of the network.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.bands = size.bands
        local = 6 + 6 * size.bands + SEGMENTS + size.features
        width = size.decoder_width
        self.local, self.whole = nn.Linear(local, width), nn.Linear(2 * CODE, width, bias=False)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(size.decoder_layers))
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(size.decoder_layers - 1))
        self.last = nn.Linear(width, 3 * CODE)
        # Near zero is near the truth: most expressions leave most vertices where they are.
        self.last.weight.data *= 0.1

    def forward(
        self, place: Float[Tensor, "vertices 6"], known: Float[Tensor, "vertices known"], whole: Float[Tensor, "256"]
    ) -> Float[Tensor, "vertices 3 128"]:
        """The displacement for each number of the local code at one, decimetres."""
        values = self.local(torch.cat((place, _waves(place[:, :3], self.bands), known), -1)) + self.whole(whole)
        values = torch.relu(self.norms[0](values))
        for layer, norm in zip(self.hidden, self.norms[1:], strict=True):
            values = values + torch.relu(norm(layer(values)))
        moved: Tensor = self.last(values).unflatten(-1, (3, CODE))
        return moved


class Nfs(nn.Module):
    """Neural Face Skinning.

    Args:
        size: of the network.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size

        self.image = ImageEncoder(CODE)
        self.identity = DiffusionNet(6 + CODE, CODE, size.identity_width, size.blocks)
        self.expression = DiffusionNet(6 + CODE, 3 * CODE, size.width, size.blocks)
        self.skinning = DiffusionNet(6 + CODE, SEGMENTS + size.features, size.width, size.blocks)
        self.block, self.decoder = SkinningBlock(), Decoder(size)
        self.shape_scale: Tensor
        self.register_buffer("shape_scale", torch.full((CODE,), TYPICAL))

    def forward(self, surface: Surface) -> Face:
        """Look at a neutral face."""
        image = self.image(surface.picture)
        place = torch.cat((surface.vertices, surface.normals), -1)
        seen = torch.cat((place, image.expand(len(place), -1)), -1)
        mass = surface.operators.mass.unsqueeze(-1)
        identity = (self.identity(seen, surface.operators) * mass).sum(0) / mass.sum()
        known = self.skinning(seen, surface.operators)
        segments = known[:, :SEGMENTS]
        basis = self.decoder(place, known, torch.cat((image, identity)))
        if self.size.skinning:
            basis = basis * self.block(segments).unsqueeze(1)
        measure = self.expression(seen, surface.operators).unflatten(-1, (3, CODE)) / self.shape_scale
        return Face(identity, segments, measure * mass.unsqueeze(-1), basis * self.shape_scale)


def measured(
    measure: Float[Tensor, "vertices 3 128"], displacements: Float[Tensor, "*batch vertices 3"]
) -> Float[Tensor, "*batch 128"]:
    """The expression code of displaced vertices: a mass-weighted sum over the surface.

    Args:
        measure: of the `Face`.
        displacements: from the neutral face, decimetres.
    """
    return displacements.flatten(-2) @ measure.flatten(0, 1)


def displaced(
    basis: Float[Tensor, "vertices 3 code"], codes: Float[Tensor, "*batch code"]
) -> Float[Tensor, "*batch vertices 3"]:
    """What codes do to the vertices of a face, decimetres.

    Args:
        basis: of the `Face`, or its first expressions.
        codes: expression codes, as long.
    """
    return (codes @ basis.flatten(0, 1).T).unflatten(-1, (-1, 3))


def _waves(places: Float[Tensor, "vertices 3"], bands: int) -> Float[Tensor, "vertices waves"]:
    """Sines and cosines of the places, an octave apart; the longest wave is 6.28 decimetres."""
    angles = (places.unsqueeze(-1) * 2.0 ** torch.arange(bands).to(places)).flatten(-2)
    return torch.cat((angles.sin(), angles.cos()), -1)
