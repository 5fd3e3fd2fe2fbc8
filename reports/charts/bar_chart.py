"""Bars from left to right, each below its label; they begin at zero, and values below zero go to the left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from crm.platform.web.rendering.html_building import html, join_html

# Pixels: a row, its bar, and where the text stands.
ROW, BAR, BASELINE, TOP = 44, 16, 14, 20
# Characters of a label that have place beside the numbers, where there is room and on a phone.
LONG, SHORT = 64, 30


@dataclass(frozen=True)
class Bar:
    """`value` is None if there is none: the row then has no bar. `note` is what the number is out of."""

    label: str
    value: float | None
    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Scale:
    """Where values are, in percent of the width."""

    lowest: float
    highest: float

    def get_place(self, value: float) -> float:
        return (value - self.lowest) * 100 / ((self.highest - self.lowest) or 1)


def render_bars(rows: Sequence[Bar], title: Any) -> SafeString:
    """The longest bar has the whole width, unless there are values on both sides of zero."""
    values = [float(row.value or 0) for row in rows]
    scale = _Scale(min([0.0, *values]), max([0.0, *values]))
    drawn = [_render_bar(row, place * ROW, scale) for place, row in enumerate(rows)]
    if scale.lowest < 0:
        zero = f"{scale.get_place(0):.2f}%"
        form = '<line class="zero" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        drawn += [
            html(form, zero, zero, place * ROW + TOP - 3, place * ROW + TOP + BAR + 3)
            for place, row in enumerate(rows)
            if row.value is not None
        ]
    form = '<svg class="chart" width="100%" height="{}" role="group" aria-label="{}">{}</svg>'
    return html(form, len(rows) * ROW, title, join_html(drawn))


def _render_bar(row: Bar, top: int, scale: _Scale) -> SafeString:
    text = f"{row.text or '–'} · {row.note}" if row.note else row.text or "–"
    parts = [
        html("<title>{}: {}</title>", row.label, text),
        # The whole row can be reached, also one without a bar.
        html('<rect class="reach" x="0" y="{}" width="100%" height="{}"/>', top, TOP + BAR),
        *_render_label(row.label, top + BASELINE),
        html('<text x="100%" y="{}" text-anchor="end">{}</text>', top + BASELINE, text),
    ]
    if row.value is not None:
        parts.append(
            html('<rect class="track" x="0" y="{}" width="100%" height="{}" rx="3"/>', top + TOP, BAR)
        )
    if row.value:
        start, end = sorted([scale.get_place(0), scale.get_place(float(row.value))])
        below = html(" data-below") if row.value < 0 else ""
        form = '<rect class="bar"{} x="{}%" y="{}" width="{}%" height="{}" rx="3"/>'
        parts.append(html(form, below, f"{start:.2f}", top + TOP, f"{max(end - start, 0.5):.2f}", BAR))
    if row.url:
        return html('<a href="{}">{}</a>', row.url, join_html(parts))
    return html("<g>{}</g>", join_html(parts))


def _render_label(label: str, y: int) -> list[SafeString]:
    """Text of an SVG can't end in an ellipsis, so a long label is there twice, and the stylesheet shows one of them."""
    form = '<text x="0" y="{}"{}>{}</text>'
    if len(label) <= SHORT:
        return [html(form, y, "", label)]
    only = [html(' data-only="{}"', where) for where in ("wide", "narrow")]
    return [
        html(form, y, only[0], _truncate_label(label, LONG)),
        html(form, y, only[1], _truncate_label(label, SHORT)),
    ]


def _truncate_label(label: str, most: int) -> str:
    """The title has all of it."""
    return label if len(label) <= most else f"{label[: most - 1]}…"
