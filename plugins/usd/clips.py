"""Which animations a stage holds: what it plays, what its variants would play, and what nobody plays."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pxr import Sdf, Usd, UsdSkel

from motionloom.core.errors import ReadError
from motionloom.plugins.usd.skeletons import Joints
from motionloom.plugins.usd.values import inherited_target, name_of, tokens_of

VARIANT_SETS = ("animation", "animations")
"""What programs call the variant set that chooses an animation."""

MOST_CLIPS = 1_000


@dataclass(frozen=True)
class Clip:
    """An animation as the stage has it while a clip is being looked at.

    Args:
        name: what it is called.
        played: the SkelAnimation prim that each skeleton plays.
        alone: whether the file has no other.
    """

    name: str
    played: Mapping[Sdf.Path, Sdf.Path]
    alone: bool


def clips_of(stage: Usd.Stage, name: str, skeletons: Mapping[Sdf.Path, Joints]) -> Iterator[Clip]:
    """Each animation in turn; the stage is set to its variant until the next is asked for.

    First comes what the stage plays, then its other variants in the order of the SkelAnimation prims
    that they play, then such prims that nothing plays, on the skeletons that have their joints.

    Args:
        stage: changed in its session layer only.
        name: of what the stage plays where no SkelAnimation names it.
        skeletons: those on the stage.

    Raises:
        ReadError: there are too many.
    """
    animations, choices = _animations(stage), _choices(stage)
    if len(choices) + len(animations) > MOST_CLIPS:
        raise ReadError(f"has more than {MOST_CLIPS:,} animations", remedy="split the file")
    bound = [_played(stage, skeletons)]
    if len(choices) < 2:
        others = [path for path in animations if path not in bound[0].values()]
        yield Clip(_called(stage, bound[0], name), bound[0], not others)
    for choice in _in_order(stage, choices, animations, skeletons) if len(choices) > 1 else ():
        with _chosen(stage, choice):
            bound.append(_played(stage, skeletons))
            yield Clip(_called(stage, bound[-1], choice.variant), bound[-1], False)
    known = {target for each in bound for target in each.values()}
    for animation in animations:
        if animation not in known:
            fitting = _fitting(stage, animation, skeletons)
            yield Clip(name_of(stage.GetPrimAtPath(animation)), dict.fromkeys(fitting, animation), False)


@dataclass(frozen=True)
class _Choice:
    """A variant of a variant set of a prim."""

    path: Sdf.Path
    variant_set: str
    variant: str

    def of(self, stage: Usd.Stage) -> Usd.VariantSet:
        return stage.GetPrimAtPath(self.path).GetVariantSet(self.variant_set)


def _choices(stage: Usd.Stage) -> list[_Choice]:
    return [
        _Choice(prim.GetPath(), name, str(variant))
        for prim in stage.Traverse()
        if prim.HasVariantSets()
        for name in prim.GetVariantSets().GetNames()
        if name.lower() in VARIANT_SETS
        for variant in prim.GetVariantSet(name).GetVariantNames()
    ]


@contextmanager
def _chosen(stage: Usd.Stage, choice: _Choice) -> Iterator[None]:
    """Choose a variant in the session layer for a while."""
    stage.SetEditTarget(stage.GetSessionLayer())
    before = str(choice.of(stage).GetVariantSelection())
    choice.of(stage).SetVariantSelection(choice.variant)
    yield
    choice.of(stage).SetVariantSelection(before)


def _in_order(
    stage: Usd.Stage,
    choices: Sequence[_Choice],
    animations: Sequence[Sdf.Path],
    skeletons: Mapping[Sdf.Path, Joints],
) -> list[_Choice]:
    """The chosen variants, then the others by what they play."""
    places = {path: place for place, path in enumerate(animations)}

    def rank(choice: _Choice) -> tuple[bool, int]:
        selected = choice.of(stage).GetVariantSelection() == choice.variant
        with _chosen(stage, choice):
            played = [places.get(target, len(places)) for target in _played(stage, skeletons).values()]
        return not selected, min(played, default=len(places))

    return sorted(choices, key=rank)


def _animations(stage: Usd.Stage) -> list[Sdf.Path]:
    return [prim.GetPath() for prim in stage.Traverse() if prim.IsA(UsdSkel.Animation)]


def _played(stage: Usd.Stage, skeletons: Mapping[Sdf.Path, Joints]) -> dict[Sdf.Path, Sdf.Path]:
    played = {}
    for path in skeletons:
        target = inherited_target(stage.GetPrimAtPath(path), "skel:animationSource")
        if target and UsdSkel.Animation.Get(stage, target):
            played[path] = target
    return played


def _called(stage: Usd.Stage, played: Mapping[Sdf.Path, Sdf.Path], otherwise: str) -> str:
    """The name of the SkelAnimation, if there is just one."""
    targets = set(played.values())
    return name_of(stage.GetPrimAtPath(targets.pop())) if len(targets) == 1 else otherwise


def _fitting(stage: Usd.Stage, animation: Sdf.Path, skeletons: Mapping[Sdf.Path, Joints]) -> Sequence[Sdf.Path]:
    """The skeletons that share joints with an animation: those under one SkelRoot with it if there are any."""
    tokens = set(tokens_of(UsdSkel.Animation.Get(stage, animation).GetJointsAttr()))
    fitting = [path for path, skeleton in skeletons.items() if not tokens or not tokens.isdisjoint(skeleton.tokens)]
    root = UsdSkel.Root.Find(stage.GetPrimAtPath(animation))
    near = [path for path in fitting if root and path.HasPrefix(root.GetPath())]
    return near or fitting
