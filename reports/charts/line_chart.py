"""Lines over time: straight from point to point, from zero, with gaps where there is no value."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from django.utils.safestring import SafeString

from crm.platform.web.rendering.html_building import html, join_html


@dataclass(frozen=True)
class Axis:
    """From `lowest` to `highest`, which are on both sides of zero or zero; `height` is in pixels."""

    lowest: float
    highest: float
    height: int

    def compute_y(self, value: float) -> float:
        """Pixels from the top."""
        return (self.highest - value) * self.height / (self.highest - self.lowest)

    @property
    def marks(self) -> list[float]:
        """The values that have a line and a text, from the top. Half of the highest value only if it is a whole number, as a
        count is."""
        half = self.highest / 2
        between = [half] if half and half.is_integer() and not self.lowest else []
        return sorted({self.highest, *between, 0.0, self.lowest}, reverse=True)


def build_axis(values: Iterable[float], height: int) -> Axis:
    """Around these values and zero."""
    known = [0.0, *map(float, values)]
    lowest = -round_up_axis_end(-min(known)) if min(known) < 0 else 0.0
    highest = round_up_axis_end(max(known)) if max(known) > 0 or not lowest else 0.0
    return Axis(lowest, highest, height)


def round_up_axis_end(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 and 10 times a power of ten, whose halves are round too."""
    value = float(value)
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value - 1e-9)


# Pixels: the height of the plot, the text above and below it, and of each line of the key.
PLOT, ABOVE, BELOW, KEY = 180, 18, 24, 20
# More lines can't be told apart without color.
MOST_LINES = 6
# More points would be one long row of stops for the keyboard, and cover the lines. The table has their values.
MOST_POINTS = 100
# Percent of the width at the left, for the texts of the axis.
START = 8
Point = tuple[int, float, float]


@dataclass(frozen=True)
class ChartLine:
    """One value for each step, None for a gap; `texts` are the values in words."""

    label: str
    values: Sequence[float | None]
    texts: Sequence[str]


def render_lines(
    series: Sequence[ChartLine],
    steps: Sequence[str],
    title: Any,
    words: Callable[[float], Any],
    in_part: Collection[int] = (),
) -> SafeString:
    """`steps` are the names of the times, `in_part` the places of those that aren't completely in the period; `words` turns
    values of the axis into text."""
    series = series[:MOST_LINES]
    axis = build_axis((value for line in series for value in line.values if value is not None), PLOT)
    keys = len(series) if len(series) > 1 else 0
    height = ABOVE + PLOT + BELOW + keys * KEY
    parts = [
        *_render_marks(axis, words),
        *(_render_path(line, place, axis, in_part) for place, line in enumerate(series)),
        *_render_points(series, steps, axis, in_part),
        *_render_times(steps),
        *(_render_key(line.label, place) for place, line in enumerate(series[: keys or 0])),
    ]
    form = (
        '<svg class="chart" data-over="time" width="100%" height="{}" role="group" aria-label="{}">{}</svg>'
    )
    return html(form, height, title, join_html(parts))


def _render_marks(axis: Axis, words: Callable[[float], Any]) -> Iterator[SafeString]:
    for value in axis.marks:
        y = f"{axis.compute_y(value) + ABOVE:.1f}"
        name = "axis" if value else "zero"
        yield html('<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>', name, y, y)
        yield html(
            '<text class="soft mark" x="0" y="{}" dy="-6">{}</text>', y, words(value) if value else "0"
        )


def _compute_points(line: ChartLine, axis: Axis) -> list[Point | None]:
    """The place in the row, percent from the left, and pixels from the top of the plot."""
    number = max(len(line.values) - 1, 1)
    return [
        None
        if value is None
        else (index, START + index * (100 - START) / number, axis.compute_y(float(value)))
        for index, value in enumerate(line.values)
    ]


def _render_path(line: ChartLine, place: int, axis: Axis, in_part: Collection[int]) -> SafeString:
    """The lines are stretched to the width; the points and their texts aren't."""
    runs = [
        piece
        for run in _split_into_runs(_compute_points(line, axis))
        for piece in _split_into_pieces(run, in_part)
    ]
    drawn = [
        html(
            '<polyline class="trend" data-line="{}"{} points="{}"/>',
            place,
            html(" data-part") if faint else "",
            " ".join(f"{x:.2f},{y:.1f}" for _index, x, y in run),
        )
        for run, faint in runs
        if len(run) > 1
    ]
    form = '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    return html(form, ABOVE, PLOT, PLOT, join_html(drawn))


def _split_into_runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """The points between two gaps."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _split_into_pieces(run: list[Point], in_part: Collection[int]) -> list[tuple[list[Point], bool]]:
    """The line from and to a time that is only partly in the period is faint."""
    whole = [point for point in run if point[0] not in in_part]
    pairs = [[one, other] for one, other in pairwise(run) if one[0] in in_part or other[0] in in_part]
    return [(whole, False), *((pair, True) for pair in pairs)]


def _render_points(
    series: Sequence[ChartLine], steps: Sequence[str], axis: Axis, in_part: Collection[int]
) -> Iterator[SafeString]:
    """All of them, or of many only those without a line."""
    few = len(series) * len(steps) <= MOST_POINTS
    for place, line in enumerate(series):
        for run in _split_into_runs(_compute_points(line, axis)):
            for index, x, y in run if few or len(run) == 1 else []:
                name = f"{_truncate_label(line.label)}, {steps[index]}" if line.label else steps[index]
                yield _render_point(place, x, y + ABOVE, f"{name}: {line.texts[index]}", index in in_part)


def _render_point(place: int, x: float, y: float, text: str, is_part: bool) -> SafeString:
    """Its text is shown above the plot while the pointer or the keyboard is on it."""
    form = (
        '<g class="dot" data-line="{}"{} tabindex="0" role="img" aria-label="{}">'
        '<circle class="reach" cx="{}%" cy="{}" r="12"/><circle cx="{}%" cy="{}" r="3.5"/>'
        '<text x="100%" y="12" text-anchor="end" aria-hidden="true">{}</text></g>'
    )
    x_text, y_text = f"{x:.2f}", f"{y:.1f}"
    part = html(" data-part") if is_part else ""
    return html(form, place, part, text, x_text, y_text, x_text, y_text, text)


def _render_times(steps: Sequence[str]) -> list[SafeString]:
    """The first and the last time, below the plot, and where there is room the one in the middle."""
    if not steps:
        return []
    y = ABOVE + PLOT + BELOW - 8
    found = [html('<text class="soft" x="{}%" y="{}">{}</text>', START, y, steps[0])]
    if len(steps) > 1:
        found.append(html('<text class="soft" x="100%" y="{}" text-anchor="end">{}</text>', y, steps[-1]))
    if len(steps) > 4:
        middle = len(steps) // 2
        x = f"{START + middle * (100 - START) / (len(steps) - 1):.2f}"
        form = '<text class="soft" x="{}%" y="{}" text-anchor="middle" data-only="wide">{}</text>'
        found.append(html(form, x, y, steps[middle]))
    return found


def _render_key(label: str, place: int) -> SafeString:
    y = ABOVE + PLOT + BELOW + place * KEY + ceil(KEY / 2)
    form = '<line class="trend" data-line="{}" x1="0" x2="28" y1="{}" y2="{}"/><text x="36" y="{}">{}</text>'
    return html(form, place, y, y, y + 4, _truncate_label(label))


def _truncate_label(label: str, most: int = 40) -> str:
    """The table has all of it."""
    return label if len(label) <= most else f"{label[: most - 1]}…"
