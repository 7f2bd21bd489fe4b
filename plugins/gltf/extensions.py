"""Extensions that change what a document means."""

from collections.abc import Callable
from typing import Final

from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.fields import Entry

COMPRESSED: Final = frozenset(
    {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"},
)
"""Those that keep the data in a form of their own."""

WITHOUT_EFFECT: Final = ("KHR_materials_", "VRM", "KHR_lights_", "KHR_xmp", "KHR_texture_transform", "EXT_lights_")
"""What surfaces and lights look like beyond colour, finish and picture; a take holds none of it."""

KNOWN: Final = frozenset({"KHR_mesh_quantization", "KHR_node_visibility"})

PICTURES: Final = frozenset({"KHR_texture_basisu", "EXT_texture_webp", "EXT_texture_avif", "MSFT_texture_dds"})
"""Pictures in formats that a take does not hold; they are left out with a warning where they are used."""


def check_extensions(document: Entry, warn: Callable[[str], None]) -> None:
    """Refuse a document that cannot be understood without an extension unknown here.

    Args:
        document: the whole of it.
        warn: told of extensions that are used, and would change what is read.

    Raises:
        ReadError: with the name of the extension.
    """
    for name in document.texts("extensionsRequired"):
        if name in COMPRESSED:
            raise ReadError(
                f"its data is compressed with {name[:60]}",
                where="/extensionsRequired",
                remedy="export without compression, or unpack it: npx @gltf-transform/cli copy IN.glb OUT.glb",
            )
        if name not in KNOWN | PICTURES and not name.startswith(WITHOUT_EFFECT):
            what = f"it cannot be read without the extension {name[:60]!r}, which is unknown here"
            raise ReadError(what, where="/extensionsRequired", remedy="export the file without it")
    used = [name for name in ("EXT_mesh_gpu_instancing", "KHR_animation_pointer") if name in _used(document)]
    if used:
        warn(f"what the extension {' and '.join(used)} adds is left out")


def _used(document: Entry) -> list[str]:
    return document.texts("extensionsUsed")
