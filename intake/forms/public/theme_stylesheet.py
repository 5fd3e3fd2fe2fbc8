"""The stylesheet of a form: its two colors in place of those of the product."""

from intake.color_contrast import get_readable_ink, is_dark
from intake.models import WebForm

STYLE = """:root {{
  color-scheme: {scheme};
  --canvas: {background};
  --sunken: {background};
  --raised: {background};
  --accent: {color};
  --accent-deep: {color};
  --on-accent: {ink};
}}
"""


def render_stylesheet(form: WebForm) -> str:
    """Both colors were checked when they were saved (intake/color_contrast.py)."""
    scheme = "dark" if is_dark(form.background) else "light"
    return STYLE.format(
        scheme=scheme, background=form.background, color=form.color, ink=get_readable_ink(form.color)
    )
