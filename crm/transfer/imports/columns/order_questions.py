"""The questions of the mapping form about orders: of day and month in a column of dates as text, and of first and last name in
whole names.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.fields.person_name_parts import split_name
from crm.fields.schemas import WHOLE_NAME
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

BOX, SHOWN = "last_name_first", "name_order"


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


def ask_for_name_order(form: Any) -> None:
    """Ask only if a column is read as the whole name. A hidden field says that the page had the box: a browser doesn't send an empty
    one, and a column that was only now mapped to the name had none."""
    places = range(len(form.imported.columns))
    if form.rules.splits_names and any(form[f"column_{place}"].value() == WHOLE_NAME for place in places):
        form.fields[BOX] = forms.BooleanField(label=_("Last name first"), required=False)
        form.fields[SHOWN] = forms.CharField(initial="shown", required=False, widget=forms.HiddenInput)


def get_name_orders(imported: Import) -> list[bool]:
    """Whether the values of each column begin with the last name, as far as the column shows it."""
    return [column.get("last_first", False) for column in imported.columns]


def get_chosen_name_order(form: Any) -> bool | None:
    """As chosen, or as the column shows it if nobody was asked. None without whole names."""
    if not form.rules.splits_names or WHOLE_NAME not in form.mapping:
        return None
    if form.cleaned_data.get(SHOWN):
        return bool(form.cleaned_data.get(BOX))
    return get_name_orders(form.imported)[form.mapping.index(WHOLE_NAME)]


def build_name_examples(samples: list[str]) -> list[dict[str, Any]]:
    """How the names are read in each order: the page shows those of the order that is chosen."""
    return [
        {"order": order, "texts": [_describe_parts(*split_name(text, last_first=last)) for text in samples]}
        for order, last in (("first", False), ("last", True))
    ]


def _describe_parts(first: str, last: str) -> str:
    if not first:
        return _("Last name: %(last)s") % {"last": last}
    return _("First name: %(first)s, last name: %(last)s") % {"first": first, "last": last}
