"""Random well-formed BVH files, in every spelling that the reader accepts."""

from hypothesis import strategies as st

KINDS = [f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ"]

lengths = st.floats(-300, 300).map(lambda value: f"{value:.5f}")
angles = st.floats(-720, 720).map(lambda value: f"{value:.4f}")
breaks = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n \t\n"])
blanks = st.sampled_from([" ", "  ", "\t", " \t "])


@st.composite
def joints(draw: st.DrawFn, name: str, depth: int) -> tuple[list[str], list[str]]:
    """The lines of a joint's block, and the channels that they name, in order."""
    offset = " ".join(draw(st.tuples(lengths, lengths, lengths)))
    channels = draw(st.permutations(KINDS))[: draw(st.integers(0 if depth else 1, 6))]
    # Position channels below the root replace the offset; all of them zero would mean something else.
    lines = ["{", f"OFFSET {offset}", " ".join(["CHANNELS", str(len(channels)), *channels])]
    for child in range(draw(st.integers(0, 2 if depth < 3 else 0))):
        block, more = draw(joints(f"{name}{child}", depth + 1))
        lines += [f"JOINT {name}{child}", *block]
        channels = [*channels, *more]
    for _ in range(draw(st.integers(0, 1))):
        tip = " ".join(draw(st.tuples(lengths, lengths, lengths)))
        lines += [draw(st.sampled_from(["End Site", "End site", "END SITE", "End Tip"])), "{", f"OFFSET {tip}", "}"]
    return [*lines, "}"], channels


@st.composite
def documents(draw: st.DrawFn, most_frames: int = 4) -> str:
    """A whole file."""
    block, channels = draw(joints("j", 0))
    frames = draw(st.integers(1, most_frames))
    numbers = [
        [draw(lengths if channel.endswith("position") else angles) for channel in channels] for _ in range(frames)
    ]
    blank, line_break = draw(blanks), draw(breaks)
    header = [f"Frames:{draw(blanks)}{frames}", f"Frame Time:{draw(blanks)}0.033333"]
    lines = ["HIERARCHY", "ROOT j", *block, "MOTION", *header, *(blank.join(row) for row in numbers)]
    return line_break.join(lines) + draw(st.sampled_from(["", "\n", " ", "\r\n\r\n"]))
