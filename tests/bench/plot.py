"""A drawing of how something grows, both axes logarithmic, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

WIDTH, HEIGHT, LEFT, BELOW = 720, 420, 70, 50
COLOURS = ("#0b5fa5", "#c4561a", "#2b7a3d", "#7a3d8f")


def draw_growth(file: Path, title: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> None:
    """One line a name, over sizes; each value above 0."""
    values = [value for line in lines.values() for value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        return LEFT + (math.log10(size) - left) / (right - left) * (WIDTH - LEFT - 170)

    def y(value: float) -> float:
        return 40 + (high - math.log10(value)) / (high - low) * (HEIGHT - 40 - BELOW)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"',
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        level = y(10.0**power)
        parts.append(f'<path d="M{LEFT} {level:.1f}H{WIDTH - 170}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{level + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    below = HEIGHT - BELOW + 20
    parts += [f'<text x="{x(size):.1f}" y="{below}" text-anchor="middle">{size:,}</text>' for size in sizes]
    # Names stand at the ends of their lines, but never on one another.
    names = sorted(lines, key=lambda name: -lines[name][-1])
    beside = {names[0]: y(lines[names[0]][-1])}
    for above, name in pairwise(names):
        beside[name] = max(y(lines[name][-1]), beside[above] + 15)
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        points = [(x(size), y(value)) for size, value in zip(sizes, line, strict=True)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        parts.append(
            f'<text x="{points[-1][0] + 8:.1f}" y="{beside[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>'
        )
    parts.append(f'<text x="{x(sizes[len(sizes) // 2]):.1f}" y="{HEIGHT - 8}" text-anchor="middle">nodes</text></svg>')
    file.write_text("\n".join(parts) + "\n", encoding="utf-8")
