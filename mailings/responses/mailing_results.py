"""What a mailing has brought: its numbers, each with the list of the records behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.fields.percentages import format_share
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from mailings.models import Delivery, Mailing
from mailings.models.delivery import get_reason_label
from mailings.responses.response_conditions import (
    FOLLOWED,
    MOVED,
    OF_KINDS,
    RECEIVED,
    build_moved_condition,
)

SENT = FOLLOWED[RECEIVED][1]
DELIVERED = "delivered"
LABELS = {
    RECEIVED: _("Sent"),
    DELIVERED: _("Delivered, as far as known"),
    "mailing_failed": _("Not delivered"),
    "mailing_bounced": _("Bounced"),
    "mailing_complained": _("Marked as spam"),
    "mailing_unsubscribed": _("Unsubscribed"),
    "mailing_replied": _("Replied"),
    "mailing_opened": _("Opened"),
    "mailing_clicked": _("Clicked"),
    MOVED: _("Leads with a new status since"),
}
# What a list of mailings compares.
IN_LIST = ("mailing_replied", "mailing_opened", "mailing_clicked", "mailing_unsubscribed")


@dataclass(frozen=True)
class ResultNumber:
    """`percent` is of the emails that were sent; `url` is the list of the records, or ''."""

    name: str
    label: Any
    count: int
    percent: str
    url: str


def get_results(mailing: Mailing) -> list[ResultNumber]:
    """With three queries. Opens and clicks only if they were recorded."""
    conditions = {name: condition for name, (_label, condition) in FOLLOWED.items()}
    conditions[DELIVERED] = SENT & ~conditions["mailing_bounced"]
    counted = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    counts = Delivery.objects.of_mailing(mailing).aggregate(**counted)
    counts[MOVED] = Delivery.objects.of_mailing(mailing).filter(build_moved_condition(mailing)).count()
    # In no order: the first one by its ID would be searched among the rows of all mailings.
    kinds = Delivery.objects.of_mailing(mailing).order_by().values_list("of", flat=True)[:1]
    table = next(iter(kinds), Lead.table)
    sent = counts[RECEIVED]
    return [
        ResultNumber(
            name,
            label,
            counts[name],
            format_share(counts[name], sent),
            _build_list_url(mailing, table, name),
        )
        for name, label in LABELS.items()
        if _is_known_for(mailing, table, name)
    ]


def get_results_in_list(mailings: list[Mailing]) -> tuple[list[Any], list[list[ResultNumber | None]]]:
    """The labels of the columns, and for each mailing its numbers in their order, with two queries.

    Opens and clicks only if one of the mailings recorded them; None where a mailing didn't, or hasn't been sent.
    """
    names = [
        name for name in IN_LIST if any(_is_known_for(mailing, mailing.of, name) for mailing in mailings)
    ]
    counted = {name: Count("pk", filter=FOLLOWED[name][1]) for name in names}
    rows = Delivery.objects.of_mailings(mailings).order_by().values("mailing")
    counts = {row["mailing"]: row for row in rows.with_response().annotate(**counted)}
    sent = dict(
        rows.in_state(Delivery.State.SENT).annotate(number=Count("pk")).values_list("mailing", "number")
    )
    lines = []
    for mailing in mailings:
        found, emails = counts.get(mailing.pk, {}), sent.get(mailing.pk, 0)
        lines.append([_build_number(mailing, name, found.get(name, 0), emails) for name in names])
    return [LABELS[name] for name in names], lines


def _build_number(mailing: Mailing, name: str, count: int, sent: int) -> ResultNumber | None:
    if not sent or not _is_known_for(mailing, mailing.of, name):
        return None
    url = _build_list_url(mailing, mailing.of, name) if count else ""
    return ResultNumber(name, LABELS[name], count, format_share(count, sent), url)


@dataclass(frozen=True)
class SkippedCount:
    """How many recipients didn't get it for a reason; `url` lists them."""

    label: Any
    count: int
    url: str


def get_skipped_counts(mailing: Mailing) -> list[SkippedCount]:
    """In the order of the reasons, with one query."""
    rows = Delivery.objects.of_mailing(mailing).in_state(Delivery.State.LEFT_OUT).order_by()
    counts = dict(rows.values_list("reason").annotate(number=Count("pk")))
    address = reverse("mailings:recipients", args=[mailing.pk])
    return [
        SkippedCount(
            get_reason_label(reason, mailing),
            counts[reason],
            f"{address}?state={Delivery.State.LEFT_OUT}&reason={reason}",
        )
        for reason in Delivery.Reason.values
        if reason in counts
    ]


def _is_known_for(mailing: Mailing, table: str, name: str) -> bool:
    is_known = {"mailing_opened": mailing.tracks_opens, "mailing_clicked": mailing.tracks_clicks}
    return is_known.get(name, name != MOVED or table == Lead.table)


def _build_list_url(mailing: Mailing, table: str, name: str) -> str:
    """Of those that the viewer sees, so it may have fewer."""
    if table not in OF_KINDS:
        return ""
    asked: dict[str, Any] = {RECEIVED: mailing.pk}
    if name == DELIVERED:
        asked |= {"mailing_bounced": mailing.pk, "mailing_bounced_not": "on"}
    elif name != RECEIVED:
        asked = {name: mailing.pk}
    return f"{KINDS[table].get_url('list')}?{urlencode(asked)}"
