"""Geometry of plots drawn by the server as SVG: no script, no inline style, the same figures in a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 210
"""The size of the drawing in its own units; pages scale it to their width."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 18, 12, 28
_GAP = 0.3
"""The part of a step that stays empty between two bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place, what it stands for, its value; ``named``: whether its label fits below it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    named: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the drawing with its value."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars over a base line, with ticks at round numbers."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    base: float = HEIGHT - _BOTTOM


def bars(points: Sequence[tuple[str, int]], *, labels: int = 6) -> Plot:
    """A bar plot of (label, value) points, none of them negative; about ``labels`` of the labels are written."""
    top = _round_up(max([value for _, value in points], default=0))
    room, base = HEIGHT - _TOP - _BOTTOM, HEIGHT - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(points))
    every = max(1, math.ceil(len(points) / labels))
    drawn = []
    for number, (label, value) in enumerate(points):
        height = round(room * value / top, 2)
        drawn.append(
            Bar(
                x=round(_LEFT + step * (number + _GAP / 2), 2), y=round(base - height, 2),
                width=round(step * (1 - _GAP), 2), height=height, label=label, value=value,
                named=(len(points) - 1 - number) % every == 0,
            )
        )  # fmt: skip
    lines = tuple(Tick(round(base - room * part / 2, 2), top * part // 2) for part in range(3))
    return Plot(tuple(drawn), lines)


def _round_up(value: int) -> int:
    """The next of 2, 4, 6, 8, 10, 20, 40 …: even, so that the middle line has a whole number."""
    scale = 1
    while value > 10 * scale:
        scale *= 10
    return next(step * scale for step in (2, 4, 6, 8, 10) if value <= step * scale)
