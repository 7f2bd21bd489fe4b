"""What each step after SAME's network buys: `python benchmarks/same_ablation.py`.

Decodes the pairs of retarget_pairs.py (build/retarget_pairs, made where they are missing) with one step
switched off at a time, and prints the errors as a table in Markdown. Planting feet moves positions on
purpose; slide shows what for, jerk what smoothing is for.
"""

from pathlib import Path

import retarget_pairs
import retarget_table
from rich.console import Console

from motionloom.core.data import Character, Motion
from motionloom.core.node import Context, node
from motionloom.plugins.evaluation.evaluate import evaluate
from motionloom.plugins.evaluation.tables import rows
from motionloom.plugins.same.nodes import WEIGHTS, decode, encode, retarget_same

OUT, CASES = Path("build/same_ablation"), 96

VARIANTS = ("same", *(f"same_ablation:{name}" for name in ("decoded", "unplanted", "unsmoothed", "bare", "paper")))


@node("ablation.decoded", version=1, weights=WEIGHTS)
def decoded(motion: Motion, target: Character, *, ctx: Context) -> Motion:
    """Joints do not take the turns of their counterparts."""
    return retarget_same(motion, target, counterparts=False, ctx=ctx)


@node("ablation.unplanted", version=1, weights=WEIGHTS)
def unplanted(motion: Motion, target: Character, *, ctx: Context) -> Motion:
    """Feet are left where they come to be."""
    return retarget_same(motion, target, plant_feet=False, ctx=ctx)


@node("ablation.unsmoothed", version=1, weights=WEIGHTS)
def unsmoothed(motion: Motion, target: Character, *, ctx: Context) -> Motion:
    """Every frame stays as it was decoded by itself."""
    return retarget_same(motion, target, smooth=0.0, ctx=ctx)


@node("ablation.bare", version=1, weights=WEIGHTS)
def bare(motion: Motion, target: Character, *, ctx: Context) -> Motion:
    """None of the three: the network and the source's path."""
    return retarget_same(motion, target, counterparts=False, smooth=0.0, plant_feet=False, ctx=ctx)


@node("ablation.paper", version=1, weights=WEIGHTS)
def paper(motion: Motion, target: Character, *, ctx: Context) -> Motion:
    """The network alone, whose decoded steps are summed up to a path."""
    return decode(encode(motion, ctx=ctx), target, follow_path=False, smooth=0.0, plant_feet=False, ctx=ctx)


def main() -> None:
    """Compare and print."""
    pairs = retarget_table.PAIRS
    if not (pairs / "distances_mm.json").exists():
        retarget_pairs.main(pairs)
    for folder, what in retarget_table.FOLDERS.items():
        scores = evaluate(pairs / folder, methods=VARIANTS, out=OUT / folder, limit=CASES, console=Console(stderr=True))
        print(f"\n{what}: mean (median)\n\n{retarget_table.table(rows(scores))}")


if __name__ == "__main__":
    if not retarget_pairs.DATA.is_dir():
        print(f"skipped: MOTIONLOOM_DATA names no folder ({retarget_pairs.DATA})")
    else:
        main()
