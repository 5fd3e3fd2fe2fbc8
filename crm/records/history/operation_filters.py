"""The filters of the list of changes: who, what, when, and the changed record."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.period_filter_set import PeriodFilterSet
from crm.models import Change, Operation
from crm.platform.sql.reference_tables import get_choices_of_users
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import get_viewable_kinds

# A search matches at most this many records of each kind; more words match fewer.
RECORDS = 200


def get_verb_choices() -> list[tuple[str, str]]:
    """What can be done to records, in words that don't name the record."""
    named = {kind: str(verb.title) for kind, verb in Verb.known.items() if verb.title}
    return sorted(named.items(), key=lambda pair: pair[1])


class OperationFilter(PeriodFilterSet):
    q = django_filters.CharFilter(
        label=_("Record"),
        method="filter_about",
        widget=forms.SearchInput(attrs={"placeholder": _("Search a record")}),
    )
    by = django_filters.ChoiceFilter(label=_("User"), empty_label=_("All users"), choices=())
    kind = django_filters.ChoiceFilter(label=_("Change"), empty_label=_("All changes"), choices=())

    def offer_choices(self) -> None:
        self.filters["by"].extra["choices"] = get_choices_of_users(self.request.user)
        self.filters["kind"].extra["choices"] = get_verb_choices()

    def filter_about(self, rows, _name, text: str):
        """The changes of records that match these words and are visible to the reader."""
        user: Any = self.request.user
        condition = Q(pk__in=[])
        for kind in get_viewable_kinds(user):
            matches, _few = kind.search(text)
            found = kind.model.objects.filter(matches).visible_to(user).order_by("-pk")
            ids = list(found.values_list("pk", flat=True)[:RECORDS])
            condition |= Q(pk__in=Change.objects.of_rows(kind.name, ids).values("operation"))
        return rows.filter(condition | Q(pk__in=Operation.objects.filter(condition).get_whole_ids()))
