"""Which leads are due by a retention rule at a moment: long enough in the status, and nothing has happened to them since.

The index of stuck leads (status, status_since) finds those that have been in the status long enough. Whoever is also in a record
that isn't due is not erased (privacy/retention/shared_persons.py).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from crm.fields.conditions.periods import subtract_months
from crm.models import Activity
from crm.records.kinds.erased_persons import ERASED
from leads.models import Lead
from privacy.models import RetentionExemption, RetentionNotice, RetentionRule
from privacy.retention.shared_persons import build_sharing_ids_sql, build_unshared_ids_sql

# How far the preview looks ahead.
AHEAD = timedelta(days=30)


def due_at_moment_queryset(rule: RetentionRule, moment: datetime) -> QuerySet[Lead]:
    """The leads that are due at this moment if nothing else happens to them."""
    rows = unchanged_leads_queryset(rule, moment)
    if not rule.erases:
        return rows
    return Lead.objects.filter(pk__in=build_unshared_ids_sql(rows, *_get_neighboring_rules(rule, moment)))


def unchanged_leads_queryset(rule: RetentionRule, moment: datetime) -> QuerySet[Lead]:
    """The leads that have been in the status for long enough. Converted leads belong to their contacts."""
    since = subtract_months(moment, rule.months)
    lately = Activity.objects.filter(of=Lead.table, record=OuterRef("pk"), deleted_at=None, at__gte=since)
    kept = RetentionExemption.objects.on(timezone.localdate(moment)).filter(lead=OuterRef("pk"))
    rows: Any = Lead.objects.present().not_converted()
    if rule.erases:
        rows = rows.exclude(ERASED)
    return rows.filter(
        ~Exists(lately),
        ~Exists(kept),
        status=rule.status_id,
        status_since__lt=since,
        updated_at__lt=since,
        next_action="",
        next_action_on=None,
    )


def held_back_leads_queryset(rule: RetentionRule) -> QuerySet[Lead]:
    """Those that would be due now if their person were in no other record."""
    if not rule.erases:
        return Lead.objects.none()
    now = timezone.now()
    return Lead.objects.filter(
        pk__in=build_sharing_ids_sql(unchanged_leads_queryset(rule, now), *_get_neighboring_rules(rule, now))
    )


def _get_neighboring_rules(rule: RetentionRule, moment: datetime) -> tuple[list[QuerySet[Lead]], datetime]:
    """What other rules are about to erase, and since when a change keeps a record."""
    others = [
        unchanged_leads_queryset(one, moment) for one in RetentionRule.objects.erasing().exclude(pk=rule.pk)
    ]
    return others, subtract_months(moment, rule.months)


def due_leads_queryset(rule: RetentionRule) -> QuerySet[Lead]:
    return due_at_moment_queryset(rule, timezone.now())


def due_next_month_queryset(rule: RetentionRule) -> QuerySet[Lead]:
    """Those that aren't due now but will be within 30 days."""
    now = timezone.now()
    return due_at_moment_queryset(rule, now + AHEAD).exclude(
        pk__in=due_at_moment_queryset(rule, now).order_by().values("pk")
    )


def announced_leads_queryset(rule: RetentionRule) -> QuerySet[Lead]:
    return Lead.objects.present().filter(pk__in=RetentionNotice.objects.filter(rule=rule).values("lead"))
