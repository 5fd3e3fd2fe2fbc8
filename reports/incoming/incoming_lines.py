"""The leads that came in, one line each: when and how, to whom they went and why, and whether they were contacted."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from accounts.models import User
from crm.models import Change
from leads.models import AssignmentRule, Lead, RuleAssignment
from reports.display.record_lines import (
    LineCell,
    RecordLines,
    build_owner_cell,
    build_record_cell,
    format_moment,
)
from reports.engine.counted_leads import filter_within_period
from reports.engine.question import ReportQuestion
from reports.incoming.owner_reasons import (
    OwnerChange,
    OwnerFacts,
    decide_owner_reason,
    describe_owner_reason,
)
from reports.incoming.ways_in import build_way_expression, get_way_labels, split_key
from reports.subjects.incoming_leads import get_incoming_leads


def build_incoming_lines(question: ReportQuestion, viewer: User, most: int) -> list[list[LineCell]]:
    """The newest first."""
    rows, _as_of = get_incoming_leads(question, viewer)
    rows = filter_within_period(rows, question.period, "at").order_by("-at", "-pk")
    rows = rows.annotate(way=build_way_expression(), added_by=F("operation__by"))
    found = list(rows.values("progress", "at", "way", "added_by")[:most])
    leads = Lead.objects.visible_to(viewer).with_names().in_bulk([row["progress"] for row in found])
    found = [row for row in found if row["progress"] in leads]
    ways = get_way_labels([row["way"] for row in found], viewer)
    changes = _get_last_owner_changes(leads)
    people = User.objects.in_bulk(_get_user_ids(found, changes.values()))
    today = timezone.localdate()
    lines = []
    for row in found:
        lead, change = leads[row["progress"]], changes.get(row["progress"])
        lines.append(
            [
                LineCell(format_moment(row["at"], today)),
                build_record_cell(lead),
                LineCell(ways[row["way"]]),
                build_owner_cell(lead),
                LineCell(_describe_reason(row, lead, change, people, today)),
                LineCell(_describe_contact(lead, today)),
            ]
        )
    return lines


def _get_last_owner_changes(leads: Iterable[int]) -> dict[int, tuple[OwnerChange, datetime]]:
    """By lead; none for leads whose owner hasn't changed since they were added."""
    rows = Change.objects.of_rows(Lead.table, list(leads)).with_field("owner_id").with_operations()
    last = {row.row: row for row in rows.order_by("id")}
    rules = _get_rule_names(last.values())
    return {
        lead: (
            OwnerChange(
                by=row.operation.by_id if row.operation else None,
                channel=row.operation.channel if row.operation else "",
                old=row.diff["owner_id"][0],
                new=row.diff["owner_id"][1],
                is_undo=bool(row.operation and row.operation.undoes_id),
                rule=rules.get((lead, row.operation_id), ""),
            ),
            row.at,
        )
        for lead, row in last.items()
    }


def _get_rule_names(changes: Iterable[Change]) -> dict[tuple[int, int | None], str]:
    """Of the rules that made these changes, by lead and operation."""
    pairs = {(change.row, change.operation_id) for change in changes if change.operation_id}
    found = RuleAssignment.objects.of_leads([lead for lead, _one in pairs], [one for _lead, one in pairs])
    assigned = list(found) if pairs else []
    names = AssignmentRule.objects.in_bulk({one.rule for one in assigned}) if assigned else {}
    return {(one.lead, one.operation): names[one.rule].name for one in assigned if one.rule in names}


def _get_user_ids(found: Sequence[Any], changes: Iterable[tuple[OwnerChange, datetime]]) -> set[int]:
    ids = {row["added_by"] for row in found} | {change.by for change, _at in changes}
    return {pk for pk in ids if pk}


def _describe_reason(
    row: Any, lead: Lead, known: tuple[OwnerChange, datetime] | None, people: dict[int, User], today: date
) -> str:
    change, at = known or (None, row["at"])
    facts = OwnerFacts(lead.owner_id, split_key(row["way"])[0], row["added_by"], change)
    by = people.get((change.by if change else row["added_by"]) or 0)
    return describe_owner_reason(
        decide_owner_reason(facts),
        name=str(by) if by else "",
        rule=change.rule if change else "",
        time=format_moment(at, today),
    )


def _describe_contact(lead: Lead, today: date) -> str:
    if lead.first_contacted_at is None:
        return pgettext("of a lead", "Not contacted yet")
    return _("Contacted %(time)s") % {"time": format_moment(lead.first_contacted_at, today)}


INCOMING_LINES = RecordLines(
    _lazy("Each lead"),
    [_lazy("Came in"), _lazy("Lead"), _lazy("Way in"), _lazy("Owner"), _lazy("Why"), _lazy("Contact")],
    build_incoming_lines,
    _lazy("No leads came in during this period."),
)
