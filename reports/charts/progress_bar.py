"""A bar that fills up to a goal, with a mark where it should be today."""

from typing import Any

from django.utils.safestring import SafeString

from crm.platform.web.rendering.html_building import html, join_html

HEIGHT, BAR = 14, 8


def render_progress_bar(share: float, expected: float, tone: str, said: Any) -> SafeString:
    """`share` and `expected` are percents of the goal; more than all of it fills the bar and needs no mark. `said` is its text."""
    top = (HEIGHT - BAR) / 2
    parts = [
        html('<rect class="track" x="0" y="{}" width="100%" height="{}" rx="4"/>', top, BAR),
    ]
    if share > 0:
        form = '<rect class="bar" x="0" y="{}" width="{}%" height="{}" rx="4"/>'
        parts.append(html(form, top, f"{min(max(share, 1.5), 100):.2f}", BAR))
    if share < 100 and 0 < expected < 100:
        form = '<rect class="mark" x="{}%" y="0" width="2" height="{}"/>'
        parts.append(html(form, f"{expected:.2f}", HEIGHT))
    form = '<svg class="chart" data-progress data-tone="{}" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
    return html(form, tone, HEIGHT, said, join_html(parts))
