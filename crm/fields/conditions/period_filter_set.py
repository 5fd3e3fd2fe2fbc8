"""The first and the last day of what happened, as the filters of a list without saved views, such as that of changes."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.periods import build_period_condition, check_period_order
from crm.platform.web.rendering.day_input import DayInput
from crm.platform.web.rendering.form_rendering import prepare_widgets


class PeriodForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            check_period_order(cleaned.get("first"), cleaned.get("last"))
        except forms.ValidationError as error:
            self.add_error("last", error)
        return cleaned


def build_day_filter(label: Any, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=DayInput(looks_back=True))


class PeriodFilterSet(django_filters.FilterSet):
    """Rows whose `at` lies in the days from `first` to `last`, both included, in the reader's time zone."""

    first = build_day_filter(_("From"), "filter_since")
    last = build_day_filter(_("Until"), "filter_until")

    class Meta:
        form = PeriodForm

    def __init__(self, data, queryset, *, request) -> None:
        super().__init__(data, queryset, request=request)
        self.offer_choices()
        prepare_widgets(self.form)
        for name, field in self.form.fields.items():
            field.widget.attrs |= {"class": "input narrow", "aria-label": field.label, "id": f"filter_{name}"}

    def offer_choices(self) -> None:
        """Set the choices that depend on the reader."""

    def filter_since(self, rows, _name, day):
        return rows.filter(build_period_condition("at", day, None, dates=False))

    def filter_until(self, rows, _name, day):
        return rows.filter(build_period_condition("at", None, day, dates=False))
