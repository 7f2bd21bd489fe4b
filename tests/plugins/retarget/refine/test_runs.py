import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.retarget.refine.runs import bridged, find_runs, hysteresis, without_short

tracks = st.lists(st.booleans(), min_size=1, max_size=30)


def column(text: str) -> torch.Tensor:
    return torch.tensor([letter == "x" for letter in text]).unsqueeze(1)


def drawn(mask: torch.Tensor) -> str:
    return "".join("x" if held else "." for held in mask[:, 0])


@given(one=tracks, other=tracks)
def test_runs_tell_where_each_track_holds(one: list[bool], other: list[bool]) -> None:
    frames = max(len(one), len(other))
    mask = torch.zeros(frames, 2, dtype=torch.bool)
    mask[: len(one), 0], mask[: len(other), 1] = torch.tensor(one), torch.tensor(other)
    runs = find_runs(mask)
    painted = torch.zeros_like(mask)
    for run, (track, start, stop) in enumerate(zip(runs.tracks, runs.starts, runs.stops, strict=True)):
        assert start < stop
        assert (runs.labels[start:stop, track] == run).all()
        painted[start:stop, track] = True
    assert (painted == mask).all() and ((runs.labels >= 0) == mask).all()


def test_a_gap_is_bridged_only_between_two_runs() -> None:
    assert drawn(bridged(column("..xx..x...x."), 2)) == "..xxxxx...x."


def test_short_runs_go() -> None:
    assert drawn(without_short(column("x..xx.xxx"), 2)) == "...xx.xxx"


def test_a_loose_run_stays_where_it_holds_a_strict_frame() -> None:
    assert drawn(hysteresis(column("...x....."), column(".xxxx.xx."))) == ".xxxx...."


def test_no_run_has_no_mean() -> None:
    assert find_runs(column("...")).mean(torch.ones(3, 1, 3)).shape == (0, 3)
