"""What followed a mailing, as conditions on its recipients: for the numbers of its results and the filters of lists."""

from typing import Any

from django.db.models import Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.field_filters import AnyOf
from crm.platform.web.request_cache import read_cached
from leads.models import Lead
from mailings.models import Delivery, Mailing

State = Delivery.State
RECEIVED = "mailing"
# By the name of the filter: its label, and which recipients it finds.
FOLLOWED: dict[str, tuple[Any, Q]] = {
    RECEIVED: (_("received mailing"), Q(state=State.SENT)),
    "mailing_opened": (_("opened mailing"), Q(opened_at__isnull=False)),
    "mailing_clicked": (_("clicked in mailing"), Q(clicked_at__isnull=False)),
    "mailing_replied": (_("replied to mailing"), Q(replied_at__isnull=False)),
    "mailing_unsubscribed": (_("unsubscribed from mailing"), Q(unsubscribed_at__isnull=False)),
    "mailing_complained": (_("marked mailing as spam"), Q(complained_at__isnull=False)),
    "mailing_bounced": (
        _("mailing bounced"),
        Q(bounced_at__isnull=False) | Q(state=State.SENT, problem__startswith="bounced"),
    ),
    "mailing_failed": (_("mailing not delivered"), Q(state=State.FAILED)),
}
# Of leads alone: their status has changed since they received it.
MOVED = "mailing_moved"
OF_KINDS = ("lead", "contact", "request")


class OfMailing(AnyOf):
    """Records that one of the chosen mailings went to, for users who may see mailings."""

    def is_offered_to(self, user, model):
        return user.has_perm("mailings.view_mailing")


def build_response_filters() -> dict[str, dict[str, OfMailing]]:
    """The filters by their names, by record type: of all that get mailings."""
    filters = {
        table: {
            name: _build_filter(label, _build_received_condition(table, recipients))
            for name, (label, recipients) in FOLLOWED.items()
        }
        for table in OF_KINDS
    }
    filters["lead"][MOVED] = _build_filter(_("new status since mailing"), _build_moved_since_condition)
    return filters


def _build_filter(label: Any, condition: Any) -> OfMailing:
    return OfMailing(label=label, choices=_get_mailing_choices, condition=condition)


def build_moved_condition(mailing: Mailing) -> Q:
    """Recipients with a lead whose status has changed since they received it, none of them before it was first sent."""
    later = Lead.objects.filter(pk=OuterRef("record"), status_since__gt=OuterRef("at"))
    if mailing.sent_at:
        later = later.filter(status_since__gt=mailing.sent_at)
    return Q(Exists(later), of=Lead.table, state=State.SENT)


def _build_received_condition(table: str, recipients: Q):
    def condition(values: list[str], user) -> Q:
        rows = Delivery.objects.filter(
            recipients, of=table, record=OuterRef("pk"), mailing__in=list(map(int, values))
        )
        return Q(Exists(rows))

    return condition


def _build_moved_since_condition(values: list[str], user) -> Q:
    """Only leads that moved after the first of the mailings was sent are looked through, by their index."""
    to_them = _build_received_condition("lead", Q(state=State.SENT, at__lt=OuterRef("status_since")))(
        values, user
    )
    begun = Mailing.objects.filter(pk__in=list(map(int, values))).aggregate(first=Min("sent_at"))["first"]
    return to_them & Q(status_since__gt=begun) if begun else Q(pk__in=[])


def _get_mailing_choices(user):
    """The newest first; those that were never sent went to no one. A form asks for them once for each filter."""
    begun = Mailing.objects.visible_to(user).exclude(sent_at=None).newest_first()
    rows = read_cached(f"sent mailings of {user.pk}", lambda: list(begun.values_list("pk", "subject")))
    return [(str(pk), subject) for pk, subject in rows]
