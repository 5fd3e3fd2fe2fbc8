"""The board of leads: a column for each open status of a pipeline."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.custom.fields import is_for_some
from crm.records.board import Board, Target
from crm.records.listing import Listing
from crm.records.tabs import Tab
from crm.templatetags.look import number
from crm.web.ids import ids_of
from leads import contract, fields, names
from leads.cards import LeadCards
from leads.forms import MoveForm
from leads.models import Lead, Pipeline, Status
from leads.stuck import stuck
from leads.verbs import Move


def pipeline_of(listing: Listing) -> Pipeline | None:
    """The pipeline that a list asks for, alone or by one of its statuses; else that of the reader's department."""
    filters, statuses = listing.filters, names.statuses()
    asked = ids_of(filters.chosen("pipeline")) or [
        statuses[pk].pipeline_id for pk in ids_of(filters.chosen("status")) if pk in statuses
    ]
    every = list(names.pipelines().values())
    if found := [row for row in every if row.pk in asked]:
        return found[0]
    used = [row for row in every if not row.retired]
    own = [row for row in used if set(row.departments).intersection(listing.viewer.department_ids[:1])]
    return next(iter([*own, *used]), None)


def open_statuses(listing: Listing) -> Sequence[Status]:
    """The columns. Leads stay in a retired status until they are moved."""
    return [row for row in _of_pipeline(listing) if row.is_open]


def closed_statuses(listing: Listing) -> Sequence[Status]:
    """Where a lead's way ends: a drop there moves it, and it leaves the board."""
    return [row for row in _of_pipeline(listing) if not row.is_open and not row.retired]


def _of_pipeline(listing: Listing) -> list[Status]:
    pipeline = pipeline_of(listing)
    return [row for row in names.statuses().values() if pipeline and row.pipeline_id == pipeline.pk]


def pipelines_of(listing: Listing) -> list[Tab]:
    """The pipelines in use, if there are several, each with the rest of the list's query."""
    if not names.several_pipelines():
        return []
    current, found = pipeline_of(listing), []
    for row in names.pipelines().values():
        data = QueryDict(listing.query, mutable=True)
        data["pipeline"] = str(row.pk)
        for name in ("status", "status_not", "pipeline_not"):
            data.pop(name, None)
        if not row.retired or row == current:
            found.append(Tab(str(row.pk), row.label, data.urlencode(), row == current))
    return found


def status_of(pk: int | None) -> Status | None:
    return names.statuses().get(pk or 0)


def targets_of(lead: Lead, user: Any) -> list[Target]:
    """Where the lead may go, and what each status still requires."""
    rows = [
        row
        for row in names.statuses().values()
        if row.pipeline_id == lead.status.pipeline_id
        and (row.pk == lead.status_id or (not row.retired and lead.status.leads_to(row)))
    ]
    required = {name for row in rows for name in contract.required(row)}
    read = {*fields.CONTRACT, *required, *contract.reads_also(list(required))}
    values = {name: getattr(lead, name) for name in read}
    return [Target(row, _labels(contract.missing(row, values | {"lost_reason": None}))) for row in rows]


def _labels(missing: list[str]) -> list[str]:
    return [names.field_label(name) for name in missing if not is_for_some(name)]


def form_asked(lead: Lead, status: Status, user: Any) -> str:
    """The form that asks for what the status requires. Where the lead can't go anyway, the verb says why."""
    if status.pk == lead.status_id or status.retired or not lead.status.leads_to(status):
        return ""
    if (
        status.pipeline_id != lead.status.pipeline_id
        or not MoveForm(lead=lead, status=status, user=user).fields
    ):
        return ""
    return f"{reverse('leads:move', args=[lead.pk])}?status={status.pk}"


def stuck_leads(count: int, more_than: int | None = None) -> str:
    words = number(count) if more_than is None else f"{number(more_than)}+"
    return ngettext("%(number)s stuck", "%(number)s stuck", count) % {"number": words}


BOARD = Board(
    field="status",
    columns=open_statuses,
    beyond=closed_statuses,
    tabs=pipelines_of,
    # The longest in its status first.
    sort="-time_in_status",
    cards=LeadCards,
    shown=["name", "company", "value", "status", "owner", "next_action", "time_in_status", "version"],
    total="value",
    late=stuck,
    late_words=stuck_leads,
    late_query="over_limit=yes",
    label=_("Leads by status"),
    row=status_of,
    targets=targets_of,
    verb=Move,
    asks=form_asked,
)
