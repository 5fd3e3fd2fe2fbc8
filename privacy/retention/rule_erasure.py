"""What a rule erases at night: the persons of leads whose notice is over, a few at a time, each in a transaction of its own.

A person goes with all records that an administrator would choose for the erasure: those with the same email, and those that are
linked. If one of these isn't due, nothing of the person is erased.
"""

import logging
import time
from datetime import datetime
from functools import partial

from django.db import close_old_connections, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from crm.fields.conditions.periods import subtract_months
from crm.models import Operation
from crm.platform.jobs.job_runner import is_interrupted
from crm.platform.web.transactions import is_connection_lost, is_disk_full, set_transaction_limits
from customers.models import Contact, Deal, Request
from leads.models import Lead
from privacy.models import Erasure, RetentionNotice, RetentionRule, RetentionRun
from privacy.person import Person
from privacy.person_erasure import ErasureCause, erase_person
from privacy.person_search import MOST, Records, find_related_records
from privacy.retention.due_leads import unchanged_leads_queryset
from privacy.verbs import EraseByRetention

log = logging.getLogger(__name__)

TASK = "erase_by_retention"
# From this hour on, in the time zone of the server, and for so many hours. What isn't erased by then waits for the next night.
HOUR, HOURS = 3, 4
# So many leads, or seconds, until other work has its turn.
PART, SECONDS = 20, 60.0


def is_night(now: datetime) -> bool:
    return HOUR <= timezone.localtime(now).hour < HOUR + HOURS


@app.task(queue="long", name=TASK, lock=TASK)
def erase_part(run_id: int, after: int = 0) -> None:
    """The next leads of a run, then the rest as another task."""
    if not connection.in_atomic_block:
        close_old_connections()
    run = RetentionRun.objects.select_related("rule__status").filter(pk=run_id).first()
    now = timezone.now()
    if run is None or not is_night(now):
        return
    last = erase_next_leads(run, now, after)
    if last is not None:
        erase_part.defer(run_id=run_id, after=last)


def get_waiting_leads(rule: RetentionRule, now: datetime) -> QuerySet[Lead]:
    """The leads whose notice is over and to which nothing has happened since."""
    over = RetentionNotice.objects.filter(
        rule=rule, action=rule.action, deletes_on__lte=timezone.localdate(now)
    )
    return unchanged_leads_queryset(rule, now).filter(pk__in=over.values("lead"))


def erase_next_leads(run: RetentionRun, now: datetime, after: int = 0) -> int | None:
    """Erase the next ones after this lead; returns the last one that was looked at, or None if there are no more."""
    rule = run.rule
    if not (rule.is_active and rule.erases and rule.is_confirmed):
        return None
    ends = time.monotonic() + SECONDS
    ids = list(
        get_waiting_leads(rule, now).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PART]
    )
    for pk in ids:
        try:
            _erase_lead(run, pk, now)
        except Exception as error:
            if is_connection_lost(error) or is_disk_full(error):
                raise
            # One of them keeps none of the others. Their values stay out of the log.
            log.error("Retention rule %s: lead %s: %s", rule.pk, pk, type(error).__name__)
        after = pk
        if is_interrupted() or time.monotonic() > ends:
            break
    return after if ids else None


def _erase_lead(run: RetentionRun, pk: int, now: datetime) -> None:
    """The person of one lead, unless a record of theirs isn't due."""
    rule = run.rule
    records = find_person_records(pk)
    if not can_all_be_erased(records, rule, now):
        return
    verb = EraseByRetention.kind
    with transaction.atomic():
        set_transaction_limits(lock=0, statement=0)
        cause = ErasureCause(
            Erasure.Reason.RETENTION,
            verb,
            Operation.Channel.SYSTEM,
            {"status": rule.status_id, "months": rule.months},
            {"rule": rule.label},
            still=partial(_is_unchanged, pk, records, rule, now),
        )
        if erase_person(Person(records), by=None, cause=cause):
            RetentionNotice.objects.filter(lead__in=records["lead"]).delete()
            RetentionRun.objects.filter(pk=run.pk).update(erased=F("erased") + 1)


def find_person_records(lead: int) -> Records:
    """All records of the person of a lead, as far as emails and links lead. Without any if there are too many for one person."""
    records: Records = {Lead.table: [lead]}
    while True:
        found: dict[str, set[int]] = {}
        for one in find_related_records(records):
            if one.chosen:
                found.setdefault(one.table, set()).add(one.pk)
        reached = {table: sorted(ids) for table, ids in found.items()}
        if any(len(ids) >= MOST for ids in reached.values()):
            return {}
        if reached == records:
            return records
        records = reached


def can_all_be_erased(records: Records, rule: RetentionRule, now: datetime) -> bool:
    """Whether none of them stays: each lead is about to be erased, and nothing has happened to the others for as long."""
    leads = records.get(Lead.table, [])
    leaving: set[int] = set()
    for one in RetentionRule.objects.erasing().filter(is_confirmed=True):
        leaving.update(get_waiting_leads(one, now).filter(pk__in=leads).values_list("pk", flat=True))
    since = subtract_months(now, rule.months)
    others = Lead._base_manager.filter(pk__in=set(leads) - leaving).exclude(
        deleted_at__isnull=False, updated_at__lt=since
    )
    contacts = Contact._base_manager.filter(pk__in=records.get(Contact.table, []))
    requests = Request._base_manager.filter(pk__in=records.get(Request.table, []), updated_at__gte=since)
    deals = Deal.objects.present().filter(lead__in=leads, updated_at__gte=since)
    stay = contacts.exclude(deleted_at__isnull=False, updated_at__lt=since)
    return bool(leads) and not any(rows.exists() for rows in (others, stay, requests, deals))


def _is_unchanged(lead: int, records: Records, rule: RetentionRule, now: datetime) -> bool:
    """Asked once they are locked: someone may have changed one of them, or added another."""
    return find_person_records(lead) == records and can_all_be_erased(records, rule, now)
