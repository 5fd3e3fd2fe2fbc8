"""The mailings that a record has received, as lines of its timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from mailings.models import Delivery, Mailing
from mailings.sending.server_answers import get_delivery_sentence

State = Delivery.State


@dataclass(frozen=True)
class MailingLine:
    """`url` is '' for a viewer who doesn't see the mailing."""

    delivery: Delivery
    url: str
    template = "mailings/_line.html"

    @property
    def at(self) -> datetime:
        return self.delivery.at  # type: ignore[return-value]

    @property
    def failed(self) -> bool:
        """Whether the mail server refused it, or it came back."""
        return self.delivery.state == State.FAILED or self.delivery.problem.startswith("bounced")

    @property
    def problem(self) -> str:
        return get_delivery_sentence(self.delivery.problem)

    @property
    def responses(self) -> list[tuple[str, Any]]:
        """What the recipient did, in words, and when."""
        row = self.delivery
        found = [
            (_("Opened"), row.opened_at),
            (_("Clicked"), row.clicked_at),
            (_("Replied"), row.replied_at),
            (_("Unsubscribed"), row.unsubscribed_at),
            (_("Marked as spam"), row.complained_at),
        ]
        return [(words, at) for words, at in found if at]


def get_timeline_lines(
    table: str, pk: int, viewer: User, before: datetime | None, most: int
) -> list[MailingLine]:
    """Newest first."""
    rows = Delivery.objects.of_record(table, pk).in_state(State.SENT, State.FAILED).exclude(at=None)
    rows = rows.select_related("mailing").order_by("-at", "-pk")
    found = list((rows.filter(at__lt=before) if before else rows)[:most])
    if not found:
        return []
    mailings = {row.mailing_id for row in found}
    seen = set(Mailing.objects.visible_to(viewer).filter(pk__in=mailings).values_list("pk", flat=True))
    return [
        MailingLine(row, row.mailing.get_absolute_url() if row.mailing_id in seen else "") for row in found
    ]
