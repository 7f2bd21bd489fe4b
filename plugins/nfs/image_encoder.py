"""The convolutions that look at a picture of the neutral face."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from motionloom.plugins.nfs.picture import standardised

CHANNELS = (1, 16, 16, 32, 32, 64, 64, 128, 128)
"""Of the eight convolutions of Qin et al., "Neural Face Rigging", SIGGRAPH 2023; each halves the picture."""


class ImageEncoder(nn.Module):
    """A code of a picture.

    Args:
        code: numbers in it.
    """

    def __init__(self, code: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise(CHANNELS):
            convolution = nn.Conv2d(before, after, kernel_size=4, stride=2, padding=1)
            layers += [weight_norm(convolution), nn.LeakyReLU(0.2)]
        self.convolutions = nn.Sequential(*layers)
        self.last = nn.Linear(CHANNELS[-1], code)

    def forward(self, picture: Float[Tensor, "256 256"]) -> Float[Tensor, "code"]:
        """The code of one picture, of whatever brightness and contrast."""
        seen = self.convolutions(standardised(picture)[None, None])
        code: Tensor = self.last(seen.flatten())
        return code
