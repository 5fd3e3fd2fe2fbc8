"""The options of the select with time zones: some 430, drawn once for each zone that is chosen, because nothing else changes them."""

from functools import lru_cache

from django.utils.safestring import SafeString

from crm.platform.configuration.time_zones import build_time_zone_choices
from crm.platform.web.rendering.html_building import html, join_html

# Each takes about 25 kB.
MOST_KEPT = 100


@lru_cache(maxsize=MOST_KEPT)
def render_zone_options(chosen: str) -> SafeString:
    """By continent."""
    return join_html(
        html(
            '<optgroup label="{}">{}</optgroup>',
            continent,
            join_html(_render_option(*one, chosen) for one in places),
        )
        for continent, places in build_time_zone_choices(chosen)
    )


def _render_option(value: str, label: str, chosen: str) -> SafeString:
    selected = html(" selected") if value == chosen else ""
    return html('<option value="{}"{}>{}</option>', value, selected, label)
