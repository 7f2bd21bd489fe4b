"""FLAME parameters to ARKit weights on surfaces that carry both, by each method, as Markdown tables.

    python benchmarks/flame_to_arkit.py [--ict ict_facekit.npz] [--frames 1000] [--threads 1]

The surfaces are the head of the default character and, with `--ict`, ICT-FaceKit's mean face: each with its
own ARKit shapes and with a model in FLAME's format made of them (rig.flame_format, 100 and 40 expression
coefficients). The weights are random: 1 to 8 shapes on, each U(0, 1), jaw and eyes among them. Their FLAME
parameters follow from the model's construction, not from the converter: see tests/plugins/flame_arkit/faces.py.

- weight: mean absolute error over all shapes and frames, and over the shapes that are on.
- face: distance of the two surfaces, root mean square over the area that shapes move, mean over frames.
- jitter: second differences of the rig's surface over those of the model's, whose parameters tremble by 0.05,
  in a smooth performance; above 1 the rig would tremble more than what it follows.
- a performance: weights move from one random face to the next in 20 frames, for smoothing to make sense.
- frames/s: of the conversion alone, by the clock on the wall and for each second of a processor (which other work on
  the machine does not slow); the fastest of three runs. Preparing model and rig stands apart; linear's contains
  the fit of its matrix.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from motionloom.core.data import FaceMotion, FlameMotion
from motionloom.plugins.flame_arkit.amortised import inferred
from motionloom.plugins.flame_arkit.bounded import Terms
from motionloom.plugins.flame_arkit.fit import prepare
from motionloom.plugins.flame_arkit.identity import displacements, pose_of
from motionloom.plugins.flame_arkit.inverse import inverted, prepare_inverse
from motionloom.plugins.flame_arkit.linear import regressed
from motionloom.plugins.flame_arkit.nodes import WEIGHTS
from motionloom.plugins.flame_arkit.residual import face_residual
from motionloom.plugins.flame_arkit.solve import solved

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/plugins/flame_arkit"))

from faces import Both, anny, both, ict, parameters_of, performance, random_face

RIDGE = 1e-5
USUAL = Terms(sparsity=3e-4)
SMOOTHED = Terms(sparsity=3e-4, smoothing=0.15)
TREMBLE = 0.05
ALIKE = 0.85

Method = Callable[[Both, FlameMotion], Tensor]


def methods() -> dict[str, Method]:
    """By name; every frame by itself."""
    state = load_file(WEIGHTS)
    return {
        "solve": lambda of, motion: solved(of.fit, motion, USUAL),
        "linear": lambda of, motion: regressed(of.fit, motion, RIDGE),
        "network": lambda of, motion: inferred(of.fit, motion, state),
    }


def fastest(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the fastest of three runs: by the clock on the wall, and of processors."""
    walls, processors = [], []
    for _ in range(3):
        wall, processor = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors)


def jitter(values: Tensor) -> float:
    """Root mean square of the second differences."""
    return float((values[2:] - 2 * values[1:-1] + values[:-2]).square().mean().sqrt())


def trembling(of: Both) -> FlameMotion:
    """A smooth performance whose parameters tremble."""
    motion = parameters_of(of, performance(of, 4, between=20))
    noise = torch.randn(motion.expression.shape, generator=torch.Generator().manual_seed(1))
    return replace(motion, expression=motion.expression + TREMBLE * noise)


def jitter_ratio(of: Both, method: Method, motion: FlameMotion) -> float:
    """How much more the rig's surface trembles than the model's."""
    model = displacements(of.fit.identity, pose_of(motion, of.fit.identity))
    rig = torch.tensordot(method(of, motion), of.fit.shapes, 1)
    return jitter(rig) / jitter(model)


def row(name: str, of: Both, face: FaceMotion, motion: FlameMotion, method: Method, shaken: FlameMotion) -> str:
    """One line of the table."""
    weights = method(of, motion)
    apart = (weights - face.weights).abs()
    on = face.weights > 0
    rms = face_residual(of.fit, motion, weights).rms * 1000
    speeds = " | ".join(f"{len(motion) / seconds:,.0f}" for seconds in fastest(lambda: method(of, motion)))
    weight = f"{apart.mean():.5f} | {apart[on].mean():.4f} | {apart.max():.3f}"
    surface = f"{rms.mean():.4f} | {rms.max():.3f} | {jitter_ratio(of, method, shaken):.3f}"
    return f"| {name} | {weight} | {surface} | {speeds} |"


def table(title: str, of: Both, frames: int) -> None:
    """All methods on one surface."""
    ready, _ = fastest(lambda: prepare(of.model, torch.zeros(0), of.rig, lambda message: None))
    face = random_face(of, frames, seed=7)
    motion, shaken = parameters_of(of, face), trembling(of)
    there = face_residual(of.fit, motion, face.weights).rms.mean() * 1000
    print(f"\n{title}: {len(of.model.template):,} vertices, {len(of.fit.areas):,} of the face, ")
    print(f"{len(of.model.expression_basis)} expression coefficients; prepared in {ready:.2f} s;")
    print(f"the true weights leave {there:.4f} mm\n")
    print("| method | weight | of those on | farthest | face, mm | worst, mm | jitter | frames/s | per CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, method in methods().items():
        print(row(name, of, face, motion, method, shaken))
    calm = performance(of, frames // 20, between=20)
    moving = parameters_of(of, calm)
    for name, terms in (("solve, a performance", USUAL), ("the same, smooth 5 ms", SMOOTHED)):
        print(row(name, of, calm, moving, lambda of, motion, terms=terms: solved(of.fit, motion, terms), shaken))
    round_trip(of, face)


def round_trip(of: Both, face: FaceMotion) -> None:
    """ARKit to FLAME and back."""
    prepared = prepare_inverse(of.fit, RIDGE)
    motion = inverted(prepared, face)
    speed = len(face) / fastest(lambda: inverted(prepared, face))[0]
    rms = face_residual(of.fit, motion, face.weights).rms.mean() * 1000
    apart = (solved(of.fit, motion, USUAL) - face.weights).abs()
    size = motion.expression.square().mean().sqrt()
    print(
        f"\nARKit to FLAME: {rms:.4f} mm, coefficients of {size:.2f} in root mean square, {speed:,.0f} frames/s; "
        f"and back: weights off by {apart.mean():.5f}"
    )
    alike_shapes(of, apart)


def alike_shapes(of: Both, apart: Tensor) -> None:
    """Which shapes are nearly multiples of each other, and the error of the round trip without them."""
    sizes = of.fit.gram.diagonal().sqrt()
    cosines = of.fit.gram / (sizes.unsqueeze(1) * sizes)
    pairs = [
        (float(cosines[one, other]), of.names[one], of.names[other])
        for one in range(len(of.names))
        for other in range(one)
        if abs(cosines[one, other]) > ALIKE
    ]
    involved = {name for _, *names in pairs for name in names}
    rest = [at for at, name in enumerate(of.names) if name not in involved]
    print(f"Shapes alike: {'; '.join(f'{one} and {other} {cosine:.2f}' for cosine, one, other in sorted(pairs))}.")
    print(f"Weights of all others are off by {apart[:, rest].mean():.5f}.")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ict", type=Path, help="ICT-FaceKit packed as one .npz")
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    surfaces = {"Default character": anny()} | ({"ICT-FaceKit": ict(given.ict)} if given.ict else {})
    for title, of in surfaces.items():
        table(title, of, given.frames)
        table(f"{title}, fewer coefficients", both(of.rig, 40), given.frames)


if __name__ == "__main__":
    main()
