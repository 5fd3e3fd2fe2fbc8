"""The filters of the Settings lists, based on django-filter."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.models import Tag
from leads.models import LostReason, Pipeline, Source, Status


class RetiredFilter(django_filters.ChoiceFilter):
    """The active rows, unless the retired ones or all of them are requested."""

    def __init__(self) -> None:
        choices = [("retired", _("Retired")), ("all", _("In use and retired"))]
        super().__init__(label=_("State"), choices=choices, empty_label=_("In use"))

    def filter(self, qs: QuerySet, value: str | None) -> QuerySet:
        if value == "all":
            return qs
        in_use = qs.model._default_manager.active()
        return qs.exclude(pk__in=in_use) if value == "retired" else qs.filter(pk__in=in_use)


class Filters(django_filters.FilterSet):
    """A row of selects above the list; each is submitted when it changes."""

    state = RetiredFilter()

    def __init__(self, data, queryset) -> None:
        super().__init__(data, queryset)
        for name, field in self.form.fields.items():
            field.widget.attrs |= {"class": "input narrow", "aria-label": field.label, "id": f"filter_{name}"}


class StatusFilter(Filters):
    kind = django_filters.ChoiceFilter(
        label=_("Category"), choices=Status.Kind.choices, empty_label=_("All categories")
    )
    pipeline = django_filters.ModelChoiceFilter(
        label=_("Pipeline"),
        queryset=Pipeline.objects.in_order(),
        empty_label=_("All pipelines"),
        widget=forms.Select,
    )

    class Meta:
        model = Status
        fields: list[str] = []


class SourceFilter(Filters):
    kind = django_filters.ChoiceFilter(
        label=_("Category"), choices=Source.Kind.choices, empty_label=_("All categories")
    )

    class Meta:
        model = Source
        fields: list[str] = []


class PipelineFilter(Filters):
    class Meta:
        model = Pipeline
        fields: list[str] = []


class TagFilter(Filters):
    class Meta:
        model = Tag
        fields: list[str] = []


class LostReasonFilter(Filters):
    class Meta:
        model = LostReason
        fields: list[str] = []
