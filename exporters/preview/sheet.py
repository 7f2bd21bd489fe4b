"""A contact sheet: frames in a grid under the take's name, each with its number and time code."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from motionloom.core.data import Take
from motionloom.exporters.preview.frames import Picture

GAP, HEADER, CAPTION = 8, 56, 26
"""Pixels between pictures, above them all, and below each."""

INK, FAINT, PAPER = (232, 235, 240), (142, 150, 163), (20, 22, 27)


def spread(total: int, wanted: int) -> list[int]:
    """`wanted` frames from the first to the last, evenly; all where there are fewer.

    Args:
        total: frames of the take.
        wanted: how many to choose.
    """
    if total <= wanted:
        return list(range(total))
    return [round(at * (total - 1) / max(wanted - 1, 1)) for at in range(wanted)]


def columns_for(count: int) -> int:
    """How many pictures stand beside each other: one row of few, otherwise about four to three.

    Args:
        count: of all pictures.
    """
    return count if count <= 4 else math.ceil(math.sqrt(count * 4 / 3))


def time_code(frame: int, fps: float) -> str:
    """Hours, minutes, seconds and frames, HH:MM:SS:FF, non-drop (SMPTE ST 12-1).

    Args:
        frame: counted from 0.
        fps: frames a second; 23.976 counts 24 to the second.
    """
    each = max(round(fps), 1)
    seconds, rest = divmod(frame, each)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest:02}"


def write_sheet(path: Path, take: Take, frames: Sequence[int], pictures: Iterable[Picture]) -> None:
    """Write a contact sheet as PNG.

    Args:
        path: where to.
        take: whose name, rate and length stand above it.
        frames: what the pictures show.
        pictures: (H, W, 3) one a frame, all of one size.
    """
    sheet: Image.Image | None = None
    columns = columns_for(len(frames))
    for number, (frame, picture) in enumerate(zip(frames, pictures, strict=True)):
        height, width = picture.shape[:2]
        sheet = sheet or _blank(take, len(frames), columns, (width, height))
        column, row = number % columns, number // columns
        at = GAP + column * (width + GAP), HEADER + row * (height + CAPTION + GAP)
        sheet.paste(Image.fromarray(picture), at)
        _caption(ImageDraw.Draw(sheet), at[0], at[1] + height, width, frame, take.fps)
    if sheet is not None:
        sheet.save(path, format="PNG")


def _blank(take: Take, count: int, columns: int, size: tuple[int, int]) -> Image.Image:
    rows = math.ceil(count / columns)
    width = GAP + columns * (size[0] + GAP)
    sheet = Image.new("RGB", (width, HEADER + rows * (size[1] + CAPTION + GAP)), PAPER)
    draw = ImageDraw.Draw(sheet)
    frames = "1 frame" if len(take) == 1 else f"{len(take)} frames"
    about = f"{frames}   {take.fps:.6g} fps   {len(take) / take.fps:.2f} s"
    facts = draw.textlength(about, font=_font(15))
    draw.text((GAP + 4, HEADER / 2), _fitted(draw, take.name, width - facts - 4 * GAP), INK, _font(24), anchor="lm")
    draw.text((width - GAP - 4, HEADER / 2), about, FAINT, _font(15), anchor="rm")
    return sheet


def _fitted(draw: ImageDraw.ImageDraw, text: str, width: float) -> str:
    """As much of a text as has room, on one line."""
    text = " ".join(text.split())
    if draw.textlength(text, font=_font(24)) <= width:
        return text
    while text and draw.textlength(text + "...", font=_font(24)) > width:
        text = text[:-1]
    return text + "..." if text else ""


def _caption(draw: ImageDraw.ImageDraw, left: int, top: int, width: int, frame: int, fps: float) -> None:
    middle = top + CAPTION / 2
    draw.text((left + 4, middle), str(frame), INK, _font(15), anchor="lm")
    code = time_code(frame, fps)
    if draw.textlength(f"{frame} {code}", font=_font(15)) + 16 < width:
        draw.text((left + width - 4, middle), code, FAINT, _font(15), anchor="rm")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
