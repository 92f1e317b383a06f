"""Curves on logarithmic axes, as an SVG."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 170, 40, 50
COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#d55e00")


class Curve(NamedTuple):
    name: str
    #: How many executions, and the seconds that a page of them took.
    points: list[tuple[int, float]]


def plot(title: str, curves: list[Curve]) -> str:
    """The curves, each with its name at its end, seconds shown as milliseconds."""
    across = [x for curve in curves for x, _ in curve.points]
    up = [1000 * y for curve in curves for _, y in curve.points]
    x_axis, y_axis = _Axis(across, LEFT, WIDTH - RIGHT), _Axis(up, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for value, x in x_axis.ticks():
        parts.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,.0f}</text>')
    for value, y in y_axis.ticks():
        parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{value:,g} ms</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">executions</text>')
    for curve, colour in zip(curves, COLOURS, strict=False):
        points = [(x_axis.at(x), y_axis.at(1000 * y)) for x, y in curve.points]
        line = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        parts.append(f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{escape(curve.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


class _Axis:
    """A logarithmic axis over whole powers of ten, from one place of the drawing to another."""

    def __init__(self, values: list[float], begin: float, end: float) -> None:
        self._low, self._high = floor(log10(min(values))), ceil(log10(max(values)))
        self._begin, self._end = begin, end

    def at(self, value: float) -> float:
        share = (log10(value) - self._low) / (self._high - self._low)
        return round(self._begin + share * (self._end - self._begin), 1)

    def ticks(self) -> list[tuple[float, float]]:
        powers = [10.0**power for power in range(self._low, self._high + 1)]
        return [(value, self.at(value)) for value in powers]
