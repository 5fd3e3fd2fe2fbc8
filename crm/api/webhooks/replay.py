"""Sending again, from a moment on, what a receiver missed: after an outage, a pause, or the loss of its data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.api.webhooks.webhook_delivery import has_effect, send_operation
from crm.models import Job, Operation, Webhook, WebhookDelivery
from crm.platform.jobs import JobProblem, register_job_kind, start_job
from crm.platform.models.retention_periods import get_retention_period

State = WebhookDelivery.State
KIND = "replay_webhook"
# The state of a change that was never sent: the webhook was off, or not there yet.
UNSENT = ""
# One after the other, these take a receiver that answers within a tenth of a second about a quarter of an hour.
MOST_REPLAYED = 10_000
A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ReplayCounts:
    """How the changes since a moment reached a webhook. Those that its user can't see, or that had no effect, are among
    them: that isn't known before they are sent."""

    unsent: int
    failed: int
    waiting: int
    delivered: int

    def count_sent(self, *, everything: bool) -> int:
        """How many changes a replay sends at most."""
        found = self.unsent + self.failed + (self.delivered if everything else 0)
        return min(found, MOST_REPLAYED)


def get_earliest_replay() -> datetime:
    """The log of deliveries goes back as far. Nobody knows what arrived before."""
    return timezone.now() - get_retention_period("deliveries")


def check_start(since: datetime) -> None:
    """Raises ValidationError for a moment from which on nothing can be sent again."""
    if since > timezone.now():
        raise ValidationError(_now("Enter a time in the past."))
    if since < (earliest := get_earliest_replay()):
        words = _now("The log of deliveries goes back to %(moment)s. Enter a later time.")
        raise ValidationError(words % {"moment": date_format(localtime(earliest), "j M Y, H:i")})


def get_proposed_start(webhook: Webhook) -> datetime:
    """When the earliest change happened that was sent without success; if all arrived, a day ago, or when the webhook was
    created."""
    failed = webhook.deliveries.of_operations().failed().order_by("operation")
    first = failed.values_list("operation__at", flat=True).first()
    # The rest of a minute is for people who read the proposal.
    start = (first or max(timezone.now() - A_DAY, webhook.created_at)).replace(second=0, microsecond=0)
    return max(start, get_earliest_replay() + A_MINUTE)


def is_replayed(state: str, *, everything: bool) -> bool:
    """Whether a change whose delivery is in this state is sent. One that waits comes by itself."""
    return state in (UNSENT, State.FAILED) or (everything and state == State.DELIVERED)


def count_replayed(webhook: Webhook, since: datetime) -> ReplayCounts:
    counted = _wanted_operations_queryset(webhook, since).values("delivery_state").annotate(count=Count("pk"))
    found = dict(counted.values_list("delivery_state", "count"))
    return ReplayCounts(
        *(found.get(state, 0) for state in (UNSENT, State.FAILED, State.WAITING, State.DELIVERED))
    )


def start_replay(webhook: Webhook, since: datetime, user, *, everything: bool) -> Job:
    """Send what didn't arrive, or `everything`, in the order in which it happened."""
    total = count_replayed(webhook, since).count_sent(everything=everything)
    arguments = {"webhook": webhook.pk, "since": since.isoformat(), "everything": everything}
    return start_job(KIND, user, arguments, total=total)


def _get_page(arguments: dict) -> str:
    return reverse("webhook", args=[arguments["webhook"]])


@register_job_kind(KIND, lambda arguments: _("Resend to a webhook"), page=_get_page)
def run_replay_job(job: Job, progress: Progress) -> None:
    """A second run sends nothing twice: what waits is left alone."""
    webhook = Webhook.objects.active().filter(pk=job.arguments["webhook"]).first()
    if webhook is None:
        raise JobProblem(_("The webhook is off. Nothing was sent."))
    since, everything = datetime.fromisoformat(job.arguments["since"]), job.arguments["everything"]
    sent = [state for state in (UNSENT, *State.values) if is_replayed(state, everything=everything)]
    operations = _wanted_operations_queryset(webhook, since).filter(delivery_state__in=sent).oldest_first()
    chosen = list(operations[:MOST_REPLAYED])
    for done, record in enumerate(chosen):
        progress(done, len(chosen))
        if has_effect(record):
            send_operation(webhook, record)
    progress(len(chosen), len(chosen))


def _wanted_operations_queryset(webhook: Webhook, since: datetime) -> Any:
    """What the webhook is sent of everything since then, each with its `delivery_state`."""
    found = Operation.objects.since(since).not_private()
    if webhook.kinds:
        found = found.of_kinds(webhook.kinds)
    delivery = webhook.deliveries.filter(operation=OuterRef("pk"))
    return found.annotate(delivery_state=Coalesce(Subquery(delivery.values("state")), Value(UNSENT)))
