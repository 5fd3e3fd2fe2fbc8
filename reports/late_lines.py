"""The leads whose first contact is late now, a line for each, the latest first."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from leads.models import Lead
from reports.display.record_lines import (
    LineCell,
    RecordLines,
    build_owner_cell,
    build_record_cell,
    format_moment,
)
from reports.display.value_texts import format_days
from reports.engine.question import ReportQuestion
from reports.subjects.first_contact import OVERDUE, get_counted_first_contacts


def build_late_lines(question: ReportQuestion, viewer: User, most: int) -> list[list[LineCell]]:
    rows, _as_of = get_counted_first_contacts(question, viewer)
    late = rows.filter(OVERDUE).order_by("contact_due_at", "lead")
    due = dict(late.values_list("lead", "contact_due_at")[:most])
    leads = Lead.objects.visible_to(viewer).with_names().in_bulk(list(due))
    now, today = timezone.now(), timezone.localdate()
    return [
        _build_line(
            leads[pk], format_moment(moment, today), format_days((now - moment).total_seconds() / 86_400)
        )
        for pk, moment in due.items()
        if pk in leads
    ]


def _build_line(lead: Any, due: str, late: str) -> list[LineCell]:
    return [
        build_record_cell(lead),
        build_owner_cell(lead),
        LineCell(str(lead.source)),
        LineCell(due),
        LineCell(late),
    ]


LATE_LINES = RecordLines(
    _lazy("Late now"),
    [_lazy("Lead"), _lazy("Owner"), _lazy("Source"), _lazy("Due"), _lazy("Late by")],
    build_late_lines,
    _lazy("No first contact is late."),
)
