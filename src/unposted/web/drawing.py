"""Small drawings made on the server: sparklines and bars as SVG, without a style or script of their own."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

__all__ = ["bars", "sparkline", "waterfall"]


def sparkline(
    values: Sequence[int], label: str, threshold: int | None = None, width: int = 240, height: int = 48
) -> Markup:
    """Draw values as a line with its last point marked; `threshold` is drawn as a dashed line where it is in sight."""
    if not values:
        return Markup("")
    top = max(*values, threshold or 0, 1)
    pad = 4

    def x(place: int) -> float:
        return pad + place * (width - 2 * pad) / max(len(values) - 1, 1)

    def y(value: int) -> float:
        return height - pad - value * (height - 2 * pad) / top

    points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(values))
    area = f"{x(0):.1f},{height - pad} {points} {x(len(values) - 1):.1f},{height - pad}"
    limit = Markup("")
    if threshold is not None:
        limit = Markup('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            pad, width - pad, f"{y(threshold):.1f}", f"{y(threshold):.1f}"
        )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polygon class="under" points="{}"/>{}<polyline class="line" points="{}"/>'
        '<circle class="last" cx="{}" cy="{}" r="3"/></svg>'
    ).format(width, height, label, area, limit, points, f"{x(len(values) - 1):.1f}", f"{y(values[-1]):.1f}")


def bars(value: int, most: int, width: int = 200) -> Markup:
    """Draw one bar of a list of bars; it says nothing that the figure beside it does not say."""
    long = 0 if most <= 0 else max(value * width / most, 2 if value else 0)
    return Markup(
        '<svg class="bar" viewBox="0 0 {} 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="{}" height="8"/><rect class="part" width="{}" height="8"/></svg>'
    ).format(width, width, f"{long:.1f}")


def waterfall(start: int, size: int, most: int, *, is_total: bool, width: int = 400) -> Markup:
    """Draw one bar of a waterfall of `most`: from `start`, `size` long; the figures beside it say the same."""
    left = 0 if most <= 0 else start * width / most
    long = 0 if most <= 0 else max(size * width / most, 2 if size else 0)
    return Markup(
        '<svg class="bar fall" viewBox="0 0 {} 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="{}" height="12"/><rect class="{}" x="{}" width="{}" height="12"/></svg>'
    ).format(width, width, "part" if is_total else "away", f"{min(left, width - long):.1f}", f"{long:.1f}")
