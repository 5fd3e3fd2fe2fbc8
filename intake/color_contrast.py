"""Colors of a form, and whether texts on them can be read.

Luminance and contrast are those of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# For texts of ordinary size.
ENOUGH = 4.5
# On backgrounds between these, the soft and the red texts of a form have too little contrast.
LIGHT, DARK = 0.75, 0.05


def check_color(text: str) -> None:
    if not HEX.fullmatch(text):
        raise ValidationError(_("Enter a color like #3056d3."))


def compute_luminance(color: str) -> float:
    """From 0 for black to 1 for white."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def compute_contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((compute_luminance(one), compute_luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_dark(color: str) -> bool:
    return compute_luminance(color) <= DARK


def get_readable_ink(color: str) -> str:
    """Black or white, whichever is easier to read on this color."""
    return max(("#ffffff", "#000000"), key=lambda ink: compute_contrast(color, ink))


def get_contrast_errors(color: str, background: str) -> dict[str, str]:
    """What is wrong with these colors of a form, by field."""
    if DARK < compute_luminance(background) < LIGHT:
        return {"background": _("Choose a lighter or darker color. Texts would be hard to read on this one.")}
    if compute_contrast(color, background) < ENOUGH:
        return {
            "color": _("Choose a color that differs more from the background. Links would be hard to read.")
        }
    return {}
