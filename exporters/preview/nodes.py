"""The preview exporter as a node."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, Take
from motionloom.core.errors import ExportError
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.prepared.takes import only_take
from motionloom.exporters.preview.frames import pictures
from motionloom.exporters.preview.framing import View
from motionloom.exporters.preview.movie import write_movie
from motionloom.exporters.preview.sheet import spread, write_sheet

Side = Annotated[int, Field(ge=16, le=4096)]


@node("export.preview", version=2)
def export_preview(
    take: Sequence[Take],
    *,
    path: Annotated[OutputFile, suffixes(".png", ".mp4")],
    view: View = "three_quarter",
    follow: bool = True,
    width: Side = 480,
    height: Side = 480,
    frames: Annotated[int, Field(ge=1, le=200)] = 12,
    ctx: Context,
) -> Artifact:
    """Render a take as a contact sheet (.png) or a movie (.mp4), for dailies; it needs no display and no GPU.

    The performer stands on a floor of metre squares in studio light, in the colours of its materials;
    a take without a surface shows its bones. A textured face has the one colour that its texture has in
    the middle of it. The camera is placed once so that the whole take is in the picture, in front of
    where the performer faces on the average. A movie has a frame for every frame of the take, at exactly its
    rate: 23.976 is 24000/1001. Movies need PyAV: `pip install motionloom[video]`.

    Args:
        take: one take.
        path: where to write; the suffix chooses: .png for the sheet, .mp4 for the movie.
        view: from where: front, side (the performer's left), three_quarter, or a close-up of the face: of
            what a joint called head moves or, where none is called so, of what face shapes move.
        follow: whether the camera goes along with the performer, or stands and shows its whole path.
        width: of each picture, pixels; even for a movie.
        height: of each picture, pixels; even for a movie.
        frames: how many the contact sheet shows, evenly from the first to the last.
        ctx: progress and warnings.

    Raises:
        ExportError: there are several takes, the suffix is another one, a movie has an odd side or PyAV is
            missing, the view does not fit the character, or the take holds numbers that are not finite.
    """
    size, shown = (width, height), only_take(take, path.name)
    if path.suffix.lower() == ".png":
        chosen = spread(len(shown), frames)
        write_sheet(path, shown, chosen, pictures(shown, chosen, view, follow, size, ctx))
    elif path.suffix.lower() == ".mp4":
        write_movie(path, pictures(shown, range(len(shown)), view, follow, size, ctx), shown.fps, size)
    else:
        kind = path.suffix or "a file without suffix"
        raise ExportError(f"{kind} is not a preview", where=path.name, remedy="use .png or .mp4")
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_preview]
