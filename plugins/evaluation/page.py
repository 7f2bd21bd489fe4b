"""The report of a comparison as one page that needs nothing beside it."""

import math
from collections.abc import Sequence
from html import escape

from motionloom.plugins.evaluation.comparison import Score
from motionloom.plugins.evaluation.plots import box_plots, heat_map
from motionloom.plugins.evaluation.tables import SHOWN, Row, joint_means, rows, worst

MOST_HEAT_MAPS = 8
"""Sets of joints that get a picture; every joint is in the JSON."""

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1240px; padding: 0 1rem; color: #222; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } .wide { overflow-x: auto; }
th, td { padding: 0.3rem 0.7rem; text-align: right; border-bottom: 1px solid #ddd; }
th { font-weight: 600; background: #f4f4f6; vertical-align: bottom; }
td:first-child, td:nth-child(2), th:first-child, th:nth-child(2) { text-align: left; }
tr.files td { color: #777; font-style: italic; } .median { color: #777; font-weight: 400; display: block; }
img { max-width: 100%; }
td.best { font-weight: 700; } code { background: #f4f4f6; padding: 0 0.25em; }
"""


def page(title: str, scores: Sequence[Score]) -> str:
    """The page: tables, a box plot a metric, the error of every joint, the worst clips, failures."""
    cases = len({score.case for score in scores})
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{cases} cases: a clip of one character, carried over to another, whose own clip is the truth. "
        "Mean, and median in brackets, over cases; the best mean of a column is bold.</p>",
        _overview(rows(scores)),
        "<p>Errors of positions in shares of h, the height of the target's rest pose (highest joint or tip minus "
        "lowest): <code>mse_h2</code> global, <code>mse_lc_h2</code> relative to the root. Rotation error of local "
        "rotations. Effector velocity: the squared error of the velocities of head, hands and feet in h a second. "
        "Cross-structure: joints or their parents differ.</p>",
        "<h2>Spread over cases</h2>",
        _image(box_plots(scores), "box plots of every metric"),
        *_joints(scores),
        "<h2>Worst clips of each method</h2>",
        _worst(scores),
        *_failures(scores),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(parts) + "\n</body></html>\n"


def _overview(found: Sequence[Row]) -> str:
    titles = ["cases", "method", *(label for _, label, _ in SHOWN), "frames/s", "cases done"]
    body = [_overview_row(row, _best(found, row.kind)) for row in found]
    return _table(titles, body)


def _overview_row(row: Row, best: dict[str, float]) -> str:
    files = row.method in ("source", "truth")
    cells = [f"<td>{row.kind}</td>", f"<td>{escape(row.method)}</td>"]
    for metric, _, factor in SHOWN:
        if metric not in row.mean:
            cells.append("<td></td>")
            continue
        mark = ' class="best"' if not files and row.mean[metric] == best[metric] else ""
        median = f'<span class="median">({number(factor * row.median[metric])})</span>'
        cells.append(f"<td{mark}>{number(factor * row.mean[metric])} {median}</td>")
    done = f"{row.cases}" + (f" of {row.cases + row.failures}" if row.failures else "")
    speed = "" if math.isnan(row.frames_per_second) else f"{row.frames_per_second:,.0f}"
    cells += [f"<td>{speed}</td>", f"<td>{done}</td>"]
    return f"<tr{' class=files' if files else ''}>{''.join(cells)}</tr>"


def _best(found: Sequence[Row], kind: str) -> dict[str, float]:
    own = [row for row in found if row.kind == kind and row.method not in ("source", "truth") and row.mean]
    return {
        metric: (max if metric == "penetration" else min)(row.mean[metric] for row in own)
        for metric, _, _ in SHOWN
        if own
    }


def _joints(scores: Sequence[Score]) -> list[str]:
    maps = list(joint_means(scores).items())[:MOST_HEAT_MAPS]
    parts = ["<h2>Error of every joint</h2>"] if maps else []
    for joints, errors in maps:
        targets = sorted({score.case.target for score in scores if score.joints == joints})
        named = escape(", ".join(targets[:6])) + (f" and {len(targets) - 6} more" if len(targets) > 6 else "")
        picture = _image(heat_map(joints, errors), f"error of {len(joints)} joints")
        parts.append(f"<p>Onto {named}: {len(joints)} joints</p>{picture}")
    return parts


def _worst(scores: Sequence[Score]) -> str:
    titles = ["method", "clip", "from", "onto", *(label for _, label, _ in SHOWN)]
    body = []
    for score in worst(scores):
        words = (score.method, score.case.clip, score.case.source, score.case.target)
        numbers = [number(factor * score.values[metric]) for metric, _, factor in SHOWN]
        cells = "".join(f"<td>{escape(word)}</td>" for word in (*words, *numbers))
        body.append(f"<tr>{cells}</tr>")
    return _table(titles, body)


def _failures(scores: Sequence[Score]) -> list[str]:
    failed = [score for score in scores if score.failure is not None]
    if not failed:
        return []
    counts: dict[tuple[str, str], int] = {}
    for score in failed:
        key = (score.method, score.failure or "")
        counts[key] = counts.get(key, 0) + 1
    body = [
        f"<tr><td>{escape(method)}</td><td>{escape(reason)}</td><td>{count}</td></tr>"
        for (method, reason), count in counts.items()
    ]
    return ["<h2>Cases without a result</h2>", _table(["method", "why", "cases"], body)]


def _table(titles: Sequence[str], body: Sequence[str]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(body)}</table></div>'


def _image(picture: str, what: str) -> str:
    return f'<img alt="{escape(what)}" src="data:image/png;base64,{picture}">'


def number(value: float) -> str:
    """Three significant digits, without an exponent where there is no need for one."""
    if abs(value) >= 100.0:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-3 or value == 0.0 else f"{value:.1e}"
