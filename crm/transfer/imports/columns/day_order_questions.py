"""The questions of the mapping form for the order of day and month: one for each column of dates as text."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.models import Import
from crm.platform.excel.parsing.date_parsing import DAY_ORDERS
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.transfer.imports.columns.column_day_orders import (
    TYPES,
    get_day_order,
    get_day_orders,
    is_day_first,
)
from crm.transfer.imports.columns.file_columns import NEW_FIELD, get_day_columns
from crm.transfer.imports.columns.new_fields import CREATE_FIELD


def ask_for_orders(form: Any) -> None:
    """Add the question to the form for each column that is mapped to a date, or creates one."""
    for place, column in enumerate(form.imported.columns):
        if not get_day_order(column).has_dates or not _has_dates(form, place):
            continue
        asked = forms.ChoiceField(choices=DAY_ORDERS, required=False)
        named = _("Date format for column %(letter)s") % {"letter": get_column_letters(place + 1)}
        asked.widget.attrs |= {"data-size": "small", "aria-label": named}
        form.fields[f"order_{place}"] = asked


def _has_dates(form: Any, place: int) -> bool:
    chosen, of_type = form[f"column_{place}"].value(), f"type_{place}"
    return chosen in get_day_columns(form.kind) or (
        chosen == CREATE_FIELD and of_type in form.fields and form[of_type].value() in TYPES
    )


def get_initial_orders(imported: Import, mapping: list[str]) -> dict[str, str]:
    """The initial answers: those of before, else what the dates show."""
    found = {}
    for place, name in enumerate(mapping):
        seen = get_day_order(imported.columns[place]).day_first
        kept = seen is None or imported.mapping[place] == name
        day_first = is_day_first(imported, name) if kept else seen
        found[f"order_{place}"] = "day" if day_first else "month"
    return found


def get_chosen_day_orders(form: Any) -> dict[str, bool]:
    """As chosen for a column, else as its dates show it: whether the day comes first, by field."""
    seen = [get_day_order(column) for column in form.imported.columns]
    days = [*get_day_columns(form.kind), *(name for name in form.mapping if name.startswith(NEW_FIELD))]
    chosen = {
        name: form.cleaned_data[f"order_{place}"] == "day"
        for place, name in enumerate(form.mapping)
        if form.cleaned_data.get(f"order_{place}")
    }
    return get_day_orders(seen, form.mapping, days) | chosen
