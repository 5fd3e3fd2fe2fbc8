"""The values of reports as text: counts, rates with what they are out of, amounts, times, and what has changed."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.percentages import format_smallest_percentage
from crm.platform.configuration.company import get_company_currency
from crm.templatetags.look import money, number
from reports.engine.measures import Measure, Unit
from reports.engine.report_answer import ReportGroup

# A rate out of fewer leads says little, so the counts are shown in its place.
FEW = 10
# A number with decimals has the plural that 2 has, in English and in Romanian (CLDR, plural rules): "1.0 points", "95,6 zile".
AS_DECIMAL = 2
# What would be rounded to 0.0%.
SMALLEST = Decimal("0.05")


def format_value(measure: Measure, value: Any) -> str:
    """'' for a value that there isn't."""
    if value is None:
        return ""
    if measure.unit == Unit.COUNT:
        return number(int(value))
    if measure.unit == Unit.PERCENT:
        return format_percent(value)
    if measure.unit == Unit.MONEY:
        return money(round_to_cents(value), get_company_currency())
    if measure.unit == Unit.RATIO:
        shown = formats.number_format(_round_half_up(value, "0.01"), 2, force_grouping=True)
        return shown.replace("-", "−")
    if measure.unit == Unit.WORKDAYS:
        places = 0 if value == int(value) else 1
        return formats.number_format(_round_half_up(value, "0.1"), places, force_grouping=True)
    return format_days(value)


def format_percent(value: Any) -> str:
    """“5.7%”, “−10.0%”; without a decimal from 1,000% on. A little isn't shown as nothing: “<0.1%”."""
    if 0 < value < SMALLEST:
        return format_smallest_percentage()
    places = 1 if abs(value) < 1000 else 0
    shown = formats.number_format(
        _round_half_up(value, "0.1" if places else "1"), places, force_grouping=True
    )
    return _("%(number)s%%") % {"number": shown.replace("-", "−")}


def round_to_cents(value: Any) -> Decimal:
    return _round_half_up(value, "0.01")


def format_days(value: Any) -> str:
    """Hours if it is less than two days."""
    if value < 2:
        hours = formats.number_format(_round_half_up(value * 24, "0.1"), 1)
        return _("%(number)s h") % {"number": hours}
    shown = formats.number_format(_round_half_up(value, "0.1"), 1, force_grouping=True)
    return ngettext("%(number)s day", "%(number)s days", AS_DECIMAL) % {"number": shown}


def _round_half_up(value: Any, places: str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(places), ROUND_HALF_UP)


def get_shown_value(measure: Measure, group: ReportGroup) -> Any:
    """The value, or None if there is none or if it is a rate out of too few, whose counts are shown in its place."""
    few = measure.unit == Unit.PERCENT and measure.of and group.get_count(measure.of) < FEW
    return None if few else group.get_value(measure)


def describe_value(measure: Measure, group: ReportGroup) -> str:
    """“5.7%”, or “1 of 3” for a rate out of too few; '' for a value that there isn't."""
    if group.get_value(measure) is None:
        return ""
    shown = get_shown_value(measure, group)
    return describe_rate_counts(measure, group) if shown is None else format_value(measure, shown)


def describe_rate_counts(measure: Measure, group: ReportGroup) -> str:
    """The counts of a rate, such as “3 of 40”."""
    if not measure.of:
        return ""
    counts = {"number": number(group.get_count(measure.parts[0])), "of": number(group.get_count(measure.of))}
    return _("%(number)s of %(of)s") % counts


def describe_uncounted_leads(measure: Measure, group: ReportGroup) -> str:
    """How many leads an amount can't include, each reason counted apart: “3 leads without a value, 1 lead without an exchange
    rate”."""
    counts = [(part, group.get_count(part)) for part in measure.missing]
    return ", ".join(
        _describe_missing(part, count) % {"number": number(count)} for part, count in counts if count
    )


def _describe_missing(part: str, count: int) -> str:
    if part == "without_value":
        return ngettext("%(number)s lead without a value", "%(number)s leads without a value", count)
    if part == "revenue_without_amount":
        return ngettext(
            "%(number)s won lead without an amount", "%(number)s won leads without an amount", count
        )
    return ngettext(
        "%(number)s lead without an exchange rate", "%(number)s leads without an exchange rate", count
    )


def get_missing_head(part: str) -> str:
    """The head of a column with these counts, with a place for the label of the number."""
    if part == "without_value":
        return _("%(label)s: leads without a value")
    if part == "revenue_without_amount":
        return _("%(label)s: won leads without an amount")
    return _("%(label)s: leads without an exchange rate")


MOST_PERCENT = 1000


@dataclass(frozen=True)
class ValueChange:
    """`sign` is 1, 0 or -1."""

    text: str
    sign: int

    @property
    def with_arrow(self) -> str:
        """For emails, which have no style: “▲ 12.5%”."""
        return f"{'▲' if self.sign > 0 else '▼'} {self.text}" if self.sign else "="


def describe_change(measure: Measure, value: Any, before: Any) -> ValueChange | None:
    """What has changed since the period before: in percent, for rates in percentage points, and in multiples (“422×”) where
    there was so little that percents would say no more than that."""
    if value is None or before is None:
        return None
    difference = Decimal(str(value)) - Decimal(str(before))
    sign = (difference > 0) - (difference < 0)
    if measure.unit == Unit.PERCENT:
        points = formats.number_format(_round_half_up(abs(difference), "0.1"), 1, force_grouping=True)
        words = ngettext("%(number)s point", "%(number)s points", AS_DECIMAL)
        return ValueChange(words % {"number": points}, sign)
    if not before:
        return None
    multiple = Decimal(str(value)) / Decimal(str(before))
    if multiple > MOST_PERCENT / 100:
        return ValueChange(
            f"{formats.number_format(_round_half_up(multiple, '1'), 0, force_grouping=True)}×", sign
        )
    return ValueChange(format_percent(abs(multiple - 1) * 100), sign)
