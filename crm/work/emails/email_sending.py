"""Sending an email that a user wrote to a record: the queue, the mail server, and what came of it.

Adding an email (crm/work/emails/email_verbs.py) also adds a row of OutgoingEmail and a task of the queue, all in one transaction,
so an email that wasn't added isn't sent. The worker removes the row before it connects, and a worker that finds no row sends
nothing, so no email is sent twice: not after two clicks, not after a worker was killed. A mail server that can't be
reached has accepted nothing, so only then is the email tried again without asking.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _lazy
from procrastinate.contrib.django import app

from crm.models import Operation
from crm.platform.files.store_unavailable import StoreAway
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from crm.work.activities.verbs import lock_record
from crm.work.emails.delivery_problems import (
    LONGEST_ANSWER,
    RETRIES,
    TRIES,
    NotReached,
    is_accepted,
    send_and_get_problem,
)
from crm.work.emails.mime_messages import FileGone, build_email
from crm.work.models.activity import Activity, OutgoingEmail

Delivery = Activity.Delivery
# Why an email that waits may no longer be sent, as a key of PROBLEMS, or ''; asked right before it is sent. Other apps add theirs.
OBSTACLES: list[Callable[[Activity], str]] = []


@dataclass(frozen=True)
class DeliverEmail(Verb):
    """The worker has sent an email, or given up."""

    kind = "deliver_email"
    icon = "mail"

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return _lazy("Email sent") if parameters.get("sent") else _lazy("Email not sent")

    @classmethod
    def describe_finality(cls, record):
        return _lazy("An email that has been sent can’t be unsent.")


def queue_emails(activities: list[int], *, pause: int = 0, tries: int = 0) -> None:
    """Let the worker send these emails once the transaction is committed."""
    OutgoingEmail.objects.bulk_create(OutgoingEmail(activity=pk) for pk in activities)
    for pk in activities:
        ready = send_email.configure(schedule_in={"seconds": pause}) if pause else send_email
        ready.defer(activity_id=pk, tries=tries)


@app.task(queue="work", name="send_email", retry=RETRIES)
def send_email(activity_id: int, tries: int = 0) -> None:
    """Send the email, unless it was sent, undone or deleted."""
    if not connection.in_atomic_block:
        close_old_connections()
    taken, _rows = OutgoingEmail.objects.filter(activity=activity_id).delete()
    found = Activity.objects.with_author().waiting().filter(pk=activity_id).first()
    if found is None:
        return
    if found.deleted_at:
        if taken:
            write_sending_result(found, Delivery.FAILED, "deleted")
        return
    if not taken:
        # Another worker was killed while it sent the email.
        write_sending_result(found, Delivery.FAILED, "unknown")
        return
    if obstacle := next((code for find in OBSTACLES if (code := find(found))), ""):
        write_sending_result(found, Delivery.FAILED, obstacle)
        return
    try:
        problem = send_and_get_problem(build_email(found))
    except FileGone as error:
        write_sending_result(found, Delivery.FAILED, f"file {error}"[:LONGEST_ANSWER])
    except (NotReached, StoreAway) as error:
        if tries + 1 < TRIES:
            with transaction.atomic():
                queue_emails([found.pk], pause=4 ** (tries + 1), tries=tries + 1)
        else:
            write_sending_result(
                found, Delivery.FAILED, "store" if isinstance(error, StoreAway) else "unreachable"
            )
    else:
        write_sending_result(found, Delivery.SENT if is_accepted(problem) else Delivery.FAILED, problem)


def write_sending_result(activity: Activity, outcome: str, problem: str = "") -> None:
    """Record what came of the email, as an operation of its author."""
    changes: dict[str, Any] = {"outcome": outcome, "problem": problem}
    if outcome == Delivery.SENT:
        changes["at"] = Now()
    values: dict[str, Any] = {"table": activity.of, "matched": 1, "changed": 1}
    values["parameters"] = {"sent": outcome == Delivery.SENT}
    channel = Operation.Channel.SYSTEM
    with operation(DeliverEmail.kind, by=activity.created_by, channel=channel, **values) as record:
        lock_record(activity)
        Activity.objects.waiting().filter(pk=activity.pk).update(**changes)
        write_verdicts(record, Outcome(activity.of, changed=[activity.record]))
