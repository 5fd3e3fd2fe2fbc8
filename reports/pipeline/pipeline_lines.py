"""What has changed in the pipelines, a line for each deal and each moved lead: from what to what."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.templatetags.look import money, short_date
from customers.models import Deal
from leads.models import Lead, Status
from leads.statuses import reference_tables
from reports.display.record_lines import LineCell, RecordLines, build_owner_cell, build_record_cell
from reports.engine.question import ReportQuestion
from reports.models.counted_rows import PROGRESS
from reports.pipeline import changed_deals, changed_leads


def build_pipeline_lines(question: ReportQuestion, viewer: User, most: int) -> list[list[LineCell]]:
    """Deals first, then leads, each with the latest first. New leads aren't among them: the numbers lead to those."""
    lines = _build_deal_lines(question, viewer, most)
    return lines + _build_lead_lines(question, viewer, most - len(lines))


def _build_deal_lines(question: ReportQuestion, viewer: User, most: int) -> list[list[LineCell]]:
    rows, _as_of = changed_deals.get_changed_deals(question, viewer)
    rows = rows.filter(changed_deals.CHANGED).select_related("owner").order_by("-updated_at", "-pk")
    stages = reference_tables.get_all_statuses()
    return [
        _build_line(_("Deal"), deal, _describe_deal(deal, stages), money(deal.value, deal.currency))
        for deal in rows[:most]
    ]


def _describe_deal(deal: Any, stages: Mapping[int, Status]) -> list[str]:
    now = stages[deal.status_id].label
    if deal.added:
        return [_("New in %(status)s") % {"status": now}]
    found = []
    if deal.stage_before != deal.status_id:
        before = stages[deal.stage_before].label if deal.stage_before in stages else "?"
        found.append(_describe_change(_("Stage"), before, now))
    if deal.close_before and deal.expected_close and deal.close_before != deal.expected_close:
        days = (deal.expected_close - deal.close_before).days
        dates = short_date(deal.close_before), short_date(deal.expected_close)
        moved = _describe_change(_("Expected close"), *dates)
        found.append(f"{moved} ({f'{days:+d}'.replace('-', '−')})")
    if deal.amount_before is not None and deal.base_value not in (None, deal.amount_before):
        amounts = money(deal.value_before, deal.currency_before), money(deal.value, deal.currency)
        found.append(_describe_change(_("Amount"), *amounts))
    return found


def _build_lead_lines(question: ReportQuestion, viewer: User, most: int) -> list[list[LineCell]]:
    if most < 1:
        return []
    rows, _as_of = changed_leads.get_changed_leads(question, viewer)
    moved = rows.filter(changed_leads.MOVED).order_by(F(f"{PROGRESS}status_since").desc(), "-pk")
    before = dict(moved.values_list("progress", "from_status")[:most])
    leads = Lead.objects.visible_to(viewer).with_names().in_bulk(list(before))
    statuses = reference_tables.get_all_statuses()
    return [
        _build_line(
            _("Lead"),
            leads[pk],
            [_describe_change(_("Status"), statuses[status].label, leads[pk].status.label)],
            money(leads[pk].value, leads[pk].currency),
        )
        for pk, status in before.items()
        if pk in leads
    ]


def _describe_change(label: str, before: Any, now: Any) -> str:
    return f"{label}: {before} → {now}"


def _build_line(kind: str, record: Deal | Lead, changes: list[str], value: str) -> list[LineCell]:
    return [
        LineCell(kind),
        build_record_cell(record),
        build_owner_cell(record),
        LineCell("; ".join(changes)),
        LineCell(value),
    ]


PIPELINE_LINES = RecordLines(
    _lazy("Each change"),
    [_lazy("Type"), _lazy("Record"), _lazy("Owner"), _lazy("What changed"), _lazy("Value")],
    build_pipeline_lines,
    _lazy("Nothing has changed since then."),
)
