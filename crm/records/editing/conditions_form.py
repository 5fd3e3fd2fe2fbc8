"""The conditions of a rule in its form: shown in words, sent as the query of a list, and composed on a page of their own."""

from typing import Any

from django import forms
from django.http import QueryDict

from crm.records.kinds.kind_registry import Kind
from crm.records.listing.stored_conditions import (
    get_allowed_filters,
    get_condition_chips,
    parse_conditions,
    sees_all_conditions,
)


class ConditionsFormMixin:
    """For the form of a row with `conditions`, which has a hidden field for them. Who may not see a field that they name keeps them as
    they are."""

    kind: Kind
    viewer: Any
    may_change_conditions: bool

    def fill_conditions(self: Any, asked: str | None) -> None:
        """`asked` are those in the URL, the query of a list; without any, the form begins with those of the row."""
        kept = self.instance.parameters
        self.may_change_conditions = self.is_new or sees_all_conditions(self.kind, kept, self.viewer)
        if not self.may_change_conditions:
            del self.fields["conditions"]
        elif asked is not None:
            allowed = get_allowed_filters(self.kind, QueryDict(asked), self.viewer)
            self.initial["conditions"] = allowed.urlencode()
        else:
            self.initial["conditions"] = self.instance.conditions

    @property
    def asked_conditions(self: Any) -> str:
        """The query that the form shows in words and sends."""
        return (
            str(self["conditions"].value() or "") if self.may_change_conditions else self.instance.conditions
        )

    @property
    def chips(self) -> list[Any]:
        return get_condition_chips(self.kind, self.asked_conditions, self.viewer)

    def clean_conditions(self: Any) -> str:
        data = QueryDict(self.cleaned_data["conditions"])
        text = get_allowed_filters(self.kind, data, self.viewer).urlencode()
        if problem := parse_conditions(self.kind, QueryDict(text)).problem:
            raise forms.ValidationError(problem)
        return str(text)
