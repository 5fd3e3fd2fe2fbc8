"""The filter of the lead list behind the numbers of retention rules: due now, due within a month, announced, or kept back."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.fields.conditions.field_filters import CombinableFilter
from privacy.models import RetentionRule
from privacy.retention.due_leads import (
    announced_leads_queryset,
    due_leads_queryset,
    due_next_month_queryset,
    held_back_leads_queryset,
)

NAME = "retention"
ROWS = {
    "now": due_leads_queryset,
    "month": due_next_month_queryset,
    "announced": announced_leads_queryset,
    "shared": held_back_leads_queryset,
}
WORDS = {
    "now": _lazy("%(status)s: due for deletion"),
    "month": _lazy("%(status)s: due for deletion within 30 days"),
    "announced": _lazy("%(status)s: deletion announced"),
}
WORDS_OF_ERASING = {
    "now": _lazy("%(status)s: due for erasure"),
    "month": _lazy("%(status)s: due for erasure within 30 days"),
    "announced": _lazy("%(status)s: erasure announced"),
    "shared": _lazy("%(status)s: not erased, because the person is in other records"),
}


class RetentionFilter(CombinableFilter, django_filters.CharFilter):
    """Set by links of the page of rules and of notifications, and by no form."""

    def __init__(self) -> None:
        super().__init__(label=_lazy("retention"), required=False)

    def is_offered_to(self, user: User, model: Any) -> bool:
        return False

    def build_condition(self, value: str) -> Q:
        rule, which = _parse_rule_value(value)
        return Q(pk__in=ROWS[which](rule).order_by().values("pk"))

    def describe_value(self, value: str) -> str:
        try:
            rule, which = _parse_rule_value(value)
        except forms.ValidationError:
            return ""
        words = WORDS_OF_ERASING if rule.erases else WORDS
        return str(words[which]) % {"status": rule.status.label}


def _parse_rule_value(value: str) -> tuple[RetentionRule, str]:
    """Raises ValidationError if the rule is gone."""
    pk, _dash, which = value.partition("-")
    rules = RetentionRule.objects.select_related("status")
    rule = rules.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
    if rule is None or which not in (WORDS_OF_ERASING if rule.erases else WORDS):
        raise forms.ValidationError(_("This retention rule was removed."))
    return rule, which
