"""Every night, each rule announces the leads that will be due and deletes or erases those that were announced long enough ago.

A rule that erases, or that would announce more than a tenth of all leads, waits until an administrator confirms it.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Job, Operation
from crm.platform import jobs
from crm.platform.jobs import register_job_kind
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.security_log import write_security_line
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from privacy.models import RetentionNotice, RetentionRule, RetentionRun
from privacy.retention.due_leads import announced_leads_queryset, due_at_moment_queryset
from privacy.retention.notifications import notify_administrators, notify_owners
from privacy.retention.rule_erasure import HOURS, erase_part, get_waiting_leads, is_night
from privacy.verbs import DeleteByRetention

NIGHTLY = "retention"
PAGE = "/admin/privacy/retention"
OLD = timedelta(hours=HOURS)
# A tenth of all leads, but never fewer than these.
SHARE, FEWEST = 10, 20
# A rule deletes so many leads a night, as one change, and the others in the next ones.
MOST_A_NIGHT = 200_000
# A lead has one notice, whichever rule announced it.
ANNOUNCE = """
    INSERT INTO privacy_retentionnotice (rule_id, action, lead_id, deletes_on, at)
    SELECT %s, %s, found.id, %s, %s FROM ({found}) found(id) ON CONFLICT (lead_id) DO NOTHING RETURNING lead_id
"""


@register_job_kind(
    NIGHTLY, lambda arguments: _("Retention rules"), page=lambda arguments: PAGE, quiet=True, long=True
)
def run_retention_rules(job: Job, progress) -> None:
    apply_active_rules(timezone.now())


@every_hour
def start_nightly_retention() -> int:
    """Starts it once a night, if there is a rule; returns whether it did."""
    now = timezone.localtime()
    if not is_night(now) or not RetentionRule.objects.active().exists():
        return 0
    # Another worker may have started it, and it may wait for a long job.
    if Job.objects.unfinished().of_kinds(NIGHTLY).exists():
        return 0
    last = RetentionRun.objects.order_by("-at").first()
    user = User.objects.administrators().order_by("pk").first()
    if user is None or (last and now - last.at < OLD):
        return 0
    jobs.start_job(NIGHTLY, user, {})
    return 1


def apply_active_rules(now: datetime) -> list[RetentionRun]:
    """Each rule in one transaction. What a rule that isn't active any more has announced is forgotten."""
    RetentionNotice.objects.exclude(rule__in=RetentionRule.objects.active()).delete()
    return [apply_rule(rule, now) for rule in RetentionRule.objects.active().in_order()]


@transaction.atomic
def apply_rule(rule: RetentionRule, now: datetime) -> RetentionRun:
    ahead = due_at_moment_queryset(rule, now + timedelta(days=rule.notice_days))
    notices = RetentionNotice.objects.filter(rule=rule)
    # Something has happened to these since they were announced, or something else was announced.
    notices.exclude(action=rule.action, lead__in=ahead.order_by().values("pk")).delete()
    if has_to_wait(rule, ahead):
        last = RetentionRun.objects.filter(rule=rule).order_by("-at").first()
        if last is None or not last.is_paused:
            notify_administrators(rule, ahead.count())
        return RetentionRun.objects.create(rule=rule, at=now, is_paused=True)
    deleted = 0 if rule.erases else _delete_leads(rule, now)
    found = _announce_leads(rule, ahead, now)
    run = RetentionRun.objects.create(rule=rule, at=now, announced=len(found), deleted=deleted)
    if rule.erases and get_waiting_leads(rule, now).exists():
        erase_part.defer(run_id=run.pk)
    return run


def has_to_wait(rule: RetentionRule, ahead) -> bool:
    """Whether the rule waits for an administrator, because what it does is final, or it concerns more than a tenth of all leads."""
    if rule.is_confirmed:
        return False
    if rule.erases:
        return ahead.exists()
    most = max(Lead.objects.present().count() // SHARE, FEWEST)
    return len(ahead.order_by().values_list("pk")[: most + 1]) > most


def _delete_leads(rule: RetentionRule, now: datetime) -> int:
    """One operation, which can be undone like any other. What it leaves is still announced, and goes the next night."""
    over = get_waiting_leads(rule, now)
    rows = over.filter(pk__any=list(over.order_by("pk").values_list("pk", flat=True)[:MOST_A_NIGHT]))
    verb = DeleteByRetention(status=rule.status_id, months=rule.months)
    outcome = carry_out(verb, rows, by=None, channel=Operation.Channel.SYSTEM)
    RetentionNotice.objects.filter(lead__in=outcome.changed).delete()
    if outcome.changed:
        write_security_line("retention_deleted", rule=rule.label, rows=len(outcome.changed))
    return len(outcome.changed)


def _announce_leads(rule: RetentionRule, ahead: QuerySet[Lead], now: datetime) -> list[int]:
    day = timezone.localdate(now) + timedelta(days=rule.notice_days)
    sql, parameters = ahead.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(ANNOUNCE.format(found=sql), [rule.pk, rule.action, day, now, *parameters])
        ids = [pk for (pk,) in cursor.fetchall()]
    notify_owners(rule, announced_leads_queryset(rule).filter(pk__any=ids), day)
    return ids
