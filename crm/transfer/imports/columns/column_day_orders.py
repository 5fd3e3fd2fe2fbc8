"""The order of day and month in each column of dates: decided from all of its values, asked where none shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import CustomField, Import
from crm.platform.excel.parsing.day_order import DayOrder
from crm.templatetags.look import number

# The types of new fields that have dates.
TYPES = (CustomField.Type.DATE, CustomField.Type.MOMENT)


def get_day_order(column: Mapping[str, Any]) -> DayOrder:
    """What the values of a column of Import.columns show."""
    return DayOrder(*column.get("days", ()))


def get_day_orders(columns: Sequence[DayOrder], names: Sequence[str], days: Sequence[str]) -> dict[str, bool]:
    """Whether the day comes first, by field, for the columns of dates that show it."""
    found = {name: order.day_first for order, name in zip(columns, names, strict=True) if name in days}
    return {name: first for name, first in found.items() if first is not None}


def is_day_first(imported: Import, name: str) -> bool:
    """How the dates of the column that is mapped to this field are read."""
    options = imported.options
    return bool(options.get("day_orders", {}).get(name, options.get("day_first", True)))


def describe_day_order(imported: Import, place: int) -> str:
    """What the mapping page says about the order of a column of dates."""
    order, day_first = get_day_order(imported.columns[place]), is_day_first(imported, imported.mapping[place])
    said = _("Day first") if day_first else _("Month first")
    if wrong := order.count_unreadable(day_first=day_first):
        others = order.count_unreadable(day_first=not day_first)
        words = _("%(order)s: %(wrong)s can’t be read. In the other order: %(others)s.")
        return words % {
            "order": said,
            "wrong": _describe_date_count(wrong),
            "others": _describe_date_count(others),
        }
    if order.either and order.day_first is None:
        return _("%(order)s? No date in this column shows it.") % {"order": said}
    return said


def _describe_date_count(count: int) -> str:
    return ngettext("%(number)s date", "%(number)s dates", count) % {"number": number(count)}


def describe_unsure_orders(imported: Import, days: Sequence[str]) -> list[str]:
    """The columns of dates that the preview warns about, as sentences."""
    found = []
    for place, name in enumerate(imported.mapping):
        if name not in days and imported.new_fields.get(str(place), {}).get("type") not in TYPES:
            continue
        order, day_first = get_day_order(imported.columns[place]), is_day_first(imported, name)
        words = {
            "column": imported.get_heading(place),
            "order": _("day first") if day_first else _("month first"),
            "wrong": _describe_date_count(order.count_unreadable(day_first=day_first)),
            "others": _describe_date_count(order.count_unreadable(day_first=not day_first)),
        }
        if order.count_unreadable(day_first=day_first) > order.count_unreadable(day_first=not day_first):
            sentence = _(
                "“%(column)s” is read %(order)s: %(wrong)s can’t be read, in the other order only %(others)s. "
                "Change the order in the step “Columns”."
            )
            found.append(sentence % words)
        elif order.either and order.day_first is None:
            sentence = _(
                "“%(column)s” is read %(order)s, but no date in it shows the order. Check it in the step “Columns”."
            )
            found.append(sentence % words)
    return found
