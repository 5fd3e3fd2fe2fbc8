"""A part of a whole in percent: below ten with a decimal, and never rounded to none or to all."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from crm.templatetags.look import number

TENTH = Decimal("0.1")
# From here on, half a percent more would read as all.
ALMOST_ALL = Decimal("99.5")


def get_percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """0 to 100, or more if the part is more than the whole, rounded as it is shown. Of nothing it is 0. The smallest part is 0.1."""
    exact = Decimal(part) * 100 / Decimal(whole) if whole else Decimal(0)
    if not exact:
        return Decimal(0)
    if ALMOST_ALL <= exact < 100:
        return exact.quantize(TENTH, ROUND_DOWN)
    rounded = max(abs(exact).quantize(TENTH, ROUND_HALF_UP), TENTH).copy_sign(exact)
    return rounded if abs(rounded) < 10 else exact.to_integral_value(ROUND_HALF_UP)


def format_share(part: Decimal | int, whole: Decimal | int) -> str:
    """“3.2%”, “45%”; “<0.1%” for less than that, '' without a whole."""
    if not whole:
        return ""
    if 0 < Decimal(part) * 1000 < Decimal(whole):
        return format_smallest_percentage()
    return _("%(number)s%%") % {"number": number(get_percent(part, whole)).replace("-", "−")}


def format_smallest_percentage() -> str:
    """“<0.1%”."""
    return _("<%(number)s%%") % {"number": number(TENTH)}
