"""What a lead's page shows of retention: that it was announced, or why it is kept."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.models import User
from leads.models import Lead
from leads.page.page_card import PageCard
from privacy.models import RetentionExemption, RetentionNotice, RetentionRule


@dataclass(frozen=True)
class RetentionCard:
    notice: RetentionNotice | None
    exemption: RetentionExemption | None
    page: str
    may_keep: bool
    waits: bool = False

    @property
    def erases(self) -> bool:
        return self.notice is not None and self.notice.action == RetentionRule.Action.ERASE


def build_retention_card(lead: Lead, user: User) -> PageCard | None:
    """One query for most leads, which have neither."""
    both = Lead.objects.filter(pk=lead.pk).values_list(
        _build_id_subquery(RetentionNotice), _build_id_subquery(RetentionExemption)
    )
    announced, kept = both.first() or (None, None)
    if not announced and not kept:
        return None
    notice = RetentionNotice.objects.filter(pk=announced or 0).select_related("rule__status").first()
    exemption = RetentionExemption.objects.filter(pk=kept or 0).select_related("by").first()
    may_keep = lead.may_change and lead.deleted_at is None
    page = reverse("privacy:keep", args=[lead.pk])
    waits = notice is not None and notice.rule.waits_for_confirmation
    return PageCard("privacy/retention/_card.html", RetentionCard(notice, exemption, page, may_keep, waits))


def _build_id_subquery(model: Any) -> Subquery:
    return Subquery(model.objects.filter(lead=OuterRef("pk")).values("pk")[:1])
