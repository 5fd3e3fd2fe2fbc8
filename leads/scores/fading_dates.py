"""The dates of a lead from which the points of a rule may fade: some of its own, and custom dates."""

from typing import Any

from django.db.models import DateField, DateTimeField, F, Func, IntegerField
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.custom.values.field_registry import is_computed
from crm.platform.configuration.company import get_company_zone
from leads import fields
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import ScoreRule


def get_fading_dates(viewer: User | None = None) -> dict[str, str]:
    """The labels of those that the viewer sees by the names of the fields; without a viewer, of all."""
    kind = get_leads_kind()
    custom = [
        field.name
        for field in kind.get_custom_fields(viewer)
        if isinstance(field, DateField) and not is_computed(field)
    ]
    return {name: kind.get_heading(name) for name in (*fields.FADING, *custom)}


def sees_fading_date(rule: ScoreRule, viewer: User) -> bool:
    """Whether the points of the rule don't fade from a field that is hidden from the viewer. A field that is gone hides nothing."""
    name = rule.fades_from
    return not name or name not in get_fading_dates() or name in get_fading_dates(viewer)


def describe_fading_date(rule: ScoreRule, viewer: User) -> str:
    """Its label; '' if the points don't fade from a date."""
    if not rule.fades_from:
        return ""
    return get_fading_dates(viewer).get(rule.fades_from) or _("a field that you can’t view")


def build_faded_points(rule: ScoreRule) -> Func:
    """The points of a rule on facts for a lead that meets it and has the date."""
    kind = get_leads_kind()
    date: Any = F(rule.fades_from)
    if isinstance(kind.get_field(rule.fades_from), DateTimeField):
        date = TruncDate(date, tzinfo=get_company_zone())
    each = build_faded_points_sql(rule, "%(expressions)s")
    return Func(date, template=f"round({each})::integer", output_field=IntegerField())


def build_faded_points_sql(rule: ScoreRule, date: str) -> str:
    """Points that go down evenly from the day after `date`, as of the day $2. A day that the pass hasn't reached yet is as new as
    today."""
    age = f"greatest(0, $2 - {date})"
    return f"{rule.points}::numeric * greatest(0, {rule.fades_over} - {age}) / {rule.fades_over}"
