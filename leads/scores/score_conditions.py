"""The conditions of a rule of points: filters of the lead list that follow from the lead itself, so that the database knows when
its points change."""

from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX
from crm.records.listing.row_conditions import describe_other_conditions
from crm.records.listing.saved_view_replacement import replace_value_everywhere
from crm.records.listing.stored_conditions import RecordConditions, parse_conditions
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import Lead, ScoreRule
from leads.scores.fading_dates import get_fading_dates

# The score itself, and what changes along with everything else.
NOT_COUNTED = {"score", "version", "updated_at"}
# Filters that mean something else every minute.
MOMENTARY = ("first_contact", "over_limit")


def get_counted_conditions(rule: ScoreRule) -> RecordConditions:
    """The conditions of a rule, with the problem that keeps it from counting. Points that fade from a date need it."""
    found = parse_conditions(get_leads_kind(), rule.parameters)
    problem = found.problem or get_uncounted_reason(rule.parameters)
    name = rule.fades_from
    if not name:
        return RecordConditions(found.met, found.fields, problem)
    if name not in get_fading_dates():
        problem = problem or _("The date from which the points fade no longer exists.")
        return RecordConditions(Q(pk__in=[]), problem=problem)
    has_date = Q(**{f"{name}__isnull": False})
    return RecordConditions(found.met & has_date, tuple(sorted({*found.fields, name})), problem)


def get_uncounted_reason(data: QueryDict, viewer: Any = None) -> str:
    """Why a score can't count these conditions, as a sentence, or ''."""
    kind = get_leads_kind()
    columns = {str(field.column) for field in Lead._meta.local_concrete_fields} - NOT_COUNTED
    nothing: Any = Lead._default_manager.none()
    filters = kind.filters(data, nothing, user=viewer, kind=kind)
    found = describe_other_conditions(filters, kind, columns)
    momentary = [name for name in data if name.removeprefix(ALTERNATIVE_PREFIX) in MOMENTARY]
    if not found and not momentary:
        return ""
    if momentary and not found:
        return _(
            "A score can’t use the filters “stuck” and “first contact”, because they depend on the present day."
        )
    return _(
        "A score can’t use this condition, because it depends on the present day or on other records: %(conditions)s."
    ) % {"conditions": "; ".join(dict.fromkeys(found))}


def replace_value_in_score_rules(parameter: str, old: int | str, new: int | str) -> None:
    """Replace a value in the conditions of all rules, such as a status that was merged into another one."""
    for rule in ScoreRule.objects.active():
        after = replace_value_everywhere(rule.conditions, parameter, old, new)
        if after != rule.conditions:
            ScoreRule.objects.filter(pk=rule.pk).update(conditions=after)
