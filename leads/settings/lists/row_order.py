"""The order of statuses, sources, tags and lost reasons: where a new status comes, where people move rows, sorting by name."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.platform.models.retirable import Placed
from crm.platform.sql.reference_tables import sort_by_position
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.row_order import move_rows_behind, write_positions
from crm.records.editing.settings_change import record_settings_change
from leads.models import Pipeline, Status
from leads.settings.lists.list_state import get_sort_label
from leads.settings.settings_tables import SettingsTable

FIRST = "first"


def insert_new_status(status: Status) -> None:
    """A new status comes after the last one of its own or an earlier category."""
    kinds = Status.Kind.values
    others = list(Status.objects.of_pipeline(status.pipeline_id).in_order().exclude(pk=status.pk))
    before = [
        place for place, other in enumerate(others) if kinds.index(other.kind) <= kinds.index(status.kind)
    ]
    others.insert(before[-1] + 1 if before else 0, status)
    write_positions(others)


def get_sibling_rows(row: Any) -> list[Any]:
    """All rows among which a row has its place, in order: for a status, those of its pipeline; for a pipeline, those for the same
    records."""
    rows = type(row).objects.in_order()
    if isinstance(row, Pipeline):
        rows = rows.for_same_records_as(row)
    return sort_by_position(rows.of_pipeline(row.pipeline_id) if isinstance(row, Status) else rows)


def can_sort_by_name(kind: SettingsTable) -> bool:
    """Statuses follow the path of a lead, and the others may be sorted by name already."""
    if kind.table == "status":
        return False
    if issubclass(kind.model, Placed):
        return kind.model.objects.exclude(position=None).exists()
    rows = list(kind.model.objects.in_order())
    return rows != sort_rows_by_name(rows)


def sort_rows_by_name(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=get_sort_label)


def sort_by_name(kind: SettingsTable) -> None:
    """Rows that need no position lose it, so new ones are sorted by name too."""
    if issubclass(kind.model, Placed):
        kind.model.objects.exclude(position=None).update(position=None)
    else:
        write_positions(sort_rows_by_name(list(kind.model.objects.in_order())))


class PlaceForm(Form):
    """Where the selected rows go."""

    after = forms.ChoiceField(label=_("New place"))

    def __init__(self, *arguments, rows: list, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.rows, self.order = rows, get_sibling_rows(rows[0])
        self.others = {str(row.pk): row for row in self.order if row not in rows and not row.retired}
        after = [(pk, _("After %(name)s") % {"name": row.label}) for pk, row in self.others.items()]
        self.fields["after"].choices = [("", _("Choose…")), (FIRST, _("At the beginning")), *after]

    def write(self) -> None:
        move_rows_behind(self.rows, self.others.get(self.cleaned_data["after"]), self.order)


def write_order(
    table: str, write: Callable[[], None], rows: list[Any], *, by, channel: str = Operation.Channel.WEB
) -> Operation:
    """Write the positions as one operation, about these rows, or about the whole table if there are none."""
    ids = [row.pk for row in rows]
    with record_settings_change(f"edit_{table}", by=by, channel=channel, act="order", rows=ids) as record:
        write()
    return record
