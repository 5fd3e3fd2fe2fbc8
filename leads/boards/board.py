"""The board of leads: a column for each open status of a pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.fields.custom.values.field_registry import is_for_some
from crm.platform.web.id_parsing import parse_ids
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from crm.records.listing.tabs import ListTab
from crm.records.tables.boards.board import Board
from crm.records.tables.boards.board_outline import MoveTarget
from crm.templatetags.look import number
from leads.boards.cards import LeadCards
from leads.forms import MoveForm
from leads.models import Pipeline, Status
from leads.page.status_path import get_required_values
from leads.statuses import reference_tables, status_contract
from leads.stuck.stuck_leads import build_stuck_condition
from leads.verbs import Move


@dataclass(frozen=True)
class InPipelines:
    """What the boards of leads and of deals share: each column is an open status of a pipeline with this purpose."""

    purpose: str

    def get_pipeline(self, listing: RecordList) -> Pipeline | None:
        """The pipeline that a list asks for, alone or by one of its statuses; else that of the reader's department."""
        filters, statuses = listing.filters, reference_tables.get_statuses(self.purpose)
        asked = parse_ids(filters.get_chosen_values("pipeline")) or [
            statuses[pk].pipeline_id
            for pk in parse_ids(filters.get_chosen_values("status"))
            if pk in statuses
        ]
        every = list(reference_tables.get_pipelines(self.purpose).values())
        if found := [row for row in every if row.pk in asked]:
            return found[0]
        used = [row for row in every if not row.retired]
        own = [row for row in used if set(row.departments).intersection(listing.viewer.department_ids[:1])]
        return next(iter([*own, *used]), None)

    def get_open_columns(self, listing: RecordList) -> Sequence[Status]:
        """The columns. Records stay in a retired status until they are moved."""
        return [row for row in self._get_statuses(listing) if row.is_open]

    def get_closed_columns(self, listing: RecordList) -> Sequence[Status]:
        """Where the way of a record ends: a drop there moves it, and it leaves the board."""
        return [row for row in self._get_statuses(listing) if not row.is_open and not row.retired]

    def _get_statuses(self, listing: RecordList) -> list[Status]:
        pipeline = self.get_pipeline(listing)
        rows = reference_tables.get_statuses(self.purpose).values()
        return [row for row in rows if pipeline and row.pipeline_id == pipeline.pk]

    def build_tabs(self, listing: RecordList) -> list[ListTab]:
        """The pipelines in use, if there are several, each with the rest of the list's query."""
        if not reference_tables.has_several_pipelines(self.purpose):
            return []
        current, found = self.get_pipeline(listing), []
        for row in reference_tables.get_pipelines(self.purpose).values():
            data = QueryDict(listing.query, mutable=True)
            data["pipeline"] = str(row.pk)
            for name in ("status", "status_not", "pipeline_not"):
                data.pop(name, None)
            if not row.retired or row == current:
                found.append(ListTab(str(row.pk), row.label, data.urlencode(), row == current))
        return found

    def get_row(self, pk: int | None) -> Status | None:
        return reference_tables.get_statuses(self.purpose).get(pk or 0)

    def get_targets(self, record: Any, user: User) -> list[MoveTarget]:
        """Where the record may go, and what each status still requires."""
        model = type(record)
        rows = [
            row
            for row in reference_tables.get_statuses(self.purpose).values()
            if row.pipeline_id == record.status.pipeline_id
            and (row.pk == record.status_id or (not row.retired and record.status.can_move_to(row)))
        ]
        values = get_required_values(record, rows) | {"lost_reason": None}
        return [
            MoveTarget(row, _get_labels(status_contract.get_missing_fields(row, values, model), model))
            for row in rows
        ]

    def get_form_address(self, record: Any, status: Status, user: User) -> str:
        """The form that asks for what the status requires. Where the record can't go anyway, the verb says why."""
        if status.pk == record.status_id or status.retired or not record.status.can_move_to(status):
            return ""
        if (
            status.pipeline_id != record.status.pipeline_id
            or not MoveForm(record=record, status=status, user=user).fields
        ):
            return ""
        return f"{KINDS[record.table].get_url('move', record.pk)}?status={status.pk}"


def _get_labels(missing: list[str], model: Any) -> list[str]:
    return [reference_tables.get_field_label(name, model) for name in missing if not is_for_some(name)]


def describe_stuck_leads(count: int, more_than: int | None = None) -> str:
    words = number(count) if more_than is None else f"{number(more_than)}+"
    return ngettext("%(number)s stuck", "%(number)s stuck", count) % {"number": words}


OF_LEADS = InPipelines(Pipeline.Purpose.LEADS)
BOARD = Board(
    field="status",
    columns=OF_LEADS.get_open_columns,
    beyond=OF_LEADS.get_closed_columns,
    tabs=OF_LEADS.build_tabs,
    # The longest in its status first.
    sort="-time_in_status",
    cards=LeadCards,
    shown=[
        "name",
        "company",
        "value",
        "status",
        "owner",
        "next_action",
        "time_in_status",
        "score",
        "version",
    ],
    total="value",
    late=build_stuck_condition,
    late_words=describe_stuck_leads,
    late_query="over_limit=yes",
    label=_("Leads by status"),
    row=OF_LEADS.get_row,
    targets=OF_LEADS.get_targets,
    verb=Move,
    asks=OF_LEADS.get_form_address,
    narrowed_by=["owner"],
)
