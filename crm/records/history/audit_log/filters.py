"""The filters of the audit log: who, what, when, which record, from which address, and words."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.period_filter_set import PeriodFilterSet
from crm.platform.audit.event_kinds import get_event_choices
from crm.platform.record_types import RECORD_TYPES
from crm.platform.sql.reference_tables import get_choices_of_users
from crm.platform.web.id_parsing import LARGEST_ID

# Words have no index: they are looked for in this many entries, and the next page goes on from there.
READ = 20_000


def get_table_choices() -> list[tuple[str, Any]]:
    """What an entry can be about."""
    kinds = [(name, capfirst(str(kind.words.one))) for name, kind in RECORD_TYPES.items()]
    return [*kinds, ("user", _("User")), ("export", _("Export"))]


class NumberOfRecord(django_filters.Filter):
    field_class = forms.IntegerField


class Address(django_filters.Filter):
    field_class = forms.GenericIPAddressField


class AuditFilter(PeriodFilterSet):
    q = django_filters.CharFilter(
        label=_("Words"),
        method="keep_all_rows",
        widget=forms.SearchInput(attrs={"placeholder": _("Search details")}),
    )
    user = django_filters.ChoiceFilter(label=_("User"), empty_label=_("All users"), choices=())
    kind = django_filters.ChoiceFilter(
        label=_("Event"), empty_label=_("All events"), choices=get_event_choices
    )
    table = django_filters.ChoiceFilter(
        label=_("Type of record"), empty_label=_("All types"), choices=get_table_choices
    )
    record = NumberOfRecord(
        label=_("Record number"),
        min_value=1,
        max_value=LARGEST_ID,
        widget=forms.TextInput(attrs={"placeholder": _("Record number"), "inputmode": "numeric"}),
    )
    address = Address(
        label=_("IP address"),
        widget=forms.TextInput(attrs={"placeholder": _("IP address")}),
    )

    def offer_choices(self) -> None:
        self.filters["user"].extra["choices"] = get_choices_of_users(self.request.user)

    def keep_all_rows(self, rows, _name, _text: str):
        """Words are looked for last, in a limited number of entries."""
        return rows

    @property
    def searched_words(self) -> list[str]:
        return str(self.form.cleaned_data.get("q") or "").split() if self.form.is_valid() else []


def build_words_condition(words: list[str]) -> Q:
    """Entries with all these words in the name of the user or in the details, whatever their case and marks."""
    condition = Q()
    for word in words:
        folded = Func(Value(word), function="leadwell_fold", output_field=TextField())
        condition &= Q(folded__contains=folded)
    return condition


def annotate_searched_text(rows):
    """With the text in which words are looked for."""
    text = Concat(F("user_name"), Value(" "), Cast("details", TextField()), output_field=TextField())
    return rows.annotate(folded=Func(text, function="leadwell_fold", output_field=TextField()))
