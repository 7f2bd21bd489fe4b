"""A movie: H.264 in MP4, at exactly the take's frame rate."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from motionloom.core.errors import ExportError
from motionloom.exporters.preview.frames import Picture

QUALITY = 18
"""x264's constant rate factor: visually lossless."""

TIME_STEPS = 100_000
"""The finest denominator of a frame rate."""


def exact_rate(fps: float) -> Fraction:
    """A frame rate as the fraction that it stands for: 23.976 is 24000/1001, as all of NTSC's are.

    Args:
        fps: frames a second.
    """
    whole = round(fps * 1.001)
    if whole and abs(fps * 1.001 - whole) < 1e-3 and abs(fps - round(fps)) > 1e-3:
        return Fraction(whole * 1000, 1001)
    return Fraction(fps).limit_denominator(TIME_STEPS)


def video_library() -> ModuleType:
    """PyAV, which brings FFmpeg.

    Raises:
        ExportError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        what = "movies need PyAV, which is not installed"
        raise ExportError(what, remedy="run `pip install motionloom[video]`, or write a .png contact sheet") from error
    module: ModuleType = av
    return module


def write_movie(path: Path, pictures: Iterable[Picture], fps: float, size: tuple[int, int]) -> None:
    """Write pictures as an MP4 that every player takes: H.264, yuv420p, no sound.

    Args:
        path: where to.
        pictures: (H, W, 3) one a frame.
        fps: frames a second.
        size: width and height, even, pixels.

    Raises:
        ExportError: a side is odd, or PyAV is not installed.
    """
    if size[0] % 2 or size[1] % 2:
        raise ExportError(
            f"a movie of {size[0]} x {size[1]} pixels has an odd side", remedy="give an even width and height"
        )
    av = video_library()
    rate = exact_rate(fps)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        # One thread, so that the same pictures give the same bytes.
        options = {"crf": str(QUALITY), "preset": "medium", "threads": "1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = 1 / rate
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
